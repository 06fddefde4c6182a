"""The register of certificates: who can sign and until when, who cannot, and what is out of use."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.chassis import authority as grants
from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.contracts.identity import Role
from services.contracts.signing.certificates import (
    CertificateHeld,
    CertificateRegister,
    CertificateRetired,
    FindCertificates,
    RetiredWhy,
)
from services.contracts.signing.revocation import RevocationV1
from services.signing import agents, keyring
from services.signing.pins import MAX_PIN_FAILURES
from services.signing.usecases.certificates import READERS, units_of
from services.signing.usecases.revoking import revocations_of

WARNINGS = (0, 1, 7, 30)  # days before a certificate ends


def find_certificates(tx: Tx, query: FindCertificates, actor: Actor) -> CertificateRegister:
    """One's own; those of a unit for its leaders, and for officers and inspectors of it or one above it."""
    signers, others, gone = _holders(tx, query.unit_id, actor)
    keys = keyring.keys_of(tx, signers | others | gone)
    held = _held(tx, [key for key in keys if key.retired_at is None and key.holder not in gone])
    retired = [key for key in keys if key.retired_at]
    able = {one.certificate.holder for one in held if _can_sign(one)}
    revoked = revocations_of(tx, [key.id for key in retired])
    newest = sorted(retired, key=lambda key: key.retired_at, reverse=True)
    return CertificateRegister(
        certificates=tuple(held),
        lacking=tuple(sorted(signers - able)),
        retired=tuple(_retired(key, revoked.get(key.id)) for key in newest),
    )


def _holders(tx: Tx, unit_id: UUID | None, actor: Actor) -> tuple[set[UUID], set[UUID], set[UUID]]:
    """Who may have to sign now, whose certificates are shown besides, such as seals, and who has left."""
    if unit_id is None:
        signs_somewhere = keyring.units_of(tx, actor.person_id, *keyring.SIGNERS)
        seals = keyring.units_of(tx, actor.person_id, Role.CLERK)
        return {actor.person_id} if signs_somewhere else set(), {actor.person_id, *seals}, set()
    grants.require_cover(tx, actor, READERS, unit_id)
    units = units_of(tx, unit_id)
    signers = keyring.signers_of(tx, units)
    return signers, set(units), keyring.past_signers_of(tx, units) - signers


def _held(tx: Tx, keys: Collection[Row[Any]]) -> list[CertificateHeld]:
    now, without_agent = tx.now(), agents.revoked_places(tx, [key.holder for key in keys])
    return [
        CertificateHeld(
            certificate=keyring.certificate_of(key),
            ends_within_days=_ends_within(key.valid_to, now),
            blocked=key.pin_failures >= MAX_PIN_FAILURES,
            lacks_agent=key.place in without_agent,
        )
        for key in keys
    ]


def _can_sign(held: CertificateHeld) -> bool:
    return held.ends_within_days != 0 and not held.blocked and not held.lacks_agent


def _retired(key: Row[Any], revocation: RevocationV1 | None) -> CertificateRetired:
    return CertificateRetired(
        certificate=keyring.certificate_of(key),
        retired_at=key.retired_at,
        why=RetiredWhy(key.retired_why),
        revocation=revocation,
    )


def _ends_within(valid_to: datetime, now: datetime) -> int | None:
    return next((days for days in WARNINGS if valid_to <= now + timedelta(days=days)), None)
