"""Class sheets (bảng ký lớp) with the signatures of their teachers."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.contracts.messages import Query


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedSheetV1:
    """A subject's sheet over `size` rows of a class under one Merkle `root` (hex), which `holder` signs once.

    `number` is that of the class's freezing. `file` (SHA-256) holds statement and signature, null until it is signed.
    """

    sheet_id: UUID
    class_id: UUID
    subject: str
    number: int
    holder: UUID
    name: str
    size: int
    root: str
    signed_at: datetime | None
    file: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassSheets:
    sheets: tuple[SignedSheetV1, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindClassSheets(Query[ClassSheets]):
    """A class's sheets, for whoever holds a role at its school."""

    operation: ClassVar[str] = "signing.find_class_sheets"
    school_year: int
    class_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetFiles:
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSheetFiles(Query[SheetFiles]):
    """The files (SHA-256) of a class's signed sheets."""

    operation: ClassVar[str] = "signing.read_sheet_files"
    school_year: int
    class_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedDocument:
    school_year: int
    transcript_id: UUID
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FindRowSheets(Query[SheetFiles]):
    """The files (SHA-256) of the signed sheets that rows of these documents stand on."""

    operation: ClassVar[str] = "signing.find_row_sheets"
    documents: tuple[SealedDocument, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadClassSheet(Query[SignedSheetV1]):
    operation: ClassVar[str] = "signing.read_class_sheet"
    school_year: int
    sheet_id: UUID
