"""Validating a CLR credential: a VC-JWT in our one form, signed by a known issuer; it believes nothing else."""

import re
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TypeVar

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from services.contracts.messages import Moment
from services.contracts.verdicts import Reason, Verdict
from services.signing import algorithms
from services.signing.clr.vc_jwt import KEYS, encoded
from services.signing.validation import report
from services.signing.validation.judging import Known
from services.signing.validation.report import Fault, Report, SignatureReport

S = TypeVar("S")

KIND = "clr"
START = b"eyJ"
"""Of every token: `{"` in base64url."""

LARGEST = 1_000_000  # bytes; a credential takes about 40,000
_TEXT = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_KEY_ID = re.compile(rf"https?://[^\s]+{re.escape(KEYS)}/([0-9a-f]{{16}})")


class _Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that the header may hold: a key inside, or `crit`, would ask us to believe the token about itself."""

    alg: str
    kid: str
    typ: str


class _Named(msgspec.Struct, frozen=True):
    id: str
    name: str = ""


class _Transcript(msgspec.Struct, frozen=True):
    code: str
    version: int
    sha256: str


class _Claims(msgspec.Struct, frozen=True, rename="camel"):
    """What is read of the payload: the JWT's claims, and of the credential what they must agree with."""

    iss: str
    jti: str
    nbf: int
    sub: str
    id: str
    type: list[str]
    issuer: _Named
    valid_from: Moment
    credential_subject: _Named
    transcript: _Transcript

    @property
    def agrees(self) -> bool:
        """By Open Badges 3.0, 8.2.4.1, as CLR 2.0 has it."""
        return (
            self.iss == self.issuer.id
            and self.jti == self.id
            and self.sub == self.credential_subject.id
            and self.nbf == self.valid_from.timestamp()
            and {"VerifiableCredential", "ClrCredential"} <= set(self.type)
            and self.id.endswith(f"/{self.transcript.code}")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Token:
    key_id: bytes
    claims: _Claims
    payload: bytes
    signed: bytes
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialRead:
    """A token to be judged by the time that a checker knows."""

    data: bytes
    issuers: Mapping[bytes, EllipticCurvePublicKey]

    def certificates(self, _at: datetime) -> dict[x509.Certificate, x509.Certificate]:
        return {}

    def report(self, known: Known) -> Report:
        return validate_clr(self.data, self.issuers, at=known.at)


def validate_clr(data: bytes, issuers: Mapping[bytes, EllipticCurvePublicKey], *, at: datetime) -> Report:
    """The verdict on any bytes, believing these issuers' keys, by id, at this time.

    The one signature is the school's, made by its installation: role ISSUER. The report's `data` is the payload.
    """
    try:
        token = _read(data)
    except Fault as fault:
        return report.unreadable(KIND, fault.reason)
    except Exception:  # noqa: BLE001 - hostile bytes may fail a parser in any way; none of them is a credential
        return report.unreadable(KIND, Reason.UNREADABLE)
    return _report(token, _reason(token, issuers, at))


def _read(data: bytes) -> _Token:
    if len(data) > LARGEST:
        raise Fault(Reason.TOO_LARGE)
    if not _TEXT.fullmatch(data):
        raise Fault(Reason.UNREADABLE)
    header, payload, value = (_decoded(part) for part in data.split(b"."))
    return _Token(
        key_id=_key_id(_structure(header, _Header)),
        claims=_structure(payload, _Claims),
        payload=payload,
        signed=data.rpartition(b".")[0],
        value=value,
    )


def _decoded(part: bytes) -> bytes:
    """Only what would be written so again: several texts must not mean the same bytes."""
    decoded = urlsafe_b64decode(part + b"=" * (-len(part) % 4))
    if encoded(decoded) != part:
        raise Fault(Reason.NOT_CANONICAL)
    return decoded


def _structure(raw: bytes, shape: type[S]) -> S:
    try:
        return msgspec.json.decode(raw, type=shape)
    except msgspec.ValidationError as error:
        raise Fault(Reason.STRUCTURE) from error


def _key_id(header: _Header) -> bytes:
    named = _KEY_ID.fullmatch(header.kid)
    if (header.alg, header.typ) != ("ES256", "JWT") or not named:
        raise Fault(Reason.STRUCTURE)
    return bytes.fromhex(named[1])


def _reason(token: _Token, issuers: Mapping[bytes, EllipticCurvePublicKey], at: datetime) -> Reason | None:
    if token.key_id not in issuers:
        return Reason.ISSUER_UNKNOWN
    if not algorithms.verifies(issuers[token.key_id], sha256(token.signed).digest(), token.value):
        return Reason.SIGNATURE_MISMATCH
    if not token.claims.agrees:
        return Reason.STRUCTURE
    return Reason.SIGNED_IN_FUTURE if token.claims.valid_from > at else None


def _report(token: _Token, reason: Reason | None) -> Report:
    verdict = reason.verdict if reason else Verdict.VALID
    signature = SignatureReport(
        slot=report.ISSUER,
        role=report.ISSUER,
        holder=token.claims.iss,
        name=token.claims.issuer.name,
        verdict=verdict,
        reason=reason,
        signed_at=token.claims.valid_from,
    )
    return Report(
        kind=KIND,
        verdict=verdict,
        reasons=(reason,) if reason else (),
        signatures=(signature,),
        code=token.claims.transcript.code,
        version=token.claims.transcript.version,
        data=token.payload,
    )
