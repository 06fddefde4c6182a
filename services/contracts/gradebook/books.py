"""The books (sổ) that schools print: which one, of whom, as what kind of file."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Literal
from uuid import UUID

from services.contracts.messages import Query


class ClassBook(StrEnum):
    """The class's register (sổ theo dõi và đánh giá học sinh; in primary sổ cái), or its homeroom teacher's book."""

    REGISTER = "register"
    HOMEROOM = "homeroom"


class BookFormat(StrEnum):
    XLSX = "xlsx"
    PDF = "pdf"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedBook:
    """A book ready to be fetched: `file` is its SHA-256, `digest` that of the data in it, the same in every format."""

    file: str
    file_name: str
    content_type: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintClassBook(Query[PrintedBook]):
    """A class's book of a term, or of the whole year where `term` is null, as things stand now."""

    operation: ClassVar[str] = "gradebook.print_class_book"
    school_year: int
    class_id: UUID
    book: ClassBook
    format: BookFormat
    term: Literal[1, 2] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintTeacherBook(Query[PrintedBook]):
    """A subject teacher's book (sổ giáo viên bộ môn) at a school: all classes, of a term or of the whole year."""

    operation: ClassVar[str] = "gradebook.print_teacher_book"
    school_year: int
    unit_id: UUID
    teacher_id: UUID
    format: BookFormat
    term: Literal[1, 2] | None = None
