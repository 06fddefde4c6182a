"""A transfer and the decisions on it: its state, why a link opens nothing, whether checked files may be imported."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.chassis.errors import Refused
from services.chassis.ids import normalise_code
from services.contracts.gradebook.enrolment import EnrolmentV1
from services.contracts.identity import UnitKind, UnitV1
from services.contracts.messages import Task
from services.contracts.signing.checking import FileReport
from services.contracts.transcript import IssuedFile, Origin
from services.contracts.transfer import OfferTransfer, TransferState, TransferV1
from services.contracts.verdicts import Verdict
from services.transfer.errors import (
    FileBroken,
    LinkCancelled,
    LinkExpired,
    LinkUsed,
    NotAnotherSchool,
    NotEnrolled,
    NothingIssued,
    NotYetDecided,
)

USED = frozenset({TransferState.ACCEPTED, TransferState.COMPLETED, TransferState.FAILED})


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteTransfer(Task):
    """Check the bundle of an accepted transfer, move the pupil, hand the transcripts over."""

    type: ClassVar[str] = "transfer.complete_transfer"
    transfer_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What is settled before an offer is written: the sending school, and the stored bundle by SHA-256."""

    from_unit_id: UUID
    bundle: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """A transfer as stored; `is_checked` says that its files passed, from where it only goes forward."""

    id: UUID
    school_year: int
    pupil_id: UUID
    from_unit_id: UUID
    to_unit_id: UUID
    state: TransferState
    reason: str | None
    bundle: str
    expires_at: datetime
    is_checked: bool

    def state_at(self, now: datetime) -> TransferState:
        """The state as of now: an offer expires by itself, whether or not that was written down."""
        overdue = self.state is TransferState.OFFERED and self.expires_at <= now
        return TransferState.EXPIRED if overdue else self.state

    def seen_at(self, now: datetime) -> TransferV1:
        """What both schools may see; the bundle is named only once the link was used."""
        return TransferV1(
            id=self.id,
            school_year=self.school_year,
            pupil_id=self.pupil_id,
            from_unit_id=self.from_unit_id,
            to_unit_id=self.to_unit_id,
            state=self.state_at(now),
            reason=self.reason,
            expires_at=self.expires_at,
            bundle=self.bundle if self.state in USED else None,
        )

    def why_link_is_dead(self) -> Refused:
        """Why a link that cannot be accepted now opens nothing."""
        if self.state in USED:
            return LinkUsed()
        return LinkCancelled() if self.state is TransferState.CANCELLED else LinkExpired()


def hash_link(link_code: str) -> str:
    """What is stored of a link: SHA-256 of its code, as typed with or without dashes."""
    return hashlib.sha256(normalise_code(link_code).encode()).hexdigest()


def check_offer(
    command: OfferTransfer, enrolment: EnrolmentV1, *, units: Sequence[UnitV1], files: Sequence[IssuedFile]
) -> None:
    """Refuse an offer that could not be carried out: wrong year, not to another school, or nothing to send."""
    if enrolment.school_year != command.school_year:
        raise NotEnrolled(school_year=command.school_year)
    schools = {unit.id for unit in units if unit.kind is UnitKind.SCHOOL} - {enrolment.unit_id}
    if command.to_unit_id not in schools:
        raise NotAnotherSchool
    if not files:
        raise NothingIssued


def names_to_check(files: Sequence[IssuedFile]) -> tuple[str, ...]:
    """The SHA-256 of every XML and PDF, in the order that `check_reports` expects their reports."""
    return tuple(name for file in files for name in (file.xml, file.pdf))


def check_reports(files: Sequence[IssuedFile], reports: Sequence[FileReport]) -> None:
    """FileBroken unless every file is valid and is the transcript that the index says; NotYetDecided if open."""
    owners = [file for file in files for _ in (file.xml, file.pdf)]
    for file, report in zip(owners, reports, strict=True):
        if report.verdict is not Verdict.UNDECIDED and (why := _fault(file, report)):
            raise FileBroken(file=report.kind, code=file.code, reasons=why)
    if any(report.verdict is Verdict.UNDECIDED for report in reports):
        raise NotYetDecided


def _fault(file: IssuedFile, report: FileReport) -> str | None:
    if report.verdict is not Verdict.VALID:
        return ", ".join(report.reasons) or report.verdict
    if (report.code, report.version, report.origin or Origin.BORN_DIGITAL) != (file.code, file.version, file.origin):
        return "another_transcript"
    return None
