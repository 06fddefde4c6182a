"""Transfers, cohorts and the decisions on them: who may go, why a link opens nothing, whether files may be imported."""

import hashlib
from collections import Counter
from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.chassis.errors import Refused
from services.chassis.ids import normalise_code
from services.contracts.gradebook.enrolment import EnrolmentV1
from services.contracts.gradebook.results import PromotionV1
from services.contracts.identity import UnitKind, UnitV1
from services.contracts.messages import Task
from services.contracts.signing.checking import FileReport
from services.contracts.transcript import IssuedFile, Origin
from services.contracts.transfer import CohortPupil, CohortV1, OfferTransfer, TransferState, TransferV1
from services.contracts.verdicts import Verdict
from services.transfer.errors import (
    FileBroken,
    LinkCancelled,
    LinkExpired,
    LinkUsed,
    NobodyChosen,
    NobodyOffered,
    NotAnotherSchool,
    NotEnrolled,
    NothingIssued,
    NotPromoted,
    NotYetDecided,
    TooManyChosen,
    YearNotIssued,
)

USED = frozenset({TransferState.ACCEPTED, TransferState.COMPLETED, TransferState.FAILED})
HELD_BACK = {
    "RETEST": ("must be assessed again", "phải kiểm tra, đánh giá lại"),
    "SUMMER_TRAINING": ("must train in the summer", "phải rèn luyện trong hè"),
    "NOT_PROMOTED": ("is not promoted", "không được lên lớp"),
}
"""What a year decides of those whom it does not promote, in English and Vietnamese."""
OPEN = ("has no final result", "chưa có kết quả cuối cùng")
MOST_CHOSEN = 1000  # the largest schools have half as many pupils in a grade


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
    """A transfer as stored; `is_checked` says that its files passed, from where it only goes forward.

    One of a cohort has its bundle packed once the cohort's link was used.
    """

    id: UUID
    school_year: int
    pupil_id: UUID
    from_unit_id: UUID
    to_unit_id: UUID
    state: TransferState
    reason: str | None
    reason_vi: str | None
    bundle: str | None
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
            reason_vi=self.reason_vi,
            expires_at=self.expires_at,
            bundle=self.bundle if self.state in USED else None,
        )

    def seen_in_cohort_at(self, now: datetime) -> CohortPupil:
        return CohortPupil(
            pupil_id=self.pupil_id,
            transfer_id=self.id,
            state=self.state_at(now),
            reason=self.reason,
            reason_vi=self.reason_vi,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """What the transfers of pupils who go on together have in common."""

    id: UUID
    school_year: int
    from_unit_id: UUID
    to_unit_id: UUID
    expires_at: datetime

    def seen_at(self, now: datetime, transfers: Sequence[Transfer]) -> CohortV1:
        """What both schools may see of it and of its transfers."""
        pupils = tuple(transfer.seen_in_cohort_at(now) for transfer in transfers)
        return CohortV1(
            id=self.id,
            school_year=self.school_year,
            from_unit_id=self.from_unit_id,
            to_unit_id=self.to_unit_id,
            expires_at=self.expires_at,
            counts=dict(Counter(pupil.state for pupil in pupils)),
            pupils=pupils,
        )


def why_link_is_dead(states: AbstractSet[TransferState]) -> Refused:
    """Why a link that cannot be accepted now opens nothing; `states` are those of all transfers under it."""
    if states & USED:
        return LinkUsed()
    if states <= {TransferState.REFUSED}:
        return NobodyOffered()
    return LinkCancelled() if states <= {TransferState.CANCELLED, TransferState.REFUSED} else LinkExpired()


def hash_link(link_code: str) -> str:
    """What is stored of a link: SHA-256 of its code, as typed with or without dashes."""
    return hashlib.sha256(normalise_code(link_code).encode()).hexdigest()


def check_offer(
    command: OfferTransfer, enrolment: EnrolmentV1, *, units: Sequence[UnitV1], files: Sequence[IssuedFile]
) -> None:
    """Refuse an offer that could not be carried out: wrong year, not to another school, or nothing to send."""
    if enrolment.school_year != command.school_year:
        raise NotEnrolled(school_year=command.school_year)
    check_receiver(command.to_unit_id, enrolment.unit_id, units)
    if not files:
        raise NothingIssued


def check_receiver(to_unit_id: UUID, from_unit_id: UUID, units: Sequence[UnitV1]) -> None:
    """NotAnotherSchool unless the receiving unit is one."""
    if to_unit_id not in {unit.id for unit in units if unit.kind is UnitKind.SCHOOL} - {from_unit_id}:
        raise NotAnotherSchool


def check_size(chosen: Collection[UUID]) -> None:
    """Refuse a cohort of nobody, and one that is too large."""
    if not chosen:
        raise NobodyChosen
    if len(chosen) > MOST_CHOSEN:
        raise TooManyChosen(chosen=len(chosen), most=MOST_CHOSEN)


def why_not_offered(pupil: PromotionV1, school_year: int, *, is_issued: bool) -> Refused | None:
    """Why the pupil cannot go on with a cohort that finishes this year; `is_issued` is of the year's transcript.

    Of whose books are on paper nothing is decided here, and a digitised copy stands for the transcript.
    """
    if not pupil.is_enrolled:
        return NotEnrolled(school_year=school_year)
    if pupil.promotion not in (None, "PROMOTED"):
        outcome, outcome_vi = HELD_BACK.get(pupil.promotion, OPEN)
        return NotPromoted(school_year=school_year, outcome=outcome, outcome_vi=outcome_vi)
    return None if is_issued else YearNotIssued(school_year=school_year)


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
