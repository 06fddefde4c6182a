"""Signing sessions: one authorisation by the holder for a counted list of items, with an end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography import x509

from services.chassis import authority as grants
from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import NotFound, Unauthenticated
from services.chassis.ids import new_id
from services.chassis.service import Outside
from services.contracts.identity import Role
from services.contracts.signing.documents import ReadSignedDocuments, SignedDocuments, SlotRole
from services.contracts.signing.sessions import OpenSigningSession, ReadSigningSession, SessionState, SigningSessionV1
from services.signing import agents, class_sheets, keyring, pins, repository, stopping
from services.signing.custody import wrap
from services.signing.domain import Document, Item, Sheet
from services.signing.errors import (
    AgentMissing,
    ConfirmationAwaited,
    NoKey,
    NothingToSign,
    OneSchoolOnly,
    TimestampsOverdue,
)
from services.signing.evidence import ledger
from services.signing.providers import Authorisation, Entry, Key, Providers, provider_of
from services.signing.repository import Session
from services.signing.usecases.batches import sign_later
from services.signing.usecases.confirming import ConfirmSessionTask
from services.signing.usecases.standings import Standings


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a holder is about to authorise, and with which key."""

    key: Key
    items: tuple[Item, ...]
    signatures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What the holder has authorised."""

    asked: Asked
    authorisation: Authorisation


class Sessions:
    """The use cases that open keys."""

    def __init__(
        self,
        available: Providers,
        standings: Standings,
        *,
        server_key: bytes,
        length: timedelta,
        confirmation: timedelta,
        grace: timedelta,
    ) -> None:
        """`confirmation` is how long a holder has to confirm elsewhere.

        `grace` is how long sealing goes on while no timestamp is to be had.
        """
        self.providers = available
        self._standings = standings
        self._grace = grace
        self._server_key = server_key
        self._length = length
        self._confirmation = confirmation

    def open_key(self, command: OpenSigningSession, outside: Outside) -> Opened:
        """The holder's authorisation of all that waits for their signature in these classes.

        Documents are registered together with their class sheets, and counted together: a teacher's session that
        had found the sheets alone would leave the class to a second one, and refuse those who come next.
        """
        with outside.db.snapshot() as tx:
            if command.role is SlotRole.SEAL:
                self._check_timestamps(tx)
            asked = _asked(tx, command, person(outside))
        self._standings.require_good(*_certificates(asked.key), outside)
        provider = provider_of(self.providers, asked.key.provider)
        entry = Entry(pin=command.pin, otp=command.otp)
        with pins.trying(outside, asked.key):
            authorisation = outside.run(lambda: provider.open(asked.key, entry, signatures=asked.signatures))
        return Opened(asked=asked, authorisation=authorisation)

    def open_session(self, tx: Tx, command: OpenSigningSession, actor: Actor, opened: Opened) -> SigningSessionV1:
        """One authorisation for the items counted a moment ago, each of which is looked at again when it is signed."""
        session = self._new_session(command, actor, opened, now=tx.now())
        repository.insert_session(tx, session, opened.asked.items)
        if session.awaits_confirmation:
            tx.later(ConfirmSessionTask(session_id=session.id))
        else:
            sign_later(tx, session)
        return _answer(session, ())

    def _check_timestamps(self, tx: Tx) -> None:
        """Files without a timestamp are only as good as their certificates are long: they must not pile up."""
        since = ledger.pending_since(tx)
        if since is not None and since < tx.now() - self._grace:
            raise TimestampsOverdue(since=since)

    def _new_session(self, command: OpenSigningSession, actor: Actor, opened: Opened, *, now: datetime) -> Session:
        session_id, asked = new_id(), opened.asked
        awaited = opened.authorisation.awaited
        ends = [now + (self._confirmation if awaited else self._length), opened.authorisation.expires_at]
        return Session(
            id=session_id,
            school_year=command.school_year,
            account_id=actor.account_id,
            person_id=actor.person_id,
            holder=asked.key.holder,
            role=command.role,
            key_id=asked.key.id,
            open_class_ids=tuple(sorted({item.class_id for item in asked.items})),
            wrapped_secret=wrap(opened.authorisation.secret, server_key=self._server_key, session_id=session_id),
            expected=len(asked.items),
            expires_at=min(filter(None, ends)),
            awaits_confirmation=awaited,
        )


def end_expired(tx: Tx) -> bool:
    """Erase what opens keys when its time is over, though a task died or an agent never came."""
    repository.end_expired(tx)
    return False


def read_session(tx: Tx, query: ReadSigningSession, actor: Actor) -> SigningSessionV1:
    session = repository.find_session(tx, query.session_id)
    if session is None or session.person_id != actor.person_id:
        raise NotFound(session_id=query.session_id)
    return _answer(session, repository.items_of(tx, query.session_id))


def read_signed_documents(tx: Tx, query: ReadSignedDocuments, _actor: Actor) -> SignedDocuments:
    return SignedDocuments(documents=tuple(repository.signed_documents(tx, query.school_year, query.class_id)))


def person(outside: Outside) -> Actor:
    if outside.actor is None:
        raise Unauthenticated
    return outside.actor


def _asked(tx: Tx, command: OpenSigningSession, actor: Actor) -> Asked:
    found = repository.open_documents(tx, command.school_year, command.class_ids)
    holder = actor.person_id
    if command.role is SlotRole.SEAL:
        holder = _school_of(found)
        grants.require(tx, actor, (Role.CLERK,), holder)
    key = keyring.find_key(tx, holder)
    if key is None:
        raise NoKey
    if agents.lacks_agent(tx, key):
        raise AgentMissing
    if awaited := stopping.find_awaited(tx, key.id):
        raise ConfirmationAwaited(session_id=awaited)
    waiting = [(one, slot) for one in found for slot in one.waiting_for(command.role, holder)]
    sheets = _sheets(tx, command, holder)
    if not waiting and not sheets:
        raise NothingToSign
    return Asked(
        key=key,
        items=(*(document.item(slot.slot) for document, slot in waiting), *(sheet.item for sheet in sheets)),
        signatures=sum(1 + slot.on_pdf for _, slot in waiting) + len(sheets),
    )


def _sheets(tx: Tx, command: OpenSigningSession, holder: UUID) -> list[Sheet]:
    """Class sheets are signed with the transcripts' slots of the subject, in primary by themselves."""
    if command.role is not SlotRole.SUBJECT_TEACHER:
        return []
    return class_sheets.waiting_for(tx, command.school_year, holder, command.class_ids)


def _certificates(key: Key) -> tuple[x509.Certificate, list[x509.Certificate]]:
    own, above = key.credential.certificate, key.credential.chain
    return x509.load_der_x509_certificate(own), [x509.load_der_x509_certificate(der) for der in above]


def _school_of(found: Sequence[Document]) -> UUID:
    units = {one.unit_id for one in found}
    if not units:
        raise NothingToSign
    if len(units) > 1:
        raise OneSchoolOnly
    return units.pop()


def _answer(session: Session, items: Sequence[Any]) -> SigningSessionV1:
    signed = sum(item.signed for item in items)
    return SigningSessionV1(
        id=session.id,
        state=_state(session),
        role=session.role,
        expected=session.expected,
        signed=signed,
        refused=len(items) - signed,
        expires_at=session.expires_at,
        items=tuple(items),
        reason=session.stopped_why,
    )


def _state(session: Session) -> SessionState:
    if session.stopped_why:
        return SessionState.STOPPED
    if not session.open_class_ids:
        return SessionState.ENDED
    return SessionState.AWAITING_CONFIRMATION if session.awaits_confirmation else SessionState.RUNNING
