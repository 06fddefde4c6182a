"""Whose row it is, which subject is meant, what a summary says of conduct, and what a file's averages are held to."""

from datetime import date
from uuid import UUID

import pytest

from services.contracts.gradebook.imports import ConfirmedMatch
from services.contracts.gradebook.school import SubjectKind
from services.contracts.gradebook.sheets import ColumnKind, ColumnV1, Scale, SheetHead
from services.gradebook.importing.averages import average_by_law, stated_average
from services.gradebook.importing.conduct import BadConduct, conduct_in
from services.gradebook.importing.content import PageContent, RowContent, misplaced, owned_rows, refusals
from services.gradebook.importing.matching import KnownPupil, is_named, matcher
from services.gradebook.importing.subjects import same_class, sheet_named, sheet_of_qualities
from services.gradebook.spreadsheets.imported import PupilKey

AN, BINH, TWIN = UUID(int=1), UUID(int=2), UUID(int=3)
BORN = date(2013, 9, 5)


def known(pupil_id, code, name, personal_id=None):
    return KnownPupil(pupil_id=pupil_id, code=code, personal_id=personal_id, name=name, born_on=BORN)


def key(code=None, personal_id=None, name="Ai đó", born_on=BORN):
    return PupilKey(code=code, personal_id=personal_id, name=name, born_on=born_on)


def head(name, code="X", kind=SubjectKind.SCORED, columns=()):
    return SheetHead(
        id=AN, school_year=2025, unit_id=AN, class_id=AN, class_name="6A", grade=6, subject=code, subject_name=name,
        kind=kind, is_elective=False, term=1, teacher_id=AN, columns=columns,
    )  # fmt: skip


CLASS = [known(AN, "01", "Nguyễn Thị Hoà", "000313000001"), known(BINH, "02", "Trần Văn Bình")]


@pytest.mark.parametrize(
    ("row", "pupil"),
    [
        (key(code="01"), AN),
        (key(code="01", personal_id="000313000009"), AN),
        (key(personal_id="000313000001"), AN),
        (key(code="99", personal_id="000313000001"), AN),
        (key(code="99"), None),
    ],
)
def test_the_code_comes_first_and_then_the_personal_id(row, pupil):
    assert matcher(CLASS)(row).pupil_id == pupil


@pytest.mark.parametrize("name", ["Nguyễn Thị Hòa", "NGUYỄN  THỊ HOÀ"])
def test_a_name_with_its_birth_date_is_only_a_suggestion_wherever_the_tone_stands(name):
    found = matcher(CLASS)(key(name=name))

    assert (found.pupil_id, found.suggested, found.likely) == (None, (AN,), AN)


def test_namesakes_born_the_same_day_are_both_suggested_and_neither_is_likely():
    found = matcher([*CLASS, known(TWIN, "03", "Trần Văn Bình")])(key(name="Trần Văn Bình"))

    assert (found.suggested, found.likely) == ((BINH, TWIN), None)


@pytest.mark.parametrize(
    "row",
    [
        key(name="Nguyễn Thị Hoà", born_on=date(2013, 9, 6)),
        key(name="Nguyễn Thị Hoà", born_on=None),
        key(name="Nguyễn Thị Hoà", personal_id="000313000002"),
    ],
    ids=["born another day", "no birth date", "another personal ID"],
)
def test_who_may_be_somebody_else_is_not_suggested(row):
    assert matcher(CLASS)(row).suggested == ()


def test_a_pupil_of_another_name_under_the_code_is_noticed():
    assert is_named(CLASS[0], "nguyễn thị hòa")
    assert not is_named(CLASS[0], "Trần Văn Bình")


@pytest.mark.parametrize(
    ("written", "subject"),
    [
        ("TOAN", "Toán"),
        ("toán", "Toán"),
        ("Tin", "Tin học"),
        ("Văn", "Ngữ văn"),
        ("LS&ĐL", "Lịch sử và Địa lí"),
        ("Lịch sử và Địa lý", "Lịch sử và Địa lí"),
        ("Ng.ngữ", "Tiếng Anh"),
        ("C.nghệ", "Công nghệ"),
        ("HĐTN&HN", "Hoạt động trải nghiệm, hướng nghiệp"),
        ("Nghệ thuật (Âm nhạc)", "Âm nhạc"),
        ("Hóa học", None),
    ],
)
def test_a_subject_is_known_by_its_code_its_name_or_its_short_form(written, subject):
    names = ("Tin học", "Ngữ văn", "Lịch sử và Địa lí", "Tiếng Anh", "Công nghệ", "Âm nhạc")
    heads = [head("Toán", "TOAN"), *map(head, names), head("Hoạt động trải nghiệm, hướng nghiệp")]

    found = sheet_named(heads, written)

    assert (found.subject_name if found else None) == subject


def test_qualities_have_the_sheet_of_their_kind():
    qualities = head("Phẩm chất, năng lực", kind=SubjectKind.QUALITIES)

    assert sheet_of_qualities([head("Toán"), qualities]) == qualities
    assert sheet_of_qualities([head("Toán")]) is None


@pytest.mark.parametrize(("one", "other", "same"), [("6A", "6 a", True), ("6A1", "6a1", True), ("6A", "6B", False)])
def test_a_class_is_the_same_however_it_is_spaced(one, other, same):
    assert same_class(one, other) is same


@pytest.mark.parametrize(
    ("summary", "read"),
    [
        ({"ren_luyen": "tốt"}, ("Tốt", None, None)),
        ({"ren_luyen": "CĐ", "nghi_tong": "3"}, ("Chưa đạt", 3, None)),
        ({"nghi_p": "2", "nghi_k": "1"}, (None, 3, 1)),
    ],
)
def test_a_summary_says_conduct_and_absences(summary, read):
    found = conduct_in(summary)

    assert (found.conduct, found.absences, found.unexcused) == read


def test_a_summary_that_says_nothing_of_conduct_changes_none():
    assert conduct_in({"hoc_tap": "Tốt", "ghi_chu": "x"}) is None


@pytest.mark.parametrize("summary", [{"ren_luyen": "Giỏi"}, {"nghi_p": "1,5"}, {"nghi_tong": "1", "nghi_k": "2"}])
def test_conduct_that_cannot_be_read_is_not_guessed(summary):
    with pytest.raises(BadConduct):
        conduct_in(summary)


KINDS = {"tx1": ColumnKind.REGULAR, "tx2": ColumnKind.REGULAR, "gk": ColumnKind.MIDTERM, "ck": ColumnKind.FINAL}


def columns(scale):
    return tuple(
        ColumnV1(id=UUID(int=n), key=name, kind=kind, scale=scale) for n, (name, kind) in enumerate(KINDS.items())
    )


def test_the_average_by_law_needs_every_mark():
    maths = head("Toán", columns=columns(Scale.MARK))

    assert average_by_law(maths, dict.fromkeys(KINDS, "8.0"), has_cluster=False) == "8.0"
    assert average_by_law(maths, {"tx1": "8.0", "gk": "8.0", "ck": "8.0"}, has_cluster=False) is None


@pytest.mark.parametrize(("final", "result"), [("Đ", "Đ"), ("CĐ", "CĐ")])
def test_a_subject_by_comments_is_held_to_every_assessment(final, result):
    sport = head("GDTC", kind=SubjectKind.COMMENT, columns=columns(Scale.PASS))

    assert average_by_law(sport, dict.fromkeys(KINDS, "Đ") | {"ck": final}, has_cluster=False) == result


@pytest.mark.parametrize(("term", "stated"), [(1, "8.0"), (2, "7.0")])
def test_an_average_of_the_other_term_is_not_compared(term, stated):
    assert stated_average({"tb_hk1": "8.0", "tb_hk2": "7.0", "tb_cn": "7.3"}, term) == stated


def page(*rows):
    return PageContent(page="6A", school_year=2025, class_id=AN, term=1, sheet_id=AN, rows=rows)


def test_what_would_be_left_out_is_counted_once():
    waiting = RowContent(number=3, suggested=(AN,), marks={"tx1": "8.0"})
    one = page(
        RowContent(number=1, refused=("*",)), RowContent(number=2, pupil_id=BINH, refused=("marks/tx1",)), waiting
    )
    confirmed = ConfirmedMatch(page="6A", row=3, pupil_id=AN)

    assert refusals([one, one], ()) == 3
    assert refusals([one], (confirmed,)) == 2
    assert [pupil_id for _, pupil_id in owned_rows(one, (confirmed,))] == [BINH, AN]


@pytest.mark.parametrize(("row", "pupil_id"), [(3, BINH), (4, AN), (2, AN)])
def test_a_confirmation_names_one_of_those_suggested_for_its_row(row, pupil_id):
    one = page(RowContent(number=2, pupil_id=BINH), RowContent(number=3, suggested=(AN, BINH)))
    match = ConfirmedMatch(page="6A", row=row, pupil_id=pupil_id)

    assert misplaced([one], (match,)) == [match]
