"""What identity does, one function for each message: staff and their accounts; units, pupils and guardians."""
