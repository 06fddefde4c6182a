"""Which class, term and sheet each part of a file is meant for; one that is meant for another is refused whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from services.chassis.database import Tx
from services.chassis.errors import Invalid, NotFound
from services.chassis.workbook import CellProblem, Fault, WorkbookRefused, problem
from services.contracts.gradebook.imports import PreviewImport
from services.contracts.gradebook.results import Period
from services.contracts.gradebook.school import ClassV1
from services.contracts.gradebook.sheets import SheetHead
from services.gradebook.importing.faults import FAULTS
from services.gradebook.importing.subjects import same_class, sheet_named, sheet_of_qualities
from services.gradebook.repository import school, sheets
from services.gradebook.spreadsheets.imported import Imported, ImportedSheet
from services.gradebook.spreadsheets.titles import Fact
from services.gradebook.usecases import guards

T = TypeVar("T")
WRONG_CLASS = Fault(code="wrong_class", vi="Không phải lớp đang nhập", en="Not the class being entered")
WRONG_SUBJECT = Fault(code="wrong_subject", vi="Không phải môn đang nhập", en="Not the subject being entered")
WRONG_TERM = Fault(code="wrong_term", vi="Không phải học kỳ đang nhập", en="Not the term being entered")
WRONG_YEAR = Fault(code="wrong_year", vi="Không phải năm học đang nhập", en="Not the school year being entered")
MISSING_TITLE = Fault(
    code="missing_title", vi="Không thấy điều này ở các dòng tiêu đề", en="The title rows do not state this"
)
TERMS = {Period.TERM_1: 1, Period.TERM_2: 2}
TERM_WORDS = {Period.TERM_1: "Học kỳ 1", Period.TERM_2: "Học kỳ 2", Period.YEAR: "Cả năm"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What the person says the file is meant for, as far as they do."""

    of_class: ClassV1 | None = None
    term: int | None = None
    head: SheetHead | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A part of the file with its place; without a sheet it is about conduct, or a subject that is not taught."""

    sheet: ImportedSheet
    of_class: ClassV1
    term: int
    head: SheetHead | None


class _Wrong(Exception):  # noqa: N818 - collected, and answered as one refusal
    def __init__(self, fault: Fault, value: str) -> None:
        super().__init__(fault.code)
        self.fault, self.value = fault, value


def pages_of(tx: Tx, command: PreviewImport, imported: Imported) -> list[Page]:
    """Every part of the file that says something; WorkbookRefused for each that is not of this place."""
    target = _target(tx, command)
    classes = school.classes_of(tx, command.school_year, command.unit_id)
    heads = sheets.sheets_of_classes(tx, command.school_year, [one.id for one in classes])
    pages: list[Page] = []
    problems: list[CellProblem] = []
    for sheet in imported.sheets:
        try:
            _check_year(sheet, command.school_year)
            pages += [_page(sheet, target, classes=classes, heads=heads)] if _says_something(sheet) else []
        except _Wrong as wrong:
            problems.append(problem(wrong.fault, sheet=sheet.page, value=wrong.value))
    if problems:
        raise WorkbookRefused(list(dict.fromkeys(problems)))
    return pages


def _target(tx: Tx, command: PreviewImport) -> Target:
    if command.term not in (None, 1, 2):
        raise Invalid(reason="a term is 1 or 2")
    head = guards.find_sheet(tx, command.school_year, command.sheet_id).head if command.sheet_id else None
    class_id = head.class_id if head else command.class_id
    of_class = guards.get_class(tx, command.school_year, class_id) if class_id else None
    if of_class is not None and of_class.unit_id != command.unit_id:
        raise NotFound(class_id=class_id)
    return Target(of_class=of_class, term=head.term if head else command.term, head=head)


def _says_something(sheet: ImportedSheet) -> bool:
    return any(row.values or row.comments or row.stated or row.summary for row in sheet.rows)


def _page(sheet: ImportedSheet, target: Target, *, classes: Sequence[ClassV1], heads: Sequence[SheetHead]) -> Page:
    of_class = _class(sheet, target, classes)
    term = _term(sheet, target)
    here = [head for head in heads if (head.class_id, head.term) == (of_class.id, term)]
    return Page(sheet=sheet, of_class=of_class, term=term, head=_head(sheet, target, here))


def _check_year(sheet: ImportedSheet, school_year: int) -> None:
    if sheet.school_year not in (None, f"{school_year}-{school_year + 1}"):
        raise _Wrong(WRONG_YEAR, sheet.school_year or "")


def _class(sheet: ImportedSheet, target: Target, classes: Sequence[ClassV1]) -> ClassV1:
    name = sheet.class_name
    if name is None:
        return _known(target.of_class, Fact.CLASS)
    if target.of_class is not None and not same_class(name, target.of_class.name):
        raise _Wrong(WRONG_CLASS, name)
    found = next((one for one in classes if same_class(one.name, name)), None)
    if found is None:
        raise _Wrong(FAULTS["unknown_class"], name)
    return found


def _term(sheet: ImportedSheet, target: Target) -> int:
    """The term; that of "Cả năm" is neither: nothing is entered for a whole year."""
    if sheet.term is None:
        return _known(target.term, Fact.TERM)
    term = TERMS.get(sheet.term)
    if term is None or target.term not in (None, term):
        raise _Wrong(WRONG_TERM, TERM_WORDS[sheet.term])
    return term


def _head(sheet: ImportedSheet, target: Target, here: Sequence[SheetHead]) -> SheetHead | None:
    has_cells = any(row.values or row.comments for row in sheet.rows)
    if sheet.subject is None:
        head = target.head or (sheet_of_qualities(here) if has_cells else None)
        if has_cells and head is None:
            raise _Wrong(MISSING_TITLE, Fact.SUBJECT.value)
        return head if has_cells or any(row.stated for row in sheet.rows) else None
    head = sheet_named(here, sheet.subject)
    if (has_cells and head is None) or (target.head is not None and head is not None and head.id != target.head.id):
        raise _Wrong(WRONG_SUBJECT, sheet.subject)
    return head


def _known(value: T | None, fact: Fact) -> T:
    if value is None:
        raise _Wrong(MISSING_TITLE, fact.value)
    return value
