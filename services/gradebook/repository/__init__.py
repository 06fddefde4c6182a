"""Gradebook's only queries: school (years, classes, enrolment, windows), marks (sheets, cells, history), results."""
