"""What is exported imports back unchanged, in every layout, and only for those who may read it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.chassis.errors import Invalid, NotFound
from services.chassis.ids import new_id
from services.contracts.gradebook.assignments import AssignTeachers, NewAssignment
from services.contracts.gradebook.exports import ExportClass, ExportPupils, ExportSheet
from services.contracts.gradebook.imports import PreviewPupils
from services.contracts.gradebook.school import (
    CreateClasses,
    GradePeriods,
    NewClass,
    OpenSchoolYear,
    SubjectKind,
    SubjectPlan,
)
from services.contracts.gradebook.sheets import CellState, SaveComments, SubjectComment
from services.contracts.gradebook.windows import OpenWindow, WindowKind
from services.contracts.identity import Role
from services.gradebook.spreadsheets.imported import LayoutId
from tests.integration.gradebook.sent_files import introduce, preview
from tests.integration.gradebook.small_school import MATHS, SPORT, YEAR, School, cell, enrol

MARK_LAYOUTS = [
    LayoutId.CSDL_MARKS_1,
    LayoutId.CSDL_MARKS_2,
    LayoutId.VNEDU_GRADEBOOK,
    LayoutId.SOFTWARE_EXPORT,
    LayoutId.SOFTWARE_CSDL_EXPORT,
    LayoutId.MARK_TABLE,
]
COMMENT_LAYOUTS = [LayoutId.CSDL_COMMENTS, LayoutId.CSDL_COMMENT_SUBJECT]


@pytest.fixture
def school(school):
    """The small school with its term's marks, comments and conduct."""
    introduce(school)
    school.fill(1)
    for head in (school.sheets[MATHS, 1], school.sheets[SPORT, 1]):
        said = tuple(SubjectComment(pupil_id=one, text="=1+1 chăm học", version=0) for one in school.pupils)
        school.gradebook.ask(SaveComments(school_year=YEAR, sheet_id=head.id, comments=said), school.teacher)
    return school


def open_primary(gradebook, paper):
    paper = replace(
        paper,
        classes=(replace(paper.classes[0], code="4A", grade=4),),
        pupils=tuple(replace(one, class_code="4A", code=f"TH{new_id().hex}") for one in paper.pupils[:3]),
    )
    unit_id = new_id()
    admin, homeroom = gradebook.grant(Role.ADMIN, unit_id), gradebook.grant(Role.STAFF, unit_id)
    here = {"school_year": YEAR, "unit_id": unit_id}
    plan = [(MATHS, "Toán", SubjectKind.PRIMARY), ("DD", "Đạo đức", SubjectKind.PRIMARY)]
    plan.append(("PCNL", "Phẩm chất, năng lực", SubjectKind.QUALITIES))
    subjects = [
        SubjectPlan(code=code, name=name, kind=kind, grades=(GradePeriods(grade=4, periods=35),))
        for code, name, kind in plan
    ]
    gradebook.ask(OpenSchoolYear(**here, stage="TH", subjects=tuple(subjects)), admin)
    new = NewClass(name="4A", grade=4, homeroom_id=homeroom)
    class_id = gradebook.ask(CreateClasses(**here, classes=(new,)), admin).classes[0].id
    pupils = enrol(gradebook, unit_id, class_id, [pupil.code for pupil in paper.pupils], admin=admin)
    taught = tuple(NewAssignment(class_id=class_id, subject=one.code, teacher_id=homeroom) for one in subjects)
    sheets = gradebook.ask(AssignTeachers(**here, assignments=taught), admin).sheets
    closes_at = datetime.now(UTC) + timedelta(days=1)
    gradebook.ask(OpenWindow(**here, term=1, kind=WindowKind.MARKS, closes_at=closes_at), admin)
    school = School(
        gradebook=gradebook, paper=paper, unit_id=unit_id, admin=admin, principal=admin, homeroom=homeroom,
        teacher=homeroom, class_id=class_id, pupils=pupils,
        sheets={(head.subject, head.term): head for head in sheets}, windows={},
    )  # fmt: skip
    introduce(school)
    for (subject, term), head in school.sheets.items():
        for column in head.columns if term == 1 else ():
            value = {"TEST": "9", "LEVEL": "H", "QUALITY": "T"}[column.scale]
            school.save([value] * 3, key=column.key, subject=subject, term=term)
    return school


def back(school, exported, **target):
    """What the exported file would change."""
    return preview(school, school.gradebook.objects.get(exported.file), **target).marks


def unchanged(report):
    return (report.changes, report.refused, report.warnings)


@pytest.mark.parametrize("layout", MARK_LAYOUTS + COMMENT_LAYOUTS)
def test_a_sheet_exported_in_any_layout_imports_back_unchanged(school, layout):
    head = school.sheets[SPORT if layout is LayoutId.CSDL_COMMENT_SUBJECT else MATHS, 1]

    exported = school.gradebook.ask(ExportSheet(school_year=YEAR, sheet_id=head.id, layout=layout), school.teacher)
    report = back(school, exported, sheet_id=head.id)

    assert unchanged(report) == ((), (), ())
    assert report.unchanged == (3 if layout in COMMENT_LAYOUTS else 3 * (6 + has_comments(layout)))


def has_comments(layout):
    return layout in {LayoutId.CSDL_MARKS_1, LayoutId.CSDL_MARKS_2, LayoutId.MARK_TABLE}


def test_a_class_exported_in_one_layout_has_a_page_for_each_subject(school):
    query = ExportClass(school_year=YEAR, class_id=school.class_id, term=1, layout=LayoutId.CSDL_MARKS_1)

    report = back(school, school.gradebook.ask(query, school.homeroom))

    assert [page.subject for page in report.pages] == [MATHS, SPORT]
    assert unchanged(report)[0] == ()


def test_a_summary_of_the_class_imports_back_unchanged(school):
    query = ExportClass(school_year=YEAR, class_id=school.class_id, term=1, layout=LayoutId.VNEDU_SUMMARY)

    exported = school.gradebook.ask(query, school.homeroom)
    report = preview(school, school.gradebook.objects.get(exported.file), by=school.homeroom).marks

    assert unchanged(report) == ((), (), ())
    assert report.unchanged == 3 * 3


def test_a_list_of_pupils_imports_back_unchanged(school):
    query = ExportPupils(school_year=YEAR, unit_id=school.unit_id)

    exported = school.gradebook.ask(query, school.principal)
    command = PreviewPupils(school_year=YEAR, unit_id=school.unit_id, file=exported.file)
    shown = school.gradebook.ask(command, school.admin).pupils

    assert (shown.rows, shown.unchanged) == ((), 3)


def test_a_layout_without_room_for_a_column_is_refused(school):
    head = school.sheets[MATHS, 1]
    for layout in (LayoutId.CSDL_PRIMARY, LayoutId.VNEDU_SUMMARY, LayoutId.PUPIL_LIST, LayoutId.OLD_MARK_TABLE, "none"):
        with pytest.raises(Invalid, match="layout_unfit"):
            school.gradebook.ask(ExportSheet(school_year=YEAR, sheet_id=head.id, layout=layout), school.teacher)


def test_marks_that_would_move_into_a_gap_are_not_exported_into_one_cell(school):
    emptied = cell(school.pupils[0], CellState.EMPTY, 1)
    school.gradebook.ask(school.column([emptied]), school.teacher)
    query = ExportSheet(school_year=YEAR, sheet_id=school.sheets[MATHS, 1].id, layout=LayoutId.CSDL_MARKS_2)

    with pytest.raises(Invalid, match="layout_unfit"):
        school.gradebook.ask(query, school.teacher)


@pytest.fixture
def primary(gradebook, school):
    """A primary class of the three pupils, in maths, ethics and the sheet of qualities, its term filled."""
    return open_primary(gradebook, school.paper)


@pytest.mark.parametrize("half", ["gk", "ck"])
def test_primary_results_of_a_class_import_back_unchanged(primary, half):
    query = ExportClass(
        school_year=YEAR, class_id=primary.class_id, term=1, layout=LayoutId.CSDL_PRIMARY_RESULTS, half=half
    )

    report = back(primary, primary.gradebook.ask(query, primary.homeroom), class_id=primary.class_id, term=1, half=half)

    assert unchanged(report) == ((), (), ())
    assert {page.subject for page in report.pages} == {subject for subject, _ in primary.sheets}
    assert report.unchanged == 3 * sum(
        column.key.startswith(half)
        for (_, term), head in primary.sheets.items()
        if term == 1
        for column in head.columns
    )


def test_a_primary_sheet_imports_back_unchanged(primary):
    head = primary.sheets[MATHS, 1]
    query = ExportSheet(school_year=YEAR, sheet_id=head.id, layout=LayoutId.CSDL_PRIMARY)

    report = back(primary, primary.gradebook.ask(query, primary.teacher), sheet_id=head.id)

    assert unchanged(report) == ((), (), ())
    assert report.unchanged == 3 * len(head.columns)


def test_an_export_is_for_the_readers_of_the_sheet_and_class(school):
    colleague = school.gradebook.grant(Role.STAFF, school.unit_id)
    head = school.sheets[MATHS, 1]
    whole = ExportClass(school_year=YEAR, class_id=school.class_id, term=1, layout="vnedu_summary")

    for person in (colleague, new_id()):
        with pytest.raises(NotFound):
            school.gradebook.ask(ExportSheet(school_year=YEAR, sheet_id=head.id, layout="csdl_marks_1"), person)
        with pytest.raises(NotFound):
            school.gradebook.ask(whole, person)


def test_the_same_marks_give_the_same_file(school):
    query = ExportSheet(school_year=YEAR, sheet_id=school.sheets[MATHS, 1].id, layout="csdl_marks_1")

    one, other = (school.gradebook.ask(query, school.teacher) for _ in range(2))

    assert one == other
    assert one.file_name == f"{school.paper.classes[0].code}-{MATHS}-HK1.xlsx"
