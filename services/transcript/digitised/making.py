"""Making a digitised copy: who may, whose paper it may be, and its data, XML and PDF, frozen at once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from services.chassis import authority
from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import NotFound
from services.chassis.ids import new_code, new_id
from services.chassis.service import Outside
from services.contracts.gradebook.enrolment import FindLastEnrolment
from services.contracts.gradebook.evidence import ReadEvidence
from services.contracts.identity import FindPeople, FindUnits, PersonV1, Role, UnitV1
from services.contracts.signing.documents import SlotRole
from services.contracts.transcript import Origin
from services.contracts.transcript.digitised import Digitise, DigitisedCopyV1
from services.transcript import domain, frozen, repository
from services.transcript.canonical import Slot
from services.transcript.digitised import rows
from services.transcript.digitised.data import Comparer, DigitisedData, Period, Scan, to_canonical
from services.transcript.digitised.document_xml import write
from services.transcript.digitised.paper import render
from services.transcript.digitised.scan import Pages, ScanFault, UnfitScan, read_scan
from services.transcript.errors import (
    AlreadyDigitised,
    CopyUnfit,
    NoPrincipal,
    NotComparedHere,
    NotOfThisSchool,
    NotPrintable,
    PupilIncomplete,
    ScanNotKept,
    ScanUnfit,
)
from services.transcript.render import NotPrintableError, Rendered
from services.transcript.xml_parts import UnwritableError

MAKERS = (Role.CLERK, Role.ADMIN)
"""Who may make a copy of a paper that the school keeps."""
FIRST_YEAR = 1945  # no paper here is older
MOST_YEARS, MOST_GRADE = 13, 12
LONGEST_NAME, LONGEST_CONDITION = 100, 300  # letters; the name goes into the code on paper too
MOST_PDF_BYTES = 9_000_000  # with signatures and evidence it must stay below what checks of files accept
UNFIT = {  # fault: English, Vietnamese
    ScanFault.NOT_A_SCAN: ("it is no PDF, JPEG or PNG", "tệp không phải PDF, JPEG hay PNG"),
    ScanFault.UNREADABLE: ("it cannot be read as what it claims to be", "không đọc được tệp theo đúng loại của nó"),
    ScanFault.TOO_MANY_PAGES: ("it has more than 40 pages", "tệp có quá 40 trang"),
    ScanFault.TOO_LARGE: ("its pages take too much room; scan in grey", "các trang quá nặng; xin quét ảnh xám"),
    ScanFault.TOO_HEAVY: ("reading it took too much time or memory", "đọc tệp tốn quá nhiều thời gian hoặc bộ nhớ"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the register says before anything is read: the version to come, the principal, the time."""

    version: int
    principal_id: UUID
    now: datetime


def make(command: Digitise, outside: Outside) -> dict[str, Any]:
    """The row of the new copy; its files are stored before it."""
    known = _looked_up(command, outside)
    _check_words(command, known.now)
    scan = _kept_scan(command, outside)
    unit, people = _asked(command, known, replace(outside, actor=None))
    try:
        pages = outside.run(read_scan, scan)
        data = _data(command, known, unit, people, scan=_described(command.scan, scan, pages))
        xml, rendered = outside.run(_files, data, pages)
    except UnfitScan as unfit:
        raise _refusal(unfit.fault) from unfit
    except (NotPrintableError, UnwritableError) as error:
        raise NotPrintable(why=str(error)) from error
    files = frozen.columns(data, canonical=to_canonical(data), xml=xml, rendered=rendered, objects=outside.objects)
    return _row(command, data, pages.media_type) | files


def keep(tx: Tx, command: Digitise, actor: Actor, row: dict[str, Any]) -> DigitisedCopyV1:
    """Store the copy and tell signing; its documents are the group with the school's own id."""
    authority.require(tx, actor, MAKERS, command.unit_id)
    made = rows.insert_copy(tx, row)
    if made is None:
        raise AlreadyDigitised(code=rows.code_in_force(tx, command))
    tx.emit(rows.to_be_signed(tx, command.school_year, command.unit_id))
    return made


def _looked_up(command: Digitise, outside: Outside) -> Known:
    with outside.db.transaction() as tx:
        if outside.actor is None or not authority.holds(tx, outside.actor, tuple(Role), command.unit_id):
            raise NotFound(unit_id=command.unit_id)
        authority.require(tx, outside.actor, MAKERS, command.unit_id)
        if (code := rows.code_in_force(tx, command)) is not None:
            raise AlreadyDigitised(code=code)
        if not rows.is_at_school(tx, command.compared_by, command.unit_id):
            raise NotComparedHere
        principals = repository.principals_of(tx, command.unit_id)
        if len(principals) != 1:
            raise NoPrincipal(count=len(principals))
        return Known(version=rows.next_version(tx, command), principal_id=principals[0], now=tx.now())


def _check_words(command: Digitise, now: datetime) -> None:
    """What is said of the paper must make sense."""
    grades, name = command.grades, command.printed_school.strip()
    if not (
        FIRST_YEAR <= command.first_year <= command.last_year <= command.school_year
        and command.last_year - command.first_year < MOST_YEARS
        and list(grades) == sorted(set(grades))
        and grades
        and 1 <= grades[0] <= grades[-1] <= MOST_GRADE
        and 0 < len(name) <= LONGEST_NAME
        and len(command.condition.strip()) <= LONGEST_CONDITION
        and command.compared_at <= now
    ):
        raise CopyUnfit


def _kept_scan(command: Digitise, outside: Outside) -> bytes:
    """By the evidence of gradebook, which tells the person who sent it, and leaders."""
    try:
        outside.ask(ReadEvidence(unit_id=command.unit_id, file=command.scan))
    except NotFound as error:
        raise ScanNotKept from error
    return outside.objects.get(command.scan)


def _asked(command: Digitise, known: Known, outside: Outside) -> tuple[UnitV1, Mapping[UUID, PersonV1]]:
    try:
        outside.ask(FindLastEnrolment(pupil_id=command.pupil_id, unit_id=command.unit_id))
    except NotFound as error:
        raise NotOfThisSchool from error
    unit = outside.ask(FindUnits(unit_ids=(command.unit_id,))).units[0]
    wanted = tuple({command.pupil_id, command.compared_by, known.principal_id})
    people = {person.id: person for person in outside.ask(FindPeople(person_ids=wanted)).people}
    pupil = people[command.pupil_id]
    if pupil.born_on is None or pupil.gender is None:
        raise PupilIncomplete
    return unit, people


def _described(name: str, scan: bytes, pages: Pages) -> Scan:
    return Scan(sha256=name, media_type=pages.media_type, bytes=len(scan), pages=len(pages.pictures))


def _data(
    command: Digitise, known: Known, unit: UnitV1, people: Mapping[UUID, PersonV1], *, scan: Scan
) -> DigitisedData:
    principal = people[known.principal_id]
    return DigitisedData(
        code=new_code(),
        version=known.version,
        frozen_at=known.now.replace(microsecond=0),
        school=domain.school_of(unit),
        pupil=domain.pupil_of(people[command.pupil_id]),
        period=Period(first_year=command.first_year, last_year=command.last_year, grades=command.grades),
        printed_school=command.printed_school.strip(),
        scan=scan,
        compared_by=Comparer(person_id=command.compared_by, name=people[command.compared_by].name),
        compared_at=command.compared_at.replace(microsecond=0),
        condition=command.condition.strip() or None,
        slots=(
            Slot(
                slot=SlotRole.PRINCIPAL, role=SlotRole.PRINCIPAL, subject=None, holder=principal.id, name=principal.name
            ),
            domain.seal_of(unit),
        ),
    )


def _files(data: DigitisedData, pages: Pages) -> tuple[bytes, Rendered]:
    """The XML first: it refuses text that must not be printed."""
    xml, rendered = write(data), render(data, pages.pictures)
    if len(rendered.pdf) > MOST_PDF_BYTES:
        raise UnfitScan(ScanFault.TOO_LARGE)
    return xml, rendered


def _row(command: Digitise, data: DigitisedData, scan_type: str) -> dict[str, Any]:
    """What a transcript's row has besides its files, and what only a copy's has."""
    same = ("school_year", "unit_id", "pupil_id", "first_year", "last_year")
    return {name: getattr(command, name) for name in same} | {
        "id": new_id(),
        "class_id": command.unit_id,
        "version": data.version,
        "origin": Origin.DIGITISED_COPY,
        "printed_school": data.printed_school,
        "scan": data.scan.sha256,
        "scan_type": scan_type,
    }


def _refusal(fault: ScanFault) -> ScanUnfit:
    why, why_vi = UNFIT[fault]
    return ScanUnfit(why=why, why_vi=why_vi)
