"""Books printed from what gradebook and identity hold: who may, and what stands in them."""

import io
from dataclasses import replace
from datetime import date

import pytest
from python_calamine import CalamineWorkbook

from services.chassis.errors import Forbidden, NotFound, Refused
from services.chassis.ids import new_id
from services.contracts.gradebook.assignments import AssignTeachers, NewAssignment
from services.contracts.gradebook.books import BookFormat, ClassBook, PrintClassBook, PrintedBook, PrintTeacherBook
from services.contracts.gradebook.corrections import DecideCorrection, RequestCorrection, VerifyCorrection
from services.contracts.gradebook.enrolment import WithdrawPupil
from services.contracts.gradebook.results import Period
from services.contracts.gradebook.school import (
    CreateClasses,
    GradePeriods,
    NewClass,
    OpenSchoolYear,
    SubjectKind,
    SubjectPlan,
)
from services.contracts.gradebook.sheets import CellState
from services.contracts.gradebook.views import RecordViewedV1
from services.contracts.identity import FindPeople, FindUnits, People, PersonV1, Role, UnitKind, Units, UnitV1
from tests.integration.gradebook.small_school import MATHS, SCAN, SPORT, YEAR, School

PEOPLE: dict = {}


def person(person_id, name="Phạm Thị Minh", **known):
    given = {"born_on": None, "gender": None, "ethnicity": None, "personal_id": None} | known
    return PersonV1(id=person_id, code="000", name=name, nationality="Việt Nam", **given)


def find_people(query: FindPeople) -> People:
    return People(people=tuple(PEOPLE[one] for one in query.person_ids if one in PEOPLE))


def find_units(query: FindUnits) -> Units:
    unit = UnitV1(
        id=query.unit_ids[0], kind=UnitKind.SCHOOL, code="36000001", name="Trường THCS Đồi Thông Nhỏ",
        parent_id=None, commune="Xã Hải Xuân", province="Tỉnh Ninh Bình", department="Sở GDĐT Ninh Bình",
    )  # fmt: skip
    return Units(units=(unit,))


@pytest.fixture(autouse=True)
def identity(gradebook, school):
    """Identity knows the people of the school."""
    gradebook.others.answers |= {FindPeople: find_people, FindUnits: find_units}
    gradebook.others.asked.clear()
    PEOPLE.clear()
    PEOPLE.update({one: person(one) for one in (school.homeroom, school.teacher)})
    for number, (pupil_id, paper) in enumerate(zip(school.pupils, school.paper.pupils, strict=True)):
        gender = ("Nam", "Nữ", "Nữ")[number]
        PEOPLE[pupil_id] = person(pupil_id, paper.person.full_name, born_on=date(2014, 3, 2), gender=gender)
    return gradebook.others


def of_class(school: School, book=ClassBook.REGISTER, file=BookFormat.XLSX, **given) -> PrintClassBook:
    return PrintClassBook(school_year=YEAR, class_id=school.class_id, book=book, format=file, **given)


def of_teacher(school: School, teacher_id=None, file=BookFormat.XLSX, **given) -> PrintTeacherBook:
    teacher_id = teacher_id or school.teacher
    return PrintTeacherBook(school_year=YEAR, unit_id=school.unit_id, teacher_id=teacher_id, format=file, **given)


def sheets_in(school: School, printed: PrintedBook) -> dict[str, list[list]]:
    """The workbook's sheets by name, as rows of cells."""
    opened = CalamineWorkbook.from_filelike(io.BytesIO(school.gradebook.objects.get(printed.file)))
    return {name: opened.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in opened.sheet_names}


def row_of(rows: list[list], name: str) -> list:
    return next(row for row in rows if str(row[1]).startswith(name))


def name_of(school: School, number: int) -> str:
    return PEOPLE[school.pupils[number]].name


def test_a_running_term_is_printed_with_the_averages_of_the_moment_and_what_was_missed(school):
    for key, marks in {
        "tx1": ["7.0", "8.0", "9.0"], "tx2": ["7.0", CellState.MISSED_UNEXCUSED, "9.0"], "tx3": ["7.0", "8.0", "9.0"],
        "tx4": ["7.0", "8.0", "9.0"], "gk": ["7.5", "8.0", CellState.MISSED_EXCUSED], "ck": ["8.0", "8.0", "9.0"],
    }.items():  # fmt: skip
        school.save(marks, key=key)

    printed = school.gradebook.ask(of_teacher(school), school.teacher)

    rows = sheets_in(school, printed)[f"6A {MATHS} HK1"]
    assert row_of(rows, name_of(school, 0))[2:9] == ["7,0", "7,0", "7,0", "7,0", "7,5", "8,0", "7,4"]
    assert row_of(rows, name_of(school, 1))[2:9] == ["8,0", "0*", "8,0", "8,0", "8,0", "8,0", "7,1"]
    assert row_of(rows, name_of(school, 2))[2:9] == ["9,0", "9,0", "9,0", "9,0", "v", "9,0", ""]
    assert printed.file_name == "so-giao-vien-bo-mon-pham-thi-minh-2025-2026.xlsx"


def test_a_locked_year_is_printed_with_levels_conduct_absences_and_outcome(school):
    school.fill(1, 2)
    for period in Period:
        school.lock(period)

    printed = school.gradebook.ask(of_class(school), school.homeroom)

    year = row_of(sheets_in(school, printed)["Cả năm"], name_of(school, 0))
    kept = school.gradebook.sql("SELECT result FROM results WHERE pupil_id = :id AND period = 'YEAR'",
                                id=school.pupils[0])[0].result  # fmt: skip
    assert year[2:4] == ["8,0", "Đ"]
    assert year[4:8] == [kept["level"] or "", "Tốt", 4, 0]
    assert sheets_in(school, printed)["Bìa"][1][0] == "Trường THCS Đồi Thông Nhỏ"


def test_an_applied_correction_changes_the_printed_result_and_stands_in_the_corrections_line(school):
    school.fill(1, 2)
    school.lock(Period.TERM_1)
    column = next(one for one in school.sheets[MATHS, 1].columns if one.key == "ck")
    asked = RequestCorrection(
        school_year=YEAR, sheet_id=school.sheets[MATHS, 1].id, column_id=column.id, pupil_id=school.pupils[0],
        state=CellState.VALUE, value="10", version=1, reason="Nhập nhầm.",
        evidence=SCAN,
    )  # fmt: skip
    correction = school.gradebook.ask(asked, school.teacher)
    place = {"school_year": YEAR, "correction_id": correction.id}
    school.gradebook.ask(VerifyCorrection(**place), school.homeroom)
    before = sheets_in(school, school.gradebook.ask(of_class(school), school.principal))["Học kì I"]

    school.gradebook.ask(DecideCorrection(**place, is_approved=True, refusal=None), school.principal)
    after = sheets_in(school, school.gradebook.ask(of_class(school), school.principal))["Học kì I"]

    assert row_of(before, name_of(school, 0))[2] == "8,0"
    assert row_of(after, name_of(school, 0))[2] == "8,7"
    assert [row[0] for row in before if "sửa chữa" in str(row[0])] == ["Trong bảng này có sửa chữa ở: 0 chỗ."]
    line = "Trong bảng này có sửa chữa ở: 1 chỗ, thuộc các môn học: Toán."
    assert [line] == [row[0] for row in after if "sửa chữa" in str(row[0])]


def test_the_three_books_of_a_class_close_with_the_same_figures(school):
    school.fill(1)

    books = [
        school.gradebook.ask(query, school.principal)
        for query in (of_class(school), of_class(school, ClassBook.HOMEROOM), of_teacher(school))
    ]

    register, homeroom, teacher = (sheets_in(school, book)["Tổng hợp môn"][5:12] for book in books)
    assert register == homeroom == teacher
    assert [row[5:8] for row in register if row[3] == "Học kì I"] == [[12, 3, 3], [6, 3, 3]]
    assert books[0].digest == books[1].digest


def test_the_same_data_has_the_same_digest_in_every_format_until_a_mark_changes(school):
    school.save(["7.0", "8.0", "9.0"])

    workbook = school.gradebook.ask(of_class(school), school.principal)
    paper = school.gradebook.ask(of_class(school, file=BookFormat.PDF), school.principal)
    school.save(["7.5", "8.0", "9.0"], versions=(1, 1, 1))
    changed = school.gradebook.ask(of_class(school), school.principal)

    assert workbook.digest == paper.digest != changed.digest
    assert school.gradebook.objects.get(paper.file).startswith(b"%PDF")
    assert (paper.content_type, paper.file_name[-4:]) == ("application/pdf", ".pdf")


def test_who_has_left_stays_in_the_book_by_name_though_another_school_has_the_pupil_now(school, identity):
    school.save(["7.0", "8.0", "9.0"])
    school.gradebook.sql("UPDATE enrolments SET began_on = '2025-09-05' WHERE class_id = :id", id=school.class_id)
    school.gradebook.ask(
        WithdrawPupil(school_year=YEAR, pupil_id=school.pupils[1], left_on=date(2025, 12, 1), reason="Theo gia đình."),
        school.admin,
    )

    printed = school.gradebook.ask(of_class(school, ClassBook.HOMEROOM), school.homeroom)

    listed = sheets_in(school, printed)["Danh sách"]
    assert row_of(listed, name_of(school, 1))[1] == f"{name_of(school, 1)} (thôi học 01/12/2025)"
    assert [token for _, token, _ in identity.of(FindPeople)] == [None]  # asked for ourselves


@pytest.mark.parametrize("who", ["homeroom", "principal", "admin"])
def test_the_homeroom_teacher_and_leaders_print_the_books_of_the_class(school, who):
    for book in ClassBook:
        assert school.gradebook.ask(of_class(school, book), getattr(school, who)).file
    assert not [one for one in school.gradebook.told(RecordViewedV1) if one["unit_id"] == str(school.unit_id)]


@pytest.mark.parametrize("who", ["teacher", "principal", "admin"])
def test_a_teacher_and_leaders_print_the_teachers_book(school, who):
    assert school.gradebook.ask(of_teacher(school, term=1), getattr(school, who)).file


def test_a_colleague_is_told_that_the_book_is_not_theirs_and_a_stranger_finds_none(school, other_school):
    colleague = school.gradebook.grant(Role.STAFF, school.unit_id)

    for query in (of_class(school), of_teacher(school)):
        with pytest.raises(Forbidden) as refusal:
            school.gradebook.ask(query, colleague)
        assert refusal.value.code == "gradebook.not_your_book"
        with pytest.raises(NotFound):
            school.gradebook.ask(query, other_school.principal)


def test_a_teacher_who_has_left_the_school_prints_no_book_of_it_any_more(school):
    school.gradebook.sql("UPDATE grants SET valid_to = now() WHERE person_id = :id", id=school.teacher)

    with pytest.raises(NotFound):
        school.gradebook.ask(of_teacher(school), school.teacher)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.INSPECTOR])
def test_an_officer_or_inspector_of_the_unit_above_prints_the_books_of_its_schools_alone(school, other_school, role):
    commune = new_id()
    visitor = school.gradebook.grant(role, commune)
    school.gradebook.sql(
        "INSERT INTO unit_parents (unit_id, kind, version, parent_id, valid_from) "
        "VALUES (:unit, 'TRUONG', 1, :parent, '2020-01-01')",
        unit=school.unit_id, parent=commune,
    )  # fmt: skip

    assert school.gradebook.ask(of_class(school), visitor).file
    assert school.gradebook.ask(of_teacher(school), visitor).file
    told = [one for one in school.gradebook.told(RecordViewedV1) if one["person_id"] == str(visitor)]
    assert [(one["what"], one["pupil_ids"]) for one in told] == [("MARKS", list(map(str, school.pupils)))] * 2
    assert {one["unit_id"] for one in told} == {str(school.unit_id)}
    with pytest.raises(NotFound):
        school.gradebook.ask(of_class(other_school), visitor)


def test_who_teaches_nothing_has_no_book_and_is_told_so(school):
    with pytest.raises(Refused) as refusal:
        school.gradebook.ask(of_teacher(school, school.homeroom), school.homeroom)

    assert refusal.value.code == "gradebook.nothing_to_print"


def test_a_class_that_is_not_there_has_no_book(school):
    with pytest.raises(NotFound):
        school.gradebook.ask(replace(of_class(school), class_id=new_id()), school.principal)


def test_a_co_teacher_has_the_shared_sheet_in_the_own_book(school):
    assistant = school.gradebook.grant(Role.STAFF, school.unit_id)
    PEOPLE[assistant] = person(assistant, "Lê Thị Thuỷ")
    shared = NewAssignment(
        class_id=school.class_id, subject=SPORT, teacher_id=school.teacher, co_teacher_ids=(assistant,)
    )
    command = AssignTeachers(school_year=YEAR, unit_id=school.unit_id, assignments=(shared,))
    school.gradebook.ask(command, school.admin)

    sheets = sheets_in(school, school.gradebook.ask(of_teacher(school, assistant), assistant))

    assert f"6A {SPORT} HK1" in sheets
    assert f"6A {MATHS} HK1" not in sheets
    assert sheets[f"6A {SPORT} HK1"][1][0] == "Giáo viên: Phạm Thị Minh, Lê Thị Thuỷ"


def test_a_primary_class_has_its_ledger_with_tests_and_qualities(school):
    here = {"school_year": YEAR, "unit_id": school.unit_id}
    plan = (("TOAN", "Toán", SubjectKind.PRIMARY), ("PCNL", "Phẩm chất, năng lực", SubjectKind.QUALITIES))
    subjects = tuple(
        SubjectPlan(code=code, name=name, kind=kind, grades=(GradePeriods(grade=4, periods=175),))
        for code, name, kind in plan
    )
    ask, admin = school.gradebook.ask, school.admin
    ask(OpenSchoolYear(**here, stage="TH", subjects=subjects), admin)
    classes = ask(CreateClasses(**here, classes=(NewClass(name="4A", grade=4, homeroom_id=school.homeroom),)), admin)
    primary = next(one for one in classes.classes if one.name == "4A")
    assignments = tuple(
        NewAssignment(class_id=primary.id, subject=one.code, teacher_id=school.homeroom) for one in subjects
    )
    ask(AssignTeachers(**here, assignments=assignments), admin)

    printed = ask(replace(of_class(school), class_id=primary.id), school.homeroom)

    headings = sheets_in(school, printed)["Cuối năm học"][4]
    assert printed.file_name == "so-cai-4a-2025-2026.xlsx"
    assert headings[2:7] == ["Toán", "Toán – KT", "Yêu nước", "Nhân ái", "Chăm chỉ"]
