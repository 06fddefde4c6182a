"""Notify on a real PostgreSQL and a real mail server, with recorded answers in place of identity."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller

from deploy.demo.mailbox import Mailbox
from services.chassis.database import Database
from services.chassis.ids import new_id
from services.chassis.objects import Objects
from services.contracts.identity import Change, FindGuardians, GuardianContact, GuardianContacts, Role
from services.contracts.notify import ConsentEntry, CountDeliveries, DeliveryCounts, RecordConsents
from services.contracts.transcript import TranscriptIssuedV1
from services.notify import service as notify_service
from tests.integration.acting import Acting


@dataclass(slots=True)
class RecordedGuardians:
    """Stands where identity is: the guardians as of now, and who asked for them."""

    contacts: list[GuardianContact] = field(default_factory=list)
    tokens: list[str | None] = field(default_factory=list)

    def call(self, request: FindGuardians, *, token=None, **_rest) -> GuardianContacts:
        self.tokens.append(token)
        return GuardianContacts(contacts=tuple(c for c in self.contacts if c.pupil_id in request.pupil_ids))


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


@dataclass(frozen=True, slots=True)
class Notifying(Acting):
    """Notify for one school with its admin and one pupil, and the mailbox of their guardians."""

    mailbox: MoodyMailbox
    school: UUID = field(default_factory=new_id)
    pupil: UUID = field(default_factory=new_id)
    admin: UUID = field(default_factory=new_id)

    @property
    def identity(self) -> RecordedGuardians:
        return self.others

    def guardian(self, *, agrees: bool = True, email: str = "phuhuynh@example.vn") -> UUID:
        """A new guardian of the pupil who answered the school's question."""
        guardian_id = new_id()
        contact = GuardianContact(pupil_id=self.pupil, guardian_id=guardian_id, name="Trần Thị Ví Dụ", email=email)
        self.identity.contacts.append(contact)
        self.consent(guardian_id, agrees)
        return guardian_id

    def consent(self, guardian_id: UUID, given: bool) -> None:  # noqa: FBT001 - yes or no is what is recorded
        entry = ConsentEntry(guardian_id=guardian_id, given=given)
        self.ask(RecordConsents(unit_id=self.school, consents=(entry,)), self.admin)

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

    def counts(self) -> DeliveryCounts:
        return self.ask(CountDeliveries(unit_id=self.school), self.admin)

    def reasons(self) -> list[str]:
        statement = "SELECT reason FROM deliveries WHERE unit_id = :school"
        return [row.reason for row in self.sql(statement, school=self.school)]


@pytest.fixture(scope="module")
def db(new_database: Callable[[str], Database]) -> Database:
    return new_database("notify")


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
    monkeypatch.setenv("HOCBA_NOTIFY_PUBLIC_URL", "https://hocba.example.vn")
    notifying = Notifying(notify_service.build(), db, Objects(tmp_path), RecordedGuardians(), mail_server.handler)
    notifying.grant(Role.ADMIN, notifying.school, notifying.admin)
    return notifying


@pytest.fixture
def notifying(stopped: Notifying, mail_server: Controller) -> Iterator[Notifying]:
    """Notify with its mail server."""
    mail_server.start()
    yield stopped
    mail_server.stop()
