"""One timestamp token: what is asked, and all that must be right in an answer before it is believed."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from asn1crypto import algos, cms, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from rfc3161_client import (
    TimeStampResponse,
    TimeStampTokenInfo,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from services.signing.timestamps.errors import (
    TimestampFailed,
    TimestampOfOther,
    TimestampPolicy,
    TimestampPurpose,
    TimestampRefused,
    TimestampReplayed,
    TimestampUnreadable,
    TimestampUntrusted,
    TimestampWrongTime,
)

CLOCK_SKEW = timedelta(minutes=2)  # how far an authority's clock and ours may differ
GRANTED = 0
_VERSIONS = ("v3", "v1")  # of SignedData and SignerInfo (RFC 5652, 5.1 and 5.3)
SHA256 = x509.ObjectIdentifier("2.16.840.1.101.3.4.2.1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A token that was believed: its DER, its time, the authority's certificates (DER, its own first)."""

    token: bytes
    at: datetime
    certificates: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request: a SHA-256 digest, a number used once, and the policy (dotted OID) where one is required."""

    digest: bytes
    nonce: int
    policy: str | None

    def der(self) -> bytes:
        """TimeStampReq (RFC 3161, 2.4.1), asking for the certificates too."""
        algorithm = algos.DigestAlgorithm({"algorithm": "sha256"})
        imprint = tsp.MessageImprint({"hash_algorithm": algorithm, "hashed_message": self.digest})
        request = {"version": "v1", "message_imprint": imprint, "nonce": self.nonce, "cert_req": True}
        if self.policy:
            request["req_policy"] = self.policy
        octets: bytes = tsp.TimeStampReq(request).dump()
        return octets


def believe(answer: bytes, asked: Asked, *, roots: Sequence[x509.Certificate], now: datetime) -> Stamp:
    """The token in an authority's answer, when all of it is right; raises the TimestampFailed that says what is not."""
    response = _decoded(answer)
    if response.status != GRANTED:
        raise TimestampRefused(why="; ".join(response.status_string) or f"status {response.status}")
    info = _info(response)
    if info.nonce != asked.nonce:
        raise TimestampReplayed
    if asked.policy and info.policy.dotted_string != asked.policy:
        raise TimestampPolicy
    if abs(info.gen_time - now) > CLOCK_SKEW:
        raise TimestampWrongTime(said=info.gen_time.isoformat())
    return _verified(response, asked.digest, roots)


def read(token: bytes, digest: bytes, *, roots: Sequence[x509.Certificate]) -> Stamp:
    """A token kept in a document, over this digest; raises like `believe`. Nothing is asked of anybody.

    Nothing but a token stands there, in the form in which it was kept: what no signature covers leaves no choice.
    """
    try:
        granted = {"status": {"status": "granted"}, "time_stamp_token": cms.ContentInfo.load(token, strict=True)}
        response = decode_timestamp_response(tsp.TimeStampResp(granted).dump())
        kept = response.time_stamp_token()
    except (ValueError, TypeError) as error:
        raise TimestampUnreadable from error
    if kept != token or not _is_intact(token):
        raise TimestampUnreadable
    return _verified(response, digest, roots)


def _is_intact(token: bytes) -> bool:
    """Whether it is signed by the certificate that it carries, whoever that is of, and says so in the usual way."""
    try:
        signed = cms.ContentInfo.load(token, strict=True)["content"]
        (signer,) = signed["signer_infos"]
        own = asn1_x509.Certificate.load(certificates_in(token)[0])
        name = signer["digest_algorithm"]["algorithm"].native
        hashed = hashlib.new(name, bytes(signed["encap_content_info"]["content"])).digest()
        usual = (signed["version"].native, signer["version"].native) == _VERSIONS
        named = name in [each["algorithm"].native for each in signed["digest_algorithms"]]
        return usual and named and all(validate_sig_integrity(signer, own, "tst_info", hashed))
    except (ValueError, KeyError, TypeError, TimestampFailed, SignatureValidationError):
        return False


def _decoded(answer: bytes) -> TimeStampResponse:
    try:
        return decode_timestamp_response(answer)
    except ValueError:
        return _decoded_in_order(answer)


def _decoded_in_order(answer: bytes) -> TimeStampResponse:
    """OpenSSL and others do not write certificates in the order of DER, which the decoder insists on.

    No signature covers that order.
    """
    try:
        response = tsp.TimeStampResp.load(answer, strict=True)
        signed = response["time_stamp_token"]["content"]
        signed["certificates"] = cms.CertificateSet(list(signed["certificates"]))
        return decode_timestamp_response(response.dump(force=True))
    except (ValueError, KeyError, TypeError) as error:
        raise TimestampUnreadable from error


def _info(response: TimeStampResponse) -> TimeStampTokenInfo:
    try:
        return response.tst_info
    except ValueError as error:
        raise TimestampUnreadable from error


def _verified(response: TimeStampResponse, digest: bytes, roots: Sequence[x509.Certificate]) -> Stamp:
    info = _info(response)
    if info.message_imprint.hash_algorithm != SHA256 or info.message_imprint.message != digest:
        raise TimestampOfOther
    try:
        token = response.time_stamp_token()
        certificates = certificates_in(token)
        _check_purpose(x509.load_der_x509_certificate(certificates[0]))
        VerifierBuilder(roots=list(roots)).build().verify(response, digest)
    except VerificationError as error:
        raise TimestampUntrusted from error
    except (ValueError, KeyError, TypeError) as error:
        raise TimestampUnreadable from error
    return Stamp(token=token, at=info.gen_time, certificates=certificates)


def certificates_in(token: bytes) -> tuple[bytes, ...]:
    """The signer's certificate, which the signed attribute must name too (RFC 5816, 2.2.1), then the others."""
    signed = cms.ContentInfo.load(token, strict=True)["content"]
    (signer,) = signed["signer_infos"]
    found = [each.chosen for each in signed["certificates"]]
    sid = signer["sid"].chosen
    named = sid["issuer"].dump(), sid["serial_number"].native
    (own,) = (one for one in found if (one.issuer.dump(), one.serial_number) == named)
    if not _is_named(own.dump(), signer["signed_attrs"]):
        raise TimestampUntrusted
    return (own.dump(), *(one.dump() for one in found if one is not own))


def _is_named(certificate: bytes, attributes: cms.CMSAttributes) -> bool:
    """By SHA-1 in the attribute of RFC 2634, which old authorities still write, or by the digest that v2 names."""
    for each in attributes:
        if each["type"].native in ("signing_certificate", "signing_certificate_v2"):
            named = each["values"][0]["certs"][0]
            name = named["hash_algorithm"]["algorithm"].native if "hash_algorithm" in named else "sha1"
            return bool(hashlib.new(name, certificate).digest() == named["cert_hash"].native)
    return False


def _check_purpose(certificate: x509.Certificate) -> None:
    """A critical extended key usage with timeStamping alone (RFC 3161, 2.3)."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound as error:
        raise TimestampPurpose from error
    if not usage.critical or list(usage.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise TimestampPurpose
