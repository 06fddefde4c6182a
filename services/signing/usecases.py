"""What signing does for people and services: keys, sessions, registration of documents, checking of files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from services.chassis import authority as grants
from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import Forbidden, NotFound, Unauthenticated
from services.chassis.ids import new_id
from services.chassis.service import Outside
from services.contracts.identity import FindPeople, FindUnits, Role
from services.contracts.signing import (
    CertificateV1,
    CheckFiles,
    CreateKey,
    FileReport,
    FileReports,
    OpenSigningSession,
    ReadSignedDocuments,
    ReadSigningSession,
    ReadTrust,
    SessionState,
    SignatureReport,
    SignedDocuments,
    SigningSessionV1,
    SlotRole,
    Trust,
)
from services.contracts.transcript import Verdict
from services.signing import keys, repository
from services.signing.authority import Authority
from services.signing.batches import SignClassTask
from services.signing.custody import wrap
from services.signing.errors import KeyBlocked, KeyExists, NoKey, NothingToSign, OneSchoolOnly, PinTooShort, PinWrong
from services.signing.keys import SealedKey, WrongPin
from services.signing.repository import Session
from services.signing.validation import Report, validate

LEAST_PIN = 6
MAX_PIN_FAILURES = 5
PROVIDER = "development software key"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key that was just made, sealed, with whom its certificate names."""

    holder: UUID
    name: str
    sealed: SealedKey
    public: rsa.RSAPublicKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A holder's key opened by the right PIN."""

    holder: UUID
    unit_id: UUID | None
    key: rsa.RSAPrivateKey


class Signing:
    """The use cases that need signing's secrets: the server key and the authority."""

    def __init__(self, authority: Authority, *, server_key: bytes, session: timedelta, certificate: timedelta) -> None:
        self._authority = authority
        self._server_key = server_key
        self._session = session
        self._certificate = certificate

    def make_key(self, command: CreateKey, outside: Outside) -> NewKey:
        """A new key under the PIN, for the acting person or for a unit's seal, whose name identity tells."""
        if len(command.pin) < LEAST_PIN:
            raise PinTooShort(least=LEAST_PIN)
        holder, name = _holder(command, outside)
        key = outside.run(keys.generate)
        sealed = outside.run(lambda: keys.seal(key, pin=command.pin, server_key=self._server_key, holder=holder))
        return NewKey(holder=holder, name=name, sealed=sealed, public=key.public_key())

    def create_key(self, tx: Tx, command: CreateKey, actor: Actor, new: NewKey) -> CertificateV1:
        """Certify the key; a unit's seal is made by its clerk."""
        if command.unit_id is not None:
            grants.require(tx, actor, (Role.CLERK,), command.unit_id)
        known = repository.find_key(tx, new.holder)
        if known is not None:
            raise KeyExists(valid_to=known.valid_to.date())
        now = tx.now()
        der = self._authority.issue(
            new.public,
            holder=new.holder,
            name=new.name,
            valid_from=now,
            valid_until=now + self._certificate,
            is_seal=command.unit_id is not None,
        )
        certificate = x509.load_der_x509_certificate(der)
        row = _key_row(new, certificate, self._authority.chain, made_by=actor.person_id)
        repository.insert_key(tx, row | {"is_seal": command.unit_id is not None})
        return CertificateV1(
            serial=row["serial"],
            holder=new.holder,
            name=new.name,
            issuer=row["issuer"],
            provider=PROVIDER,
            valid_from=row["valid_from"],
            valid_to=row["valid_to"],
        )

    def open_key(self, command: OpenSigningSession, outside: Outside) -> Opened:
        """The holder's key; a try is counted in a transaction of its own, or the refusal would undo the count."""
        actor = _person(outside)
        with outside.db.transaction() as tx:
            unit_id = _unit_of(tx, command) if command.role is SlotRole.SEAL else None
            if unit_id is not None:
                grants.require(tx, actor, (Role.CLERK,), unit_id)
            holder = unit_id or actor.person_id
            row, tried = repository.find_key(tx, holder), repository.count_pin_try(tx, holder, MAX_PIN_FAILURES)
        if row is None:
            raise NoKey
        if tried is None:
            raise KeyBlocked
        sealed = SealedKey(salt=bytes(row.salt), nonce=bytes(row.nonce), ciphertext=bytes(row.ciphertext))
        try:
            key = outside.run(lambda: sealed.open(pin=command.pin, server_key=self._server_key, holder=holder))
        except WrongPin as error:
            raise PinWrong(left=MAX_PIN_FAILURES - tried) from error
        with outside.db.transaction() as tx:
            repository.forget_pin_tries(tx, holder)
        return Opened(holder=holder, unit_id=unit_id, key=key)

    def open_session(self, tx: Tx, command: OpenSigningSession, actor: Actor, opened: Opened) -> SigningSessionV1:
        """One authorisation for the slots that wait for this holder in these classes, counted now."""
        found = repository.open_documents(tx, command.school_year, command.class_ids)
        if opened.unit_id is not None and any(one.unit_id != opened.unit_id for one in found):
            raise OneSchoolOnly
        waiting = {one.class_id: 0 for one in found}
        for document in found:
            waiting[document.class_id] += len(document.waiting_for(command.role, opened.holder))
        classes = [class_id for class_id, count in waiting.items() if count]
        if not classes:
            raise NothingToSign
        session = self._new_session(tx, command, actor, opened, expected=sum(waiting.values()), classes=len(classes))
        repository.insert_session(tx, session, classes)
        for class_id in classes:
            tx.later(SignClassTask(session_id=session.id, school_year=command.school_year, class_id=class_id))
        return _session_answer(session, ())

    def _new_session(
        self, tx: Tx, command: OpenSigningSession, actor: Actor, opened: Opened, *, expected: int, classes: int
    ) -> Session:
        session_id = new_id()
        return Session(
            id=session_id,
            school_year=command.school_year,
            account_id=actor.account_id,
            person_id=actor.person_id,
            holder=opened.holder,
            role=command.role,
            open_classes=classes,
            wrapped_key=wrap(opened.key, server_key=self._server_key, session_id=session_id),
            expected=expected,
            expires_at=tx.now() + self._session,
        )

    def read_trust(self, _tx: Tx, _query: ReadTrust) -> Trust:
        return Trust(roots_pem=self._authority.root.public_bytes(Encoding.PEM).decode())

    def check(self, request: CheckFiles, outside: Outside) -> FileReports:
        """Validate stored files, each by what it is."""
        with outside.db.transaction() as tx:
            now = tx.now()
        reports = [outside.run(self._report, outside.objects.get(name), now) for name in request.files]
        return FileReports(reports=tuple(reports))

    def _report(self, data: bytes, now: datetime) -> FileReport:
        return _file_report(*validate(data, trust=[self._authority.root], at=now))


def read_session(tx: Tx, query: ReadSigningSession, actor: Actor) -> SigningSessionV1:
    session = repository.find_session(tx, query.session_id)
    if session is None or session.person_id != actor.person_id:
        raise NotFound(session_id=query.session_id)
    return _session_answer(session, repository.items_of(tx, query.session_id))


def read_signed_documents(tx: Tx, query: ReadSignedDocuments, _actor: Actor) -> SignedDocuments:
    return SignedDocuments(documents=tuple(repository.signed_documents(tx, query.school_year, query.class_id)))


def answer_check(_tx: Tx, _request: CheckFiles, reports: FileReports) -> FileReports:
    return reports


def _holder(command: CreateKey, outside: Outside) -> tuple[UUID, str]:
    if command.unit_id is not None:
        units = outside.ask(FindUnits(unit_ids=(command.unit_id,))).units
        if not units:
            raise NotFound(unit_id=command.unit_id)
        return command.unit_id, units[0].name
    person_id = _person(outside).person_id
    people = outside.ask(FindPeople(person_ids=(person_id,))).people
    if not people:
        raise Forbidden
    return person_id, people[0].name


def _person(outside: Outside) -> Actor:
    if outside.actor is None:
        raise Unauthenticated
    return outside.actor


def _unit_of(tx: Tx, command: OpenSigningSession) -> UUID:
    units = {one.unit_id for one in repository.open_documents(tx, command.school_year, command.class_ids)}
    if not units:
        raise NothingToSign
    if len(units) > 1:
        raise OneSchoolOnly
    return units.pop()


def _key_row(new: NewKey, certificate: x509.Certificate, chain: tuple[bytes, ...], *, made_by: UUID) -> dict[str, Any]:
    return {
        "holder": new.holder,
        "name": new.name,
        "serial": format(certificate.serial_number, "x"),
        "salt": new.sealed.salt,
        "nonce": new.sealed.nonce,
        "ciphertext": new.sealed.ciphertext,
        "certificate": certificate.public_bytes(Encoding.DER),
        "chain": list(chain),
        "issuer": certificate.issuer.rfc4514_string(),
        "valid_from": certificate.not_valid_before_utc,
        "valid_to": certificate.not_valid_after_utc,
        "made_by": made_by,
    }


def _session_answer(session: Session, items: Sequence[Any]) -> SigningSessionV1:
    signed = sum(item.signed for item in items)
    return SigningSessionV1(
        id=session.id,
        state=SessionState.RUNNING if session.open_classes else SessionState.ENDED,
        role=session.role,
        expected=session.expected,
        signed=signed,
        refused=len(items) - signed,
        expires_at=session.expires_at,
        items=tuple(items),
    )


def _file_report(kind: str, report: Report) -> FileReport:
    return FileReport(
        kind=kind,
        verdict=Verdict[report.verdict.name],
        reasons=tuple(str(reason) for reason in report.reasons),
        code=report.code,
        version=report.version,
        signatures=tuple(
            SignatureReport(
                slot=one.slot,
                role=one.role,
                holder=one.holder,
                name=one.name,
                signed_at=one.signed_at,
                verdict=Verdict[one.verdict.name],
                reason=str(one.reason) if one.reason else None,
            )
            for one in report.signatures
        ),
    )
