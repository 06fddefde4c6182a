"""Validating a class sheet: a statement about a class's rows in one subject, signed by the subject's teacher."""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from functools import partial
from hashlib import sha256
from typing import Any, Literal

import msgspec
import rfc8785
from cryptography import x509

from services.contracts.verdicts import Reason
from services.signing.domain import sheet_slot
from services.signing.evidence import cades
from services.signing.validation.class_rows import Count, Digest, Row
from services.signing.validation.reading import Reading, complete
from services.signing.validation.report import Fault, Report, Slot, Transcript
from services.signing.validation.signature import Signed, find

KIND = "class_sheet"
LARGEST = 2_000_000  # bytes; a sheet takes about 5,000, with evidence of our own authority about 15,000


class School(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    unit_id: str
    name: str


class SchoolClass(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: str
    name: str


class Teacher(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    person_id: str
    name: str


class Statement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"class_": "class"}):
    """What the teacher signs: `root` is the Merkle root over `size` rows, `number` that of the class's freezing."""

    format: Literal["vn.hocba.class_sheet.v1"]
    school: School
    class_: SchoolClass
    school_year: int
    subject: str
    teacher: Teacher
    number: Count
    size: Count
    root: Digest


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    signature: str
    statement: Statement


def is_class_sheet(data: bytes) -> bool:
    """Whether the bytes begin as the file of a class sheet does."""
    return data.startswith(b'{"signature":')


def read_class_sheet(data: bytes, *, roots: Sequence[x509.Certificate]) -> Reading:
    """What any bytes hold of a class sheet, believing these root certificates.

    The report's `data` is the statement; it has no code, as many transcripts lead here. The one signature must be that
    of the teacher whom the statement names, by the rules for transcripts.
    """
    try:
        file, statement = _read(data)
    except Fault as fault:
        return Reading(kind=KIND, whole=(fault.reason,))
    except Exception:  # noqa: BLE001 - hostile JSON may fail a parser in any way; none of it is a class sheet
        return Reading(kind=KIND, whole=(Reason.UNREADABLE,))
    told = file.statement
    slot = Slot(slot=sheet_slot(told.subject), role="GVBM", holder=told.teacher.person_id, name=told.teacher.name)
    found = find(slot, partial(_signed, file, statement), roots)
    return complete(KIND, Transcript(code=None, version=None, data=statement, slots=(slot,)), [found], roots)


def statement_of(report_on_sheet: Report) -> Statement:
    """What a sheet that was found VALID says."""
    if report_on_sheet.data is None:
        raise ValueError("There is no statement in what could not be read.")
    return msgspec.json.decode(report_on_sheet.data, type=Statement)


def claims(statement: Statement, row: Row) -> bool:
    """Whether the row says that it stands on this sheet: by its root, or by all else that names one sheet alone."""
    return row.place.root == statement.root or _named_by(row) == _name_of(statement)


def covers(statement: Statement, row: Row) -> bool:
    """Whether the row stands on this very sheet: same school, class, year, subject, teacher, freezing, size and root.

    A transcript's row and a sheet that are both VALID thereby say that the sheet's teacher signed this row.
    """
    same = (row.place.size, row.place.root) == (statement.size, statement.root)
    return same and _named_by(row) == _name_of(statement) and row.gives_root


def _name_of(statement: Statement) -> tuple[object, ...]:
    """A class is frozen once under each number, and then has one sheet for a subject and teacher."""
    where = (statement.school.unit_id, statement.class_.id, statement.school_year)
    return (*where, statement.subject, statement.teacher.person_id, statement.number)


def _named_by(row: Row) -> tuple[object, ...]:
    return (row.school, row.class_id, row.school_year, row.subject["code"], row.teacher, row.place.number)


def _read(data: bytes) -> tuple[_File, bytes]:
    """The file, and the bytes of its statement."""
    if len(data) > LARGEST:
        raise Fault(Reason.TOO_LARGE)
    fields: dict[str, Any] = msgspec.json.decode(data, type=dict[str, Any])
    if rfc8785.dumps(fields) != data:
        raise Fault(Reason.NOT_CANONICAL)
    try:
        file = msgspec.convert(fields, _File)
    except msgspec.ValidationError as error:
        raise Fault(Reason.DATA_MISSING) from error
    return file, rfc8785.dumps(fields["statement"])


def _signed(file: _File, statement: bytes, _slot: Slot) -> Signed:
    try:
        der = b64decode(file.signature, validate=True)
        signature = cades.read(der)
        stamped = tuple(signature.stamped())
    except Exception as error:  # asn1crypto fails in many ways on what is no CMS
        raise Fault(Reason.SIGNATURE_MALFORMED) from error
    parts = signature.parts
    if b64encode(der).decode() != file.signature or parts.at is None:
        raise Fault(Reason.SIGNATURE_MALFORMED)
    return Signed(
        stated=parts.digest,
        actual=sha256(statement).digest(),
        message=parts.message,
        value=parts.value,
        certificates=parts.certificates,
        at=parts.at,
        stamped=stamped,
        proofs=signature.proofs,
    )
