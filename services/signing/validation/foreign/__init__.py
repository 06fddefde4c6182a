"""Verdicts on files that were signed elsewhere: who signed what and when, and never that it is a transcript of ours."""

from services.signing.validation.foreign.found import Anchors
from services.signing.validation.foreign.marks import is_foreign
from services.signing.validation.foreign.pdf import validate_pdf
from services.signing.validation.foreign.xml import validate_xml

__all__ = ["Anchors", "is_foreign", "validate_pdf", "validate_xml"]
