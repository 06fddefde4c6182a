"""Verdicts as a checker gives them to whom every issuer says that nothing was revoked."""

from cryptography.hazmat.primitives.serialization import Encoding

from services.signing.revocation import Answer, Status
from services.signing.validation import Known, read, read_pdf, read_xml
from services.signing.validation.class_sheet import read_class_sheet


def validate_pdf(pdf, *, trust, at, **known):
    return judged(read_pdf(pdf, roots=trust), at=at, **known)


def validate_xml(xml, *, trust, at, **known):
    return judged(read_xml(xml, roots=trust), at=at, **known)


def validate_class_sheet(data, *, trust, at, **known):
    return judged(read_class_sheet(data, roots=trust), at=at, **known)


def validate(data, *, trust, at, **known):
    return judged(read(data, roots=trust, issuers={}), at=at, **known)


def judged(reading, *, at, revoked=(), holders=None):
    """`revoked` tells of some certificates from when on they are not to be believed."""
    good = Answer(status=Status.GOOD)
    answers = {one.public_bytes(Encoding.DER): good for one in reading.certificates(at)}
    for certificate, since in dict(revoked).items():
        answers[certificate] = Answer(status=Status.REVOKED, revoked_at=since)
    return reading.report(Known(at=at, holders=holders or {}, answers=answers))
