"""A school's people with their keys, and classes of three frozen documents."""

from base64 import urlsafe_b64decode
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec

from services.chassis.ids import new_code, new_id
from services.chassis.objects import Objects
from services.contracts.identity import Change
from services.contracts.signing.certificates import CertificateV1, CreateKey, KeyProvider
from services.contracts.signing.checking import CheckFiles, FileReport, ReadTrust, SummaryKeyV1
from services.contracts.signing.documents import ReadSignedDocuments, SignedDocument, SlotRole
from services.contracts.signing.sessions import OpenSigningSession, ReadSigningSession, SessionState, SigningSessionV1
from services.contracts.transcript import BoxV1, Documents, DocumentV1, ReadDocuments, TranscriptsFrozenV1
from services.contracts.transcript.class_sheets import ClassSheetV1
from services.signing.providers import Provider
from services.signing.usecases.batches import Batch as SignedBatch
from services.signing.usecases.batches import SignClassTask
from services.transcript.canonical import TranscriptData, to_canonical
from services.transcript.class_sheets import Batch, bind
from services.transcript.document_xml import write
from services.transcript.domain import Setting, freeze, slots_of
from services.transcript.freezing import stored
from services.transcript.render import Renderer
from tests.integration.acting import Acting
from tests.integration.locked_class import YEAR, LockedClass

PIN = "246 810 trăng rằm"
SUBJECTS, HOMEROOM, PRINCIPAL, SEAL = SlotRole


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """A school whose people have keys, what was frozen, and what transcript says is to be signed, by class."""

    signing: Acting
    locked: LockedClass
    clerk: UUID
    frozen: tuple[DocumentV1, ...]
    frozen_sheets: tuple[ClassSheetV1, ...]
    providers: dict[KeyProvider, Provider]
    waiting: dict[UUID, tuple[DocumentV1, ...]] = field(default_factory=dict)
    sheets: dict[UUID, tuple[ClassSheetV1, ...]] = field(default_factory=dict)

    def signer_of(self, role: SlotRole) -> UUID:
        """Who signs in a role; of the subject teachers, the one of maths."""
        signers = (self.locked.maths_teacher, self.locked.homeroom, self.locked.principal, self.clerk)
        return dict(zip(SlotRole, signers, strict=True))[role]

    def create_key(self, person: UUID, *, unit_id: UUID | None = None, pin: str = PIN) -> CertificateV1:
        return self.signing.ask(CreateKey(pin=pin, unit_id=unit_id), person)

    def forget_key(self, holder: UUID) -> None:
        """Leave the holder without a key."""
        values = "retired_at = now(), retired_by = holder, retired_why = 'REPLACED'"
        erased = "salt = NULL, nonce = NULL, ciphertext = NULL"
        self.signing.sql(
            f"UPDATE keys SET {values}, {erased} WHERE holder = :id AND retired_at IS NULL",  # noqa: S608 - fixed text
            id=holder,
        )

    def still_to_be_signed(self, asked: ReadDocuments) -> Documents:
        """What transcript answers."""
        return Documents(
            school_year=YEAR,
            class_id=asked.class_id,
            unit_id=self.locked.unit_id,
            documents=self.waiting.get(asked.class_id, ()),
            class_sheets=self.sheets.get(asked.class_id, ()),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """A class whose documents wait for signatures."""

    school: School
    class_id: UUID
    documents: tuple[DocumentV1, ...]

    @property
    def signing(self) -> Acting:
        return self.school.signing

    def open(self, role: SlotRole, by: UUID | None = None, *, pin: str = PIN) -> SigningSessionV1:
        """One PIN entry of the role's signer; nothing is signed yet."""
        return open_session(self.school, [self], role, by, pin=pin)

    def sign(self, role: SlotRole, by: UUID | None = None) -> SigningSessionV1:
        """A whole session: the PIN, and the work that follows."""
        by = by or self.school.signer_of(role)
        opened = self.open(role, by)
        self.signing.work()
        return self.signing.ask(ReadSigningSession(session_id=opened.id), by)

    def sign_until(self, *roles: SlotRole) -> None:
        """Sessions of everybody in these roles."""
        for role in roles:
            self.sign(role)
            if role is SUBJECTS:
                self.sign(role, self.school.locked.sport_teacher)

    def signed(self) -> list[SignedDocument]:
        question = ReadSignedDocuments(school_year=YEAR, class_id=self.class_id)
        return list(self.signing.ask_as("transcript", question).documents)

    def reports(self, *, xml: bool) -> list[FileReport]:
        """What signing itself says of the newest files."""
        files = tuple(document.xml if xml else document.pdf for document in self.signed())
        return list(self.signing.ask(CheckFiles(files=files)).reports)

    def confirm(self, *documents: DocumentV1) -> None:
        """Have transcript say that just these are still to be signed."""
        self.school.waiting[self.class_id] = documents

    def confirm_sheets(self, *sheets: ClassSheetV1) -> None:
        """Have transcript say that just these are the class's sheets."""
        self.school.sheets[self.class_id] = sheets

    def announce(self) -> None:
        """Have the news come that the class is frozen."""
        news: dict[str, Any] = {"record_id": self.class_id, "unit_id": self.school.locked.unit_id, "school_year": YEAR}
        self.signing.tell(TranscriptsFrozenV1(**news, change=Change.NEW, version=3, updated_at=datetime.now(UTC)))

    def task_of(self, session: SigningSessionV1) -> SignClassTask:
        return SignClassTask(session_id=session.id, school_year=YEAR, class_id=self.class_id)


def unannounced(school: School, documents: Sequence[DocumentV1]) -> Class:
    """A class of these documents with its class sheets, of which the news has not come."""
    made = Class(school=school, class_id=new_id(), documents=tuple(documents))
    made.confirm(*documents)
    made.confirm_sheets(*(replace(sheet, sheet_id=new_id()) for sheet in school.frozen_sheets))
    return made


def announced(school: School, documents: Sequence[DocumentV1]) -> Class:
    """The same, registered; nothing is signed."""
    made = unannounced(school, documents)
    made.announce()
    return made


def in_primary_at(school: School) -> Class:
    """A class of three whose form has no place for subject teachers, with its class sheets."""
    return announced(school, [replace(one, transcript_id=new_id(), slots=one.slots[2:]) for one in school.frozen])


def open_session(
    school: School, classes: Sequence[Class], role: SlotRole, by: UUID | None = None, *, pin: str = PIN
) -> SigningSessionV1:
    class_ids = tuple(one.class_id for one in classes)
    command = OpenSigningSession(school_year=YEAR, class_ids=class_ids, role=role, pin=pin)
    return school.signing.ask(command, by or school.signer_of(role))


def slots(a_class: Class) -> list[str]:
    """The slots that are signed, of all documents."""
    statement = "SELECT slot FROM signatures s JOIN documents USING (transcript_id) WHERE class_id = :id ORDER BY slot"
    return [row.slot for row in a_class.signing.sql(statement, id=a_class.class_id)]


def wrapped_secret(a_class: Class, session: SigningSessionV1) -> bytes | None:
    (row,) = a_class.signing.sql("SELECT wrapped_secret FROM sessions WHERE id = :id", id=session.id)
    kept: bytes | None = row.wrapped_secret
    return kept


def read(a_class: Class, session: SigningSessionV1, by: UUID) -> SigningSessionV1:
    return a_class.signing.ask(ReadSigningSession(session_id=session.id), by)


def outcome(session: SigningSessionV1) -> tuple[SessionState, int, int]:
    return session.state, session.signed, session.refused


def batch_of(a_class: Class, session: SigningSessionV1) -> SignedBatch | None:
    """What the background works out for a session, not yet stored."""
    sign = a_class.signing.service.work[SignClassTask.type].before
    assert sign is not None
    made: SignedBatch | None = sign([a_class.task_of(session)], a_class.signing.outside)
    return made


def store(a_class: Class, session: SigningSessionV1, batch: SignedBatch | None) -> None:
    work = a_class.signing.service.work[SignClassTask.type]
    with a_class.signing.db.transaction() as tx:
        work.handler(tx, [a_class.task_of(session)], batch)


def published_keys(signing: Acting) -> dict[bytes, ec.EllipticCurvePublicKey]:
    """The installation's keys as anybody reads them, by id."""
    return {bytes.fromhex(one.key_id): _public(one) for one in signing.ask(ReadTrust()).summary_keys}


def _public(key: SummaryKeyV1) -> ec.EllipticCurvePublicKey:
    x, y = (int.from_bytes(urlsafe_b64decode(f"{number}=="), "big") for number in (key.x, key.y))
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


def frozen_documents(locked: LockedClass, objects: Objects) -> tuple[tuple[DocumentV1, ...], tuple[ClassSheetV1, ...]]:
    """The class's documents and class sheets, made by the rules of the service that owns them."""
    renderer, now, batch = Renderer(), datetime.now(UTC), Batch(number=1, seed=new_id().bytes * 2)
    setting = Setting(results=locked.results, unit=locked.unit, people=locked.people, principal_id=locked.principal)
    bound, sheets = bind(
        [freeze(setting, result, code=new_code(), version=1, now=now) for result in locked.results.results], batch
    )
    return (
        tuple(_document(data, renderer, objects) for data in bound),
        tuple(stored(sheet, objects) for sheet in sheets),
    )


def _document(data: TranscriptData, renderer: Renderer, objects: Objects) -> DocumentV1:
    rendered = renderer.render(data)
    return DocumentV1(
        transcript_id=new_id(),
        version=data.version,
        code=data.code,
        canonical=objects.put(to_canonical(data)),
        xml=objects.put(write(data)),
        pdf=objects.put(rendered.pdf),
        slots=slots_of(data.slots),
        boxes=tuple(BoxV1(**asdict(box)) for box in rendered.boxes),
    )
