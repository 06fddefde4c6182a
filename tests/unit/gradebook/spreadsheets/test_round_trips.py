"""What is exported imports back unchanged, in every layout, with any names and any comments."""

import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from services.chassis.workbook import text_of
from services.chassis.workbook.writing import Page, csv_of
from services.contracts.gradebook.results import Period
from services.gradebook.spreadsheets.imported import (
    Half,
    Imported,
    ImportedRow,
    ImportedSheet,
    LayoutId,
    ListedPupil,
    PupilKey,
    PupilState,
    Sex,
)
from services.gradebook.spreadsheets.layouts import LAYOUTS, Part
from services.gradebook.spreadsheets.layouts.declared import school_title
from services.gradebook.spreadsheets.reading import read
from services.gradebook.spreadsheets.readings import (
    a_level,
    a_quality,
    a_result,
    a_tick,
    a_whole_mark,
    as_stated,
)
from services.gradebook.spreadsheets.writing import WRITABLE, write

# Nothing is timed: the machine may be busy.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
SCHOOL = "TRƯỜNG THCS HOA LƯ"
LETTERS = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Co", "Cn"))
TEXT = st.one_of(
    st.text(LETTERS, min_size=1, max_size=20),
    st.sampled_from(
        ["=1+1", "+SUM(A1:A9)", "-x", "@y", "'=z", "''", "007", "1e5", "TRUE", "Nguyễn Thị Ước", "http://a.vn"]
    ),
)
WORDS = TEXT.map(text_of).filter(bool)
MARKS = st.one_of(st.integers(0, 100).map(lambda tenths: str(Decimal(tenths) / 10)), st.sampled_from(["Đ", "CĐ"]))
MARK = MARKS.map(lambda mark: mark if "." in mark or "Đ" in mark else f"{mark}.0")
BY_PARSER = {
    a_result: MARK,
    as_stated: MARK,
    a_level: st.sampled_from("THC"),
    a_quality: st.sampled_from("TĐC"),
    a_whole_mark: st.integers(0, 10).map(str),
    a_tick: st.just("x"),
}
DAYS = st.dates(date(1950, 1, 1), date(2025, 1, 1))
SUBJECTS = ["Toán", "Lịch sử - Địa lí", "Hoạt động trải nghiệm, hướng nghiệp", "Nghệ thuật (Âm nhạc)", "Khoa học"]
CLASSES = ["6A", "10A1", "9/2", "1Đ"]
OF_MARKS = sorted(WRITABLE - {LayoutId.PUPIL_LIST})
KEYED = {Part.VALUE: "values", Part.COMMENT: "comments", Part.STATED: "stated", Part.SUMMARY: "summary"}


def pupils(layout):
    parts = {column.part for column in layout.columns}
    codes = st.integers(0, 10**10 - 1).map("{:010}".format) if Part.CODE in parts else st.none()
    ids = st.integers(0, 10**9).map("000{:09}".format).map(lambda code: code[:12])
    optional = st.one_of(st.none(), ids) if Part.PERSONAL_ID in parts else st.none()
    pupil = st.builds(PupilKey, code=codes, personal_id=optional, name=WORDS, born_on=st.one_of(st.none(), DAYS))
    keys = (lambda p: p.code or p.name, lambda p: p.personal_id or (p.code, p.name))
    return st.lists(pupil, min_size=1, max_size=4, unique_by=keys)


def cells_of(columns, prefix=""):
    """Any of the cells of these columns, by the mapping in which a row keeps them."""
    parts = {}
    for column in columns:
        if column.part in KEYED:
            key = prefix + column.key if column.part is Part.VALUE else column.key
            parts.setdefault(KEYED[column.part], {})[key] = BY_PARSER.get(column.parse, WORDS)
    if any(column.part is Part.REGULAR for column in columns):
        parts["regular"] = {}
    return parts


@st.composite
def rows(draw, layout, keys, columns, prefix):
    made = []
    for key in keys:
        parts = {
            part: draw(st.fixed_dictionaries({}, optional=cells)) for part, cells in cells_of(columns, prefix).items()
        }
        if parts.pop("regular", None) is not None:
            marks = draw(st.lists(MARK, max_size=5))
            parts["values"] = {f"tx{number}": mark for number, mark in enumerate(marks, start=1)} | parts["values"]
        made.append(ImportedRow(pupil=key, **parts))
    return tuple(made)


@st.composite
def files(draw, layout, most_classes=3):
    classes = draw(st.lists(st.sampled_from(CLASSES), min_size=1, max_size=most_classes, unique=True))
    stated = {"term": None, "school_year": None, "subject": None}
    if layout.title:
        stated = {"term": draw(st.sampled_from(Period)), "school_year": "2025-2026", "subject": None}
    if layout.title is school_title:
        stated["subject"] = draw(st.sampled_from(SUBJECTS))
    half = Half.FINAL if layout.is_of_half else None
    sheets = []
    for class_name in classes:
        keys = draw(pupils(layout))
        prefix = f"{half}_" if half else ""
        of_nobody = [column for column in layout.columns if column.subject is None]
        common = {**stated, "class_name": class_name, "half": half}
        sheets.append(ImportedSheet(**common, rows=draw(rows(layout, keys, of_nobody, prefix))))
        sheets += draw(subject_sheets(layout, keys, common, prefix))
    return Imported(layout=layout.id, sheets=tuple(sheets))


@st.composite
def subject_sheets(draw, layout, keys, common, prefix):
    """Sheets of some of the subjects; one without a single cell would not come back."""
    if layout.of_subject is None:
        return []
    listed = list(dict.fromkeys(column.subject for column in layout.columns if column.subject))
    more = draw(st.lists(st.sampled_from(SUBJECTS[1:]), max_size=2, unique=True))
    names = [name for name in listed if draw(st.booleans())] + [name for name in more if name not in listed]
    sheets = []
    for name in names:
        known = [column for column in layout.columns if column.subject == name]
        columns = known or [layout.of_subject(name, key) for key in (("muc", "kt") if layout.is_of_half else ("tb",))]
        made = draw(rows(layout, keys, columns, prefix))
        if any(row.values or row.stated for row in made):
            sheets.append(ImportedSheet(**{**common, "subject": name}, rows=made))
    return sheets


@pytest.mark.parametrize("layout", OF_MARKS)
@settings(patient, max_examples=15)
@given(data=st.data())
def test_what_is_exported_imports_back_unchanged(layout, data):
    given_file = data.draw(files(LAYOUTS[layout]))

    exported = write(given_file, school_name=SCHOOL)

    assert read(exported) == given_file
    assert write(given_file, school_name=SCHOOL) == exported


def as_csv(workbook):
    """The workbook's one sheet as a spreadsheet program saves it."""
    rows = CalamineWorkbook.from_filelike(io.BytesIO(workbook)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    shown = [[f"{cell:g}" if isinstance(cell, float) else cell for cell in row] for row in rows]
    return csv_of(Page(name="", title=(), headings=(), heading_row=1, rows=shown))


@pytest.mark.parametrize("layout", OF_MARKS)
@settings(patient, max_examples=8)
@given(data=st.data())
def test_what_is_exported_and_saved_as_csv_imports_back_unchanged(layout, data):
    given_file = data.draw(files(LAYOUTS[layout], most_classes=1))

    saved_as_csv = as_csv(write(given_file, school_name=SCHOOL))

    assert read(saved_as_csv) == given_file


LISTED = st.builds(
    ListedPupil,
    class_name=st.sampled_from(CLASSES),
    full_name=WORDS,
    born_on=DAYS,
    sex=st.sampled_from(Sex),
    code=st.integers(0, 10**10 - 1).map("{:010}".format),
    personal_id=st.one_of(st.none(), st.integers(0, 10**9 - 1).map("000{:09}".format)),
    state=st.one_of(st.none(), st.sampled_from(PupilState)),
    state_on=st.one_of(st.none(), DAYS),
    ethnicity=st.one_of(st.none(), WORDS),
    disability=st.one_of(st.none(), WORDS),
)


@settings(patient, max_examples=20)
@given(listed=st.lists(LISTED, min_size=1, max_size=4, unique_by=(lambda p: p.code, lambda p: p.personal_id or p.code)))
def test_an_exported_pupil_list_imports_back_unchanged(listed):
    pupil_list = Imported(layout=LayoutId.PUPIL_LIST, pupils=tuple(listed))

    assert read(write(pupil_list, school_name=SCHOOL)) == pupil_list
    assert read(as_csv(write(pupil_list))) == pupil_list


@pytest.mark.parametrize("layout", OF_MARKS)
@settings(patient, max_examples=3)
@given(data=st.data())
def test_no_export_holds_a_formula(layout, data):
    exported = write(data.draw(files(LAYOUTS[layout])), school_name="=1+1")

    with zipfile.ZipFile(io.BytesIO(exported)) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/")]

    assert sheets
    assert not any(b"<f" in sheet for sheet in sheets)


def test_a_layout_that_others_keep_is_not_written():
    with pytest.raises(ValueError, match="admission_list is only read"):
        write(Imported(layout=LayoutId.ADMISSION_LIST))
