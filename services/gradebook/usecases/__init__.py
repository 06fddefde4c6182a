"""What gradebook does, one function for each message: school (years, classes, pupils, windows), marks, results."""
