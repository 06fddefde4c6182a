"""Spreadsheets of schools and of the national education database, read as values and written from them."""
