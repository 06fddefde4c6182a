"""Sheets, classes and lists of pupils as spreadsheets; what is exported imports back unchanged."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from services.contracts.messages import Query


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedFile:
    """A file made for download: the SHA-256 of the object, what it is, and what to call it."""

    file: str
    content_type: str
    file_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportSheet(Query[ExportedFile]):
    """One sheet in a layout of one subject (csdl_marks_1, software_export, …), for the sheet's readers."""

    operation: ClassVar[str] = "gradebook.export_sheet"
    school_year: int
    sheet_id: UUID
    layout: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportClass(Query[ExportedFile]):
    """A class's term, for its homeroom teacher and those who lead or watch over the school.

    In a layout of all subjects (vnedu_summary, csdl_primary_results) one page, else a page for each subject that fits
    it. `half` is gk or ck, for primary results: the half of the term, the final one where none is given.
    """

    operation: ClassVar[str] = "gradebook.export_class"
    school_year: int
    class_id: UUID
    term: int
    layout: str
    half: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportPupils(Query[ExportedFile]):
    """The school's pupils as pupil_list (C1-HocSinh) or class_profile, for its leaders."""

    operation: ClassVar[str] = "gradebook.export_pupils"
    school_year: int
    unit_id: UUID
    layout: str = "pupil_list"
