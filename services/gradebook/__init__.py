"""Gradebook owns years, classes, enrolment, marks and their history, conduct and results; it never renders or signs."""
