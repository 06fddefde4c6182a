"""Notify on a real PostgreSQL and a real mail server, with recorded answers in place of identity."""

import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import text
from sqlalchemy.engine import make_url

from deploy.demo.mailbox import Mailbox
from services.chassis import authority, inbox, migrations
from services.chassis.authority import Actor
from services.chassis.codec import answer_of, decode, encode
from services.chassis.database import Database
from services.chassis.dispatch import Dispatcher
from services.chassis.errors import from_wire
from services.chassis.ids import new_id
from services.chassis.objects import Objects
from services.chassis.service import Outside, Service
from services.chassis.wire import Envelope
from services.chassis.worker import Worker
from services.contracts.identity import Change, FindGuardians, GuardianContact, GuardianContacts, Role
from services.contracts.messages import Event
from services.contracts.notify import ConsentEntry, CountDeliveries, DeliveryCounts, RecordConsents
from services.contracts.transcript import TranscriptIssuedV1
from services.notify import service as notify_service


@dataclass(slots=True)
class RecordedGuardians:
    """Stands where identity is: the guardians as of now, and who asked for them."""

    contacts: list[GuardianContact] = field(default_factory=list)
    tokens: list[str | None] = field(default_factory=list)

    def call(self, request: FindGuardians, *, token=None, **_rest) -> GuardianContacts:
        self.tokens.append(token)
        return GuardianContacts(contacts=tuple(c for c in self.contacts if c.pupil_id in request.pupil_ids))


class OwnTokens:
    """A person's token is their identifier."""

    def check(self, token: str) -> Actor:
        return Actor(account_id=UUID(token), person_id=UUID(token), token=token)


class MoodyMailbox(Mailbox):
    """Keeps mail, unless told to answer something else for a while."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.folder = folder
        self.says: dict[str, str] = {}

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802 - aiosmtpd's name
        if "RCPT" not in self.says:
            envelope.rcpt_tos.append(address)
        return self.says.get("RCPT", "250 OK")

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - likewise
        return self.says.get("DATA") or await super().handle_DATA(server, session, envelope)

    def letters(self) -> list[EmailMessage]:
        files = sorted(self.folder.glob("*.eml"))
        return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]


@dataclass(slots=True)
class Notifying:
    """The service as people and events meet it, for one school with its admin and one pupil."""

    db: Database
    service: Service
    outside: Outside
    identity: RecordedGuardians
    mailbox: MoodyMailbox
    school: UUID = field(default_factory=new_id)
    pupil: UUID = field(default_factory=new_id)
    admin: UUID | None = None

    def ask(self, request: Any, person: UUID | None = None) -> Any:
        envelope = Envelope(
            payload=encode(request),
            token=str(person or self.admin),
            key=str(uuid4()),
            caller="gateway",
            deadline_ms=0,
            traceparent=None,
        )
        reply = Dispatcher(self.service, self.outside, OwnTokens()).answer(request.operation.split(".")[1], envelope)
        if reply["error"]:
            raise from_wire(reply["error"])
        return decode(answer_of(type(request)), reply["result"])

    def guardian(self, *, agrees: bool = True, email: str = "phuhuynh@example.vn") -> UUID:
        """A new guardian of the pupil who answered the school's question."""
        guardian_id = new_id()
        contact = GuardianContact(pupil_id=self.pupil, guardian_id=guardian_id, name="Trần Thị Ví Dụ", email=email)
        self.identity.contacts.append(contact)
        self.consent(guardian_id, agrees)
        return guardian_id

    def consent(self, guardian_id: UUID, given: bool) -> None:  # noqa: FBT001 - yes or no is what is recorded
        entry = ConsentEntry(guardian_id=guardian_id, given=given)
        self.ask(RecordConsents(unit_id=self.school, consents=(entry,)))

    def issued(self, version: int = 1) -> TranscriptIssuedV1:
        return TranscriptIssuedV1(
            record_id=new_id(),
            change=Change.NEW,
            version=version,
            updated_at=datetime(2026, 6, 1, tzinfo=UTC),
            school_year=2025,
            pupil_id=self.pupil,
            unit_id=self.school,
        )

    def hear(self, event: Event) -> None:
        """Have the event come, as a new message, and not yet worked on."""
        with self.db.transaction() as tx:
            inbox.store(tx, event_id=new_id(), event_type=event.type, data=encode(event), raw=None, traceparent=None)

    def work(self) -> None:
        """Do all background work, what was delayed included."""
        self.sql("UPDATE inbox SET due_at = now() WHERE state = 'PENDING'")
        worker = Worker(self.service, self.outside, None)
        while worker.work_once():
            pass

    def tell(self, event: Event) -> None:
        self.hear(event)
        self.work()

    def counts(self) -> DeliveryCounts:
        return self.ask(CountDeliveries(unit_id=self.school))

    def unfinished(self) -> list[str]:
        """Why background work has not ended."""
        return [row.reason for row in self.sql("SELECT reason FROM inbox WHERE state <> 'DONE'")]

    def reasons(self) -> list[str]:
        statement = "SELECT reason FROM deliveries WHERE unit_id = :school"
        return [row.reason for row in self.sql(statement, school=self.school)]

    def grant(self, role: Role, unit_id: UUID) -> UUID:
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


@pytest.fixture(scope="module")
def db() -> Iterator[Database]:
    server = os.environ.get("HOCBA_TEST_POSTGRES_URL")
    if server is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("HOCBA_TEST_POSTGRES_URL names no PostgreSQL")
    name = f"test_notify_{uuid4().hex[:8]}"
    _on(server, f"CREATE DATABASE {name}")
    url = make_url(server).set(drivername="postgresql+psycopg", database=name)
    database = Database(url.render_as_string(hide_password=False))
    with database.transaction() as tx:
        migrations.upgrade(tx.conn, Path(notify_service.__file__).parent / "migrations")
    yield database
    database.engine.dispose()
    _on(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def mail_server(tmp_path: Path, free_port: int) -> Controller:
    """A mail server, not yet running."""
    return Controller(MoodyMailbox(tmp_path / "mail"), hostname="127.0.0.1", port=free_port)


@pytest.fixture
def stopped(db: Database, mail_server: Controller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Notifying:
    """Notify while no mail server runs."""
    monkeypatch.setenv("HOCBA_NOTIFY_SMTP_URL", f"smtp://127.0.0.1:{mail_server.port}")
    monkeypatch.setenv("HOCBA_NOTIFY_SENDER", "hocba@example.vn")
    monkeypatch.setenv("HOCBA_NOTIFY_MESSAGE_DOMAIN", "hocba.example.vn")
    identity = RecordedGuardians()
    outside = Outside(
        db=db, objects=Objects(tmp_path), rpc=identity, run=lambda function, *arguments: function(*arguments)
    )
    notifying = Notifying(db, notify_service.build(), outside, identity, mail_server.handler)
    notifying.admin = notifying.grant(Role.ADMIN, notifying.school)
    return notifying


@pytest.fixture
def notifying(stopped: Notifying, mail_server: Controller) -> Iterator[Notifying]:
    """Notify with its mail server."""
    mail_server.start()
    yield stopped
    mail_server.stop()


def _on(server: str, statement: str) -> None:
    with psycopg.connect(server, autocommit=True) as conn:
        conn.execute(statement.encode())
