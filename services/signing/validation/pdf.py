"""Validating the PDF transcript: the slots its attached data names are signed in order, and nothing else was added."""

import json
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import rfc8785
from cryptography import x509

from services.contracts.verdicts import Reason
from services.signing import cms, pdf_file
from services.signing import pdf as signatures
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
MOST_REVISIONS = 100  # a file is stamped anew every few years, with two revisions each time
_UNSIGNED = 2  # revisions before the first signature: the form as printed, and its empty fields
_ATTACHED = re.compile(rb"/Names<</EmbeddedFiles<</Names\[\(%b\)(\d+) 0 R\]>>>>" % re.escape(ATTACHMENT.encode()))
_EMBEDDED = re.compile(rb"/EF<</F (\d+) 0 R")


def read_pdf(pdf: bytes, *, roots: Sequence[x509.Certificate]) -> Reading:
    """What any bytes hold of a transcript's paper, believing these root certificates."""
    try:
        return _read(pdf, roots)
    except Fault as fault:
        return Reading(kind=KIND, whole=(fault.reason,))
    except Exception:  # noqa: BLE001 - a hostile file may fail a parser in any way; none of them is a transcript
        return Reading(kind=KIND, whole=(Reason.UNREADABLE,))


def _read(pdf: bytes, roots: Sequence[x509.Certificate]) -> Reading:
    if len(pdf) > LARGEST:
        raise Fault(Reason.TOO_LARGE)
    file = pdf_file.read(pdf)
    if len(file.revisions) > MOST_REVISIONS:
        raise Fault(Reason.TOO_LARGE)
    transcript = _transcript(_attached(file))
    sealed = _UNSIGNED + len(transcript.slots)
    try:
        added = [evidence.read(file, index) for index in range(sealed, len(file.revisions))]
    except UnsupportedPdf:
        return Reading(kind=KIND, transcript=transcript, whole=(Reason.CHANGED_AFTER_SIGNING,))
    places = dict(zip((slot.slot for slot in transcript.slots), range(_UNSIGNED, len(file.revisions)), strict=False))

    def signed(slot: Slot) -> Signed:
        if slot.slot not in places:
            raise Fault(Reason.SLOT_EMPTY)
        return _with(added, _signed(slot, file, places[slot.slot]))

    return complete(KIND, transcript, [find(slot, signed, roots) for slot in transcript.slots], roots)


def _attached(file: PdfFile) -> bytes:
    """The one attachment, unpacked; nothing may be added after the fields, so it is that of the first signature."""
    catalog = file.body(file.last.root)
    if not (named := _ATTACHED.search(catalog)) or not (found := _EMBEDDED.search(file.body(int(named[1])))):
        raise Fault(Reason.DATA_MISSING)
    dictionary, data = file.stream(int(found[1]))
    if b"/Filter" not in dictionary:
        return data
    unpacking = zlib.decompressobj()
    unpacked = unpacking.decompress(data, LARGEST_DATA)
    if unpacking.unconsumed_tail:
        raise Fault(Reason.TOO_LARGE)
    return unpacked


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


def _with(added: Sequence[Proof | Stamped], signed: Signed) -> Signed:
    """A timestamp after the seal counts for every signature before it, and so does proof."""
    stamped = tuple(one for one in added if isinstance(one, Stamped))
    return replace(signed, stamped=stamped, proofs=tuple(one for one in added if isinstance(one, Proof)))


def _signed(slot: Slot, file: PdfFile, index: int) -> Signed:
    """The signature of the revision with this index, which must be in the slot's field and add nothing else."""
    try:
        filled = signatures.read(file, index)
    except UnsupportedPdf as error:
        raise Fault(Reason.CHANGED_AFTER_SIGNING) from error
    if filled.field != slot.slot:
        raise Fault(Reason.UNEXPECTED_SIGNATURE)
    try:
        parts = cms.read(filled.contents)
    except ValueError as error:
        raise Fault(Reason.SIGNATURE_MALFORMED) from error
    return Signed(
        stated=parts.digest,
        actual=filled.digest,
        message=parts.message,
        value=parts.value,
        certificates=parts.certificates,
        at=filled.at,
    )
