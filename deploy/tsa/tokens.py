"""What the development timestamp authority answers: a token over the digest it is sent, at its own time."""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from asn1crypto import algos, cms, core, tsp
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

POLICY = "1.3.6.1.4.1.32473.1.1"  # below the number that RFC 5612 keeps for examples
DIGEST_BYTES = 32
REJECTED = "rejection"
BAD_REQUEST, BAD_ALGORITHM, BAD_POLICY = "bad_data_format", "bad_alg", "unaccepted_policy"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampKey:
    """The authority's key, its certificate and those above it, without the root (DER)."""

    key: rsa.RSAPrivateKey = field(repr=False)
    certificate: bytes
    chain: tuple[bytes, ...]


def load(path: Path) -> TimestampKey:
    """From one PEM file: own certificate, those above it, key."""
    pem = path.read_bytes()
    own, *chain = (one.public_bytes(Encoding.DER) for one in x509.load_pem_x509_certificates(pem))
    key = load_pem_private_key(pem[pem.index(b"-----BEGIN PRIVATE") :], password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError(f"{path} holds no RSA key")
    return TimestampKey(key=key, certificate=own, chain=tuple(chain))


def answer(request: bytes, key: TimestampKey, *, at: datetime, serial: int) -> bytes:
    """TimeStampResp to a TimeStampReq: a token, or a rejection that says what is wrong with the request."""
    try:
        asked = tsp.TimeStampReq.load(request, strict=True)
        imprint, policy = asked["message_imprint"], asked["req_policy"].native
        algorithm, digest = imprint["hash_algorithm"]["algorithm"].native, imprint["hashed_message"].native
    except (ValueError, TypeError):
        return _rejected(BAD_REQUEST)
    if algorithm != "sha256" or len(digest) != DIGEST_BYTES:
        return _rejected(BAD_ALGORITHM)
    if policy not in (None, POLICY):
        return _rejected(BAD_POLICY)
    token = _token(_info(asked, at=at, serial=serial), key, with_certificates=asked["cert_req"].native)
    granted: bytes = tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token}).dump()
    return granted


def _rejected(why: str) -> bytes:
    status = tsp.PKIStatusInfo({"status": REJECTED, "status_string": [why], "fail_info": {why}})
    octets: bytes = core.SequenceOf([status], spec=tsp.PKIStatusInfo).dump()  # a response without a token
    return octets


def _info(asked: tsp.TimeStampReq, *, at: datetime, serial: int) -> bytes:
    info = {
        "version": "v1",
        "policy": POLICY,
        "message_imprint": asked["message_imprint"],
        "serial_number": serial,
        "gen_time": at.replace(microsecond=0),
        "accuracy": {"seconds": 1},
        "nonce": asked["nonce"],
    }
    octets: bytes = tsp.TSTInfo(info).dump()
    return octets


def _token(info: bytes, key: TimestampKey, *, with_certificates: bool) -> cms.ContentInfo:
    certificate = Certificate.load(key.certificate)
    attributes = _attributes(info, key.certificate)
    identity = {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
    signer = {
        "version": "v1",
        "sid": cms.SignerIdentifier({"issuer_and_serial_number": cms.IssuerAndSerialNumber(identity)}),
        "digest_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
        "signed_attrs": attributes,
        "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_rsa"}),
        "signature": key.key.sign(attributes.dump(), padding.PKCS1v15(), hashes.SHA256()),
    }
    content = {
        "version": "v3",
        "digest_algorithms": [algos.DigestAlgorithm({"algorithm": "sha256"})],
        "encap_content_info": {"content_type": "tst_info", "content": cms.ParsableOctetString(info)},
        "signer_infos": [signer],
    }
    if with_certificates:
        content["certificates"] = [Certificate.load(der) for der in (key.certificate, *key.chain)]
    return cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(content)})


def _attributes(info: bytes, certificate: bytes) -> cms.CMSAttributes:
    named = tsp.ESSCertIDv2({"cert_hash": sha256(certificate).digest()})
    return cms.CMSAttributes(
        [
            cms.CMSAttribute({"type": "content_type", "values": ["tst_info"]}),
            cms.CMSAttribute({"type": "message_digest", "values": [sha256(info).digest()]}),
            cms.CMSAttribute({"type": "signing_certificate_v2", "values": [{"certs": [named]}]}),
        ]
    )
