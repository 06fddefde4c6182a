"""Keys of the development authority, made and certified here, and how many at the schools of a unit can sign."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from services.chassis import authority as grants
from services.chassis.authority import Actor, local_day
from services.chassis.database import Tx
from services.chassis.errors import Forbidden, NotFound
from services.chassis.ids import new_id
from services.chassis.service import Outside
from services.contracts.identity import FindPeople, FindUnits, Role
from services.contracts.signing.certificates import (
    CertificateCounts,
    CertificateV1,
    CountCertificates,
    CreateKey,
    KeyProvider,
    RetiredWhy,
)
from services.signing import agents, keyring, keys
from services.signing.algorithms import PublicKey
from services.signing.authority import Authority
from services.signing.errors import KeyExists, PinTooShort
from services.signing.keys import SealedKey
from services.signing.pins import LEAST_PIN
from services.signing.usecases.sessions import person

READERS = (Role.ADMIN, Role.PRINCIPAL, Role.DEPUTY, Role.OFFICER, Role.INSPECTOR)
RENEWAL = timedelta(days=30)  # how long before its certificate ends a key may be replaced by a new one


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Whom a key is for: a person, or the unit whose seal it is."""

    holder: UUID
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key that was just made, sealed, with whom its certificate names."""

    named: Named
    sealed: SealedKey
    public: PublicKey


class Certificates:
    """The use cases that need the development authority."""

    def __init__(self, authority: Authority, *, server_key: bytes, length: timedelta) -> None:
        self._authority = authority
        self._server_key = server_key
        self._length = length

    def make_key(self, command: CreateKey, outside: Outside) -> NewKey:
        """A new key under the PIN, for the acting person or for a unit's seal, whose name identity tells."""
        if len(command.pin) < LEAST_PIN:
            raise PinTooShort(least=LEAST_PIN)
        named = find_named(command.unit_id, outside)
        key = outside.run(keys.generate)
        sealed = outside.run(lambda: keys.seal(key, pin=command.pin, server_key=self._server_key, holder=named.holder))
        return NewKey(named=named, sealed=sealed, public=key.public_key())

    def create_key(self, tx: Tx, command: CreateKey, actor: Actor, new: NewKey) -> CertificateV1:
        """Certify the key; a unit's seal is made by its clerk."""
        make_room(tx, command.unit_id, actor, new.named.holder)
        now, is_seal = tx.now(), command.unit_id is not None
        der = self._authority.issue(
            new.public,
            holder=new.named.holder,
            name=new.named.name,
            valid_from=now,
            valid_until=now + self._length,
            is_seal=is_seal,
        )
        sealed = {"salt": new.sealed.salt, "nonce": new.sealed.nonce, "ciphertext": new.sealed.ciphertext}
        row = key_row(new.named, x509.load_der_x509_certificate(der), self._authority.chain, made_by=actor.person_id)
        return keyring.insert_key(tx, row | sealed | {"provider": KeyProvider.SOFTWARE, "is_seal": is_seal})


def find_named(unit_id: UUID | None, outside: Outside) -> Named:
    """The unit, or the acting person, by the name that identity knows."""
    if unit_id is not None:
        units = outside.ask(FindUnits(unit_ids=(unit_id,))).units
        if not units:
            raise NotFound(unit_id=unit_id)
        return Named(holder=unit_id, name=units[0].name)
    person_id = person(outside).person_id
    people = outside.ask(FindPeople(person_ids=(person_id,))).people
    if not people:
        raise Forbidden
    return Named(holder=person_id, name=people[0].name)


def require_own(tx: Tx, unit_id: UUID | None, actor: Actor) -> None:
    """Everybody has keys of the own; those of a unit's seal are its clerk's."""
    if unit_id is not None:
        grants.require(tx, actor, (Role.CLERK,), unit_id)


def make_room(tx: Tx, unit_id: UUID | None, actor: Actor, holder: UUID) -> None:
    """Refuse who may not make the key, and who has one; one that soon ends, or lacks its agent, gives way."""
    require_own(tx, unit_id, actor)
    known = keyring.find_key(tx, holder)
    if known is None:
        return
    if known.validity.valid_to > tx.now() + RENEWAL and not agents.lacks_agent(tx, known):
        raise KeyExists(valid_to=known.validity.valid_to.date())
    keyring.retire(tx, holder, by=actor.person_id, why=RetiredWhy.REPLACED)


def key_row(named: Named, certificate: x509.Certificate, chain: tuple[bytes, ...], *, made_by: UUID) -> dict[str, Any]:
    issuer, serial = keyring.issuer_and_serial(certificate)
    return {
        "id": new_id(),
        "holder": named.holder,
        "name": named.name,
        "serial": serial,
        "certificate": certificate.public_bytes(Encoding.DER),
        "chain": list(chain),
        "issuer": issuer,
        "valid_from": certificate.not_valid_before_utc,
        "valid_to": certificate.not_valid_after_utc,
        "made_by": made_by,
    }


def count_certificates(tx: Tx, query: CountCertificates, actor: Actor) -> CertificateCounts:
    """For a school's leaders, and for officers and inspectors of the unit or one above it."""
    grants.require_cover(tx, actor, READERS, query.unit_id)
    teachers, certified = keyring.count_certified(tx, units_of(tx, query.unit_id))
    return CertificateCounts(teachers=teachers, certified=certified)


def units_of(tx: Tx, unit_id: UUID) -> list[UUID]:
    """The unit and those below it today."""
    below = grants.units_below(tx, unit_id, local_day(tx.now()))
    return [unit_id, *(one.unit_id for one in below)]
