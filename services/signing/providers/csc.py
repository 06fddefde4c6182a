"""Keys at a remote service, by the API of the Cloud Signature Consortium, version 1.0.4; sections are its own.

A credential that asks for a PIN alone is authorised anew for each lot of hashes, so that a class may need more than the
service gives at once; the session's secret is the PIN. Where a one-time password is asked for, or a confirmation on the
phone, there is one authorisation for all (numSignatures), and the secret is its SAD.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from os import urandom
from typing import Any

import msgspec
import requests
from requests.auth import HTTPBasicAuth

from services.signing import algorithms
from services.signing.algorithms import Algorithm
from services.signing.domain import Refusal
from services.signing.errors import (
    HashesWanted,
    OtpWanted,
    OtpWrong,
    PlaceUnknown,
    ServiceAway,
    ServiceRefused,
    TokenLocked,
    TooManyAtOnce,
)
from services.signing.keys import WrongPin
from services.signing.providers import Authorisation, Entry, Key

TIMEOUT = (5, 20)  # seconds to connect, and to answer
SHA256 = "2.16.840.1.101.3.4.2.1"
SIGN_ALGORITHMS = {  # by preference, of those that a credential offers
    Algorithm.RSA: ("1.2.840.113549.1.1.11", "1.2.840.113549.1.1.1"),
    Algorithm.ECDSA: ("1.2.840.10045.4.3.2",),
}
SAD_SECONDS = 3600  # 11.6: how long an authorisation lasts where the service does not say
ENDED = ("SAD", "not authorized by the SAD", "Numbers of signatures")  # what is wrong once an authorisation is used up
MOST = 200  # hashes in one call of a service that names no number of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class CscService:
    """A service that this installation is a client of: its base address, and our login there (HTTP Basic)."""

    url: str
    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Secret:
    """What a session keeps: the PIN to authorise with, or the SAD of what is authorised already."""

    pin: str | None = None
    sad: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Credential:
    """What credentials/info says, as far as we need it."""

    algorithm: str
    at_once: int
    needs_pin: bool
    needs_otp: bool
    sends_otp: bool
    binds_hashes: bool

    @property
    def authorised_once(self) -> bool:
        """Whether the holder must do something for each authorisation."""
        return self.needs_otp or not self.needs_pin


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
        pin = entry.pin if credential.needs_pin else None
        sad, seconds = client.authorise([], signatures, pin=pin, otp=entry.otp)
        return Authorisation(secret=_pack(_Secret(sad=sad)), expires_at=datetime.now(UTC) + timedelta(seconds=seconds))

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
        except (_AuthorisationEnded, WrongPin, TokenLocked):
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

    def _client(self, key: Key) -> "_Client":
        name, _, credential_id = (key.place or "").partition("/")
        if name not in self._services or not credential_id:
            raise PlaceUnknown(place=key.place)
        client = _Client(name, self._services[name], credential_id)
        client.log_in()
        return client


class _Client:
    """One conversation with a service about one credential."""

    def __init__(self, name: str, service: CscService, credential_id: str) -> None:
        self.name = name
        self.credential_id = credential_id
        self._service = service
        self._session = requests.Session()

    def log_in(self) -> None:
        """auth/login (11.2) with the installation's own name and password, for a token of this conversation."""
        user, password = self._service.user, self._service.password
        self._session.auth = HTTPBasicAuth(user.encode(), password.encode())  # in UTF-8, as RFC 7617 has it
        token = self.call("auth/login", rememberMe=False).get("access_token")
        self._session.auth = None
        self._session.headers["Authorization"] = f"Bearer {token}"

    def read(self, algorithm: Algorithm) -> _Credential:
        """credentials/info (11.5); ServiceRefused for a credential that cannot sign now or not as we sign."""
        found = self.call(
            "credentials/info", credentialID=self.credential_id, certificates="none", certInfo=False, authInfo=True
        )
        key, pin, otp = (_part(found, name) for name in ("key", "PIN", "OTP"))
        offered = [one for one in SIGN_ALGORITHMS[algorithm] if one in key.get("algo", ())]
        if key.get("status") != "enabled" or not offered:
            raise ServiceRefused(service=self.name, why="the key is disabled, or does not sign as its certificate says")
        if found.get("authMode") not in ("implicit", "explicit"):
            raise ServiceRefused(service=self.name, why=f"authorisation by {found.get('authMode')} is not supported")
        explicit = found["authMode"] == "explicit"
        return _Credential(
            algorithm=offered[0],
            at_once=_at_once(found.get("multisign")),
            needs_pin=explicit and pin.get("presence") != "false",
            needs_otp=explicit and otp.get("presence") == "true",
            sends_otp=otp.get("type") == "online",
            binds_hashes=found.get("SCAL") == "2",
        )

    def authorise(
        self, digests: Sequence[bytes], signatures: int, *, pin: str | None, otp: str | None = None
    ) -> tuple[str, float]:
        """credentials/authorize (11.6): the SAD, and for how many seconds it is good."""
        given = {"PIN": pin, "OTP": otp, "hash": _texts(digests) or None}
        answer = self.call(
            "credentials/authorize",
            credentialID=self.credential_id,
            numSignatures=signatures,
            **{name: value for name, value in given.items() if value is not None},
        )
        sad, seconds = answer.get("SAD"), answer.get("expiresIn", SAD_SECONDS)
        if not isinstance(sad, str) or not isinstance(seconds, int | float):
            raise ServiceRefused(service=self.name, why="its answer is not as the API says")
        return sad, seconds

    def sign(self, digests: Sequence[bytes], sad: str, offered: str, algorithm: Algorithm) -> list[bytes]:
        """signatures/signHash (11.9); the values are checked by the caller."""
        answer = self.call(
            "signatures/signHash",
            credentialID=self.credential_id,
            SAD=sad,
            hash=_texts(digests),
            hashAlgo=SHA256,
            signAlgo=offered,
        )
        values = answer.get("signatures")
        if not isinstance(values, list) or len(values) != len(digests):
            raise ServiceRefused(service=self.name, why="its answer is not as the API says")
        return [_raw(value, algorithm) for value in values]

    def call(self, method: str, **body: Any) -> dict[str, Any]:
        """One call; ServiceAway when it does not answer in time or is in trouble itself."""
        try:
            response = self._session.post(
                f"{self._service.url.rstrip('/')}/{method}", json=body, timeout=TIMEOUT, allow_redirects=False
            )
        except requests.RequestException as error:
            raise ServiceAway(service=self.name) from error
        if response.status_code >= requests.codes.server_error:
            raise ServiceAway(service=self.name)
        try:
            answer = msgspec.json.decode(response.content or b"{}", type=dict[str, Any])
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            raise ServiceRefused(service=self.name, why="its answer is not as the API says") from error
        if not response.ok:
            raise self._refusal(answer)
        return answer

    def _refusal(self, answer: dict[str, Any]) -> Exception:
        """What an error of the API means (10.1); descriptions tell apart what codes do not."""
        code, why = str(answer.get("error", "")), str(answer.get("error_description", ""))
        if code == "invalid_pin":
            return WrongPin()
        if code == "invalid_otp":
            return OtpWrong()
        if "locked" in why.lower():
            return TokenLocked()
        if any(part in why for part in ENDED):
            return _AuthorisationEnded(service=self.name, why=why)
        return ServiceRefused(service=self.name, why=why or code or "no reason given")


class _AuthorisationEnded(ServiceRefused):
    """The authorisation at {service} has run out or is used up ({why}); open a new session."""

    code = "signing.authorisation_ended"
    vi = "Phép ký tại {service} đã hết hạn hoặc hết lượt ({why}); xin mở phiên mới."


def _pack(secret: _Secret) -> bytes:
    return msgspec.json.encode(secret)


def _part(found: dict[str, Any], name: str) -> dict[str, Any]:
    part = found.get(name)
    return part if isinstance(part, dict) else {}


def _at_once(multisign: Any) -> int:
    """1.0.4 has a number here, its OpenAPI a truth."""
    if isinstance(multisign, bool) or not isinstance(multisign, int):
        return MOST if multisign is True else 1
    return min(max(multisign, 1), MOST)


def _texts(digests: Sequence[bytes]) -> list[str]:
    return [b64encode(digest).decode() for digest in digests]


def _raw(value: Any, algorithm: Algorithm) -> bytes:
    """The API leaves open in which form ECDSA comes: raw, or as Ecdsa-Sig-Value. What is neither proves nothing."""
    try:
        octets = b64decode(value, validate=True)
        is_raw = algorithm is Algorithm.RSA or len(octets) == algorithm.size
        return octets if is_raw else algorithms.raw(octets)
    except (ValueError, TypeError):
        return b""
