"""Conduct and results: complete before they are locked, in order, as the law judges, and final afterwards."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from deploy.demo.school import SUBJECTS, MarkKey
from deploy.demo.workbooks import comment_on, mark_template
from services.chassis.errors import Forbidden, Invalid, NotFound, Refused
from services.chassis.ids import new_id
from services.contracts.gradebook.enrolment import ExemptPupil
from services.contracts.gradebook.record import ReadPupilRecord
from services.contracts.gradebook.results import CheckResults, Period, ReadClassResults, ResultsLockedV1
from services.contracts.gradebook.sheets import CellState, ReadSheet
from services.contracts.gradebook.views import RecordViewedV1
from services.contracts.identity import Role, UnitChangedV1, UnitKind, UnitParent
from services.contracts.messages import Change
from services.gradebook.repository import sheets
from services.gradebook.rules import judgement
from services.gradebook.rules.judgement import SubjectMarks, TermInput, YearInput
from services.gradebook.rules.tt22_2021 import Cell
from services.gradebook.rules.tt22_2021 import CellState as LawState
from tests.integration.gradebook.sent_files import apply, introduce, preview
from tests.integration.gradebook.small_school import MATHS, SPORT, YEAR, open_school, small_school


@pytest.fixture(scope="module")
def whole_class(gradebook):
    """A class of twelve in twelve subjects, its year imported from the teachers' workbooks and locked."""
    school = open_school(gradebook, small_school(), SUBJECTS)
    introduce(school)
    for (code, term), head in school.sheets.items():
        subject = next(one for one in SUBJECTS if one.code == code)
        template = mark_template(school.paper, class_code=head.class_name, subject=subject, term=term)
        apply(school, preview(school, template))
    for term in (1, 2):
        save_conduct_of_paper(school, term)
    for period in Period:
        school.lock(period)
    return school


def save_conduct_of_paper(school, term):
    for pupil_id, pupil in zip(school.pupils, school.paper.pupils, strict=True):
        alone = replace(school, pupils=(pupil_id,))
        level, absences = pupil.conduct[term - 1], pupil.absences[term - 1]
        alone.save_conduct(term, conduct=level.vi, absences=absences, remark=f"Nhận xét {pupil.code}")


def judged_by_the_rules(paper, pupil):
    """The year as the rules judge it from the marks that the workbooks were written from."""
    first, second = (judgement.judge_term(term_input(paper, pupil, term)) for term in (1, 2))
    return first, second, judgement.judge_year(YearInput(first=first, second=second))


def term_input(paper, pupil, term):
    marks_of = {one: paper.marks[MarkKey(pupil.code, one.code, term)] for one in SUBJECTS}
    subjects = tuple(
        SubjectMarks(
            code=one.code,
            name=one.name,
            kind=one.kind,
            regular=tuple(map(written, found.regular)),
            midterm=written(found.midterm),
            final=written(found.final),
        )
        for one, found in marks_of.items()
    )
    return TermInput(subjects=subjects, conduct=pupil.conduct[term - 1], absences=pupil.absences[term - 1])


def written(value):
    return Cell(state=LawState.VALUE, value=value)


def test_every_pupils_year_is_what_the_rules_say_of_the_marks(whole_class):
    question = ReadClassResults(school_year=YEAR, class_id=whole_class.class_id)
    results = whole_class.gradebook.ask_as("transcript", question).results

    assert [result.pupil_id for result in results] == list(whole_class.pupils)
    for result, pupil in zip(results, whole_class.paper.pupils, strict=True):
        first, second, year = judged_by_the_rules(whole_class.paper, pupil)
        whole = {one.code: str(one.result) for one in year.subjects}
        assert {one.code: one.year for one in result.subjects} == whole
        assert [term.level for term in result.terms] == [first.level.vi, second.level.vi]
        assert (result.level, result.conduct) == (year.level_after.vi, year.conduct_after.vi)
        assert result.promotion == year.promotion.value.upper()
        assert result.title == (year.title.vi if year.title else None)
        assert [(one.code, one.clause, one.vi) for one in result.reasons] == [
            (one.code, one.clause, one.vi) for one in year.reasons
        ]


def test_results_carry_the_teachers_words_the_absences_and_the_subjects_in_order_of_the_form(whole_class):
    question = ReadClassResults(school_year=YEAR, class_id=whole_class.class_id)
    result, *_ = whole_class.gradebook.ask(question, whole_class.principal).results
    pupil = whole_class.paper.pupils[0]

    assert [subject.code for subject in result.subjects] == [subject.code for subject in SUBJECTS]
    assert result.subjects[0].comment == comment_on(whole_class.paper.marks[MarkKey(pupil.code, "VAN", 2)].final)
    assert result.absences == sum(pupil.absences)
    assert result.remark == f"Nhận xét {pupil.code}"


def test_locking_is_told_for_each_period_in_order(whole_class):
    told = [one for one in whole_class.gradebook.told(ResultsLockedV1) if one["record_id"] == str(whole_class.class_id)]

    assert [(one["period"], one["version"]) for one in told] == [("TERM_1", 1), ("TERM_2", 2), ("YEAR", 3)]


def test_a_result_keeps_the_regulation_and_the_digest_of_what_was_judged(whole_class):
    rows = whole_class.gradebook.sql("SELECT * FROM results WHERE class_id = :id", id=whole_class.class_id)

    assert len(rows) == 3 * len(whole_class.pupils)
    assert {row.regulation for row in rows} == {"TT22/2021"}
    assert len({row.inputs_digest for row in rows}) == len(rows)


def test_results_of_a_class_are_read_by_transcript_and_the_schools_leaders_alone(whole_class):
    question = ReadClassResults(school_year=YEAR, class_id=whole_class.class_id)

    for stranger in (whole_class.teacher, whole_class.homeroom, new_id()):
        with pytest.raises(NotFound):
            whole_class.gradebook.ask(question, stranger)


def test_nothing_is_locked_while_something_is_missing_and_each_thing_is_named(school):
    school.fill(1)
    school.save(["8.0", CellState.EMPTY, CellState.MISSED_EXCUSED], key="ck", versions=(1, 1, 1))
    school.gradebook.sql("DELETE FROM conduct WHERE pupil_id = :id", id=school.pupils[0])

    with pytest.raises(Refused, match="incomplete") as refusal:
        school.lock(Period.TERM_1)

    codes = [pupil.code for pupil in school.paper.pupils]
    assert refusal.value.fields["errors"] == [
        {"pupil": codes[0], "term": 1, "missing": "conduct"},
        {"pupil": codes[1], "term": 1, "missing": f"{MATHS}/ck"},
        {"pupil": codes[2], "term": 1, "missing": f"{MATHS}/ck"},
    ]
    assert school.gradebook.sql("SELECT 1 FROM locks WHERE class_id = :id", id=school.class_id) == []


def test_who_missed_a_test_without_excuse_and_who_is_exempt_lack_nothing(school):
    school.fill(1)
    school.save([CellState.MISSED_UNEXCUSED], key="ck", versions=(1,))
    exemption = ExemptPupil(
        school_year=YEAR, pupil_id=school.pupils[0], subject=SPORT, decision="12/QĐ", decided_on=date(2025, 9, 5)
    )
    school.gradebook.ask(exemption, school.principal)

    assert school.lock(Period.TERM_1).pupils == 3


@pytest.mark.parametrize(("period", "first"), [(Period.TERM_2, "học kỳ 1"), (Period.YEAR, "học kỳ 2")])
def test_periods_are_locked_in_their_order(school, period, first):
    school.fill(1, 2)
    if period is Period.YEAR:
        school.lock(Period.TERM_1)

    with pytest.raises(Refused, match="lock_order") as refusal:
        school.lock(period)

    assert refusal.value.fields["first"] == first


def test_a_period_is_locked_once(school):
    school.fill(1)
    school.lock(Period.TERM_1)

    with pytest.raises(Refused, match="results_locked"):
        school.lock(Period.TERM_1)


def test_in_a_locked_term_neither_marks_nor_comments_nor_conduct_are_written(school):
    school.fill(1)
    school.lock(Period.TERM_1)

    with pytest.raises(Refused, match="results_locked"):
        school.save(["9.0"], versions=(1,))
    with pytest.raises(Refused, match="results_locked"):
        school.save_conduct()
    assert school.save(["9.0"], term=2).written == 1


def test_results_that_are_not_locked_are_not_read(school):
    with pytest.raises(Refused, match="not_locked"):
        school.gradebook.ask(ReadClassResults(school_year=YEAR, class_id=school.class_id), school.admin)


def test_only_the_schools_leaders_lock(school):
    school.fill(1)

    for other in (school.homeroom, school.gradebook.grant(Role.PRINCIPAL, new_id())):
        with pytest.raises(Forbidden):
            school.lock(Period.TERM_1, by=other)


def test_locking_waits_for_a_save_under_way_and_judges_what_it_wrote(school, pool, await_waiting):
    school.fill(1)
    with school.gradebook.db.transaction() as tx:
        sheets.lock_sheet(tx, YEAR, school.sheets[MATHS, 1].id)
        locking = pool.submit(school.lock, Period.TERM_1)
        await_waiting(1)

    assert locking.result().pupils == 3


@pytest.mark.parametrize("what", ["marks", "conduct"])
def test_what_comes_while_results_are_being_locked_is_refused_once_they_are(school, pool, await_waiting, what):
    school.fill(1)
    save = {"marks": lambda: school.save(["9.0"], versions=(1,)), "conduct": school.save_conduct}[what]
    with school.gradebook.db.transaction() as tx:
        sheets.hold_class(tx, YEAR, school.class_id, 1)
        saving = pool.submit(save)
        await_waiting(1)
        place = {"year": YEAR, "class": school.class_id, "who": school.principal}
        tx.conn.exec_driver_sql(
            "INSERT INTO locks VALUES (%(year)s, %(class)s, 'TERM_1', %(who)s, now())", place
        )  # as locking does, in the transaction that holds the class

    with pytest.raises(Refused, match="results_locked"):
        saving.result()


@pytest.mark.parametrize("changed", [{"conduct": "Giỏi"}, {"absences": -1}], ids=str)
def test_conduct_is_one_of_four_words_and_absences_are_counted_from_none(school, changed):
    with pytest.raises(Invalid):
        school.save_conduct(**changed)


def test_conduct_is_written_by_the_homeroom_teacher_alone(school):
    with pytest.raises(Forbidden, match="not_your_class"):
        school.save_conduct(by=school.teacher)
    with pytest.raises(NotFound):
        school.save_conduct(by=new_id())
    with pytest.raises(NotFound):
        replace(school, pupils=(new_id(),)).save_conduct()


def test_no_conduct_at_all_is_nothing_to_write(school):
    assert {entry.version for entry in replace(school, pupils=()).save_conduct().entries} == {0}


def test_results_that_their_marks_do_not_give_are_found(school):
    school.fill(1)
    school.lock(Period.TERM_1)
    question = CheckResults(school_year=YEAR, unit_id=school.unit_id)
    before = school.gradebook.ask(question, school.principal)
    school.gradebook.sql(
        "UPDATE results SET result = jsonb_set(result, '{absences}', '9') WHERE pupil_id = :id", id=school.pupils[1]
    )

    after = school.gradebook.ask(question, school.principal)

    assert (before.results, before.differing) == (3, ())
    assert [(one.pupil_id, one.period) for one in after.differing] == [(school.pupils[1], Period.TERM_1)]
    with pytest.raises(Forbidden):
        school.gradebook.ask(question, school.teacher)


def test_a_pupils_years_are_read_by_who_watches_over_the_school_and_every_look_is_told(school):
    department = new_id()
    officer = school.gradebook.grant(Role.OFFICER, department)
    place = UnitParent(parent_id=department, valid_from=date(2020, 1, 1), valid_to=None)
    school.gradebook.tell(
        UnitChangedV1(
            record_id=school.unit_id,
            change=Change.NEW,
            version=1,
            updated_at=datetime.now(UTC),
            kind=UnitKind.SCHOOL,
            parents=(place,),
            closed_on=None,
            merged_into=None,
        )
    )
    question = ReadPupilRecord(pupil_id=school.pupils[0])

    record = school.gradebook.ask(question, officer)
    sheet = school.gradebook.ask(ReadSheet(school_year=YEAR, sheet_id=school.sheets[MATHS, 1].id), officer)

    looks = [one for one in school.gradebook.told(RecordViewedV1) if one["person_id"] == str(officer)]
    assert [(one.school_year, one.class_name, one.result) for one in record.years] == [(YEAR, "6A", None)]
    assert [(one["what"], len(one["pupil_ids"])) for one in looks] == [("RESULTS", 1), ("MARKS", len(sheet.rows))]
    for stranger in (school.teacher, school.gradebook.grant(Role.OFFICER, new_id())):
        with pytest.raises(NotFound):
            school.gradebook.ask(question, stranger)
