"""Verdicts on files that were signed elsewhere: who signed what and when, and never that it is a transcript of ours."""

from collections.abc import Sequence
from dataclasses import dataclass

from cryptography import x509

from services.signing.validation.foreign.found import Anchors
from services.signing.validation.foreign.marks import is_foreign
from services.signing.validation.foreign.pdf import validate_pdf
from services.signing.validation.foreign.xml import validate_xml
from services.signing.validation.judging import Known
from services.signing.validation.report import Report

__all__ = ["Anchors", "ForeignRead", "is_foreign", "validate_pdf", "validate_xml"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignRead:
    """A file without any mark of ours, judged as a whole once the time is known, by lists at hand and its own proof."""

    data: bytes
    roots: Sequence[x509.Certificate]

    def certificates(self) -> dict[x509.Certificate, x509.Certificate]:
        return {}

    def report(self, known: Known) -> Report:
        anchors = Anchors(roots=self.roots, at=known.at, lists=known.lists)
        validate = validate_pdf if self.data.startswith(b"%PDF-") else validate_xml
        return validate(self.data, anchors)
