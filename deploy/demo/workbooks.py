"""The invented school's spreadsheets, with the irregularities that real ones have; every one is read back equal."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import TypeAlias

import xlsxwriter

from deploy.demo.school import SCHOOL_YEAR, SUBJECTS, TERMS, MarkKey, Pupil, School, StaffMember, Subject
from services.gradebook.rules.tt22_2021 import CommentResult, Result
from services.gradebook.spreadsheets.imported import PupilState

Cell: TypeAlias = str | Decimal | int | None

SERIAL_ZERO = date(1899, 12, 30)
WRITTEN_AT = datetime(2026, 5, 20, 8, tzinfo=UTC)
TEMPLATE_COLUMNS = 5
COMMENT_WORDS = {
    CommentResult.ACHIEVED: "Đáp ứng yêu cầu cần đạt.",
    CommentResult.NOT_ACHIEVED: "Cần cố gắng hơn.",
}
GOOD_FROM = Decimal(8)

PUPIL_HEADINGS = (
    "STT",
    "Mã lớp",
    "Mã học sinh",
    "Họ tên",
    "Ngày sinh\n(dd/mm/yyyy)",
    "Giới tính",
    "Trạng thái HS",
    "Dân\ntộc",
    "Số định danh\ncá nhân",
)
STAFF_HEADINGS = (
    "Họ tên",
    "Mã định danh\nBộ GD&ĐT",
    "Email",
    "Trạng thái CB",
    "Vị trí\nviệc làm",
    "Nhóm chức vụ",
    "Môn dạy",
)
MARK_HEADINGS = (
    "STT",
    "Lớp",
    "Mã định danh\nBộ GD&ĐT",
    "Họ và tên",
    "Ngày sinh",
    *(f"ĐĐGtx{number}" for number in range(1, TEMPLATE_COLUMNS + 1)),
    "ĐĐGgk",
    "ĐĐGck",
    "Nhận xét",
)


def pupil_list(school: School) -> bytes:
    """The list C1-HocSinh: birth dates partly text and partly serial numbers, some names in decomposed letters."""
    title = (school.name.upper(), "DANH SÁCH HỌC SINH", f"Năm học: {SCHOOL_YEAR}")
    return _workbook(title, PUPIL_HEADINGS, (_pupil(index, pupil) for index, pupil in enumerate(school.pupils)))


def mark_template(school: School, *, class_code: str, subject: Subject, term: int) -> bytes:
    """Mark template 1 filled in: part of the marks are text with a decimal comma."""
    title = (
        school.name.upper(),
        f"Môn học: {subject.name}",
        f"Lớp: {class_code}",
        f"Học kỳ: {term}",
        f"Năm học: {SCHOOL_YEAR}",
    )
    rows = (_marks(school, index, pupil, subject, term) for index, pupil in enumerate(school.pupils_of(class_code)))
    return _workbook(title, MARK_HEADINGS, rows)


def staff_list(school: School) -> bytes:
    """The staff list CSDL_GiaoVien, with the columns that are read."""
    title = (school.name.upper(), "DANH SÁCH CÁN BỘ, GIÁO VIÊN, NHÂN VIÊN")
    return _workbook(title, STAFF_HEADINGS, map(_member, school.staff))


def write_workbooks(school: School, folder: Path) -> list[Path]:
    """All spreadsheets of a school as files in a folder that exists; a year of marks is one file per sheet."""
    files = {"C1-HocSinh.xlsx": pupil_list(school), "CSDL_GiaoVien.xlsx": staff_list(school)}
    files |= dict(_mark_files(school))
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in files]


def _mark_files(school: School) -> Iterator[tuple[str, bytes]]:
    for school_class in school.classes:
        for subject in SUBJECTS:
            for term in TERMS:
                content = mark_template(school, class_code=school_class.code, subject=subject, term=term)
                yield f"{school_class.code}-{subject.code}-HK{term}.xlsx", content


def _workbook(title: Sequence[str], headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"created": WRITTEN_AT})  # the same school gives the same bytes
        sheet = book.add_worksheet("Sheet1")
        bold = book.add_format({"bold": True, "text_wrap": True})
        for number, line in enumerate(title):
            sheet.write(number, 0, line)
        sheet.write_row(len(title) + 1, 0, headings, bold)
        for number, cells in enumerate(rows, start=len(title) + 2):
            sheet.write_row(number, 0, cells)
    return buffer.getvalue()


def _pupil(index: int, pupil: Pupil) -> tuple[Cell, ...]:
    person = pupil.person
    return (
        index + 1,
        pupil.class_code,
        pupil.code,
        unicodedata.normalize("NFD", person.full_name) if index % 4 == 0 else person.full_name,
        _written(person.born_on) if index % 3 else (person.born_on - SERIAL_ZERO).days,
        person.sex.value,
        PupilState.STUDYING.value,
        pupil.ethnicity,
        person.personal_id,
    )


def _member(member: StaffMember) -> tuple[Cell, ...]:
    return (
        member.person.full_name,
        member.code,
        member.email,
        "Đang làm việc",
        member.position,
        member.duties,
        member.subject_name,
    )


def _marks(school: School, index: int, pupil: Pupil, subject: Subject, term: int) -> tuple[Cell, ...]:
    marks = school.marks[MarkKey(pupil.code, subject.code, term)]
    unused = [None] * (TEMPLATE_COLUMNS - len(marks.regular))
    return (
        index + 1,
        pupil.class_code,
        pupil.code,
        pupil.person.full_name,
        _written(pupil.person.born_on),
        *(_mark(mark, as_text=(index + place) % 2 == 0) for place, mark in enumerate(marks.regular)),
        *unused,
        _mark(marks.midterm, as_text=index % 2 == 0),
        _mark(marks.final, as_text=index % 2 == 1),
        comment_on(marks.final),
    )


def comment_on(final: Result) -> str:
    """The words a teacher puts beside a final result."""
    if isinstance(final, CommentResult):
        return COMMENT_WORDS[final]
    return "Nắm vững kiến thức." if final >= GOOD_FROM else "Cần luyện tập thêm."


def _mark(mark: Result, *, as_text: bool) -> Cell:
    return str(mark).replace(".", ",") if as_text or isinstance(mark, CommentResult) else mark


def _written(day: date) -> str:
    return f"{day:%d/%m/%Y}"
