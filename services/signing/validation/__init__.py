"""Validation answers whether a document is a transcript signed by those whom it names; it believes nothing else."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from cryptography import x509

from services.signing.validation import foreign
from services.signing.validation.pdf import validate_pdf
from services.signing.validation.report import Reason, Report, SignatureReport, Verdict
from services.signing.validation.signature import NO_REGISTER
from services.signing.validation.xml import validate_xml

__all__ = ["Reason", "Report", "SignatureReport", "Verdict", "validate", "validate_pdf", "validate_xml"]


def validate(
    data: bytes, *, trust: Sequence[x509.Certificate], at: datetime, holders: Mapping[bytes, str] = NO_REGISTER
) -> tuple[str, Report]:
    """What a file is taken for ("pdf", or "xml" for all else), and the verdict on it.

    `holders` tells whose the certificates of outside authorities are; without it a signature with one is undecided.
    What has no mark of ours is judged as a file that others signed, and its report has no transcript's code.
    """
    is_pdf = data.startswith(b"%PDF-")
    if foreign.is_foreign(data):
        anchors = foreign.Anchors(roots=trust, at=at)
        return ("pdf", foreign.validate_pdf(data, anchors)) if is_pdf else ("xml", foreign.validate_xml(data, anchors))
    if is_pdf:
        return "pdf", validate_pdf(data, trust=trust, at=at, holders=holders)
    return "xml", validate_xml(data, trust=trust, at=at, holders=holders)
