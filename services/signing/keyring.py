"""The queries about keys: the current one of each holder, those retired, wrong PINs, who can sign."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography import x509
from sqlalchemy import ColumnElement, Row, Select, func, insert, select, tuple_, update

from services.chassis.database import Tx
from services.chassis.tables import grants
from services.contracts.identity import Role
from services.contracts.signing.certificates import CertificateV1, KeyProvider, RetiredWhy
from services.signing.domain import Validity
from services.signing.keys import Credential, SealedKey
from services.signing.models.keys import keys, revocations
from services.signing.providers import Key

SIGNERS = (Role.STAFF, Role.PRINCIPAL, Role.DEPUTY)
CURRENT = keys.c.retired_at.is_(None)


def insert_key(tx: Tx, row: dict[str, Any]) -> CertificateV1:
    made = insert(keys).values(row | {"made_at": tx.now()}).returning(keys)
    return certificate_of(tx.conn.execute(made).one())


def find_key(tx: Tx, holder: UUID) -> Key | None:
    """The holder's current key."""
    row = tx.conn.execute(select(keys).where(keys.c.holder == holder, CURRENT)).first()
    return None if row is None else _key(row)


def find_by_id(tx: Tx, key_id: UUID) -> Key | None:
    """The key, unless it was retired."""
    row = tx.conn.execute(select(keys).where(keys.c.id == key_id, CURRENT)).first()
    return None if row is None else _key(row)


def is_blocked(tx: Tx, holder: UUID, most: int) -> bool:
    """Whether the holder's current key has used up its tries."""
    blocked = (keys.c.holder == holder) & CURRENT & (keys.c.pin_failures >= most)
    return tx.conn.execute(select(keys.c.id).where(blocked)).first() is not None


def retire(tx: Tx, holder: UUID, *, by: UUID, why: RetiredWhy) -> CertificateV1:
    """Take the holder's current key out of use for good: what was sealed is erased, the rest stays as its record."""
    values = {"retired_at": tx.now(), "retired_by": by, "retired_why": why}
    erased = {"salt": None, "nonce": None, "ciphertext": None}
    current = update(keys).where(keys.c.holder == holder, CURRENT).values(values | erased)
    return certificate_of(tx.conn.execute(current.returning(keys)).one())


def move(tx: Tx, key_id: UUID, *, place: str) -> CertificateV1:
    """The key is found elsewhere from now on."""
    moved = update(keys).where(keys.c.id == key_id).values(place=place)
    return certificate_of(tx.conn.execute(moved.returning(keys)).one())


def keys_of(tx: Tx, holders: Collection[UUID]) -> list[Row[Any]]:
    """The keys that these holders ever had: those whose certificate ends first before the others."""
    mine = select(keys).where(keys.c.holder.in_(list(holders))).order_by(keys.c.valid_to, keys.c.holder)
    return list(tx.conn.execute(mine))


def registered_holders(tx: Tx, certificates: Collection[x509.Certificate]) -> dict[bytes, str]:
    """Whose these certificates (DER) are, retired ones included: what was signed with them, their holders signed."""
    found = select(keys.c.certificate, keys.c.holder).where(_are(certificates))
    return {bytes(row.certificate): str(row.holder) for row in tx.conn.execute(found)}


def compromised(tx: Tx, certificates: Collection[x509.Certificate]) -> dict[bytes, datetime]:
    """From when on those of these certificates (DER) that were revoked here are not to be believed."""
    since = func.least(revocations.c.compromised_at, revocations.c.revoked_at)
    found = select(keys.c.certificate, since).join(revocations, revocations.c.key_id == keys.c.id)
    return {bytes(der): at for der, at in tx.conn.execute(found.where(_are(certificates)))}


def _are(certificates: Collection[x509.Certificate]) -> ColumnElement[bool]:
    return tuple_(keys.c.issuer, keys.c.serial).in_([issuer_and_serial(one) for one in certificates])


def is_registered(tx: Tx, certificate: x509.Certificate) -> bool:
    issuer, serial = issuer_and_serial(certificate)
    named = (keys.c.issuer == issuer) & (keys.c.serial == serial)
    return tx.conn.execute(select(keys.c.id).where(named)).first() is not None


def issuer_and_serial(certificate: x509.Certificate) -> tuple[str, str]:
    """What names a certificate: no authority gives a number twice."""
    return certificate.issuer.rfc4514_string(), format(certificate.serial_number, "x")


def signers_of(tx: Tx, unit_ids: Collection[UUID]) -> set[UUID]:
    """Who may have to sign at the units now."""
    now = tx.now()
    valid = (grants.c.valid_from <= now) & (grants.c.valid_to.is_(None) | (grants.c.valid_to > now))
    return set(tx.conn.scalars(_signers(unit_ids).where(valid)))


def past_signers_of(tx: Tx, unit_ids: Collection[UUID]) -> set[UUID]:
    """Who may ever have had to sign at the units, also those who have left."""
    return set(tx.conn.scalars(_signers(unit_ids)))


def _signers(unit_ids: Collection[UUID]) -> Select[tuple[UUID]]:
    at_units = grants.c.unit_id.in_(list(unit_ids)) & grants.c.role.in_(SIGNERS)
    return select(grants.c.person_id.distinct()).where(at_units)


def units_of(tx: Tx, person_id: UUID, *roles: Role) -> list[UUID]:
    """The units at which the person holds one of the roles now."""
    now = tx.now()
    valid = (grants.c.valid_from <= now) & (grants.c.valid_to.is_(None) | (grants.c.valid_to > now))
    mine = (grants.c.person_id == person_id) & grants.c.role.in_(roles)
    return list(tx.conn.scalars(select(grants.c.unit_id.distinct()).where(mine, valid)))


def count_certified(tx: Tx, unit_ids: Collection[UUID]) -> tuple[int, int]:
    """The units' members of staff now, and those of them whose certificate is valid now."""
    now = tx.now()
    valid = (grants.c.valid_from <= now) & (grants.c.valid_to.is_(None) | (grants.c.valid_to > now))
    staff = select(grants.c.person_id).distinct().where(grants.c.role == Role.STAFF, valid)
    here = staff.where(grants.c.unit_id.in_(list(unit_ids))).subquery()
    certified = (keys.c.holder == here.c.person_id) & CURRENT & (keys.c.valid_from <= now) & (keys.c.valid_to > now)
    counts = select(func.count(), func.count(keys.c.holder)).select_from(here.outerjoin(keys, certified))
    teachers, with_certificate = tx.conn.execute(counts).one()
    return teachers, with_certificate


def count_pin_try(tx: Tx, key_id: UUID, most: int) -> int | None:
    """Count a try before it is made, so that tries at one moment all count; its number, None when all are used up."""
    open_key = (keys.c.id == key_id) & (keys.c.pin_failures < most)
    counted = update(keys).where(open_key).values(pin_failures=keys.c.pin_failures + 1)
    return tx.conn.execute(counted.returning(keys.c.pin_failures)).scalar()


def take_back_pin_try(tx: Tx, key_id: UUID) -> None:
    """Do not count a try that came to no answer about the PIN."""
    counted = (keys.c.id == key_id) & (keys.c.pin_failures > 0)
    tx.conn.execute(update(keys).where(counted).values(pin_failures=keys.c.pin_failures - 1))


def forget_pin_tries(tx: Tx, key_id: UUID) -> None:
    tx.conn.execute(update(keys).where(keys.c.id == key_id).values(pin_failures=0))


def certificate_of(row: Row[Any]) -> CertificateV1:
    return CertificateV1(
        serial=row.serial,
        holder=row.holder,
        name=row.name,
        issuer=row.issuer,
        provider=KeyProvider(row.provider),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )


def _key(row: Row[Any]) -> Key:
    sealed = None
    if row.ciphertext is not None:
        sealed = SealedKey(salt=bytes(row.salt), nonce=bytes(row.nonce), ciphertext=bytes(row.ciphertext))
    return Key(
        id=row.id,
        holder=row.holder,
        provider=KeyProvider(row.provider),
        credential=Credential(certificate=bytes(row.certificate), chain=tuple(bytes(one) for one in row.chain)),
        validity=Validity(valid_from=row.valid_from, valid_to=row.valid_to),
        place=row.place,
        sealed=sealed,
    )
