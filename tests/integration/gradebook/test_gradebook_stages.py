"""Every stage keeps its marks in its own way, and each is judged by its own circular."""

from dataclasses import replace

import pytest

from services.chassis.errors import Forbidden, Invalid, NotFound, Refused
from services.chassis.ids import new_id
from services.contracts.gradebook.assignments import AssignTeachers, NewAssignment, ReplaceTeacher
from services.contracts.gradebook.conduct import ConductEntry, SaveConduct
from services.contracts.gradebook.enrolment import Choice, ChooseSubjects, ExemptPupil, PupilChoices
from services.contracts.gradebook.results import ClusterMarks, Period
from services.contracts.gradebook.school import CreateClasses, EndSchoolYear, NewClass, OpenSchoolYear, SubjectKind
from services.contracts.gradebook.sheets import CellState, FindSheets, ReadSheet, SaveComments, SubjectComment
from services.contracts.identity import Role
from tests.integration.gradebook.small_school import YEAR
from tests.integration.gradebook.stages import CALENDAR, open_stage, plan

SCORED, COMMENT, PRIMARY, QUALITIES = SubjectKind
GOOD = {"MARK": "8.5", "PASS": "Đ", "TEST": "9", "LEVEL": "T", "QUALITY": "T"}
SIX = ("VAN", "TOAN", "ANH", "SU", "DIA", "LI")


@pytest.fixture
def primary(gradebook):
    """Grade 4: Vietnamese and maths are tested at mid-term too, arts never; qualities are a sheet of their own."""
    subjects = [plan("tieng_viet", PRIMARY, 4), plan("nghe_thuat", PRIMARY, 4), plan("khoa_hoc", PRIMARY, 4)]
    return open_stage(gradebook, "TH", 4, [*subjects, plan("pcnl", QUALITIES, 4)])


@pytest.fixture
def upper(gradebook):
    """Grade 10 with an elective and a cluster, and a subject that is taught in term 1 only."""
    core = [plan(code, SCORED, 10, periods=105) for code in SIX]
    elective = plan("HOA", SCORED, 10, is_elective=True, has_cluster=True)
    return open_stage(gradebook, "THPT", 10, [*core, elective, plan("GDQP", SCORED, 10, periods=35, terms=(1,))])


def choose(school, *choices):
    pupils = tuple(
        PupilChoices(pupil_id=pupil_id, choices=chosen)
        for pupil_id, chosen in zip(school.pupils, choices, strict=False)
    )
    command = ChooseSubjects(school_year=YEAR, unit_id=school.unit_id, pupils=pupils)
    return school.gradebook.ask(command, school.admin)


def rows(school, subject, term=1):
    question = ReadSheet(school_year=YEAR, sheet_id=school.sheets[subject, term].id)
    return school.gradebook.ask(question, school.admin).rows


def test_a_primary_subject_is_assessed_twice_a_term_with_tests_where_the_circular_asks(primary):
    assert primary.keys("tieng_viet") == ["gk_muc", "gk_kt", "ck_muc", "ck_kt"]
    assert primary.keys("khoa_hoc") == ["gk_muc", "ck_muc", "ck_kt"]
    assert primary.keys("nghe_thuat") == ["gk_muc", "ck_muc"]
    assert len(primary.keys("pcnl")) == 2 * 15


def test_a_primary_test_takes_whole_marks_only(primary):
    with pytest.raises(Invalid, match="cells_invalid"):
        primary.save("tieng_viet", "gk_kt", ["7.5"])

    assert primary.save("tieng_viet", "gk_kt", ["7"]).written == 1


def test_a_primary_class_is_judged_by_its_year_end_values(primary):
    primary.fill(GOOD)
    primary.lock()

    results = primary.results()

    assert {(one.regulation, one.level, one.promotion) for one in results} == {
        ("TT27/2020", "Hoàn thành xuất sắc", "PROMOTED")
    }
    assert results[0].title == "Học sinh Xuất sắc"
    assert len(results[0].qualities) == 15
    assert [(s.code, s.term1, s.year, s.test) for s in results[0].subjects] == [
        ("tieng_viet", "T", "T", "9"), ("nghe_thuat", "T", "T", None), ("khoa_hoc", "T", "T", "9"),
    ]  # fmt: skip


def test_a_continuing_education_class_is_judged_by_its_own_circular(gradebook):
    centre = open_stage(gradebook, "GDTX", 10, [plan(code, SCORED, 10) for code in SIX])
    centre.fill(GOOD)
    for term in (1, 2):
        centre.say_conduct(term)

    centre.lock()

    assert {(one.regulation, one.level) for one in centre.results()} == {("TT43/2021", "Tốt")}


def test_an_elective_is_only_for_those_who_chose_it_and_its_cluster_for_those_who_take_it(upper):
    choose(upper, (Choice(subject="HOA", has_cluster=True),), (Choice(subject="HOA"),))

    assert [row.has_cluster for row in rows(upper, "HOA")] == [True, False]
    upper.save("HOA", "tx4", ["8.0"])
    with pytest.raises(Invalid, match="cells_invalid"):
        upper.save("HOA", "tx4", [None, "8.0"])
    with pytest.raises(Invalid, match="cells_invalid"):
        upper.save("HOA", "tx1", [None, None, "8.0"])


def test_nobody_drops_an_elective_once_it_counts_in_a_locked_result(upper):
    chosen = (Choice(subject="HOA"),)
    choose(upper, chosen)
    for (subject, term), head in upper.sheets.items():
        for column in head.columns if term == 1 else ():
            if not column.is_cluster:
                upper.save(subject, column.key, ["3.0"] + ["8.0"] * 2 if subject != "HOA" else ["3.0"], term=term)
    upper.say_conduct(1)
    upper.lock(Period.TERM_1)

    choose(upper, chosen)
    with pytest.raises(Refused, match="choices_judged"):
        choose(upper, ())

    assert rows(upper, "HOA", 2)[0].pupil_id == upper.pupils[0]


def test_only_what_the_plan_offers_can_be_chosen(upper):
    with pytest.raises(Invalid):
        choose(upper, (Choice(subject="SINH"),))
    with pytest.raises(Invalid):
        choose(upper, (Choice(subject="TOAN", has_cluster=True),))


def test_electives_and_subjects_of_one_term_count_in_the_results_of_those_who_have_them(upper):
    choose(upper, (Choice(subject="HOA", has_cluster=True),))
    for (subject, term), head in upper.sheets.items():
        for column in head.columns:
            takers = ["8.0", None, None] if subject == "HOA" else ["8.0"] * 3
            upper.save(subject, column.key, takers, term=term)
    for term in (1, 2):
        upper.say_conduct(term)

    upper.lock()

    first, second, _ = upper.results()
    assert [one.code for one in first.subjects] == [*SIX, "HOA", "GDQP"]
    assert [one.code for one in second.subjects] == [*SIX, "GDQP"]
    defence = first.subjects[-1]
    assert (defence.term1, defence.term2, defence.year) == ("8.0", None, "8.0")
    chemistry = first.subjects[-2]
    assert (chemistry.is_elective, chemistry.cluster) == (True, ClusterMarks(term1="8.0", term2="8.0"))
    assert {one.cluster for one in second.subjects} == {None}


def test_absences_without_leave_and_the_word_on_qualities_are_in_a_primary_years_result(primary):
    primary.fill(GOOD)
    said = SubjectComment(pupil_id=primary.pupils[0], text="Trung thực, chăm chỉ.", version=0)
    last = primary.sheets["pcnl", 2]
    primary.gradebook.ask(SaveComments(school_year=YEAR, sheet_id=last.id, comments=(said,)), primary.teacher)
    for term in (1, 2):
        entry = ConductEntry(
            pupil_id=primary.pupils[0], conduct=None, absences=3, unexcused=term, remark="Tiến bộ.", version=0
        )
        primary.gradebook.ask(
            SaveConduct(school_year=YEAR, class_id=primary.class_id, term=term, entries=(entry,)), primary.homeroom
        )

    primary.lock()

    first = primary.results()[0]
    assert (first.absences, first.unexcused, [term.unexcused for term in first.terms]) == (6, 3, [1, 2])
    assert first.qualities_comment == "Trung thực, chăm chỉ."


def test_several_teachers_write_one_subject_and_one_of_them_signs(upper):
    colleague = upper.gradebook.grant(Role.STAFF, upper.unit_id)
    assignment = NewAssignment(
        class_id=upper.class_id, subject="TOAN", teacher_id=upper.teacher, co_teacher_ids=(colleague,)
    )
    upper.gradebook.ask(AssignTeachers(school_year=YEAR, unit_id=upper.unit_id, assignments=(assignment,)), upper.admin)

    assert upper.save("TOAN", "tx1", ["8.0"], by=colleague).written == 1
    question = FindSheets(school_year=YEAR, unit_id=upper.unit_id)
    assert {head.subject for head in upper.gradebook.ask(question, colleague).sheets} == {"TOAN"}
    assert upper.sheets["TOAN", 1].teacher_id == upper.teacher
    with pytest.raises(Forbidden, match="not_your_sheet"):
        upper.save("VAN", "tx1", ["8.0"], by=colleague)


def test_a_sheet_with_marks_goes_to_another_teacher_by_the_principals_decision(upper):
    upper.save("TOAN", "tx1", ["8.0"])
    successor = upper.gradebook.grant(Role.STAFF, upper.unit_id)
    command = ReplaceTeacher(
        school_year=YEAR, class_id=upper.class_id, subject="TOAN", teacher_id=successor, reason="Nghỉ thai sản."
    )

    with pytest.raises(Forbidden):
        upper.gradebook.ask(command, upper.admin)
    upper.gradebook.ask(command, upper.principal)

    assert upper.save("TOAN", "tx2", ["9.0"], by=successor).written == 1
    with pytest.raises(Forbidden, match="not_your_sheet"):
        upper.save("TOAN", "tx3", ["9.0"])


def test_an_exempt_subject_leaves_the_pupils_results(gradebook):
    school = open_stage(
        gradebook, "THCS", 6, [*(plan(code, SCORED, 6) for code in (*SIX, "TIN")), plan("GDTC", COMMENT, 6)]
    )
    exempt = ExemptPupil(
        school_year=YEAR, pupil_id=school.pupils[0], subject="GDTC", decision="05/QĐ", decided_on=CALENDAR.begins_on
    )
    with pytest.raises(Forbidden):
        school.gradebook.ask(exempt, school.admin)
    with pytest.raises(Invalid, match="cells_invalid"):
        school.save("GDTC", "tx1", [CellState.EXEMPT])
    school.gradebook.ask(exempt, school.principal)
    with pytest.raises(Invalid, match="cells_invalid"):
        school.save("GDTC", "tx1", ["Đ"])
    for (subject, term), head in school.sheets.items():
        for column in head.columns:
            values = [None, "Đ", "Đ"] if subject == "GDTC" else ["8.5"] * 3
            school.save(subject, column.key, values, term=term)
    for term in (1, 2):
        school.say_conduct(term)

    school.lock()

    first = school.results()[0]
    assert (first.level, {one.code: one.year for one in first.subjects}["GDTC"]) == ("Tốt", None)


def test_a_school_of_two_stages_runs_both(gradebook):
    school = open_stage(gradebook, "THCS", 9, [plan("TOAN", SCORED, 9)])
    here = {"school_year": YEAR, "unit_id": school.unit_id}
    upper_plan = OpenSchoolYear(**here, stage="THPT", subjects=(plan("TOAN", SCORED, 10),), calendar=CALENDAR)
    school.gradebook.ask(upper_plan, school.admin)
    new = NewClass(name="10A", grade=10, homeroom_id=school.homeroom)

    classes = school.gradebook.ask(CreateClasses(**here, classes=(new,)), school.admin).classes

    assert [(one.name, one.stage) for one in classes] == [("9A", "THCS"), ("10A", "THPT")]
    with pytest.raises(Invalid, match="no stage with grade 5"):
        school.gradebook.ask(CreateClasses(**here, classes=(replace(new, name="5A", grade=5),)), school.admin)


@pytest.mark.parametrize(
    "wrong",
    [
        {"stage": "TH", "subjects": (plan("TOAN", SCORED, 4),)},
        {"stage": "THCS", "subjects": (plan("TOAN", PRIMARY, 6),)},
        {"stage": "THCS", "subjects": (plan("TOAN", SCORED, 10),)},
        {"stage": "THCS", "subjects": (plan("TOAN", SCORED, 6, terms=()),)},
        {"stage": "THCS", "subjects": (plan("TOAN", SCORED, 6, terms=(3,)),)},
    ],
    ids=["marks in primary", "levels in secondary", "grade of another stage", "never taught", "a third term"],
)
def test_a_plan_that_its_stage_does_not_know_is_refused(gradebook, wrong):
    unit_id = new_id()
    admin = gradebook.grant(Role.ADMIN, unit_id)

    with pytest.raises(Invalid):
        gradebook.ask(OpenSchoolYear(school_year=YEAR, unit_id=unit_id, **wrong), admin)


def test_a_grade_that_still_keeps_paper_books_has_no_sheets(gradebook):
    unit_id = new_id()
    admin = gradebook.grant(Role.ADMIN, unit_id)
    here = {"school_year": YEAR, "unit_id": unit_id}
    subjects = (plan("toan", PRIMARY, 5),)
    gradebook.ask(OpenSchoolYear(**here, stage="TH", subjects=subjects, paper_grades=(5,)), admin)
    new = NewClass(name="5A", grade=5, homeroom_id=new_id())
    of_class = gradebook.ask(CreateClasses(**here, classes=(new,)), admin).classes[0]
    assignment = NewAssignment(class_id=of_class.id, subject="toan", teacher_id=new_id())

    with pytest.raises(Refused, match="paper_only"):
        gradebook.ask(AssignTeachers(**here, assignments=(assignment,)), admin)


def test_a_year_ends_once_every_class_is_locked_and_frees_its_pupils_for_the_next(primary):
    end = EndSchoolYear(school_year=YEAR, unit_id=primary.unit_id)
    with pytest.raises(Refused, match="year_unfinished"):
        primary.gradebook.ask(end, primary.principal)
    primary.fill(GOOD)
    primary.lock()

    ended = primary.gradebook.ask(end, primary.principal)

    left = primary.gradebook.sql("SELECT ended_on, ended_as FROM enrolments WHERE class_id = :id", id=primary.class_id)
    assert ended.pupils == 3
    assert {row.ended_as for row in left} == {"YEAR_ENDED"}
    assert all(row.ended_on for row in left)
    with pytest.raises(Refused, match="year_not_open"):
        primary.gradebook.ask(end, primary.principal)


def test_locking_a_primary_year_needs_every_level_and_test_but_no_conduct(primary):
    primary.fill(GOOD, terms=(1,))

    primary.lock(Period.TERM_1)

    with pytest.raises(Refused, match="incomplete"):
        primary.lock(Period.TERM_2)


def test_nobody_else_learns_that_a_class_exists(primary):
    stranger = primary.gradebook.grant(Role.PRINCIPAL, new_id())
    command = ReplaceTeacher(
        school_year=YEAR, class_id=new_id(), subject="toan", teacher_id=stranger, reason="Đổi phân công."
    )

    with pytest.raises(NotFound):
        primary.gradebook.ask(command, stranger)
