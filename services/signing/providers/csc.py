"""Keys at a remote service, by the API of the Cloud Signature Consortium, version 1.0.4; sections are its own.

A credential that asks for a PIN alone is authorised anew for each lot of hashes, so that a class may need more than the
service gives at once; the session's secret is the PIN. Where a one-time password is asked for, or a confirmation on the
phone, there is one authorisation for all (numSignatures), and the secret is its SAD. The service asks its holder itself
(`implicit`) and answers the one call of credentials/authorize when they have: `confirm` waits that long for it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from os import urandom

import msgspec

from services.signing.domain import Refusal
from services.signing.errors import (
    ConfirmationLate,
    HashesWanted,
    OtpWanted,
    PlaceUnknown,
    ServiceAway,
    ServiceRefused,
    TokenLocked,
    TooManyAtOnce,
)
from services.signing.keys import WrongPin
from services.signing.providers import Authorisation, Entry, Key
from services.signing.providers.csc_client import AnswerLate, AuthorisationEnded, Client, CscService


@dataclass(frozen=True, slots=True)
class _Secret:
    """What a session keeps: the PIN to authorise with, the SAD of what was authorised, or how many are to be."""

    pin: str | None = None
    sad: str | None = None
    signatures: int = 0


class CscServices:
    """The remote services, by the names that keys' places begin with (`service/credential`)."""

    def __init__(self, services: Mapping[str, CscService]) -> None:
        self._services = services

    def open(self, key: Key, entry: Entry, *, signatures: int) -> Authorisation:
        """Authorise all, or prove the PIN by an authorisation that is not used; raises refusals beside WrongPin."""
        client = self._client(key)
        credential = client.read(key.credential.algorithm)
        if credential.needs_otp and not entry.otp:
            if credential.sends_otp:
                client.call("credentials/sendOTP", credentialID=client.credential_id)
            raise OtpWanted(service=client.name)
        if not credential.authorised_once:
            client.authorise([sha256(urandom(32)).digest()], 1, pin=entry.pin)
            return Authorisation(secret=_pack(_Secret(pin=entry.pin)))
        if credential.binds_hashes:
            raise HashesWanted(service=client.name)
        if signatures > credential.at_once:
            raise TooManyAtOnce(service=client.name, most=credential.at_once)
        if not credential.needs_pin and not credential.needs_otp:
            return Authorisation(secret=_pack(_Secret(signatures=signatures)), awaited=True)
        pin = entry.pin if credential.needs_pin else None
        return _authorised(*client.authorise([], signatures, pin=pin, otp=entry.otp))

    def confirm(self, key: Key, secret: bytes, *, seconds: float) -> Authorisation:
        """One authorisation for all that was counted: the call is held until the holder has answered."""
        client = self._client(key)
        wanted = msgspec.json.decode(secret, type=_Secret).signatures
        try:
            return _authorised(*client.authorise([], wanted, seconds=seconds))
        except AnswerLate as error:
            raise ConfirmationLate(service=client.name, seconds=seconds) from error

    def sign(self, key: Key, secret: bytes, digests: Sequence[bytes]) -> Sequence[bytes | Refusal]:
        """Lot by lot; ServiceAway when not one could be signed, so that all are tried again."""
        values: list[bytes | Refusal] = []
        why = Refusal.PROVIDER_REFUSED
        try:
            for lot in self._lots(key, msgspec.json.decode(secret, type=_Secret), digests):
                values += lot
        except ServiceAway:
            if not values:
                raise
            why = Refusal.PROVIDER_AWAY
        except (AuthorisationEnded, WrongPin, TokenLocked):
            why = Refusal.AUTHORISATION_ENDED
        except ServiceRefused:
            pass
        return [*values, *[why] * (len(digests) - len(values))]

    def _lots(self, key: Key, secret: _Secret, digests: Sequence[bytes]) -> Iterator[list[bytes]]:
        client = self._client(key)
        credential = client.read(key.credential.algorithm)
        for start in range(0, len(digests), credential.at_once):
            lot = digests[start : start + credential.at_once]
            sad = secret.sad or client.authorise(lot, len(lot), pin=secret.pin)[0]
            yield client.sign(lot, sad, credential.algorithm, key.credential.algorithm)

    def _client(self, key: Key) -> Client:
        name, _, credential_id = (key.place or "").partition("/")
        if name not in self._services or not credential_id:
            raise PlaceUnknown(place=key.place)
        client = Client(name, self._services[name], credential_id)
        client.log_in()
        return client


def _authorised(sad: str, seconds: float) -> Authorisation:
    return Authorisation(secret=_pack(_Secret(sad=sad)), expires_at=datetime.now(UTC) + timedelta(seconds=seconds))


def _pack(secret: _Secret) -> bytes:
    return msgspec.json.encode(secret)
