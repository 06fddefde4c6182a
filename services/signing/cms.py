"""CMS signatures: inside a PDF (PAdES-B-B, ETSI EN 319 142-1), and of a file with its time (CAdES-B-B, EN 319 122-1).

Each is a prebuilt DER per signer with two places to fill.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

from asn1crypto import algos, cms, tsp, x509

from services.signing import algorithms
from services.signing.algorithms import Algorithm
from services.signing.keys import Credential

# Stand for what differs from document to document while the rest is encoded once.
_DIGEST = sha256(b"place of the document's digest").digest()
_SIGNATURE = _DIGEST * 8
_LONGEST = {Algorithm.RSA: algorithms.RSA_BITS // 8, Algorithm.ECDSA: 72}  # bytes; an Ecdsa-Sig-Value may be shorter
_ORDINARY = 10_000  # bytes of a signer's certificate with those above it


def size(credential: Credential) -> int:
    """Length in bytes of every signature inside a PDF under this certificate."""
    longest = _LONGEST[credential.algorithm]
    return _template_of(credential.certificate, credential.chain, longest).size(longest)


def digest_to_sign(credential: Credential, digest: bytes, *, at: datetime | None = None) -> bytes:
    """SHA-256 of the signed attributes over a document's digest: content-type, message-digest, signing-certificate-v2.

    With a time there is signingTime too, as CAdES wants; PAdES takes the time from the signature dictionary's /M.
    """
    template = _template_of(credential.certificate, credential.chain, _LONGEST[credential.algorithm], at)
    return sha256(template.attributes(digest)).digest()


def detached(credential: Credential, digest: bytes, value: bytes, *, at: datetime | None = None) -> bytes:
    """DER SignedData over a document's digest, with the raw value over `digest_to_sign`.

    Without a time it is for a PDF, whose place for it has a fixed length: in zeros up to `size`.
    """
    signature = _in_cms(value, credential.algorithm)
    whole = _template_of(credential.certificate, credential.chain, len(signature), at).encode(digest, signature)
    return whole if at else whole.ljust(size(credential), b"\0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a signature consists of: the raw `value` is over `message`, which holds `digest`; certificates own first.

    `at` is the time that it states, None inside a PDF.
    """

    certificates: tuple[bytes, ...]
    digest: bytes
    message: bytes
    value: bytes
    at: datetime | None = None


def read(der: bytes, *, timed: bool = False) -> Parts:
    """Raises ValueError when one byte is not as `detached` writes it: what is not signed leaves no choice either.

    `timed` says which of the two it must be: that of a file, with its time, or that inside a PDF.
    """
    signed_data = cms.ContentInfo.load(der)["content"]
    (signer_info,) = signed_data["signer_infos"]
    certificates = [found.chosen for found in signed_data["certificates"]]
    serial = signer_info["sid"].chosen["serial_number"].native
    (own,) = (found for found in certificates if found.serial_number == serial)
    digest = _attribute(signer_info, "message_digest")
    at = _attribute(signer_info, "signing_time") if timed else None
    others = tuple(found.dump() for found in certificates if found is not own)
    algorithm = algorithms.algorithm_of(algorithms.public_key(own.dump()))
    signature = signer_info["signature"].native
    longest, template = _LONGEST[algorithm], _template_read(own.dump(), others, len(signature), at)
    whole = template.encode(digest, signature)
    if not timed:
        room = template if len(signature) == longest else _template_read(own.dump(), others, longest)
        whole = whole.ljust(room.size(longest), b"\0")
    value = algorithms.raw(signature) if algorithm is Algorithm.ECDSA else signature
    if whole != der or _in_cms(value, algorithm) != signature:
        raise ValueError("The signature is not in the form in which this platform writes signatures.")
    chain, message = (own.dump(), *others), template.attributes(digest)
    return Parts(certificates=chain, digest=digest, message=message, value=value, at=at)


def write(parts: Parts) -> bytes:
    """DER SignedData of a file, as `read` takes it."""
    own, *others = parts.certificates
    signature = _in_cms(parts.value, algorithms.algorithm_of(algorithms.public_key(own)))
    return _template(own, tuple(others), len(signature), parts.at).encode(parts.digest, signature)


@dataclass(frozen=True, slots=True)
class _Template:
    before_attributes: bytes
    attributes_head: bytes
    attributes_tail: bytes
    before_signature: bytes
    after_signature: bytes

    def attributes(self, digest: bytes) -> bytes:
        """The signed attributes as signed: with the tag of a SET (RFC 5652, 5.4)."""
        return b"\x31" + self.attributes_head + digest + self.attributes_tail

    def size(self, length: int) -> int:
        """Length of the whole with a signature of this length."""
        return len(self.encode(_DIGEST, bytes(length)))

    def encode(self, digest: bytes, signature: bytes) -> bytes:
        return b"".join(
            (
                self.before_attributes,
                self.attributes_head,
                digest,
                self.attributes_tail,
                self.before_signature,
                signature,
                self.after_signature,
            )
        )


def _attribute(signer_info: cms.SignerInfo, name: str) -> Any:
    (value,) = (found["values"][0].native for found in signer_info["signed_attrs"] if found["type"].native == name)
    return value


def _in_cms(value: bytes, algorithm: Algorithm) -> bytes:
    return algorithms.der(value) if algorithm is Algorithm.ECDSA else value


@lru_cache(maxsize=4096)
def _template_of(certificate: bytes, chain: tuple[bytes, ...], length: int, at: datetime | None = None) -> _Template:
    """Kept for all our own signers; for those whose signatures are checked see `_template_read`."""
    return _template(certificate, chain, length, at)


def _template_read(certificate: bytes, chain: tuple[bytes, ...], length: int, at: datetime | None = None) -> _Template:
    """What strangers hand in must not fill our memory: few are kept, of ordinary size, and none of a single file."""
    if at or len(certificate) + sum(map(len, chain)) > _ORDINARY:
        return _template(certificate, chain, length, at)
    return _template_seen(certificate, chain, length)


@lru_cache(maxsize=256)
def _template_seen(certificate: bytes, chain: tuple[bytes, ...], length: int) -> _Template:
    return _template(certificate, chain, length)


def _template(certificate: bytes, chain: tuple[bytes, ...], length: int, at: datetime | None = None) -> _Template:
    """For signatures of this length, which every length around them depends on."""
    attributes, place = _attributes(certificate, at), _SIGNATURE[:length]
    as_set = attributes.dump()
    whole = _signed_data(certificate, chain, attributes, place).dump()
    before, after = _once(whole, as_set[1:])  # inside SignerInfo the attributes bear another tag, [0]
    head, tail = _once(as_set[1:], _DIGEST)
    before_signature, after_signature = _once(after, place)
    return _Template(before, head, tail, before_signature, after_signature)


def _attributes(certificate: bytes, at: datetime | None) -> cms.CMSAttributes:
    certificate_id = tsp.ESSCertIDv2({"cert_hash": sha256(certificate).digest()})
    values: dict[str, object] = {
        "content_type": "data",
        "message_digest": _DIGEST,
        "signing_certificate_v2": {"certs": [certificate_id]},
    }
    if at:
        values["signing_time"] = cms.Time({"utc_time": at})  # until 2049 (RFC 5652, 11.3)
    return cms.CMSAttributes([cms.CMSAttribute({"type": name, "values": [one]}) for name, one in values.items()])


def _signed_data(
    certificate: bytes, chain: tuple[bytes, ...], attributes: cms.CMSAttributes, signature: bytes
) -> cms.ContentInfo:
    algorithm = algorithms.algorithm_of(algorithms.public_key(certificate))
    signer_info = {
        "version": "v1",
        "sid": _issuer_and_serial(x509.Certificate.load(certificate)),
        "digest_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
        "signed_attrs": attributes,
        "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": algorithm.value}),
        "signature": signature,
    }
    content = {
        "version": "v1",
        "digest_algorithms": [algos.DigestAlgorithm({"algorithm": "sha256"})],
        "encap_content_info": {"content_type": "data"},
        "certificates": [x509.Certificate.load(der) for der in (certificate, *chain)],
        "signer_infos": [signer_info],
    }
    return cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(content)})


def _issuer_and_serial(certificate: x509.Certificate) -> cms.SignerIdentifier:
    identity = cms.IssuerAndSerialNumber({"issuer": certificate.issuer, "serial_number": certificate.serial_number})
    return cms.SignerIdentifier({"issuer_and_serial_number": identity})


def _once(whole: bytes, part: bytes) -> tuple[bytes, bytes]:
    before, after = whole.split(part)  # fails if the part is not there exactly once
    return before, after
