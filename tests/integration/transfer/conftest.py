"""Transfer on a real PostgreSQL, with recorded answers in place of the other services."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.chassis.database import Database
from services.chassis.ids import new_code, new_id
from services.chassis.objects import Objects
from services.contracts.gradebook.enrolment import EnrolmentV1, FindEnrolment, MovePupil
from services.contracts.identity import FindUnits, Role, UnitKind, Units, UnitV1
from services.contracts.signing.checking import CheckFiles, FileReport, FileReports, ReadTrust, Trust
from services.contracts.signing.class_sheets import FindRowSheets, SheetFiles
from services.contracts.transcript import (
    FindPupilTranscripts,
    IssuedFile,
    PupilTranscripts,
    ReceivedTranscripts,
    ReceiveTranscripts,
    Verdict,
)
from services.contracts.transfer import AcceptTransfer, OfferTransfer, ReadTransfer, TransferOffered, TransferV1
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
    here = EnrolmentV1(
        pupil_id=pupil_id,
        school_year=YEAR,
        unit_id=old_school,
        class_id=new_id(),
        began_on=date(2025, 9, 5),
        ended_on=None,
    )
    move.answer(FindEnrolment, here)
    move.answer(FindUnits, Units(units=(_school(new_school),)))
    move.answer(FindPupilTranscripts, PupilTranscripts(pupil_id=pupil_id, unit_id=old_school, files=move.files))
    roots = "-----BEGIN CERTIFICATE-----\n"
    move.answer(FindRowSheets, SheetFiles(files=move.sheets))
    move.answer(ReadTrust, Trust(roots_pem=roots, summary_keys=(), told_at=datetime.now(UTC)))
    move.answer(MovePupil, replace(here, unit_id=new_school, class_id=None))
    move.answer(ReceiveTranscripts, ReceivedTranscripts(received=len(move.files)))
    move.judge(Verdict.VALID)
    return move


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
