"""Measurements, each beside its limit from the same run: ratios mean something on any machine, seconds do not."""
