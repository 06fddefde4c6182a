"""Gradebook's tables. Those that grow with marks are partitioned by school year, which comes first in their keys."""

from services.gradebook.models import evidence, exams, exchange, given, imports, results, school, sheets, statistics
from services.gradebook.models.tables import metadata

__all__ = [
    "APPEND_ONLY",
    "YEARLY",
    "evidence",
    "exams",
    "exchange",
    "given",
    "imports",
    "metadata",
    "results",
    "school",
    "sheets",
    "statistics",
]

YEARLY = (
    "sheets",
    "sheet_teachers",
    "columns",
    "cells",
    "mark_history",
    "mark_seals",
    "comments",
    "conduct",
    "results",
    "class_counts",
    "school_counts",
    "exam_marks",
    "exam_import_rows",
    "exchange_records",
)
"""Tables that get a partition when a school year is opened, besides the idempotency records."""

APPEND_ONLY = ("mark_history", "mark_seals", "exam_marks")
"""Those of them whose partitions refuse TRUNCATE too: they inherit the triggers of rows, not those of statements."""
