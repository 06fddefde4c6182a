"""The program at a school's office that signs with a token plugged in there, and is reached by nobody."""
