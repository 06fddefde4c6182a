"""The order of signatures: who may sign which slot now. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.contracts.signing.documents import SlotRole
from services.contracts.transcript import DocumentV1, SlotV1
from services.contracts.transcript.class_sheets import ClassSheetV1

ORDER = tuple(SlotRole)


class Refusal(StrEnum):
    """Why one slot of one document was not signed; stable codes."""

    NOT_ITS_TURN = "not_its_turn"
    NOT_SIGNABLE = "not_signable"
    ALREADY_SIGNED = "already_signed"
    CERTIFICATE_NOT_VALID = "certificate_not_valid"
    WRONG_SIGNATURE = "wrong_signature"
    TOKEN_GONE = "token_gone"  # noqa: S105 - a plug, not a password
    TOKEN_SILENT = "token_silent"  # noqa: S105 - likewise
    KEY_GONE = "key_gone"
    PROVIDER_REFUSED = "provider_refused"
    PROVIDER_AWAY = "provider_away"
    NOT_GIVEN_YET = "not_given_yet"
    AUTHORISATION_ENDED = "authorisation_ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One slot of one version of a document, in the list that a session was opened for; or a class sheet.

    A sheet stands under its own id in place of the transcript's, with its number as version.
    """

    class_id: UUID
    transcript_id: UUID
    version: int
    slot: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A registered document, with the slots that are signed already."""

    school_year: int
    transcript_id: UUID
    version: int
    class_id: UUID
    unit_id: UUID
    code: str
    canonical: str | None
    frozen_xml: str
    frozen_pdf: str
    pdf: str
    slots: tuple[SlotV1, ...]
    signed: frozenset[str]

    def waiting_for(self, role: SlotRole, holder: UUID) -> list[SlotV1]:
        """The empty slots of the role that are this holder's."""
        return [s for s in self.slots if s.role == role and s.holder == holder and s.slot not in self.signed]

    def is_turn_of(self, role: SlotRole) -> bool:
        """Whether every slot of the roles before is filled."""
        before = ORDER[: ORDER.index(role)]
        return all(slot.slot in self.signed for slot in self.slots if slot.role in before)

    def item(self, slot: str) -> Item:
        return Item(class_id=self.class_id, transcript_id=self.transcript_id, version=self.version, slot=slot)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A registered class sheet: `holder` signs the file `statement`, which says `root` over `size` rows."""

    school_year: int
    id: UUID
    class_id: UUID
    unit_id: UUID
    subject: str
    number: int
    holder: UUID
    name: str
    size: int
    root: str
    statement: str
    is_signed: bool

    @property
    def item(self) -> Item:
        slot = sheet_slot(self.subject)
        return Item(class_id=self.class_id, transcript_id=self.id, version=self.number, slot=slot)


def sheet_slot(subject: str) -> str:
    """What a subject's class sheet is called among slots."""
    return f"CLASS_SHEET-{subject}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """A certificate's interval."""

    valid_from: datetime
    valid_to: datetime

    def holds_at(self, now: datetime) -> bool:
        return self.valid_from <= now < self.valid_to


def refusal(
    document: Document, role: SlotRole, confirmed: Sequence[DocumentV1], validity: Validity, now: datetime
) -> Refusal | None:
    """Why the document's slots of the role cannot be signed now; None when they can.

    `confirmed` is what the owner of the documents says now: same version, same frozen files, still to be signed.
    """
    same = (document.transcript_id, document.version, document.frozen_xml, document.frozen_pdf)
    if same not in {(one.transcript_id, one.version, one.xml, one.pdf) for one in confirmed}:
        return Refusal.NOT_SIGNABLE
    if not document.is_turn_of(role):
        return Refusal.NOT_ITS_TURN
    return None if validity.holds_at(now) else Refusal.CERTIFICATE_NOT_VALID


def sheet_refusal(
    sheet: Sheet | None, holder: UUID, confirmed: Sequence[ClassSheetV1], validity: Validity, now: datetime
) -> Refusal | None:
    """Why this holder cannot sign the sheet now; None when they can. Its turn has always come.

    `confirmed` is what the owner of the sheets says now: the same statement, of the same teacher.
    """
    asked = {(one.sheet_id, one.statement, one.holder) for one in confirmed}
    if sheet is None or (sheet.id, sheet.statement, holder) not in asked:
        return Refusal.NOT_SIGNABLE
    if sheet.is_signed:
        return Refusal.ALREADY_SIGNED
    return None if validity.holds_at(now) else Refusal.CERTIFICATE_NOT_VALID


def is_complete(document: Document, newly_signed: Collection[str]) -> bool:
    """Whether these signatures fill the last empty slots."""
    return {slot.slot for slot in document.slots} <= document.signed | set(newly_signed)
