"""Verdicts on files that were signed elsewhere: who signed what and when, and never that it is a transcript of ours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from services.signing.validation.foreign.found import Anchors
from services.signing.validation.foreign.letter import Letter
from services.signing.validation.foreign.marks import is_foreign
from services.signing.validation.foreign.pdf import read_pdf
from services.signing.validation.foreign.xml import read_xml
from services.signing.validation.judging import Known
from services.signing.validation.report import Report

__all__ = ["Anchors", "ForeignRead", "is_foreign", "read_foreign"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignRead:
    """A file without any mark of ours, judged by what issuers say, by lists at hand and by its own proof."""

    letter: Letter
    roots: Sequence[x509.Certificate]

    def certificates(self, at: datetime) -> dict[x509.Certificate, x509.Certificate]:
        return self.letter.certificates(Anchors(roots=self.roots, at=at))

    def report(self, known: Known) -> Report:
        return self.letter.report(Anchors(roots=self.roots, at=known.at, lists=known.lists, answers=known.answers))


def read_foreign(data: bytes, above: Sequence[x509.Certificate]) -> Letter:
    """`above` are the certificates that may vouch for others, beside those in the file."""
    return (read_pdf if data.startswith(b"%PDF-") else read_xml)(data, above)
