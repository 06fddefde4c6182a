"""Gradebook's tables. Those that grow with marks are partitioned by school year, which comes first in their keys."""

from services.gradebook.models import results, school, sheets, statistics
from services.gradebook.models.tables import metadata

__all__ = ["YEARLY", "metadata", "results", "school", "sheets", "statistics"]

YEARLY = (
    "sheets",
    "sheet_teachers",
    "columns",
    "cells",
    "mark_history",
    "comments",
    "conduct",
    "results",
    "class_counts",
    "school_counts",
)
"""Tables that get a partition when a school year is opened, besides the idempotency records."""
