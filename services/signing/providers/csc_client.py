"""One conversation with a remote signing service about one credential, in the words of its API (CSC 1.0.4)."""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import requests
from requests.auth import HTTPBasicAuth

from services.signing import algorithms
from services.signing.algorithms import Algorithm
from services.signing.errors import ConfirmationDeclined, OtpWrong, ServiceAway, ServiceRefused, TokenLocked
from services.signing.keys import WrongPin

CONNECT_SECONDS = 5
ANSWER_SECONDS = 20  # where nobody has to be asked
SHA256 = "2.16.840.1.101.3.4.2.1"
SIGN_ALGORITHMS = {  # by preference, of those that a credential offers
    Algorithm.RSA: ("1.2.840.113549.1.1.11", "1.2.840.113549.1.1.1"),
    Algorithm.ECDSA: ("1.2.840.10045.4.3.2",),
}
SAD_SECONDS = 3600  # 11.6: how long an authorisation lasts where the service does not say
ENDED = ("SAD", "not authorized by the SAD", "Numbers of signatures")  # what is wrong once an authorisation is used up
LATE = (requests.codes.request_timeout, requests.codes.gateway_timeout)  # where a proxy waits no longer
MOST = 200  # hashes in one call of a service that names no number of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class CscService:
    """A service that this installation is a client of: its base address, and our login there (HTTP Basic)."""

    url: str
    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
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


class Client:
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

    def read(self, algorithm: Algorithm) -> Credential:
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
        return Credential(
            algorithm=offered[0],
            at_once=_at_once(found.get("multisign")),
            needs_pin=explicit and pin.get("presence") != "false",
            needs_otp=explicit and otp.get("presence") == "true",
            sends_otp=otp.get("type") == "online",
            binds_hashes=found.get("SCAL") == "2",
        )

    def authorise(
        self,
        digests: Sequence[bytes],
        signatures: int,
        *,
        pin: str | None = None,
        otp: str | None = None,
        seconds: float | None = None,
    ) -> tuple[str, float]:
        """credentials/authorize (11.6), answered within `seconds`: the SAD, and for how many seconds it is good."""
        given = {"PIN": pin, "OTP": otp, "hash": _texts(digests) or None}
        answer = self.call(
            "credentials/authorize",
            credentialID=self.credential_id,
            seconds=seconds,
            numSignatures=signatures,
            **{name: value for name, value in given.items() if value is not None},
        )
        sad, lasts = answer.get("SAD"), answer.get("expiresIn", SAD_SECONDS)
        if not isinstance(sad, str) or not isinstance(lasts, int | float):
            raise ServiceRefused(service=self.name, why="its answer is not as the API says")
        return sad, lasts

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

    def call(self, method: str, *, seconds: float | None = None, **body: Any) -> dict[str, Any]:
        """One call; ServiceAway when it does not answer in time or is in trouble itself."""
        url, timeout = f"{self._service.url.rstrip('/')}/{method}", (CONNECT_SECONDS, seconds or ANSWER_SECONDS)
        try:
            response = self._session.post(url, json=body, timeout=timeout, allow_redirects=False)
        except requests.ReadTimeout as error:
            raise AnswerLate(service=self.name) from error
        except requests.RequestException as error:
            raise ServiceAway(service=self.name) from error
        if response.status_code in LATE:
            raise AnswerLate(service=self.name)
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
        if code == "access_denied":
            return ConfirmationDeclined(service=self.name)
        if "locked" in why.lower():
            return TokenLocked()
        if any(part in why for part in ENDED):
            return AuthorisationEnded(service=self.name, why=why)
        return ServiceRefused(service=self.name, why=why or code or "no reason given")


class AnswerLate(ServiceAway):
    """The signing service {service} did not answer in time; nothing was lost, try again in a moment."""


class AuthorisationEnded(ServiceRefused):
    """The authorisation at {service} has run out or is used up ({why}); open a new session."""

    code = "signing.authorisation_ended"
    vi = "Phép ký tại {service} đã hết hạn hoặc hết lượt ({why}); xin mở phiên mới."


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
