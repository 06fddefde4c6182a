"""An invented school and its files, for demonstrations and tests; nobody in it exists."""
