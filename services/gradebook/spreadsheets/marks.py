"""Mark template 1 (Mẫu 1): one class, one subject, one term, as the open class sheet expects it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeAlias

from services.chassis.workbook import (
    Fault,
    FaultList,
    Heading,
    Row,
    Value,
    a_choice,
    a_text,
    normalised,
    or_none,
    read_table,
)
from services.gradebook.rules.vocabulary import Result, SubjectKind
from services.gradebook.spreadsheets.readings import a_comment_result, a_mark, nothing
from services.gradebook.spreadsheets.titles import Fact, stated

MarkParser: TypeAlias = Callable[[Value], Result | None]

WRONG_CLASS = Fault(code="wrong_class", vi="Không phải lớp đang nhập", en="Not the class being entered")
WRONG_SUBJECT = Fault(code="wrong_subject", vi="Không phải môn đang nhập", en="Not the subject being entered")
WRONG_TERM = Fault(code="wrong_term", vi="Không phải học kỳ đang nhập", en="Not the term being entered")
WRONG_YEAR = Fault(code="wrong_year", vi="Không phải năm học đang nhập", en="Not the school year being entered")
UNKNOWN_PUPIL = Fault(code="unknown_pupil", vi="Lớp không có học sinh này", en="The class has no such pupil")
MISSING_TITLE = Fault(
    code="missing_title", vi="Không thấy điều này ở các dòng tiêu đề", en="The title rows do not state this"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedSheet:
    """The sheet that a teacher has open and the file must match; ``school_year`` is written 2025-2026."""

    class_name: str
    subject_name: str
    term: int
    school_year: str
    kind: SubjectKind
    regular_count: int
    pupil_codes: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkRow:
    """One pupil's marks in stored form by column (tx1, tx2 …, gk, ck) and the teacher's words; None: an empty cell."""

    pupil_code: str
    marks: Mapping[str, str | None]
    comment: str | None


CLASS, PUPIL, COMMENT = "Lớp", "Mã định danh Bộ GD&ĐT", "Nhận xét"
REGULAR = {f"tx{number}": f"ĐĐGtx{number}" for number in range(1, 6)}  # the template has five, whatever the subject
EXAMS = {"gk": "ĐĐGgk", "ck": "ĐĐGck"}

TERMS = {1: {"1", "i"}, 2: {"2", "ii"}}  # "Cả năm" is neither
WRONG = {Fact.CLASS: WRONG_CLASS, Fact.SUBJECT: WRONG_SUBJECT, Fact.TERM: WRONG_TERM, Fact.YEAR: WRONG_YEAR}

PARSERS: Final[Mapping[SubjectKind, MarkParser]] = {
    SubjectKind.SCORED: or_none(a_mark),
    SubjectKind.COMMENT: or_none(a_comment_result),
}


def read_marks(data: bytes, expected: ExpectedSheet) -> tuple[MarkRow, ...]:
    """The rows of the file, in its order; raises WorkbookRefused with every problem."""
    columns = dict(islice(REGULAR.items(), expected.regular_count)) | EXAMS
    surplus = [heading for heading in REGULAR.values() if heading not in columns.values()]
    table = read_table(data, _headings(columns.values(), surplus))
    a_pupil = a_choice({code: code for code in expected.pupil_codes}, UNKNOWN_PUPIL)
    a_class = a_choice({expected.class_name: expected.class_name}, WRONG_CLASS)
    a_result = PARSERS[expected.kind]
    faults = FaultList(table)
    _check_title(faults, expected)
    faults.check({CLASS: a_class, PUPIL: a_pupil})
    faults.check(dict.fromkeys(columns.values(), a_result) | dict.fromkeys(surplus, nothing))
    faults.check_unique(PUPIL)
    faults.refuse_if_any()
    return tuple(_mark_row(row, columns, a_result) for row in table.rows)


def _headings(columns: Iterable[str], surplus: Iterable[str]) -> list[Heading]:
    return [
        Heading(name=CLASS),
        Heading(name=PUPIL, aliases=("Mã định danh Bộ GDĐT", "Mã định danh", "Mã học sinh")),
        *(Heading(name=column, aliases=(column.replace("tx", "tx_"),)) for column in columns),
        *(Heading(name=column, aliases=(column.replace("tx", "tx_"),), is_required=False) for column in surplus),
        Heading(name=COMMENT),
    ]


def _check_title(faults: FaultList, expected: ExpectedSheet) -> None:
    """A file of another class, subject, term or year is refused even where its pupils are the same."""
    answers = {
        Fact.CLASS: {normalised(expected.class_name)},
        Fact.SUBJECT: {normalised(expected.subject_name)},
        Fact.TERM: TERMS[expected.term],
        Fact.YEAR: {expected.school_year},
    }
    for fact, fault in WRONG.items():
        given = stated(faults.table.title, fact)
        if not given:
            faults.add_to_sheet(MISSING_TITLE, value=fact.value)
        elif not set(map(normalised, given)) <= answers[fact]:
            faults.add_to_sheet(fault, value=", ".join(given))


def _mark_row(row: Row, columns: Mapping[str, str], a_result: MarkParser) -> MarkRow:
    return MarkRow(
        pupil_code=a_text(row[PUPIL]),
        marks={column: _stored(a_result(row[heading])) for column, heading in columns.items()},
        comment=or_none(a_text)(row[COMMENT]),
    )


def _stored(result: Result | None) -> str | None:
    return None if result is None else str(result)
