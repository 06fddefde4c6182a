"""Transfer on a real PostgreSQL, with recorded answers in place of the other services."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.chassis.database import Database
from services.chassis.ids import new_code, new_id
from services.chassis.objects import Objects
from services.contracts.gradebook.enrolment import EnrolmentV1, FindEnrolment, MovePupil
from services.contracts.gradebook.results import FindPromotions, Promotions, PromotionV1
from services.contracts.identity import FindUnits, Role, UnitKind, Units, UnitV1
from services.contracts.signing.checking import CheckFiles, FileReport, FileReports, ReadTrust, Trust
from services.contracts.signing.class_sheets import FindRowSheets, SheetFiles
from services.contracts.transcript import (
    FindPupilTranscripts,
    IssuedFile,
    PupilTranscripts,
    ReceivedTranscripts,
    ReceiveTranscripts,
)
from services.contracts.transcript.issued import FindIssuedPupils, IssuedPupils
from services.contracts.transfer import (
    AcceptCohort,
    AcceptTransfer,
    CohortOffered,
    CohortV1,
    OfferCohort,
    OfferTransfer,
    ReadCohort,
    ReadTransfer,
    TransferOffered,
    TransferV1,
)
from services.contracts.verdicts import Verdict
from services.transfer import service as transfer_service
from tests.integration.acting import Acting, RecordedAnswers

YEAR = 2025
SHEET = b'{"signature":"","statement":{}}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A pupil of one school with transcripts of two years, another school, and their people."""

    transfers: Acting
    pupil_id: UUID
    old_school: UUID
    new_school: UUID
    old_admin: UUID
    new_admin: UUID
    files: tuple[IssuedFile, ...]
    sheets: tuple[str, ...]

    def offer(self) -> TransferOffered:
        command = OfferTransfer(school_year=YEAR, pupil_id=self.pupil_id, to_unit_id=self.new_school)
        return self.transfers.ask(command, self.old_admin)

    def accept(self, link_code: str) -> TransferV1:
        return self.transfers.ask(AcceptTransfer(link_code=link_code), self.new_admin)

    def read(self, transfer_id: UUID) -> TransferV1:
        return self.transfers.ask(ReadTransfer(transfer_id=transfer_id), self.new_admin)

    def answer(self, kind: type, answer: Any) -> None:
        self.transfers.others.answers[kind] = answer

    def expire(self, transfer_id: UUID) -> None:
        statement = "UPDATE transfers SET expires_at = now() - interval '1 second' WHERE id = :id"
        self.transfers.sql(statement, id=transfer_id)

    def judge(self, verdict: Verdict) -> None:
        """Have signing say this of every file."""
        self.answer(CheckFiles, lambda request: self._reports(request, verdict))

    def _reports(self, request: CheckFiles, verdict: Verdict) -> FileReports:
        owners = {name: file for file in self.files for name in (file.xml, file.pdf)}
        return FileReports(reports=tuple(_report(owners[name], verdict) for name in request.files))


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavingClass:
    """A class whose year is over, the school that it goes on to, and what the other services know of its pupils."""

    transfers: Acting
    class_id: UUID
    old_school: UUID
    new_school: UUID
    old_admin: UUID
    new_admin: UUID
    files: dict[UUID, IssuedFile]
    promotions: dict[UUID, str] = field(default_factory=dict)
    left: set[UUID] = field(default_factory=set)
    broken: set[UUID] = field(default_factory=set)

    @property
    def pupils(self) -> list[UUID]:
        return sorted(self.files)

    def offer(self, **chosen: tuple[UUID, ...]) -> CohortOffered:
        """The whole class by default."""
        return self.transfers.ask(self.order(**chosen), self.old_admin)

    def order(self, **chosen: tuple[UUID, ...]) -> OfferCohort:
        places = {"from_unit_id": self.old_school, "to_unit_id": self.new_school}
        return OfferCohort(school_year=YEAR, **places, **(chosen or {"class_ids": (self.class_id,)}))

    def accept(self, link_code: str) -> CohortV1:
        return self.transfers.ask(AcceptCohort(link_code=link_code), self.new_admin)

    def read(self, cohort_id: UUID, by: UUID | None = None) -> CohortV1:
        return self.transfers.ask(ReadCohort(cohort_id=cohort_id), by or self.new_admin)

    def answer(self, kind: type, answer: Any) -> None:
        self.transfers.others.answers[kind] = answer

    def expire(self, cohort_id: UUID) -> None:
        for statement in (
            "transfers SET expires_at = now() WHERE cohort_id",
            "cohorts SET expires_at = now() WHERE id",
        ):
            self.transfers.sql(f"UPDATE {statement} = :id", id=cohort_id)

    def teach_others(self) -> None:
        """Have the other services answer from what is known here."""
        self.answer(FindUnits, Units(units=(_school(self.new_school),)))
        self.answer(FindPromotions, self._promotions)
        self.answer(FindRowSheets, SheetFiles(files=()))
        self.answer(FindIssuedPupils, lambda asked: IssuedPupils(pupil_ids=self.files.keys() & set(asked.pupil_ids)))
        self.answer(FindPupilTranscripts, self._transcripts)
        self.answer(ReadTrust, Trust(roots_pem="", summary_keys=(), told_at=datetime.now(UTC)))
        self.answer(CheckFiles, self._reports)
        self.answer(MovePupil, lambda asked: _enrolled(asked.pupil_id, asked.to_unit_id))
        self.answer(ReceiveTranscripts, lambda asked: ReceivedTranscripts(received=len(asked.files)))

    def _promotions(self, asked: FindPromotions) -> Promotions:
        listed = [one for one in self.pupils if asked.class_ids] + [*asked.pupil_ids]
        found = [
            PromotionV1(
                pupil_id=one,
                is_enrolled=one in self.files and one not in self.left,
                promotion=self.promotions.get(one, "PROMOTED"),
            )
            for one in dict.fromkeys(listed)
        ]
        return Promotions(pupils=tuple(found))

    def _transcripts(self, asked: FindPupilTranscripts) -> PupilTranscripts:
        files = tuple(filter(None, [self.files.get(asked.pupil_id)]))
        return PupilTranscripts(pupil_id=asked.pupil_id, unit_id=asked.unit_id, files=files)

    def _reports(self, asked: CheckFiles) -> FileReports:
        owners = {name: (pupil, file) for pupil, file in self.files.items() for name in (file.xml, file.pdf)}
        found = [owners[name] for name in asked.files]
        verdicts = {True: Verdict.BROKEN, False: Verdict.VALID}
        return FileReports(reports=tuple(_report(file, verdicts[pupil in self.broken]) for pupil, file in found))


@pytest.fixture(scope="module")
def db(new_database: Callable[[str], Database]) -> Database:
    return new_database("transfer")


@pytest.fixture
def transfers(db: Database, tmp_path: Path) -> Acting:
    return Acting(transfer_service.build(), db, Objects(tmp_path), RecordedAnswers())


@pytest.fixture
def move(transfers: Acting) -> Move:
    pupil_id, old_school, new_school = new_id(), new_id(), new_id()
    move = Move(
        transfers=transfers,
        pupil_id=pupil_id,
        old_school=old_school,
        new_school=new_school,
        old_admin=transfers.grant(Role.ADMIN, old_school),
        new_admin=transfers.grant(Role.ADMIN, new_school),
        files=tuple(_issued(transfers.objects, year) for year in (2023, 2024)),
        sheets=(transfers.objects.put(SHEET),),
    )
    here = _enrolled(pupil_id, old_school)
    move.answer(FindEnrolment, here)
    move.answer(FindUnits, Units(units=(_school(new_school),)))
    move.answer(FindPupilTranscripts, PupilTranscripts(pupil_id=pupil_id, unit_id=old_school, files=move.files))
    roots = "-----BEGIN CERTIFICATE-----\n"
    move.answer(FindRowSheets, SheetFiles(files=move.sheets))
    move.answer(ReadTrust, Trust(roots_pem=roots, summary_keys=(), told_at=datetime.now(UTC)))
    move.answer(MovePupil, replace(here, unit_id=new_school))
    move.answer(ReceiveTranscripts, ReceivedTranscripts(received=len(move.files)))
    move.judge(Verdict.VALID)
    return move


@pytest.fixture
def leaving(transfers: Acting) -> LeavingClass:
    """A class of four who are promoted and whose transcripts are issued."""
    old_school, new_school = new_id(), new_id()
    leaving = LeavingClass(
        transfers=transfers,
        class_id=new_id(),
        old_school=old_school,
        new_school=new_school,
        old_admin=transfers.grant(Role.ADMIN, old_school),
        new_admin=transfers.grant(Role.ADMIN, new_school),
        files={new_id(): _issued(transfers.objects, YEAR) for _ in range(4)},
    )
    leaving.teach_others()
    return leaving


def _enrolled(pupil_id: UUID, unit_id: UUID) -> EnrolmentV1:
    return EnrolmentV1(
        pupil_id=pupil_id,
        school_year=YEAR,
        unit_id=unit_id,
        class_id=None,
        began_on=date(2025, 9, 5),
        ended_on=None,
    )


def _issued(objects: Objects, year: int) -> IssuedFile:
    code = new_code()
    xml, pdf = f"<hocBa nam='{year}' ma='{code}'/>".encode(), f"%PDF-1.7 {year} {code}".encode()
    return IssuedFile(
        transcript_id=new_id(), school_year=year, version=1, code=code, xml=objects.put(xml), pdf=objects.put(pdf)
    )


def _school(unit_id: UUID) -> UnitV1:
    return UnitV1(
        id=unit_id,
        kind=UnitKind.SCHOOL,
        code="79000999",
        name="Trường THCS Hoa Phượng",
        parent_id=new_id(),
        commune="Phường Hoa Phượng",
        province="Tỉnh Ví Dụ",
        department="Sở GDĐT tỉnh Ví Dụ",
    )


def _report(file: IssuedFile, verdict: Verdict) -> FileReport:
    reasons = ("digest_mismatch",) if verdict is Verdict.BROKEN else ()
    return FileReport(kind="PDF", verdict=verdict, reasons=reasons, code=file.code, version=file.version, signatures=())
