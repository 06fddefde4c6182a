"""What identity does, one function for each message: staff, roles, units, pupils and guardians, the access log."""
