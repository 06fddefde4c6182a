"""Validating the PDF transcript: the slots its attached data names are signed in order, and nothing else was added."""

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from typing import Any, cast

import rfc8785
from cryptography import x509
from pyhanko.pdf_utils.generic import Reference
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import EmbeddedPdfSignature

from services.signing import cms, pdf_file
from services.signing.evidence import pdf as evidence
from services.signing.pdf_file import PdfFile, UnsupportedPdf
from services.signing.validation import report
from services.signing.validation.report import Fault, Reason, Report, Slot, Transcript, Verdict
from services.signing.validation.signature import NO_REGISTER, Signed, Trust, judge

LARGEST = 10_000_000  # bytes; a transcript takes about 100,000, a copy with 40 scanned pages up to 9 million
LARGEST_DATA = 1_000_000  # bytes of the attached data, unpacked
ATTACHMENT = "transcript.json"
_UNSIGNED = 2  # revisions before the first signature: the form as printed, and its empty fields


def validate_pdf(
    pdf: bytes, *, trust: Sequence[x509.Certificate], at: datetime, holders: Mapping[bytes, str] = NO_REGISTER
) -> Report:
    """The verdict on any bytes, believing these root certificates, at this time, and this of the register's holders."""
    try:
        return _validated(pdf, Trust(roots=trust, at=at, holders=holders))
    except Fault as fault:
        return report.unreadable(fault.reason)
    except Exception:  # noqa: BLE001 - a hostile file may fail a parser in any way; none of them is a transcript
        return report.unreadable(Reason.UNREADABLE)


def _validated(pdf: bytes, trust: Trust) -> Report:
    file, reader = _opened(pdf)
    transcript = _transcript(_attached(reader))
    signatures = list(reader.embedded_regular_signatures)
    if strays := list(_strays(transcript, file, signatures)):
        return report.conclude(transcript, (), strays)
    by_slot = dict(zip((slot.slot for slot in transcript.slots), enumerate(signatures, _UNSIGNED), strict=False))

    def signed(slot: Slot) -> Signed:
        if slot.slot not in by_slot:
            raise Fault(Reason.SLOT_EMPTY)
        index, signature = by_slot[slot.slot]
        return _signed(signature, file, index)

    judged = [judge(slot, signed, trust) for slot in transcript.slots]
    # The costly analysis of differences is only for papers that bear the signatures of known people.
    believed = all(each.verdict is Verdict.VALID for each in judged)
    changed = believed and not all(map(_stays, signatures))
    return report.conclude(transcript, judged, [Reason.CHANGED_AFTER_SIGNING] if changed else ())


def _opened(pdf: bytes) -> tuple[PdfFile, PdfFileReader]:
    if len(pdf) > LARGEST:
        raise Fault(Reason.TOO_LARGE)
    return pdf_file.read(pdf), PdfFileReader(BytesIO(pdf))


def _attached(reader: PdfFileReader) -> bytes:
    """The one attachment, unpacked."""
    name, specification = reader.root["/Names"]["/EmbeddedFiles"]["/Names"]
    stream = specification.get_object()["/EF"]["/F"]
    if name != ATTACHMENT or stream.get("/Filter") not in (None, "/FlateDecode"):
        raise Fault(Reason.DATA_MISSING)
    if "/Filter" not in stream:
        return bytes(stream.encoded_data)
    unpacking = zlib.decompressobj()
    data = unpacking.decompress(stream.encoded_data, LARGEST_DATA)
    if unpacking.unconsumed_tail:
        raise Fault(Reason.TOO_LARGE)
    return data


def _transcript(data: bytes) -> Transcript:
    fields: dict[str, Any] = json.loads(data)
    if rfc8785.dumps(fields) != data:
        raise Fault(Reason.NOT_CANONICAL)
    slots = tuple(
        Slot(slot=each["slot"], role=each["role"], holder=each["holder"], name=each["name"]) for each in fields["slots"]
    )
    _check_format(fields, slots)
    on_paper = sorted((slot for slot in slots if slot.role != "GVBM"), key=lambda slot: report.ROLES.index(slot.role))
    return Transcript(
        code=fields["code"],
        version=fields["version"],
        data=data,
        slots=tuple(on_paper),
        origin=report.COPY if fields["format"] == report.DIGITISED else report.ORIGINAL,
    )


def _check_format(fields: Mapping[str, Any], slots: Sequence[Slot]) -> None:
    """A Fault unless the slots are those of the format, and a copy says that it is one and no original does."""
    school, origin = fields["school"]["unit_id"], fields.get("origin")
    if fields["format"] == report.DIGITISED:
        report.check_copy(slots, origin=origin, school=school)
    elif fields["format"] != report.TRANSCRIPT or origin == report.COPY:
        raise Fault(Reason.DATA_MISSING)
    else:
        subjects = [subject["code"] for subject in fields["subjects"]]
        report.check_slots(slots, stage=fields["stage"], subjects=subjects, school=school)


def _strays(transcript: Transcript, file: PdfFile, signatures: Sequence[EmbeddedPdfSignature]) -> Iterator[Reason]:
    """The fields are signed in the order of the slots; each revision holds one of them or, after the last, evidence."""
    expected = [slot.slot for slot in transcript.slots[: len(signatures)]]
    if [signature.field_name for signature in signatures] != expected:
        yield Reason.UNEXPECTED_SIGNATURE
    later = range(_UNSIGNED + len(signatures), len(file.revisions))
    sealed = len(signatures) == len(transcript.slots)
    if signatures and not (_is_evidence(file, later) if sealed else not later):
        yield Reason.CHANGED_AFTER_SIGNING


def _is_evidence(file: PdfFile, revisions: range) -> bool:
    """Whether these revisions are timestamps and proof in our form; what they are worth does not count here."""
    try:
        return all(evidence.read(file, index) is not None for index in revisions)
    except UnsupportedPdf:
        return False


def _signed(signature: EmbeddedPdfSignature, file: PdfFile, index: int) -> Signed:
    """The signature of the revision with this index, which must cover the file up to there."""
    try:
        parts = cms.read(signature.pkcs7_content)
        at = datetime.strptime(signature.sig_object["/M"], "D:%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise Fault(Reason.SIGNATURE_MALFORMED) from error
    covered = _covered(signature, file, end=file.revisions[index].end)
    field = cast("Reference", signature.sig_field.get_container_ref())
    if signature.signed_revision != index or not _only_signs(file, index, field.idnum):
        raise Fault(Reason.CHANGED_AFTER_SIGNING)
    return Signed(
        stated=parts.digest,
        actual=covered,
        message=parts.message,
        value=parts.value,
        certificates=parts.certificates,
        at=at,
    )


def _covered(signature: EmbeddedPdfSignature, file: PdfFile, *, end: int) -> bytes:
    """SHA-256 of all bytes to the end of the revision, except the very digits of the signature."""
    start, opening, closing, rest = (int(number) for number in signature.byte_range)
    digits = b"<%b>" % signature.pkcs7_content.hex().encode()
    if start != 0 or closing + rest != end or file.raw[opening:closing] != digits:
        raise Fault(Reason.WRONG_REFERENCE)
    return sha256(file.raw[:opening] + file.raw[closing:end]).digest()


def _only_signs(file: PdfFile, index: int, field: int) -> bool:
    """Whether a revision replaces its own field alone, and adds no more than a signature and an appearance."""
    before, revision = file.revisions[index - 1], file.revisions[index]
    return (
        {field} <= revision.numbers() <= {field, before.size, before.size + 1}
        and (revision.root, revision.info, revision.identity) == (before.root, before.info, before.identity)
        and all(before.end <= offset < revision.end for offset in file.offsets(revision))
    )


def _stays(signature: EmbeddedPdfSignature) -> bool:
    """Whether what came after the signature left alone all that it showed (pyHanko's analysis of differences)."""
    signature.compute_integrity_info()  # type: ignore[no-untyped-call]  # pyHanko leaves it without types
    return bool(signature.summarise_integrity_info()["docmdp_ok"])
