"""The signed summary on paper: a transcript in short as COSE_Sign1 in base45 (RFC 9052, RFC 9285), checked offline."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

import base45
import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from cwt import COSE, COSEKey
from cwt.exceptions import CWTError, VerifyError

from services.chassis.settings import MissingSetting
from services.contracts.transcript import Origin
from services.signing import algorithms

PREFIX = "HB1:"
"""What the text of such a code begins with, so that a reader knows it from an address."""
LONGEST = 2_000  # characters; a code of the largest size holds some more, ours about 450
KEY_ID_BYTES = 8
PROMOTIONS = {"PROMOTED": "Được lên lớp", "NOT_PROMOTED": "Không được lên lớp"}

_ISSUED_AT, _TRANSCRIPT = 6, -65_537  # claims: RFC 8392, 3.1.6, and one for private use
_DETERMINISTIC = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)  # RFC 6979
_PEM_BLOCK = re.compile(r"-----BEGIN ([A-Z ]+)-----.*?-----END \1-----", re.DOTALL)
_FIELDS = ("code", "version", "digest", "school", "school_year", "class_name", "pupil", "born_on", "results")


class NotASummary(ValueError):  # noqa: N818 - a finding about a code, not a fault of the program
    """The text is not a summary as this platform writes it."""


class UnknownIssuer(ValueError):  # noqa: N818 - likewise
    """None of the published keys has signed it."""


class Forged(ValueError):  # noqa: N818 - likewise
    """The signature does not fit the content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What the paper says in short; `digest` is the SHA-256 of the canonical data, `results` are words as printed."""

    code: str
    version: int
    digest: bytes
    school: str
    school_year: int
    class_name: str
    pupil: str
    born_on: date
    results: tuple[str, ...]
    issued_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """The installation's P-256 key for summaries and credentials, and the public ones before it (ES256)."""

    private: ec.EllipticCurvePrivateKey
    earlier: tuple[ec.EllipticCurvePublicKey, ...] = ()

    @classmethod
    def of(cls, pem: str) -> "Issuer":
        """From a private key in PEM form, which the public keys of those before it may follow."""
        first, *others = [match[0].encode() for match in _PEM_BLOCK.finditer(pem)]
        private = load_pem_private_key(first, None)
        earlier = [load_pem_public_key(one) for one in others]
        if not isinstance(private, ec.EllipticCurvePrivateKey):
            raise MissingSetting("HOCBA_SIGNING_SUMMARY_KEY must begin with a P-256 private key in PEM form.")
        return cls(private=private, earlier=tuple(one for one in earlier if isinstance(one, ec.EllipticCurvePublicKey)))

    @property
    def key_id(self) -> bytes:
        return key_id_of(self.private.public_key())

    @property
    def public_keys(self) -> dict[bytes, ec.EllipticCurvePublicKey]:
        """By id, the one in use first."""
        return {key_id_of(one): one for one in (self.private.public_key(), *self.earlier)}

    def sign(self, message: bytes) -> bytes:
        """The raw ES256 value, r and s; the same message gives the same."""
        return algorithms.raw(self.private.sign(message, _DETERMINISTIC))

    def write(self, summary: Summary) -> str:
        """The text of the code; the same summary gives the same, so that a paper can be prepared for signing again."""
        protected, payload = cbor2.dumps({1: -7}), _payload(summary)  # alg: ES256
        to_sign = cbor2.dumps(["Signature1", protected, b"", payload])  # Sig_structure, RFC 9052, 4.4
        message = cbor2.dumps(cbor2.CBORTag(18, [protected, {4: self.key_id}, payload, self.sign(to_sign)]))
        return f"{PREFIX}{base45.b45encode(message).decode()}"


def summary_of(canonical: bytes, *, issued_at: datetime) -> Summary:
    """What is in short in a transcript's canonical data; of a digitised copy that it is one, and of which paper."""
    data = json.loads(canonical)
    is_copy = data.get("origin") == Origin.DIGITISED_COPY
    school_year, class_name, words = (_of_paper if is_copy else _of_year)(data)
    return Summary(
        code=data["code"],
        version=data["version"],
        digest=sha256(canonical).digest(),
        school=data["school"]["name"],
        school_year=school_year,
        class_name=class_name,
        pupil=data["pupil"]["name"],
        born_on=date.fromisoformat(data["pupil"]["born_on"]),
        results=tuple(word for word in words if word),
        issued_at=issued_at,
    )


def _of_year(data: dict[str, Any]) -> tuple[int, str, tuple[str | None, ...]]:
    year = data["year"]
    told = (year["level_after"] or year["level"], year["conduct_after"] or year["conduct"], year["title"])
    return data["school_year"], data["class"]["name"], (*told, PROMOTIONS.get(year["promotion"]))


def _of_paper(data: dict[str, Any]) -> tuple[int, str, tuple[str | None, ...]]:
    period = data["period"]
    years = (
        f"năm học {period['first_year']}–{period['first_year'] + 1} đến {period['last_year']}–{period['last_year'] + 1}"
    )
    words = ("Bản sao điện tử số hóa từ học bạ giấy, không phải bản gốc", years, data["printed_school"])
    return period["first_year"], ", ".join(map(str, period["grades"])), words


def key_id_of(public: ec.EllipticCurvePublicKey) -> bytes:
    """The first bytes of the SHA-256 of the key (DER)."""
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return sha256(der).digest()[:KEY_ID_BYTES]


def read(text: str, issuers: Mapping[bytes, ec.EllipticCurvePublicKey]) -> Summary:
    """The summary of a code whose signature one of the issuers' keys, by id, has made.

    Raises NotASummary, UnknownIssuer or Forged.
    """
    if not text.startswith(PREFIX) or len(text) > LONGEST:
        raise NotASummary("The code does not begin like a summary, or is too long.")
    try:
        message = base45.b45decode(text.removeprefix(PREFIX))
        key_id = cbor2.loads(message).value[1].get(4, b"")
    except (ValueError, cbor2.CBORDecodeError, AttributeError, LookupError, TypeError) as error:
        raise NotASummary("The code holds no COSE_Sign1.") from error
    if key_id not in issuers:
        raise UnknownIssuer("No published key has the id that the code names.")
    return _summary(_opened(message, issuers[key_id], key_id))


def _opened(message: bytes, issuer: ec.EllipticCurvePublicKey, key_id: bytes) -> Any:
    pem = issuer.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    try:
        return COSE.new().decode(message, [COSEKey.from_pem(pem, kid=key_id)])
    except VerifyError as error:
        raise Forged("The signature does not fit the content.") from error
    except (CWTError, ValueError, TypeError) as error:
        raise NotASummary("The code holds no COSE_Sign1 with ES256.") from error


def _payload(summary: Summary) -> bytes:
    fields = [getattr(summary, name) for name in _FIELDS]
    fields[_FIELDS.index("born_on")] = summary.born_on.isoformat()
    fields[_FIELDS.index("results")] = list(summary.results)
    return cbor2.dumps({_ISSUED_AT: int(summary.issued_at.timestamp()), _TRANSCRIPT: fields})


def _summary(payload: bytes) -> Summary:
    try:
        claims = cbor2.loads(payload)
        given = dict(zip(_FIELDS, claims[_TRANSCRIPT], strict=True))
        return Summary(
            **given
            | {
                "born_on": date.fromisoformat(given["born_on"]),
                "results": tuple(given["results"]),
                "issued_at": datetime.fromtimestamp(claims[_ISSUED_AT], UTC),
            }
        )
    except (ValueError, LookupError, TypeError) as error:
        raise NotASummary("The signed content is not a transcript's summary.") from error
