"""What decides the results of classes, read for many at once, and results of many kept at once."""

from datetime import date

import pytest

from services.chassis.ids import new_id
from services.contracts.gradebook.enrolment import Choice, ChooseSubjects, PupilChoices
from services.contracts.gradebook.results import CheckResults, Period
from services.contracts.gradebook.school import CreateClasses, NewClass, SubjectKind
from services.contracts.gradebook.sheets import CellState, SaveComments, SubjectComment
from services.gradebook.judging.judged import Judged
from services.gradebook.repository import results
from services.gradebook.repository.class_marks import GovernedClass, marks_of_classes
from services.gradebook.repository.school import get_class
from services.gradebook.rules.regulation import Regulation
from tests.integration.gradebook.small_school import MATHS, YEAR, cell
from tests.integration.gradebook.stages import open_stage, plan


@pytest.fixture
def upper(gradebook):
    """Grade 10, where the first of three pupils takes chemistry with its cluster, the second without it."""
    chemistry = plan("HOA", SubjectKind.SCORED, 10, is_elective=True, has_cluster=True)
    school = open_stage(gradebook, "THPT", 10, [plan(MATHS, SubjectKind.SCORED, 10), chemistry])
    taken = [Choice(subject="HOA", has_cluster=True)], [Choice(subject="HOA")], []
    pupils = tuple(PupilChoices(pupil_id=p, choices=tuple(c)) for p, c in zip(school.pupils, taken, strict=True))
    choose = ChooseSubjects(school_year=YEAR, unit_id=school.unit_id, pupils=pupils)
    gradebook.ask(choose, school.admin)
    return school


def read(*schools, second_term_on=None):
    """The classes of these schools as they are read together."""
    with schools[0].gradebook.db.transaction() as tx:
        governed = [
            GovernedClass(
                of_class=get_class(tx, YEAR, school.class_id),
                regulation=Regulation.TT22_2021,
                second_term_on=second_term_on,
            )
            for school in schools
        ]
        return marks_of_classes(tx, YEAR, governed)


def rows(school, place, term=1):
    [known] = read(school)
    return {row.sheet.subject: row for row in known.rows_of(school.pupils[place], term)}


def judged(pupil_id, said="first"):
    return Judged(pupil_id=pupil_id, regulation="TT22/2021", inputs_digest=said, result={"said": said})


@pytest.mark.parametrize("second_term_on", [None, date(2025, 1, 1)], ids=["all came in time", "all came late"])
def test_classes_that_are_read_together_are_what_each_is_alone(school, other_school, upper, second_term_on):
    schools = (school, other_school, upper)
    school.fill(1, 2)
    other_school.save(["7.5", CellState.MISSED_EXCUSED])
    upper.save("HOA", "tx1", ["6.0", "7.0"])

    together = read(*schools, second_term_on=second_term_on)

    assert together == [one for each in schools for one in read(each, second_term_on=second_term_on)]
    assert [len(known.late) for known in together] == ([0, 0, 0] if second_term_on is None else [0, 3, 3])


def test_a_row_says_of_each_column_its_value_or_why_it_has_none(school):
    school.save([CellState.MISSED_UNEXCUSED, "7.5"], key="tx1")
    comment = SubjectComment(pupil_id=school.pupils[0], text='"Tốt", {rất tốt}', version=0, key="ck")
    sheet_id = school.sheets[MATHS, 1].id
    school.gradebook.ask(SaveComments(school_year=YEAR, sheet_id=sheet_id, comments=(comment,)), school.teacher)

    first, second = rows(school, 0)[MATHS], rows(school, 1)[MATHS]

    assert first.by_key()["tx1"] == "MISSED_UNEXCUSED"
    assert (second.by_key()["tx1"], second.by_key()["gk"]) == ("7.5", "EMPTY")
    assert (first.comment, second.comment) == ('"Tốt", {rất tốt}', "")


def test_marks_stay_their_pupils_whatever_the_order_in_which_they_were_written(school):
    for place, value in ((2, "3.0"), (0, "1.0"), (1, "2.0")):
        school.gradebook.ask(school.column([cell(school.pupils[place], value)], key="gk"), school.teacher)

    assert [rows(school, place)[MATHS].by_key()["gk"] for place in range(3)] == ["1.0", "2.0", "3.0"]


def test_a_pupil_has_rows_in_the_electives_taken_and_the_cluster_asks_those_who_take_it(upper):
    upper.save("HOA", "ck", ["6.0", "7.0"])

    with_cluster, without, not_taken = (rows(upper, place) for place in range(3))

    assert [list(with_cluster), list(without), list(not_taken)] == [[MATHS, "HOA"], [MATHS, "HOA"], [MATHS]]
    assert [column.is_cluster for column in with_cluster["HOA"].columns].count(True) == 1
    assert with_cluster["HOA"].by_key().keys() - without["HOA"].by_key().keys() == {"tx4"}
    assert without["HOA"].by_key()["ck"] == "7.0"


def test_results_of_many_classes_are_kept_together_each_as_its_pupils_next_version(gradebook, school, other_school):
    first, second = school.pupils[:2]
    elsewhere = other_school.pupils[0]
    with gradebook.db.transaction() as tx:
        results.add_results(tx, YEAR, Period.TERM_1, {school.class_id: [judged(first)]})
        again = {school.class_id: [judged(first, "again"), judged(second)], other_school.class_id: [judged(elsewhere)]}
        results.add_results(tx, YEAR, Period.TERM_1, again, basis="correction:1")
        in_force = results.newest_results(tx, YEAR, [school.class_id, other_school.class_id])

    kept = gradebook.sql("SELECT pupil_id, version, basis FROM results WHERE class_id = :id", id=school.class_id)
    assert {(row.pupil_id, row.version, row.basis) for row in kept} == {
        (first, 1, None),
        (first, 2, "correction:1"),
        (second, 1, "correction:1"),
    }
    assert in_force == {
        school.class_id: {
            (Period.TERM_1, first): judged(first, "again"),
            (Period.TERM_1, second): judged(second),
        },
        other_school.class_id: {(Period.TERM_1, elsewhere): judged(elsewhere)},
    }


def test_a_school_is_checked_though_only_some_of_its_classes_are_locked(school):
    new_class = NewClass(name="6Z", grade=6, homeroom_id=new_id())
    school.gradebook.ask(CreateClasses(school_year=YEAR, unit_id=school.unit_id, classes=(new_class,)), school.admin)
    school.fill(1)
    school.lock(Period.TERM_1)

    checked = school.gradebook.ask(CheckResults(school_year=YEAR, unit_id=school.unit_id), school.principal)

    assert (checked.results, checked.differing) == (3, ())
