"""Answers about one certificate (OCSP, RFC 6960), signed by its issuer or by whom the issuer appointed for that."""

import secrets
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from services.signing.revocation.answer import CLOCK_SKEW, Answer, Doubt, Doubtful, Evidence, Kind, conclude
from services.signing.revocation.crl import LEAST_DIGEST

NONCE_BYTES = 16


def ask(certificate: x509.Certificate, issuer: x509.Certificate) -> ocsp.OCSPRequest:
    """A question with a number used once. SHA-1 only names the issuer here, and is all that many responders know."""
    builder = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA1())  # noqa: S303 - see above
    return builder.add_extension(x509.OCSPNonce(secrets.token_bytes(NONCE_BYTES)), critical=False).build()


def read(
    der: bytes, certificate: x509.Certificate, issuer: x509.Certificate, *, asked: ocsp.OCSPRequest | None = None
) -> Evidence:
    """An answer about this certificate; with `asked` its nonce, where it has one, must be that question's.

    Raises Doubtful. An answer without an end counts for the moment in which it was given.
    """
    try:
        response = ocsp.load_der_ocsp_response(der)
        single = _single(response, certificate, issuer)
        appointed = [one for one in response.certificates if _is_appointed(one, issuer, single.this_update_utc)]
        if not any(_signed_by(response, one) for one in (issuer, *appointed)):
            raise Doubtful(Doubt.SIGNATURE)
        _check_nonce(response, asked)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Doubtful(Doubt.UNREADABLE) from error
    end = single.next_update_utc or single.this_update_utc + CLOCK_SKEW
    return Evidence(kind=Kind.OCSP, der=der, this_update=single.this_update_utc, next_update=end)


def judge(evidence: Evidence, certificate: x509.Certificate, issuer: x509.Certificate, *, moment: datetime) -> Answer:
    """What an answer that was read says."""
    single = _single(ocsp.load_der_ocsp_response(evidence.der), certificate, issuer)
    if single.certificate_status is ocsp.OCSPCertStatus.UNKNOWN:
        raise Doubtful(Doubt.NOT_KNOWN_THERE)
    return conclude(evidence, single.revocation_time_utc, expires_at=certificate.not_valid_after_utc, moment=moment)


def _single(
    response: ocsp.OCSPResponse, certificate: x509.Certificate, issuer: x509.Certificate
) -> ocsp.OCSPSingleResponse:
    if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        raise Doubtful(Doubt.NO_ANSWER)
    for each in response.responses:
        own = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, each.hash_algorithm).build()
        if _named(own) == _named(each):
            return each
    raise Doubtful(Doubt.OTHER_CERTIFICATE)


def _named(one: ocsp.OCSPRequest | ocsp.OCSPSingleResponse) -> tuple[int, bytes, bytes]:
    return one.serial_number, one.issuer_name_hash, one.issuer_key_hash


def _is_appointed(certificate: x509.Certificate, issuer: x509.Certificate, at: datetime) -> bool:
    """By the issuer itself for such answers; and it must say that nobody need ask about it in turn."""
    try:
        certificate.verify_directly_issued_by(issuer)
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        certificate.extensions.get_extension_for_class(x509.OCSPNoCheck)
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    in_time = certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc
    return in_time and ExtendedKeyUsageOID.OCSP_SIGNING in usage


def _signed_by(response: ocsp.OCSPResponse, signer: x509.Certificate) -> bool:
    key, algorithm = signer.public_key(), response.signature_hash_algorithm
    if algorithm is None or algorithm.digest_size < LEAST_DIGEST:
        return False
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(response.signature, response.tbs_response_bytes, padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(response.signature, response.tbs_response_bytes, ec.ECDSA(algorithm))
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _check_nonce(response: ocsp.OCSPResponse, asked: ocsp.OCSPRequest | None) -> None:
    try:
        answered = response.extensions.get_extension_for_class(x509.OCSPNonce).value
    except x509.ExtensionNotFound:
        return  # many responders answer everybody alike, made beforehand: their interval is what counts
    if asked and answered != asked.extensions.get_extension_for_class(x509.OCSPNonce).value:
        raise Doubtful(Doubt.OTHER_NONCE)
