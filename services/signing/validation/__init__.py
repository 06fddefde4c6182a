"""Validation answers whether a document is a transcript signed by those whom it names; it believes nothing else.

A file is read first, which takes time and asks nobody; the verdict follows from what was read and what is known of the
certificates named there.
"""

from collections.abc import Sequence

from cryptography import x509

from services.contracts.verdicts import Reason, Verdict
from services.signing.validation import clr, package
from services.signing.validation.class_sheet import is_class_sheet, read_class_sheet
from services.signing.validation.clr import CredentialRead
from services.signing.validation.code import KIND as CODE
from services.signing.validation.code import Issuers, check_code, is_code
from services.signing.validation.foreign import ForeignRead, is_foreign, read_foreign
from services.signing.validation.judging import Known
from services.signing.validation.package import Together, read_package
from services.signing.validation.pdf import read_pdf
from services.signing.validation.reading import Readable, Told
from services.signing.validation.report import Report, RowReport, SignatureReport
from services.signing.validation.xml import read_xml

__all__ = [
    "Known",
    "Readable",
    "Reason",
    "Report",
    "RowReport",
    "SignatureReport",
    "Verdict",
    "read",
    "read_pdf",
    "read_xml",
]


def read(data: bytes, *, roots: Sequence[x509.Certificate], issuers: Issuers) -> Readable:
    """A file by what it is taken for; for XML where it begins like nothing else that we know.

    `roots` are the certificates that are believed, `issuers` the keys of credentials and of codes on
    paper, by their ids.
    """
    if data.startswith(package.SIGNATURE):
        return read_package(data, lambda member: _document(member, roots))
    if data.startswith(clr.START):
        return CredentialRead(data=data.strip(), issuers=issuers)
    if is_code(data):
        codes = [Told(one) for one in check_code(data, issuers)]
        return codes[0] if len(codes) == 1 else Together(kind=CODE, members=tuple((CODE, one) for one in codes))
    return _document(data, roots)


def _document(data: bytes, roots: Sequence[x509.Certificate]) -> Readable:
    if is_class_sheet(data):
        return read_class_sheet(data, roots=roots)
    if is_foreign(data):
        return ForeignRead(letter=read_foreign(data, roots), roots=roots)
    return read_pdf(data, roots=roots) if data.startswith(b"%PDF-") else read_xml(data, roots=roots)
