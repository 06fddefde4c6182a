"""Measurements, each beside its limit measured in the same run: ratios mean something on any machine, seconds do not."""
