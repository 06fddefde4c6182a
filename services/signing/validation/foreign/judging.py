"""The verdict on one signature made elsewhere, PDF or XML alike: purpose, chain, time, revocation, level."""

from collections.abc import Iterable
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from services.contracts.verdicts import Reason, Verdict, worst
from services.signing.evidence.proof import Level, Proof
from services.signing.validation.foreign import chains, stamps, standing
from services.signing.validation.foreign.chains import Chain, OutOfTime
from services.signing.validation.foreign.found import Anchors, Found
from services.signing.validation.foreign.stamps import Proven
from services.signing.validation.judging import CLOCK_SKEW
from services.signing.validation.report import Fault, Report, SignatureReport

_FOR_DOCUMENTS = {  # extended key usages with which people sign documents; those of servers, code and OCSP are not
    ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
    ExtendedKeyUsageOID.CLIENT_AUTH,
    ExtendedKeyUsageOID.EMAIL_PROTECTION,
    ExtendedKeyUsageOID.SMARTCARD_LOGON,
    x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36"),  # documentSigning (RFC 9336)
    x509.ObjectIdentifier("1.2.840.113583.1.1.5"),  # Adobe's
    x509.ObjectIdentifier("1.3.6.1.4.1.311.10.3.12"),  # Microsoft's
}


def judge(slot: str, found: Found | Fault, anchors: Anchors) -> SignatureReport:
    """The verdict on one signature as it was found in its file; a Fault where it is not right by itself."""
    if isinstance(found, Fault):
        return _reported(slot, None, Proven(), None, found.reason)
    proven, level, reason = Proven(), None, None
    try:
        proven = stamps.prove(found.tokens, _all_proof(found, anchors), anchors)
        level = _level(found, proven, anchors)
        _check(found, proven.at, anchors)
    except Fault as fault:
        reason = fault.reason
    return _reported(slot, found, proven, level, reason)


def _reported(
    slot: str, found: Found | None, proven: Proven, level: Level | None, reason: Reason | None
) -> SignatureReport:
    return SignatureReport(
        slot=slot,
        role="",
        holder="",
        name=_name(found.certificates[0]) if found else "",
        verdict=reason.verdict if reason else Verdict.VALID,
        reason=reason,
        signed_at=found.claimed if found else None,
        proven_at=proven.at,
        level=level,
    )


def conclude(kind: str, signatures: Iterable[SignatureReport], whole: Iterable[Reason] = ()) -> Report:
    """The report on a file that is no transcript: it has no code, version or data of one."""
    judged = tuple(signatures)
    reasons = tuple(dict.fromkeys((*whole, *(each.reason for each in judged if each.reason))))
    if not judged and not reasons:
        reasons = (Reason.NOT_SIGNED,)
    verdict = worst(reason.verdict for reason in reasons)
    return Report(kind=kind, verdict=verdict, reasons=reasons, signatures=judged, code=None, version=None, data=None)


def chains_of(found: Found, anchors: Anchors) -> list[Chain]:
    """The paths to a root that the verdict rests on: the signer's, and those of timestamps; a Fault without a first."""
    proven = stamps.prove(found.tokens, _all_proof(found, anchors), anchors)
    return [_path(found, proven.at, anchors), *proven.chains]


def _check(found: Found, proven_at: datetime | None, anchors: Anchors) -> None:
    """The first reason not to believe the signature, as a Fault."""
    chain = _path(found, proven_at, anchors)
    moment = proven_at or anchors.at
    known = standing.of(chain, _all_proof(found, anchors), moment=moment, at=anchors.at, told=anchors.answers)
    if known.revoked_at:
        _check_revoked(known.revoked_at, proven_at, found.claimed)
    if not known.is_known:
        raise Fault(Reason.REVOCATION_UNKNOWN)
    if not found.is_whole:
        raise Fault(Reason.COVERS_PART)


def _path(found: Found, proven_at: datetime | None, anchors: Anchors) -> Chain:
    """The signer's path to a root; a Fault for a certificate that is not for signing, and for a time yet to come."""
    own = x509.load_der_x509_certificate(found.certificates[0])
    _check_purpose(own)
    if proven_at is None and found.claimed and found.claimed > anchors.at + CLOCK_SKEW:
        raise Fault(Reason.SIGNED_IN_FUTURE)
    return _chain(own, found, proven_at, anchors)


def _check_purpose(own: x509.Certificate) -> None:
    """For signing (RFC 5280, 4.2.1.3): digitalSignature or nonRepudiation, and no purpose that is another's alone."""
    try:
        extensions = own.extensions
        usage = extensions.get_extension_for_class(x509.KeyUsage).value
    except (x509.ExtensionNotFound, ValueError) as error:
        raise Fault(Reason.CERTIFICATE_PURPOSE) from error
    named = {oid for each in extensions if isinstance(each.value, x509.ExtendedKeyUsage) for oid in each.value}
    signs = usage.digital_signature or usage.content_commitment
    if not signs or usage.key_cert_sign or (named and not named & _FOR_DOCUMENTS):
        raise Fault(Reason.CERTIFICATE_PURPOSE)


def _chain(own: x509.Certificate, found: Found, proven_at: datetime | None, anchors: Anchors) -> Chain:
    """The path at the best proven time; expired is no more than unproven where the claimed time would do."""
    try:
        return _chain_at(proven_at or anchors.at, own, found, anchors)
    except OutOfTime as error:
        if proven_at is None and own.not_valid_before_utc <= (found.claimed or own.not_valid_before_utc):
            _check_claimed(own, found, anchors)
            raise Fault(Reason.NO_PROOF_OF_TIME) from error
        raise Fault(Reason.CERTIFICATE_NOT_VALID_THEN) from error


def _check_claimed(own: x509.Certificate, found: Found, anchors: Anchors) -> None:
    """A Fault where even at the time that the signer claims the certificate was no longer good."""
    if found.claimed is None:
        return
    try:
        chain = _chain_at(found.claimed, own, found, anchors)
    except OutOfTime as error:
        raise Fault(Reason.CERTIFICATE_NOT_VALID_THEN) from error
    proof = _all_proof(found, anchors)
    known = standing.of(chain, proof, moment=found.claimed, at=anchors.at, told=anchors.answers)
    if known.revoked_at:
        _check_revoked(known.revoked_at, None, found.claimed)


def _chain_at(moment: datetime, own: x509.Certificate, found: Found, anchors: Anchors) -> Chain:
    others = (*found.certificates, *_all_proof(found, anchors).certificates)
    return chains.find(own, others, roots=anchors.roots, at=moment)


def _check_revoked(revoked_at: datetime, proven_at: datetime | None, claimed: datetime | None) -> None:
    if any(each >= revoked_at for each in (proven_at, claimed) if each):
        raise Fault(Reason.CERTIFICATE_REVOKED)
    if proven_at is None:
        raise Fault(Reason.REVOKED_UNPROVEN)


def _level(found: Found, proven: Proven, anchors: Anchors) -> Level | None:
    """How far the file itself has come (EN 319 142-1, 6; EN 319 132-1, 6), without what the caller adds."""
    if not found.is_baseline:
        return None
    if proven.at is None:
        return Level.B_B
    own = x509.load_der_x509_certificate(found.certificates[0])
    others = (*found.certificates, *found.proof.certificates)
    try:
        chain = chains.find(own, others, roots=anchors.roots, at=proven.at)
    except (OutOfTime, Fault):
        return Level.B_T
    if not standing.of(chain, found.proof, moment=proven.at, at=anchors.at).is_known:
        return Level.B_T
    return Level.B_LTA if proven.archived else Level.B_LT


def _all_proof(found: Found, anchors: Anchors) -> Proof:
    """What the file carries and what the caller has."""
    added = tuple(each.public_bytes(Encoding.DER) for each in anchors.certificates)
    return Proof(
        certificates=(*found.proof.certificates, *added),
        lists=(*anchors.lists, *found.proof.lists),
        answers=found.proof.answers,
    )


def _name(certificate: bytes) -> str:
    subject = x509.load_der_x509_certificate(certificate).subject
    return " ".join(str(each.value) for each in subject.get_attributes_for_oid(NameOID.COMMON_NAME))
