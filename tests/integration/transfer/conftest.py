"""Transfer on a real PostgreSQL, with recorded answers in place of the other services."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from services.chassis import authority, migrations
from services.chassis.authority import Actor
from services.chassis.codec import answer_of, decode, encode
from services.chassis.database import Database
from services.chassis.dispatch import Dispatcher
from services.chassis.errors import Unauthenticated, from_wire
from services.chassis.ids import new_code, new_id
from services.chassis.objects import Objects
from services.chassis.service import Outside, Service
from services.chassis.wire import Envelope
from services.chassis.worker import Worker
from services.contracts.gradebook import EnrolmentV1, FindEnrolment, MovePupil
from services.contracts.identity import FindUnits, Role, UnitKind, Units, UnitV1
from services.contracts.signing import CheckFiles, FileReport, FileReports, ReadTrust, Trust
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

YEAR = 2025


@dataclass(slots=True)
class RecordedAnswers:
    """Stands where the bus is: answers by kind of request (a value, a function, or an exception), and remembers."""

    answers: dict[type, Any] = field(default_factory=dict)
    asked: list[tuple[Any, str | None, str | None]] = field(default_factory=list)

    def call(self, request, *, token=None, key=None, **_rest):
        self.asked.append((request, token, key))
        answer = self.answers[type(request)]
        if isinstance(answer, Exception):
            raise answer
        return answer(request) if callable(answer) else answer

    def of(self, kind: type) -> list[Any]:
        return [asked for asked in self.asked if isinstance(asked[0], kind)]


class OwnTokens:
    """A person's token is their identifier."""

    def check(self, token: str | None) -> Actor:
        if token is None:
            raise Unauthenticated
        return Actor(account_id=UUID(token), person_id=UUID(token), token=token)


@dataclass(slots=True)
class Transfers:
    """The service as people meet it: requests by a person, and its background work."""

    db: Database
    objects: Objects
    others: RecordedAnswers
    service: Service
    outside: Outside

    def ask(self, request: Any, person: UUID, *, key: str | None = None) -> Any:
        envelope = Envelope(
            payload=encode(request),
            token=str(person),
            key=key or str(uuid4()),
            caller="gateway",
            deadline_ms=0,
            traceparent=None,
        )
        reply = Dispatcher(self.service, self.outside, OwnTokens()).answer(request.operation.split(".")[1], envelope)
        if reply["error"]:
            raise from_wire(reply["error"])
        return decode(answer_of(type(request)), reply["result"])

    def work(self) -> None:
        """Do all background work, what was delayed included."""
        self.sql("UPDATE inbox SET due_at = now() WHERE state = 'PENDING'")
        worker = Worker(self.service, self.outside, None)
        while worker.work_once():
            pass

    def grant(self, role: Role, unit_id: UUID) -> UUID:
        """A new person who holds the role at the unit."""
        person_id = new_id()
        row = {"grant_id": new_id(), "person_id": person_id, "role": role, "unit_id": unit_id}
        with self.db.transaction() as tx:
            valid = {"version": 1, "valid_from": tx.now() - timedelta(days=1)}
            tx.conn.execute(authority.grants.insert().values(row | valid))
        return person_id

    def sql(self, statement: str, **values: Any) -> list[Any]:
        with self.db.transaction() as tx:
            result = tx.conn.execute(text(statement), values)
            return list(result) if result.returns_rows else []


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A pupil of one school with transcripts of two years, another school, and their people."""

    transfers: Transfers
    pupil_id: UUID
    old_school: UUID
    new_school: UUID
    old_admin: UUID
    new_admin: UUID
    files: tuple[IssuedFile, ...]

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
def db() -> Iterator[Database]:
    server = os.environ.get("HOCBA_TEST_POSTGRES_URL")
    if server is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("HOCBA_TEST_POSTGRES_URL names no PostgreSQL")
    name = f"test_transfer_{uuid4().hex[:8]}"
    _on(server, f"CREATE DATABASE {name}")
    url = make_url(server).set(drivername="postgresql+psycopg", database=name)
    database = Database(url.render_as_string(hide_password=False))
    with database.transaction() as tx:
        migrations.upgrade(tx.conn, Path(transfer_service.__file__).parent / "migrations")
    yield database
    database.engine.dispose()
    _on(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def transfers(db: Database, tmp_path: Path) -> Transfers:
    objects, others = Objects(tmp_path), RecordedAnswers()
    outside = Outside(db=db, objects=objects, rpc=others, run=lambda function, *arguments: function(*arguments))
    return Transfers(db, objects, others, transfer_service.build(), outside)


@pytest.fixture
def move(transfers: Transfers) -> Move:
    pupil_id, old_school, new_school = new_id(), new_id(), new_id()
    move = Move(
        transfers=transfers,
        pupil_id=pupil_id,
        old_school=old_school,
        new_school=new_school,
        old_admin=transfers.grant(Role.ADMIN, old_school),
        new_admin=transfers.grant(Role.ADMIN, new_school),
        files=tuple(_issued(transfers.objects, year) for year in (2023, 2024)),
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
    move.answer(ReadTrust, Trust(roots_pem="-----BEGIN CERTIFICATE-----\n"))
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


def _on(server: str, statement: str) -> None:
    with psycopg.connect(server, autocommit=True) as conn:
        conn.execute(statement.encode())
