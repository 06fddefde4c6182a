"""Validating a PDF that was signed elsewhere: pyHanko reads it and says what was changed after each signature."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from io import BytesIO

from asn1crypto import cms, core, parser
from cryptography import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.general import find_cms_attribute_iter
from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.status import SignatureCoverageLevel

from services.contracts.verdicts import Reason
from services.signing.evidence.proof import Proof
from services.signing.validation.foreign import signed_data
from services.signing.validation.foreign.found import Found, Token
from services.signing.validation.foreign.letter import Letter, taken
from services.signing.validation.report import Fault

KIND = "pdf"
LARGEST = 5_000_000  # bytes
MOST_SIGNATURES = 20  # timestamps counted; each is compared with every later revision
PADES = "/ETSI.CAdES.detached"
_DIGITS = re.compile(rb"<(?:[0-9a-f]+|[0-9A-F]+)>")  # not signed themselves, so of one spelling


def read_pdf(pdf: bytes, above: Sequence[x509.Certificate]) -> Letter:
    """What any bytes say; `above` are the certificates that may vouch for others, beside those in the file."""
    if len(pdf) > LARGEST:
        return Letter(kind=KIND, whole=(Reason.TOO_LARGE,))
    try:
        return _read(_File(pdf), above)
    except Fault as fault:
        return Letter(kind=KIND, whole=(fault.reason,))
    except Exception:  # noqa: BLE001 - a hostile file may fail a parser in any way; none of them is a signed document
        return Letter(kind=KIND, whole=(Reason.UNREADABLE,))


class _File:
    """A PDF with its signatures, timestamps over the whole, and the proof that it carries."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.reader = PdfFileReader(BytesIO(raw))
        if self.reader.encrypted:
            raise Fault(Reason.UNREADABLE)
        fields = list(enumerate_sig_fields(self.reader, filled_status=True))
        if len(fields) > MOST_SIGNATURES:
            raise Fault(Reason.TOO_LARGE)
        every = self.reader.embedded_signatures
        if len(every) != len(fields):  # pyHanko passes over those of a kind that it does not know
            raise Fault(Reason.ALGORITHM)
        self.signatures: Sequence[EmbeddedPdfSignature] = self.reader.embedded_regular_signatures
        self.stamps: Sequence[EmbeddedPdfSignature] = self.reader.embedded_timestamp_signatures
        if len(self.signatures) + len(self.stamps) != len(every):
            raise Fault(Reason.SIGNATURE_MALFORMED)
        self.proof = _stored(self.reader)


def _read(file: _File, above: Sequence[x509.Certificate]) -> Letter:
    signatures = tuple(taken(str(one.field_name), partial(_found, one, file, above)) for one in file.signatures)
    return Letter(kind=KIND, signatures=signatures, whole=tuple(_strays(file)) if signatures else ())


def _strays(file: _File) -> Iterator[Reason]:
    """What is wrong with the timestamps over the whole file, whomever they are from."""
    for each in file.stamps:
        try:
            _covers_all(each, file)
        except Fault as fault:
            yield fault.reason


def _found(signature: EmbeddedPdfSignature, file: _File, above: Sequence[x509.Certificate]) -> Found:
    is_whole, message = _covers_all(signature, file), _message(signature)
    certificates = signed_data.check(message, signature.compute_digest, content="data")
    signed_data.check_vouched(certificates, above)
    signed, value = signature.signer_info["signed_attrs"], signature.signer_info["signature"].native
    own = [Token(message=each, imprint=signed_data.digest_of(value)) for each in signed_data.tokens_in(message)]
    named = {each["type"].native for each in signed} & {"signing_certificate", "signing_certificate_v2"}
    return Found(
        certificates=certificates,
        claimed=_claimed(signature),
        tokens=(*own, *_around(signature, file)),
        proof=_joined(file.proof, _archived(signed)),
        is_baseline=bool(named) and signature.sig_object.get("/SubFilter") == PADES,
        is_whole=is_whole,
    )


def _covers_all(signature: EmbeddedPdfSignature, file: _File) -> bool:
    """Whether all is signed but what may follow; a Fault for holes in what is signed, and for forbidden changes."""
    _check_range(signature, file.raw)
    signature.compute_integrity_info()  # type: ignore[no-untyped-call]  # pyHanko leaves it without types
    told = signature.summarise_integrity_info()
    change, coverage = told["diff_result"], told["coverage"]
    if coverage not in (SignatureCoverageLevel.ENTIRE_FILE, SignatureCoverageLevel.ENTIRE_REVISION):
        raise Fault(Reason.CHANGED_AFTER_SIGNING)
    is_last = signature.signed_revision == file.reader.total_revisions - 1
    if is_last and coverage is not SignatureCoverageLevel.ENTIRE_FILE:
        raise Fault(Reason.CHANGED_AFTER_SIGNING)
    if not isinstance(change, DiffResult) or not told["docmdp_ok"]:
        raise Fault(Reason.CHANGED_AFTER_SIGNING)
    if change.modification_level <= ModificationLevel.LTA_UPDATES:
        return True
    # Forms were filled in, as the signature itself allows (DocMDP), or as one that came later covers.
    return signature.docmdp_level is not None or signature is not file.signatures[-1]


def _check_range(signature: EmbeddedPdfSignature, raw: bytes) -> None:
    """All but the digits of the signature, which fill their place with nothing but zeros after them."""
    start, opening, closing, rest = (int(number) for number in signature.byte_range)
    digits, octets = raw[opening:closing], signature.pkcs7_content
    if start != 0 or rest < 0 or closing + rest > len(raw) or not _DIGITS.fullmatch(digits):
        raise Fault(Reason.WRONG_REFERENCE)
    if bytes.fromhex(digits[1:-1].decode()) != octets or any(octets[parser.peek(octets) :]):
        raise Fault(Reason.SIGNATURE_MALFORMED)


def _message(signature: EmbeddedPdfSignature) -> cms.ContentInfo:
    """The signature without the zeros after it."""
    octets = signature.pkcs7_content
    return cms.ContentInfo.load(octets[: parser.peek(octets)], strict=True)


def _claimed(signature: EmbeddedPdfSignature) -> datetime | None:
    """The time in the signature or else in its dictionary; one that names no zone is taken for UTC."""
    claimed: datetime | None = signature.self_reported_timestamp
    return claimed.replace(tzinfo=UTC) if claimed and claimed.tzinfo is None else claimed


def _around(signature: EmbeddedPdfSignature, file: _File) -> Iterator[Token]:
    """The timestamps over the whole file that were set after the signature."""
    for each in file.stamps:
        if each.signed_revision > signature.signed_revision:
            history = file.reader.get_historical_root(each.signed_revision)
            yield Token(message=_message(each), imprint=each.compute_digest, archives="/DSS" in history)


def _stored(reader: PdfFileReader) -> Proof:
    """The document's security store (ISO 32000-2, 12.8.4.3)."""
    try:
        store = DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return Proof(certificates=(), lists=(), answers=())
    return Proof(
        certificates=tuple(each.dump() for each in store.load_certs()),
        lists=tuple(each.get_object().data for each in store.crls),
        answers=tuple(each.get_object().data for each in store.ocsps),
    )


def _archived(signed: core.SetOf) -> Proof:
    """What the signer put beside the signature in Adobe's own way (ISO 32000-2, 12.8.3.3.2)."""
    found = list(find_cms_attribute_iter(signed, "adobe_revocation_info_archival"))
    return Proof(
        certificates=(),
        lists=tuple(one.dump() for each in found for one in each["crl"] or ()),
        answers=tuple(one.dump() for each in found for one in each["ocsp"] or ()),
    )


def _joined(one: Proof, other: Proof) -> Proof:
    return Proof(
        certificates=(*one.certificates, *other.certificates),
        lists=(*one.lists, *other.lists),
        answers=(*one.answers, *other.answers),
    )
