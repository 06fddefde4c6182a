"""Gradebook owns years, classes, enrolment, marks with their history, conduct and results; it never renders or signs."""
