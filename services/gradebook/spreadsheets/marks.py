"""Mark template 1 (Mẫu 1): one class, one subject, one term, as the open class sheet expects it."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeAlias

from services.chassis.workbook import (
    Fault,
    FaultList,
    Heading,
    Row,
    Unreadable,
    Value,
    a_choice,
    a_decimal,
    a_text,
    normalised,
    or_none,
    read_table,
    text_of,
)
from services.gradebook.rules import tt22_2021
from services.gradebook.rules.arithmetic import half_up
from services.gradebook.rules.tt22_2021 import CommentResult, Result, SubjectKind

MarkParser: TypeAlias = Callable[[Value], Result | None]

WRONG_CLASS = Fault(code="wrong_class", vi="Không phải lớp đang nhập", en="Not the class being entered")
WRONG_SUBJECT = Fault(code="wrong_subject", vi="Không phải môn đang nhập", en="Not the subject being entered")
WRONG_TERM = Fault(code="wrong_term", vi="Không phải học kỳ đang nhập", en="Not the term being entered")
WRONG_YEAR = Fault(code="wrong_year", vi="Không phải năm học đang nhập", en="Not the school year being entered")
UNKNOWN_PUPIL = Fault(code="unknown_pupil", vi="Lớp không có học sinh này", en="The class has no such pupil")
BAD_MARK = Fault(
    code="bad_mark",
    vi="Điểm phải từ 0 đến 10, nhiều nhất một chữ số thập phân",
    en="A mark lies between 0 and 10, with at most one decimal",
)
BAD_COMMENT_RESULT = Fault(code="bad_comment_result", vi="Chỉ ghi Đ hoặc CĐ", en="Only Đ or CĐ may stand here")
TOO_MANY_MARKS = Fault(
    code="too_many_marks", vi="Quá số lần đánh giá thường xuyên", en="More than the regular assessments of the term"
)
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
    """One pupil's marks by column (tx1, tx2 and so on, gk, ck) and the teacher's words; None for an empty cell."""

    pupil_code: str
    marks: Mapping[str, Result | None]
    comment: str | None


CLASS, PUPIL, COMMENT = "Lớp", "Mã định danh Bộ GD&ĐT", "Nhận xét"
REGULAR = {f"tx{number}": f"ĐĐGtx{number}" for number in range(1, 6)}  # the template has five, whatever the subject
EXAMS = {"gk": "ĐĐGgk", "ck": "ĐĐGck"}

COMMENT_RESULTS = {  # as teachers write them
    "Đ": CommentResult.ACHIEVED,
    "Đạt": CommentResult.ACHIEVED,
    "CĐ": CommentResult.NOT_ACHIEVED,
    "C Đ": CommentResult.NOT_ACHIEVED,
    "Chưa đạt": CommentResult.NOT_ACHIEVED,
}
TERMS = {1: {"1", "i"}, 2: {"2", "ii"}}  # "Cả năm" is neither

TITLES = {  # what a title row states, with its fault; cells are joined by |, as a label and its value may be two cells
    "Lớp": (r"(?<!\w)lớp\s*:[\s|]*([^|,;]+?)\s*(?=[|,;]| - |$)", WRONG_CLASS),
    "Môn học": (r"(?<!\w)môn(?: học)?\s*:[\s|]*([^|]+?)\s*(?=\|| - |$)", WRONG_SUBJECT),
    "Học kỳ": (r"(?:học k[ỳì]\s*:?[\s|]*|(?<!\w)(?=cả năm))(cả năm|ii?|[12])(?!\w)", WRONG_TERM),
    "Năm học": (r"năm học\s*:?[\s|]*([0-9]{4}-[0-9]{4})", WRONG_YEAR),
}


def a_mark(value: Value) -> Result:
    """Parser of a mark that may stand by Art. 5, kept to one decimal."""
    mark = a_decimal(value)
    if not tt22_2021.is_mark(mark):
        raise Unreadable(BAD_MARK)
    return half_up(mark)


def nothing(value: Value) -> None:
    """Parser of a cell beyond the regular assessments of the term."""
    if text_of(value):
        raise Unreadable(TOO_MANY_MARKS)


PARSERS: Final[Mapping[SubjectKind, MarkParser]] = {
    SubjectKind.SCORED: or_none(a_mark),
    SubjectKind.COMMENT: or_none(a_choice(COMMENT_RESULTS, BAD_COMMENT_RESULT)),
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
    title = re.sub(r"(?<=[0-9]) ?[-–] ?(?=[0-9])", "-", "|".join(faults.table.title))
    answers = {
        "Lớp": {normalised(expected.class_name)},
        "Môn học": {normalised(expected.subject_name)},
        "Học kỳ": TERMS[expected.term],
        "Năm học": {expected.school_year},
    }
    for label, (pattern, fault) in TITLES.items():
        stated = re.findall(pattern, title, re.IGNORECASE)
        if not stated:
            faults.add_to_sheet(MISSING_TITLE, value=label)
        elif not set(map(normalised, stated)) <= answers[label]:
            faults.add_to_sheet(fault, value=", ".join(stated))


def _mark_row(row: Row, columns: Mapping[str, str], a_result: MarkParser) -> MarkRow:
    return MarkRow(
        pupil_code=a_text(row[PUPIL]),
        marks={column: a_result(row[heading]) for column, heading in columns.items()},
        comment=or_none(a_text)(row[COMMENT]),
    )
