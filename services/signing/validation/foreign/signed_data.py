"""The mathematics of a CMS signature of any maker (RFC 5652), and that nothing in it stands there unjudged."""

from collections.abc import Callable, Iterable

from asn1crypto import cms, core
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from pyhanko.sign.general import SignedDataCerts, find_cms_attribute_iter
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import extract_certs_for_validation, validate_sig_integrity

from services.contracts.verdicts import Reason
from services.signing.chains import issued
from services.signing.validation.report import Fault

HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
    "sha3_256": hashes.SHA3_256,
    "sha3_384": hashes.SHA3_384,
    "sha3_512": hashes.SHA3_512,
}
WAYS = ("rsassa_pkcs1v15", "rsassa_pss", "ecdsa")
LEAST_BITS = {"rsa": 2048, "rsassa_pss": 2048, "ec": 256}
BY_NAME_AND_SERIAL = "issuer_and_serial_number"
TIMESTAMP = "signature_time_stamp_token"

Digest = Callable[[str], bytes]
"""The digest of something, by the name of the hash; KeyError for a hash that is not accepted."""


def digest_of(*octets: bytes) -> Digest:
    """The digest of these bytes, one after the other."""

    def digest(algorithm: str) -> bytes:
        hashing = hashes.Hash(HASHES[algorithm]())
        for each in octets:
            hashing.update(each)
        return hashing.finalize()

    return digest


def check(message: cms.ContentInfo, digest: Digest, *, content: str) -> tuple[bytes, ...]:
    """The certificates (DER, the signer's own first) of a signature that is right over this digest; else a Fault."""
    try:
        signed = message["content"]
        (signer,) = signed["signer_infos"]
        certificates = extract_certs_for_validation(signed)
        _check_filled(message, signed, signer)
        _check_form(signed, signer, certificates.signer_cert)
        algorithm = _algorithm(signer, certificates)
        intact, valid = validate_sig_integrity(signer, certificates.signer_cert, content, digest(algorithm))
    except (SignatureValidationError, ValueError, KeyError, TypeError) as error:
        raise Fault(Reason.SIGNATURE_MALFORMED) from error
    if not intact:
        raise Fault(Reason.DIGEST_MISMATCH)
    if not valid:
        raise Fault(Reason.SIGNATURE_MISMATCH)
    return tuple(each.dump() for each in (certificates.signer_cert, *certificates.other_certs))


def tokens_in(message: cms.ContentInfo) -> list[cms.ContentInfo]:
    """The timestamps on the signature's value (RFC 3161, appendix A)."""
    (signer,) = message["content"]["signer_infos"]
    return list(find_cms_attribute_iter(signer["unsigned_attrs"], TIMESTAMP))


def check_vouched(certificates: Iterable[bytes], above: Iterable[x509.Certificate]) -> None:
    """A Fault unless somebody known has signed each certificate: no signature covers those that a file carries."""
    loaded = [x509.load_der_x509_certificate(der) for der in certificates]
    issuers = [*loaded, *above]
    if not all(any(issued(issuer, one) for issuer in issuers) for one in loaded):
        raise Fault(Reason.CERTIFICATE_UNTRUSTED)


def is_authority(certificate: x509.Certificate) -> bool:
    """By its basic constraints; raises ValueError for extensions that cannot be read."""
    found = [each.value for each in certificate.extensions if isinstance(each.value, x509.BasicConstraints)]
    return any(each.ca for each in found)


def _check_filled(*sequences: core.Sequence) -> None:
    """A Fault where bytes stand between or after the known fields, which a lenient parser passes over."""
    if any(b"".join(one[name].dump() for name in one) != one.contents for one in sequences):
        raise Fault(Reason.SIGNATURE_MALFORMED)


def _check_form(signed: cms.SignedData, signer: cms.SignerInfo, own: Certificate) -> None:
    """What is not signed leaves as little choice as the format does (RFC 5652, 5.1 and 5.3; EN 319 142-1, 6.3).

    The version follows from the rest, the list of hashes repeats the signer's, the issuer is named as the certificate
    names it, and a timestamp is all that may be added to a signature later. What still has two spellings is the name
    of RSA, with or without its hash; the hash is named beside it, and a wrong one does not verify.
    """
    sid = signer["sid"]
    named = sid.name == BY_NAME_AND_SERIAL
    plain = named and signed["encap_content_info"]["content_type"].native == "data"
    added = (
        []
        if isinstance(signer["unsigned_attrs"], core.Void)
        else [each["type"].native for each in signer["unsigned_attrs"]]
    )
    sound = (
        signer["version"].native == ("v1" if named else "v3")
        and signed["version"].native == ("v1" if plain else "v3")
        and [each.dump() for each in signed["digest_algorithms"]] == [signer["digest_algorithm"].dump()]
        and all(each == TIMESTAMP for each in added)
        and (not named or sid.chosen["issuer"].dump() == own.issuer.dump())
    )
    if not sound:
        raise Fault(Reason.SIGNATURE_MALFORMED)


def check_key(own: Certificate) -> None:
    """A Fault for a key of another kind than RSA or elliptic curve, and for one that is too short."""
    key = own.public_key
    if key.bit_size < LEAST_BITS.get(key.algorithm, key.bit_size + 1):
        raise Fault(Reason.ALGORITHM)


def _algorithm(signer: cms.SignerInfo, certificates: SignedDataCerts) -> str:
    """The hash; a Fault where it, the way of signing or the key is not accepted."""
    check_key(certificates.signer_cert)
    named = signer["signature_algorithm"]
    found: str = signer["digest_algorithm"]["algorithm"].native
    try:
        way, hashed = named.signature_algo, named.hash_algo
    except ValueError:  # the name of RSA alone, or none that is known
        way, hashed = named["algorithm"].native, found
    if way not in WAYS or not {found, hashed} <= HASHES.keys():
        raise Fault(Reason.ALGORITHM)
    return found
