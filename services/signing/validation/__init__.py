"""Validation answers whether a document is a transcript signed by those whom it names; it believes nothing else."""

from services.signing.validation.pdf import validate_pdf
from services.signing.validation.report import Reason, Report, SignatureReport, Verdict
from services.signing.validation.xml import validate_xml

__all__ = ["Reason", "Report", "SignatureReport", "Verdict", "validate_pdf", "validate_xml"]
