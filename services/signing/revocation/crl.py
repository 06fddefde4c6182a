"""Certificate revocation lists (RFC 5280, 5): whole ones, signed by the issuer of the certificate itself."""

from datetime import datetime

from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from services.signing.revocation.answer import Answer, Doubt, Doubtful, Evidence, Kind, conclude

LEAST_DIGEST = 32  # bytes: SHA-256 and up
UNDERSTOOD = {ExtensionOID.CRL_NUMBER, ExtensionOID.AUTHORITY_KEY_IDENTIFIER}


def read(der: bytes, issuer: x509.Certificate) -> Evidence:
    """A list that this issuer signed; raises Doubtful for any other, and for one that tells only a part."""
    try:
        found = x509.load_der_x509_crl(der)
        partial = any(each.critical and each.oid not in UNDERSTOOD for each in found.extensions)
        algorithm = found.signature_hash_algorithm
        signed = found.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]  # TypeError for keys that cannot sign
    except (ValueError, TypeError) as error:
        raise Doubtful(Doubt.UNREADABLE) from error
    if found.issuer != issuer.subject:
        raise Doubtful(Doubt.OTHER_ISSUER)
    if not signed or algorithm is None or algorithm.digest_size < LEAST_DIGEST or not _may_sign_lists(issuer):
        raise Doubtful(Doubt.SIGNATURE)
    if partial:  # a delta list, or one of some reasons or some certificates alone: all these say so critically
        raise Doubtful(Doubt.PARTIAL)
    if found.next_update_utc is None:
        raise Doubtful(Doubt.STALE)
    interval = {"this_update": found.last_update_utc, "next_update": found.next_update_utc}
    return Evidence(kind=Kind.CRL, der=der, **interval)


def judge(evidence: Evidence, certificate: x509.Certificate, *, moment: datetime) -> Answer:
    """What a list that was read says about one of the issuer's certificates."""
    listed = x509.load_der_x509_crl(evidence.der).get_revoked_certificate_by_serial_number(certificate.serial_number)
    since = _since(listed) if listed is not None else None
    return conclude(evidence, since, expires_at=certificate.not_valid_after_utc, moment=moment)


def _since(listed: x509.RevokedCertificate) -> datetime:
    """When it was revoked, or earlier: from when on its key was no longer safe (invalidityDate, RFC 5280, 5.3.2)."""
    try:
        unsafe = listed.extensions.get_extension_for_class(x509.InvalidityDate).value.invalidity_date_utc
    except x509.ExtensionNotFound:
        return listed.revocation_date_utc
    return min(unsafe, listed.revocation_date_utc)


def _may_sign_lists(issuer: x509.Certificate) -> bool:
    try:
        return issuer.extensions.get_extension_for_class(x509.KeyUsage).value.crl_sign
    except x509.ExtensionNotFound:
        return True  # no usage named: none is forbidden
