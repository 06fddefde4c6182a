"""Signed documents, their slots, and the news of them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from services.contracts.messages import Event, Query


class SlotRole(StrEnum):
    """Who signs, in this order: subject teacher, homeroom teacher, principal, the school's seal."""

    SUBJECT_TEACHER = "GVBM"
    HOMEROOM = "GVCN"
    PRINCIPAL = "CBQL"
    SEAL = "KY_PHAT_HANH"


ON_PAPER = tuple(SlotRole)[1:]
"""Whose signatures have a place on the paper too, in the order of signing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedDocument:
    """Where a document stands: signatures made of those needed, and the newest files; complete when sealed.

    `revision` counts what was added to its files since then, so that its signatures stay checkable; greater wins.
    """

    transcript_id: UUID
    version: int
    signatures: int
    complete: bool
    xml: str
    pdf: str
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedDocuments:
    documents: tuple[SignedDocument, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSignedDocuments(Query[SignedDocuments]):
    operation: ClassVar[str] = "signing.read_signed_documents"
    school_year: int
    class_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentsSignedV1(Event):
    """Slots of a class's documents were signed; with the seal they are complete."""

    type: ClassVar[str] = "vn.hocba.signing.documents_signed.v1"
    aggregate: ClassVar[str] = "record_id"
    school_year: int
    role: SlotRole
