"""Importing what people keep in spreadsheets: preview, then apply; one module for each step and for lists of pupils."""

from services.gradebook.usecases.imports.applying import apply_import
from services.gradebook.usecases.imports.preview import preview_import, read_import
from services.gradebook.usecases.imports.pupils import apply_pupils, preview_pupils, read_list, register_new
from services.gradebook.usecases.imports.reading import read_marks_file

__all__ = [
    "apply_import",
    "apply_pupils",
    "preview_import",
    "preview_pupils",
    "read_import",
    "read_list",
    "read_marks_file",
    "register_new",
]
