"""Certificates of outside authorities, bound to holders by proof of possession, and keys that wrong PINs blocked."""

import os
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from services.chassis import authority as grants
from services.chassis import logs
from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import Forbidden, NotFound
from services.chassis.ids import new_id
from services.chassis.service import Outside
from services.contracts.identity import Role
from services.contracts.signing.certificates import (
    CertificateV1,
    KeyProvider,
    RegisterCertificate,
    RetiredWhy,
    UnblockKey,
)
from services.contracts.verdicts import Reason
from services.signing import algorithms, chains, keyring, providers
from services.signing.domain import Refusal, Validity
from services.signing.errors import (
    CertificateOfAnother,
    CertificateTaken,
    CertificateUnsuitable,
    DevicePinWrong,
    KeyNotBlocked,
    NotACertificate,
    PossessionNotProved,
    ProviderMissing,
)
from services.signing.keys import Credential, WrongPin
from services.signing.pins import MAX_PIN_FAILURES
from services.signing.providers import Entry, Key, Providers
from services.signing.usecases.certificates import Named, find_named, key_row, make_room, require_own
from services.signing.usecases.sessions import person
from services.signing.usecases.standings import Standings
from services.signing.validation.report import Fault
from services.signing.validation.signature import check_purpose

CONFIRMED_SECONDS = 20.0  # that a request waits for a confirmation on a phone
UNSUITABLE = {  # reason: English, Vietnamese
    Reason.CERTIFICATE_PURPOSE: ("it is not for signing documents", "chứng thư không dùng để ký văn bản"),
    Reason.CERTIFICATE_UNTRUSTED: (
        "its authority is not among those that this installation trusts, or it is not valid now",
        "nơi cấp không thuộc danh sách được tin ở đây, hoặc chứng thư đang không có hiệu lực",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Suitable:
    """A certificate of a trusted authority, to sign documents with, made out to the one who brings it."""

    named: Named
    certificate: x509.Certificate
    credential: Credential


class Registering:
    """The use cases that need the other providers and the trusted roots."""

    def __init__(self, available: Providers, roots: Sequence[x509.Certificate], standings: Standings) -> None:
        self._providers = available
        self._roots = roots
        self._standings = standings

    def prove(self, command: RegisterCertificate, outside: Outside) -> Suitable:
        """Check the certificate, and have its key sign a challenge that nobody saw before."""
        if command.provider in (KeyProvider.SOFTWARE, KeyProvider.AGENT):
            raise ProviderMissing(provider=command.provider)
        found = self.suitable(command.certificates, command.unit_id, outside)
        key = _key(command, found)
        outside.run(lambda: self._challenge(key, Entry(pin=command.pin, otp=command.otp)))
        return found

    def suitable(self, certificates: str, unit_id: UUID | None, outside: Outside) -> Suitable:
        """The certificates (PEM, own first) judged by roots and purpose, and by the name of who brings them."""
        with outside.db.transaction() as tx:
            require_own(tx, unit_id, person(outside))
            now = tx.now()
        named = find_named(unit_id, outside)
        own, chain = _read(certificates)
        self._check(own, chain, now)
        self._standings.require_good(own, chain, outside)
        _check_name(own, named)
        above = tuple(one.public_bytes(Encoding.DER) for one in chain if one.subject != one.issuer)
        credential = Credential(certificate=own.public_bytes(Encoding.DER), chain=above)
        return Suitable(named=named, certificate=own, credential=credential)

    def register_certificate(
        self, tx: Tx, command: RegisterCertificate, actor: Actor, proved: Suitable
    ) -> CertificateV1:
        """Bind the certificate to the holder."""
        if keyring.is_registered(tx, proved.certificate):
            raise CertificateTaken
        make_room(tx, command.unit_id, actor, proved.named.holder)
        row = key_row(proved.named, proved.certificate, proved.credential.chain, made_by=actor.person_id)
        kept = {"provider": command.provider, "place": command.place, "is_seal": command.unit_id is not None}
        return keyring.insert_key(tx, row | kept)

    def _check(self, own: x509.Certificate, chain: list[x509.Certificate], now: datetime) -> None:
        try:
            check_purpose(own)
        except Fault as fault:
            raise _unsuitable(fault.reason) from fault
        if not chains.path(own, chain, roots=self._roots, at=now):
            raise _unsuitable(Reason.CERTIFICATE_UNTRUSTED)

    def _challenge(self, key: Key, entry: Entry) -> None:
        provider = providers.provider_of(self._providers, key.provider)
        challenge = new_challenge(key.holder)
        try:
            authorisation = provider.open(key, entry, signatures=1)
        except WrongPin as error:
            raise DevicePinWrong from error
        if authorisation.awaited:
            authorisation = providers.confirm(provider, key, authorisation.secret, seconds=CONFIRMED_SECONDS)
        (value,) = providers.sign(provider, key, authorisation.secret, [challenge])
        if isinstance(value, Refusal):
            raise PossessionNotProved(place=key.place, reason=value)


def new_challenge(holder: UUID) -> bytes:
    """The digest that a key signs to show that it is at hand, seen by nobody before and good for nothing else."""
    return sha256(b"hocba: this key is at hand\0" + holder.bytes + os.urandom(32)).digest()


def _unsuitable(why: Reason) -> CertificateUnsuitable:
    reason, reason_vi = UNSUITABLE[why]
    return CertificateUnsuitable(reason=reason, reason_vi=reason_vi)


def unblock_key(tx: Tx, command: UnblockKey, actor: Actor) -> CertificateV1:
    """By an admin of a unit where the holder has a role, or of the seal's own, and not by the holder."""
    key = keyring.find_key(tx, command.holder)
    units = [command.holder, *keyring.units_of(tx, command.holder, *Role)]
    if key is None or not any(grants.holds(tx, actor, (Role.ADMIN,), unit_id) for unit_id in units):
        raise NotFound(holder=command.holder)
    if actor.person_id == command.holder:
        raise Forbidden
    if not keyring.is_blocked(tx, command.holder, MAX_PIN_FAILURES):
        raise KeyNotBlocked
    logs.get().info("key_unblocked", holder=str(command.holder), key=str(key.id), by=str(actor.person_id))
    return keyring.retire(tx, command.holder, by=actor.person_id, why=RetiredWhy.BLOCKED)


def _read(pem: str) -> tuple[x509.Certificate, list[x509.Certificate]]:
    try:
        own, *chain = x509.load_pem_x509_certificates(pem.encode())
        algorithms.public_key(own.public_bytes(Encoding.DER))
    except ValueError as error:
        raise NotACertificate from error
    return own, chain


def _check_name(own: x509.Certificate, named: Named) -> None:
    """The certificate must name the person or the unit (CN, or O of a unit), whatever the case of its letters."""
    parts = (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
    found = [str(part.value) for oid in parts for part in own.subject.get_attributes_for_oid(oid)]
    if _plain(named.name) not in map(_plain, found):
        raise CertificateOfAnother(named=", ".join(found) or "–", name=named.name)


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def _key(command: RegisterCertificate, found: Suitable) -> Key:
    own = found.certificate
    return Key(
        id=new_id(),
        holder=found.named.holder,
        provider=command.provider,
        credential=found.credential,
        validity=Validity(valid_from=own.not_valid_before_utc, valid_to=own.not_valid_after_utc),
        place=command.place,
    )
