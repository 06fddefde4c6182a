"""Revoking a certificate: who may, what stops at once, what it touches, and what is published of it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, insert, select

from services.chassis import authority as roles
from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import NotFound
from services.chassis.ids import new_id
from services.chassis.service import Outside
from services.chassis.tables import grants
from services.contracts.identity import Role
from services.contracts.messages import Change
from services.contracts.signing.certificates import RetiredWhy
from services.contracts.signing.revocation import (
    AnswerOcsp,
    CertificateRevokedV1,
    Issuer,
    OcspAnswer,
    ReadRevocationList,
    ReadRevocationReach,
    RevocationList,
    RevocationReach,
    RevocationReason,
    RevocationV1,
    RevokeCertificate,
    TouchedSlot,
)
from services.contracts.signing.sessions import StopReason
from services.signing import class_sheets, keyring, publication, stopping
from services.signing.authority import Authority
from services.signing.errors import AlreadyRevoked, CompromiseOutOfRange
from services.signing.models.documents import documents, signatures
from services.signing.models.keys import keys, revocations
from services.signing.models.sessions import sessions
from services.signing.publication import Revoked, Standing

ANSWERABLE = (Role.ADMIN, Role.OPERATOR)
NAMES = (keys.c.serial, keys.c.issuer, keys.c.holder, keys.c.is_seal)


class Publications:
    """The use cases that need the development authority."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self._name = authority.issuing.subject.rfc4514_string()

    def make_list(self, request: ReadRevocationList, outside: Outside) -> RevocationList:
        """The list of now, as a stored file."""
        if request.issuer is Issuer.ROOT:
            return RevocationList(file=outside.objects.put(self._authority.root_list))
        with outside.db.transaction() as tx:
            own = _all().where(keys.c.issuer == self._name)
            revoked, now = [_revoked(row) for row in tx.conn.execute(own)], tx.now()
        made = outside.run(lambda: publication.revocation_list(self._authority, revoked, now=now))
        return RevocationList(file=outside.objects.put(made))

    def answer_ocsp(self, tx: Tx, request: AnswerOcsp) -> OcspAnswer:
        def find(serial: int) -> Standing:
            return _standing(tx, self._name, format(serial, "x"))

        return OcspAnswer(response=publication.answer(self._authority, request.request, find, now=tx.now()))


def answer_list(_tx: Tx, _request: ReadRevocationList, made: RevocationList) -> RevocationList:
    return made


def revoke(tx: Tx, command: RevokeCertificate, actor: Actor) -> RevocationV1:
    """Revoke at once and for ever: a key in use is taken out of it, and signing sessions under way with it stop.

    Of an outside authority's certificate this is what this platform holds; the authority itself has to be told too.
    """
    named = select(keys).where(keys.c.serial == command.serial).order_by(keyring.CURRENT.desc())
    key = tx.conn.execute(named.with_for_update()).first()
    if key is None:
        raise NotFound(serial=command.serial)
    _check_answerable(tx, actor, key)
    if before := revocations_of(tx, [key.id]).get(key.id):
        raise AlreadyRevoked(serial=command.serial, revoked_at=before.revoked_at)
    stopped = stopping.stop_with_key(tx, key.id, StopReason.KEY_REVOKED)
    row = _row(command, key, actor, now=tx.now(), stopped=stopped)
    tx.conn.execute(insert(revocations).values(row))
    if key.retired_at is None:
        keyring.retire(tx, key.holder, by=actor.person_id, why=RetiredWhy.REVOKED)
    found = tx.conn.execute(_all().where(revocations.c.id == row["id"])).one()
    tx.emit(_told(found))
    return _answer(found)


def revocations_of(tx: Tx, key_ids: Collection[UUID]) -> dict[UUID, RevocationV1]:
    """By key, those of their certificates that were revoked."""
    found = tx.conn.execute(_all().where(revocations.c.key_id.in_(list(key_ids))))
    return {row.key_id: _answer(row) for row in found}


def read_reach(tx: Tx, query: ReadRevocationReach, actor: Actor) -> RevocationReach:
    """The slots and class sheets that the certificate signed from the moment of compromise on."""
    found = tx.conn.execute(_all().where(revocations.c.id == query.revocation_id)).first()
    if found is None:
        raise NotFound(revocation_id=query.revocation_id)
    _check_answerable(tx, actor, found)
    touched = [*_touched(tx, found), *class_sheets.signed_with(tx, found.key_id, found.compromised_at)]
    slots = sorted(touched, key=lambda one: (one.signed_at, one.transcript_id, one.version, one.slot))
    return RevocationReach(revocation=_answer(found), slots=tuple(slots))


def _all() -> Select[Any]:
    """Revocations with the certificates that they are of."""
    return select(revocations, *NAMES).join(keys, keys.c.id == revocations.c.key_id)


def _check_answerable(tx: Tx, actor: Actor, of: Row[Any]) -> None:
    """NotFound unless one answers for it."""
    if not answers_for(tx, actor, of.holder, is_seal=of.is_seal, leaders=ANSWERABLE):
        raise NotFound(serial=of.serial)


def answers_for(tx: Tx, actor: Actor, holder: UUID, *, is_seal: bool, leaders: Collection[Role]) -> bool:
    """Whether what signs for the holder is one's own, or one is among the leaders where the holder is or was."""
    own = roles.holds(tx, actor, (Role.CLERK,), holder) if is_seal else holder == actor.person_id
    return own or any(roles.covers(tx, actor, leaders, unit_id) for unit_id in _units(tx, holder, is_seal=is_seal))


def _units(tx: Tx, holder: UUID, *, is_seal: bool) -> Collection[UUID]:
    if is_seal:
        return [holder]
    return tx.conn.scalars(select(grants.c.unit_id.distinct()).where(grants.c.person_id == holder)).all()


def _row(command: RevokeCertificate, key: Row[Any], actor: Actor, *, now: datetime, stopped: int) -> dict[str, Any]:
    since = command.compromised_at or now
    if not key.valid_from <= since <= now:
        raise CompromiseOutOfRange(valid_from=key.valid_from)
    return {
        "id": new_id(),
        "key_id": key.id,
        "reason": command.reason,
        "compromised_at": since,
        "revoked_at": now,
        "revoked_by": actor.account_id,
        "sessions_stopped": stopped,
    }


def _told(found: Row[Any]) -> CertificateRevokedV1:
    return CertificateRevokedV1(
        record_id=found.id,
        change=Change.NEW,
        version=1,
        updated_at=found.revoked_at,
        holder=found.holder,
        reason=RevocationReason(found.reason),
        compromised_at=found.compromised_at,
    )


def _answer(found: Row[Any]) -> RevocationV1:
    names = ("id", "serial", "holder", "compromised_at", "revoked_at", "sessions_stopped")
    return RevocationV1(**{name: getattr(found, name) for name in names}, reason=RevocationReason(found.reason))


def _touched(tx: Tx, of: Row[Any]) -> list[TouchedSlot]:
    """What sessions with this key signed since."""
    same = [signatures.c[name] == documents.c[name] for name in ("school_year", "transcript_id", "version")]
    query = (
        select(signatures, documents.c.class_id, documents.c.completed_at)
        .join(documents, and_(*same))
        .join(sessions, sessions.c.id == signatures.c.session_id)
        .where(sessions.c.key_id == of.key_id, signatures.c.signed_at >= of.compromised_at)
    )
    names = ("school_year", "class_id", "transcript_id", "version", "slot", "signed_at")
    return [
        TouchedSlot(**{name: getattr(row, name) for name in names}, complete=row.completed_at is not None)
        for row in tx.conn.execute(query)
    ]


def _standing(tx: Tx, issuer: str, serial: str) -> Standing:
    named = (keys.c.issuer == issuer) & (keys.c.serial == serial)
    found = tx.conn.execute(_all().where(named)).first()
    known = tx.conn.execute(select(keys.c.id).where(named)).first()
    return Standing(is_ours=known is not None, revoked=_revoked(found) if found is not None else None)


def _revoked(row: Row[Any]) -> Revoked:
    return Revoked(
        serial=int(row.serial, 16),
        revoked_at=row.revoked_at,
        compromised_at=row.compromised_at,
        reason=RevocationReason(row.reason),
    )
