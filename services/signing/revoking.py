"""Revoking a certificate of the development authority: who may, what stops at once, what it touches, who is told."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography import x509
from sqlalchemy import Row, delete, insert, select, update

from services.chassis import authority as roles
from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import NotFound
from services.chassis.ids import new_id
from services.chassis.service import Outside
from services.chassis.tables import grants
from services.contracts.identity import Role
from services.contracts.messages import Change
from services.contracts.signing import (
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
from services.signing import publication
from services.signing.authority import Authority
from services.signing.errors import AlreadyRevoked, CompromiseOutOfRange
from services.signing.models import documents, keys, revocations, sessions, signatures
from services.signing.publication import Revoked, Standing

ANSWERABLE = (Role.ADMIN, Role.OPERATOR)


class Publications:
    """The use cases that need the development authority."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority

    def make_list(self, request: ReadRevocationList, outside: Outside) -> RevocationList:
        """The list of now, as a stored file."""
        if request.issuer is Issuer.ROOT:
            return RevocationList(file=outside.objects.put(self._authority.root_list))
        with outside.db.transaction() as tx:
            revoked, now = [_revoked(row) for row in tx.conn.execute(select(revocations))], tx.now()
        made = outside.run(lambda: publication.revocation_list(self._authority, revoked, now=now))
        return RevocationList(file=outside.objects.put(made))

    def answer_ocsp(self, tx: Tx, request: AnswerOcsp) -> OcspAnswer:
        def find(serial: int) -> Standing:
            return _standing(tx, format(serial, "x"))

        return OcspAnswer(response=publication.answer(self._authority, request.request, find, now=tx.now()))


def answer_list(_tx: Tx, _request: ReadRevocationList, made: RevocationList) -> RevocationList:
    return made


def revoke(tx: Tx, command: RevokeCertificate, actor: Actor) -> RevocationV1:
    """Revoke at once and for ever: the key is erased, and signing sessions under way with it stop."""
    key = tx.conn.execute(select(keys).where(keys.c.serial == command.serial).with_for_update()).first()
    if key is None:
        raise _refusal(tx, command.serial, actor)
    _check_answerable(tx, actor, key)
    row = _row(command, key, actor, now=tx.now(), stopped=_stop_sessions(tx, key.holder))
    tx.conn.execute(insert(revocations).values(row))
    tx.conn.execute(delete(keys).where(keys.c.serial == command.serial))
    tx.emit(_told(row))
    return _answer(row)


def read_reach(tx: Tx, query: ReadRevocationReach, actor: Actor) -> RevocationReach:
    """The slots that the certificate signed from the moment of compromise on."""
    found = tx.conn.execute(select(revocations).where(revocations.c.id == query.revocation_id)).first()
    if found is None:
        raise NotFound(revocation_id=query.revocation_id)
    _check_answerable(tx, actor, found)
    return RevocationReach(revocation=_answer(found._asdict()), slots=tuple(_touched(tx, found)))


def _check_answerable(tx: Tx, actor: Actor, of: Row[Any]) -> None:
    """NotFound unless it is one's own, or one answers for a unit where its holder is or was."""
    own = roles.holds(tx, actor, (Role.CLERK,), of.holder) if of.is_seal else of.holder == actor.person_id
    if not own and not any(roles.covers(tx, actor, ANSWERABLE, unit_id) for unit_id in _units(tx, of)):
        raise NotFound(serial=of.serial)


def _units(tx: Tx, of: Row[Any]) -> Collection[UUID]:
    if of.is_seal:
        return [of.holder]
    return tx.conn.scalars(select(grants.c.unit_id.distinct()).where(grants.c.person_id == of.holder)).all()


def _refusal(tx: Tx, serial: str, actor: Actor) -> AlreadyRevoked | NotFound:
    found = tx.conn.execute(select(revocations).where(revocations.c.serial == serial)).first()
    if found is None:
        return NotFound(serial=serial)
    _check_answerable(tx, actor, found)
    return AlreadyRevoked(serial=serial, revoked_at=found.revoked_at)


def _stop_sessions(tx: Tx, holder: UUID) -> int:
    """End the holder's sessions and erase their opened keys; gives how many."""
    running = (sessions.c.holder == holder) & (sessions.c.open_classes > 0)
    return tx.conn.execute(update(sessions).where(running).values(open_classes=0, wrapped_key=None)).rowcount


def _row(command: RevokeCertificate, key: Row[Any], actor: Actor, *, now: datetime, stopped: int) -> dict[str, Any]:
    since = command.compromised_at or now
    if not key.valid_from <= since <= now:
        raise CompromiseOutOfRange(valid_from=key.valid_from)
    return {
        "id": new_id(),
        "serial": key.serial,
        "holder": key.holder,
        "is_seal": key.is_seal,
        "certificate": key.certificate,
        "reason": command.reason,
        "compromised_at": since,
        "revoked_at": now,
        "revoked_by": actor.account_id,
        "sessions_stopped": stopped,
    }


def _told(row: dict[str, Any]) -> CertificateRevokedV1:
    return CertificateRevokedV1(
        record_id=row["id"],
        change=Change.NEW,
        version=1,
        updated_at=row["revoked_at"],
        holder=row["holder"],
        reason=row["reason"],
        compromised_at=row["compromised_at"],
    )


def _answer(row: dict[str, Any]) -> RevocationV1:
    names = ("id", "serial", "holder", "compromised_at", "revoked_at", "sessions_stopped")
    return RevocationV1(**{name: row[name] for name in names}, reason=RevocationReason(row["reason"]))


def _touched(tx: Tx, of: Row[Any]) -> list[TouchedSlot]:
    """A holder has one key at a time: of their signatures, this one's are those of its time."""
    began_at = x509.load_der_x509_certificate(bytes(of.certificate)).not_valid_before_utc
    mine = (signatures.c.holder == of.holder) & (signatures.c.signed_at >= max(began_at, of.compromised_at))
    same = [signatures.c[name] == documents.c[name] for name in ("school_year", "transcript_id", "version")]
    query = select(signatures, documents.c.class_id, documents.c.completed_at).join(
        documents, same[0] & same[1] & same[2]
    )
    ordered = query.where(mine, signatures.c.signed_at <= of.revoked_at).order_by(
        signatures.c.signed_at, signatures.c.transcript_id, signatures.c.version, signatures.c.slot
    )
    names = ("school_year", "class_id", "transcript_id", "version", "slot", "signed_at")
    return [
        TouchedSlot(**{name: getattr(row, name) for name in names}, complete=row.completed_at is not None)
        for row in tx.conn.execute(ordered)
    ]


def _standing(tx: Tx, serial: str) -> Standing:
    found = tx.conn.execute(select(revocations).where(revocations.c.serial == serial)).first()
    if found is not None:
        return Standing(is_ours=True, revoked=_revoked(found))
    known = tx.conn.execute(select(keys.c.serial).where(keys.c.serial == serial)).first()
    return Standing(is_ours=known is not None, revoked=None)


def _revoked(row: Row[Any]) -> Revoked:
    return Revoked(
        serial=int(row.serial, 16),
        revoked_at=row.revoked_at,
        compromised_at=row.compromised_at,
        reason=RevocationReason(row.reason),
    )
