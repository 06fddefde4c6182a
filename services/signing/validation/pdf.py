"""Validating the PDF transcript: the slots its attached data names are signed in order, and nothing else was added."""

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from typing import Any, cast

import rfc8785
from cryptography import x509
from pyhanko.pdf_utils.generic import Reference
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import EmbeddedPdfSignature

from services.contracts.verdicts import Reason
from services.signing import cms, pdf_file
from services.signing.evidence import pdf as evidence
from services.signing.evidence.proof import Proof, Stamped
from services.signing.pdf_file import PdfFile, UnsupportedPdf
from services.signing.validation import class_rows, report
from services.signing.validation.reading import Reading, complete
from services.signing.validation.report import Fault, Slot, Transcript
from services.signing.validation.signature import Signed, find

KIND = "pdf"
LARGEST = 10_000_000  # bytes; a transcript takes about 100,000, a copy with 40 scanned pages up to 9 million
LARGEST_DATA = 1_000_000  # bytes of the attached data, unpacked
ATTACHMENT = "transcript.json"
_UNSIGNED = 2  # revisions before the first signature: the form as printed, and its empty fields


def read_pdf(pdf: bytes, *, roots: Sequence[x509.Certificate]) -> Reading:
    """What any bytes hold of a transcript's paper, believing these root certificates."""
    try:
        return _read(pdf, roots)
    except Fault as fault:
        return Reading(kind=KIND, whole=(fault.reason,))
    except Exception:  # noqa: BLE001 - a hostile file may fail a parser in any way; none of them is a transcript
        return Reading(kind=KIND, whole=(Reason.UNREADABLE,))


def _read(pdf: bytes, roots: Sequence[x509.Certificate]) -> Reading:
    file, reader = _opened(pdf)
    transcript = _transcript(_attached(reader))
    signatures = list(reader.embedded_regular_signatures)
    if strays := list(_strays(transcript, signatures)):
        return Reading(kind=KIND, transcript=transcript, whole=tuple(strays))
    try:
        added = _added(transcript, file, len(signatures))
    except UnsupportedPdf:
        return Reading(kind=KIND, transcript=transcript, whole=(Reason.CHANGED_AFTER_SIGNING,))
    by_slot = dict(zip((slot.slot for slot in transcript.slots), enumerate(signatures, _UNSIGNED), strict=False))

    def signed(slot: Slot) -> Signed:
        if slot.slot not in by_slot:
            raise Fault(Reason.SLOT_EMPTY)
        index, signature = by_slot[slot.slot]
        return _with(added, _signed(signature, file, index))

    found = [find(slot, signed, roots) for slot in transcript.slots]
    # The costly analysis of differences is only for papers that bear the signatures of known people.
    changed = all(one.is_right for one in found) and not all(map(_stays, signatures))
    return complete(KIND, transcript, found, roots, *[Reason.CHANGED_AFTER_SIGNING] * changed)


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
        class_rows.check(class_rows.rows_in_json(fields))


def _strays(transcript: Transcript, signatures: Sequence[EmbeddedPdfSignature]) -> Iterator[Reason]:
    """The fields are signed in the order of the slots."""
    expected = [slot.slot for slot in transcript.slots[: len(signatures)]]
    if [signature.field_name for signature in signatures] != expected:
        yield Reason.UNEXPECTED_SIGNATURE


def _added(transcript: Transcript, file: PdfFile, signatures: int) -> list[Proof | Stamped]:
    """What the revisions after the seal hold; raises UnsupportedPdf for all that is not evidence in our form."""
    later = range(_UNSIGNED + signatures, len(file.revisions)) if signatures else range(0)
    if later and signatures < len(transcript.slots):
        raise UnsupportedPdf("Something was added before the seal.")
    return [evidence.read(file, index) for index in later]


def _with(added: Sequence[Proof | Stamped], signed: Signed) -> Signed:
    """A timestamp after the seal counts for every signature before it, and so does proof."""
    stamped = tuple(one for one in added if isinstance(one, Stamped))
    return replace(signed, stamped=stamped, proofs=tuple(one for one in added if isinstance(one, Proof)))


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
