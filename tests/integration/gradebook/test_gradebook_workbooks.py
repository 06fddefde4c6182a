"""Marks from a teacher's workbook: the right sheet, every cell right, or nothing at all."""

from dataclasses import replace
from decimal import Decimal

import pytest

from deploy.demo.school import SUBJECTS, MarkKey
from deploy.demo.workbooks import comment_on, mark_template, pupil_list
from services.chassis.errors import Forbidden, Invalid, NotFound, Refused
from services.chassis.ids import new_id
from services.contracts.gradebook.enrolment import ImportPupils, MovePupil
from services.contracts.gradebook.school import FindClasses
from services.contracts.gradebook.sheets import ImportMarks
from services.contracts.identity import PupilsRegistered, RegisterPupils
from tests.integration.gradebook.small_school import MATHS, YEAR, small_school

SUBJECT = next(subject for subject in SUBJECTS if subject.code == MATHS)


@pytest.fixture
def template(school):
    """A function that gives the class's workbook in mark template 1."""

    def written(paper=school.paper, subject=SUBJECT, term=1):
        return mark_template(paper, class_code=paper.classes[0].code, subject=subject, term=term)

    return written


def upload(school, workbook, by=None):
    command = ImportMarks(
        school_year=YEAR, sheet_id=school.sheets[MATHS, 1].id, file=school.gradebook.objects.put(workbook)
    )
    return school.gradebook.ask(command, by or school.teacher)


def with_marks(paper, **changed):
    """The paper with other marks for its first pupil in term 1."""
    key = MarkKey(paper.pupils[0].code, MATHS, 1)
    return replace(paper, marks={**paper.marks, key: replace(paper.marks[key], **changed)})


def test_a_workbook_fills_its_sheet_with_marks_and_comments(school, template):
    imported = upload(school, template())

    first = school.paper.marks[MarkKey(school.paper.pupils[0].code, MATHS, 1)]
    row = school.sheet().rows[0]
    assert (imported.written, imported.unchanged, imported.comments) == (18, 0, 3)
    assert [Decimal(cell.value) for cell in row.cells] == [*first.regular, first.midterm, first.final]
    assert row.comments[0].text == comment_on(first.final)
    assert school.sheet().history_rows == 18


def test_the_same_workbook_again_writes_nothing(school, template):
    upload(school, template())

    again = upload(school, template())

    assert (again.written, again.unchanged) == (0, 18)
    assert school.sheet().history_rows == 18


def test_a_changed_workbook_writes_what_changed(school, template):
    upload(school, template())

    upload(school, template(with_marks(school.paper, final=Decimal("0.5"))))

    assert school.values("ck")[0] == ("0.5", 2)
    assert school.sheet().history_rows == 19


def test_empty_cells_of_a_workbook_leave_what_is_there(school, template):
    school.save(["9.9"], key="tx2")
    first, _, *others = school.paper.marks[MarkKey(school.paper.pupils[0].code, MATHS, 1)].regular

    upload(school, template(with_marks(school.paper, regular=(first, None, *others))))

    assert school.values("tx2")[0] == ("9.9", 1)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"term": 2}, "wrong_term"),
        ({"subject": SUBJECTS[0]}, "wrong_subject"),
    ],
    ids=str,
)
def test_a_workbook_of_another_sheet_is_refused(school, template, wrong, reason):
    with pytest.raises(Invalid, match="workbook_refused") as refusal:
        upload(school, template(**wrong))

    assert [fault["reason_code"] for fault in refusal.value.fields["errors"]] == [reason]
    assert school.history() == []


def test_a_workbook_with_one_wrong_mark_is_refused_whole_and_the_cell_is_named(school, template):
    with pytest.raises(Invalid, match="workbook_refused") as refusal:
        upload(school, template(with_marks(school.paper, midterm=Decimal("10.5"))))

    (fault,) = refusal.value.fields["errors"]
    assert (fault["reason_code"], fault["column"]) == ("bad_mark", "K")
    assert school.history() == []


def test_a_workbook_with_a_pupil_of_another_class_is_refused(school, template):
    whole = small_school()

    with pytest.raises(Invalid, match="workbook_refused") as refusal:
        upload(school, template(replace(whole, pupils=whole.pupils[:4])))

    assert [fault["reason_code"] for fault in refusal.value.fields["errors"]] == ["unknown_pupil"]


def test_a_stranger_learns_nothing_from_sending_a_workbook(school, template):
    with pytest.raises(NotFound):
        upload(school, template(term=2), by=new_id())
    with pytest.raises(Forbidden, match="not_your_sheet"):
        upload(school, template(term=2), by=school.homeroom)


def test_a_file_that_was_never_uploaded_is_not_found(school):
    command = ImportMarks(school_year=YEAR, sheet_id=school.sheets[MATHS, 1].id, file="0" * 64)

    with pytest.raises(NotFound):
        school.gradebook.ask(command, school.teacher)


@pytest.fixture
def import_list(school):
    """A function that imports a list on which identity knows the school's pupils again."""
    known = dict(zip((pupil.code for pupil in school.paper.pupils), school.pupils, strict=True))
    answers = school.gradebook.others.answers
    answer = answers[RegisterPupils]

    def registered(command):
        refs = (replace(ref, person_id=known.get(ref.code, ref.person_id)) for ref in answer(command).pupils)
        return PupilsRegistered(pupils=tuple(refs))

    def import_as(unit_id, admin, paper):
        file = school.gradebook.objects.put(pupil_list(paper))
        return school.gradebook.ask(ImportPupils(school_year=YEAR, unit_id=unit_id, file=file), admin)

    answers[RegisterPupils] = registered
    yield import_as
    answers[RegisterPupils] = answer


def pupils_of_class(school):
    question = FindClasses(school_year=YEAR, unit_id=school.unit_id)
    return school.gradebook.ask(question, school.admin).classes[0].pupils


def test_a_list_of_pupils_imported_again_enrols_only_the_new_ones(school, import_list):
    whole = small_school()

    imported = import_list(school.unit_id, school.admin, replace(whole, pupils=whole.pupils[:5]))

    assert (imported.pupils, imported.enrolled) == (5, 2)
    assert pupils_of_class(school) == 5


def test_a_pupil_who_is_in_another_school_is_not_enrolled_from_a_list(school, other_school, import_list):
    with pytest.raises(Refused, match="enrolled_elsewhere") as refusal:
        import_list(other_school.unit_id, other_school.admin, school.paper)

    assert refusal.value.fields["codes"] == ", ".join(pupil.code for pupil in school.paper.pupils)
    assert pupils_of_class(other_school) == 3


def test_a_pupil_who_came_by_transfer_is_placed_by_the_new_schools_next_list(school, other_school, import_list):
    move = MovePupil(
        school_year=YEAR, pupil_id=school.pupils[0], from_unit_id=school.unit_id, to_unit_id=other_school.unit_id
    )
    school.gradebook.ask_as("transfer", move)
    arrived = replace(school.paper, pupils=school.paper.pupils[:1])

    imported, again = (import_list(other_school.unit_id, other_school.admin, arrived) for _ in range(2))

    assert (imported.enrolled, again.enrolled) == (1, 0)
    assert (pupils_of_class(school), pupils_of_class(other_school)) == (2, 4)


def test_the_registration_of_pupils_is_asked_for_in_the_admins_name(school):
    *_, (command, token, key) = school.gradebook.others.of(RegisterPupils)

    assert (command.unit_id, token) == (school.unit_id, str(school.admin))
    assert key.endswith("/identity.register_pupils")
    assert {pupil.name for pupil in command.pupils} == {pupil.person.full_name for pupil in school.paper.pupils}


def test_a_list_is_imported_by_the_admin_alone(school):
    file = school.gradebook.objects.put(pupil_list(school.paper))

    with pytest.raises((Forbidden, Refused)):
        school.gradebook.ask(ImportPupils(school_year=YEAR, unit_id=school.unit_id, file=file), school.teacher)
