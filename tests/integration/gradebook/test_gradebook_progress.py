"""Progress equals a recount by hand, says what is missing and by whom, and is read by those who answer for it."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from services.chassis.errors import Forbidden, Invalid
from services.chassis.ids import new_id
from services.chassis.tables import unit_parents
from services.contracts.gradebook.progress import (
    ComparePlan,
    FindMissing,
    MissingKind,
    PlanColumns,
    PlannedColumn,
    ReadProgress,
    ReadUnitProgress,
)
from services.contracts.gradebook.results import Period
from services.contracts.gradebook.statistics import ReadWarnings
from services.contracts.gradebook.views import RecordViewedV1
from services.contracts.identity import Role, UnitKind
from services.gradebook.repository import progress
from services.gradebook.repository.progress import Part
from services.gradebook.usecases.progress import CountProgressTask
from tests.integration.gradebook.counted_school import TERM, TODAY, VIETNAM, YEAR, invent, tally_by_column


@pytest.fixture
def counted(gradebook):
    """A school with irregular entry."""
    made = invent(7)
    made.insert(gradebook.db)
    return made


@pytest.fixture
def principal(gradebook, counted):
    return gradebook.grant(Role.PRINCIPAL, counted.unit_id)


@pytest.fixture
def commune(gradebook, counted):
    """The commune above the school."""
    unit_id = new_id()
    place_below(gradebook, counted.unit_id, unit_id)
    return unit_id


def place_below(gradebook, unit_id, parent_id, kind=UnitKind.SCHOOL, since=date(2025, 7, 1)):
    row = {"unit_id": unit_id, "parent_id": parent_id, "kind": kind, "valid_from": since, "version": 1}
    with gradebook.db.transaction() as tx:
        tx.conn.execute(unit_parents.insert().values(row))


def ask_progress(counted, **part):
    return ReadProgress(school_year=YEAR, unit_id=counted.unit_id, term=TERM, **part)


def part_of(counted, **part):
    return Part(school_year=YEAR, unit_id=counted.unit_id, terms=(TERM,), **part)


def figures(tally):
    return tally.expected, tally.entered, tally.missing, tally.late


@pytest.mark.parametrize("seed", range(12))
def test_progress_equals_a_recount_by_hand_with_leavers_arrivals_electives_and_exemptions(gradebook, seed):
    made = invent(seed)
    made.insert(gradebook.db)

    with gradebook.db.transaction() as tx:
        sheets = progress.sheets_in(tx, part_of(made), TODAY)
        total = progress.total_of(tx, part_of(made), TODAY)

    told = {(one.class_id, one.subject, column.key): column for one in sheets for column in one.columns}
    by_hand = tally_by_column(made, TODAY)
    assert {place: figures(column.tally) for place, column in told.items()} == by_hand
    assert figures(total) == tuple(map(sum, zip(*by_hand.values(), strict=True)))
    for (class_id, subject, key), column in told.items():
        cells = made.expected(class_id=class_id, subject=subject, key=key)
        assert column.last_entry_at == max((at for cell in cells for at, _ in cell.written), default=None)
        assert column.due_on == cells[0].due_on


def test_the_total_is_the_sum_of_the_columns_and_of_the_classes(gradebook, counted, principal):
    whole = gradebook.ask(ask_progress(counted), principal)
    classes = [gradebook.ask(ask_progress(counted, class_id=one), principal).total for one in counted.homerooms]
    subjects = [gradebook.ask(ask_progress(counted, subject=one), principal).total for one in ("TOAN", "DIA")]
    grades = [gradebook.ask(ask_progress(counted, grade=one), principal).total for one in (10, 11)]

    assert whole.total.expected == len(counted.expected())
    assert progress.sum_of(classes) == progress.sum_of(subjects) == progress.sum_of(grades) == whole.total


def test_a_school_without_sheets_has_nothing_to_enter(gradebook):
    unit_id = new_id()
    principal = gradebook.grant(Role.PRINCIPAL, unit_id)

    answer = gradebook.ask(ReadProgress(school_year=YEAR, unit_id=unit_id, term=TERM), principal)

    assert figures(answer.total) == (0, 0, 0, 0)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_missing_is_named_by_pupil_for_marks_comments_and_conduct(gradebook, seed):
    made = invent(seed)
    made.insert(gradebook.db)
    principal = gradebook.grant(Role.PRINCIPAL, made.unit_id)

    answer = gradebook.ask(FindMissing(school_year=YEAR, unit_id=made.unit_id, period=Period.TERM_1), principal)

    told = {(one.kind, one.class_id, one.subject, one.column_key, code) for one in answer.groups for code in one.pupils}
    marks = {
        (MissingKind.MARK, cell.class_id, cell.subject, cell.key, cell.code)
        for cell in made.expected()
        if not cell.is_entered
    }
    words = {(MissingKind.COMMENT, class_id, subject, None, code) for class_id, subject, code in made.without_comment}
    conduct = {(MissingKind.CONDUCT, class_id, None, None, code) for class_id, code in made.without_conduct}
    assert told == marks | words | conduct
    assert answer.count == len(told)


def test_a_grade_that_still_keeps_paper_books_is_not_waited_for(gradebook, counted, principal):
    gradebook.sql("UPDATE school_years SET paper_grades = '{10}' WHERE unit_id = :id", id=counted.unit_id)
    ask = FindMissing(school_year=YEAR, unit_id=counted.unit_id, period=Period.TERM_1)

    progress_told, missing = gradebook.ask(ask_progress(counted), principal), gradebook.ask(ask, principal)

    assert {sheet.grade for sheet in progress_told.sheets} == {11}
    assert {group.class_name[:2] for group in missing.groups} == {"11"}


def test_what_a_year_lacks_in_conduct_is_what_both_terms_lack(gradebook, counted, principal):
    class_id = counted.without_conduct[0][0]
    ask = FindMissing(school_year=YEAR, unit_id=counted.unit_id, period=Period.YEAR, class_id=class_id)

    groups = gradebook.ask(ask, principal).groups

    in_class = {cell.code for cell in counted.cells if cell.class_id == class_id}
    lacking = {one.term: set(one.pupils) for one in groups if one.kind is MissingKind.CONDUCT}
    assert lacking[1] == {code for of, code in counted.without_conduct if of == class_id}
    assert lacking[1] < lacking[2] <= in_class


def test_the_plan_stands_beside_what_was_entered_week_by_week(gradebook, counted, principal):
    answer = gradebook.ask(ComparePlan(school_year=YEAR, unit_id=counted.unit_id, term=TERM), principal)

    monday = lambda day: day - timedelta(days=day.weekday())  # noqa: E731 - said once, used twice
    planned = Counter(monday(cell.due_on) for cell in counted.expected() if cell.due_on)
    entered = Counter(monday(cell.first_on) for cell in counted.expected() if cell.is_entered and cell.first_on)
    assert {week.begins_on: week.planned for week in answer.weeks if week.planned} == planned
    assert {week.begins_on: week.entered for week in answer.weeks if week.entered} == entered
    assert [week.begins_on for week in answer.weeks] == sorted({*planned, *entered})
    assert answer.unplanned == len(counted.expected(due_on=None))


def test_the_principal_plans_until_when_a_column_is_filled_in_every_class_of_a_grade(gradebook, counted, principal):
    day = date(2026, 1, 9)
    wanted = PlannedColumn(grade=10, subject="TOAN", key="gk", due_on=day)
    command = PlanColumns(school_year=YEAR, unit_id=counted.unit_id, term=TERM, columns=(wanted,))

    answer = gradebook.ask(command, principal)

    days = {
        (sheet.grade, sheet.class_id): column.due_on
        for sheet in gradebook.ask(ask_progress(counted, subject="TOAN"), principal).sheets
        for column in sheet.columns
        if column.key == "gk"
    }
    assert answer.columns == 2
    assert {due for (grade, _), due in days.items() if grade == 10} == {day}
    assert day not in {due for (grade, _), due in days.items() if grade == 11}


def test_a_plan_for_a_column_that_no_class_has_is_refused_and_changes_nothing(gradebook, counted, principal):
    wanted = [PlannedColumn(grade=10, subject="TOAN", key=key, due_on=date(2026, 1, 9)) for key in ("gk", "tx9")]
    command = PlanColumns(school_year=YEAR, unit_id=counted.unit_id, term=TERM, columns=tuple(wanted))
    before = gradebook.ask(ask_progress(counted), principal)

    with pytest.raises(Invalid, match="tx9"):
        gradebook.ask(command, principal)

    assert gradebook.ask(ask_progress(counted), principal) == before


def test_a_homeroom_teacher_reads_the_own_class_and_no_other(gradebook, counted):
    (mine, homeroom), (other, _) = list(counted.homerooms.items())[:2]

    answer = gradebook.ask(ask_progress(counted, class_id=mine), homeroom)

    assert {sheet.class_id for sheet in answer.sheets} == {mine}
    for question in (ask_progress(counted), ask_progress(counted, class_id=other)):
        with pytest.raises(Forbidden):
            gradebook.ask(question, homeroom)


@pytest.mark.parametrize("role", [Role.STAFF, Role.CLERK])
def test_progress_is_not_for_everybody_at_the_school(gradebook, counted, role):
    person = gradebook.grant(role, counted.unit_id)

    with pytest.raises(Forbidden):
        gradebook.ask(ask_progress(counted), person)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.INSPECTOR])
def test_who_supervises_the_commune_reads_its_school_and_no_other(gradebook, counted, commune, role):
    person = gradebook.grant(role, commune)
    elsewhere = gradebook.grant(role, new_id())

    answer = gradebook.ask(ask_progress(counted), person)

    assert answer.total.expected == len(counted.expected())
    with pytest.raises(Forbidden):
        gradebook.ask(ask_progress(counted), elsewhere)


def test_a_supervisor_who_is_told_which_pupils_lack_marks_is_in_the_access_log(gradebook, counted, commune, principal):
    officer = gradebook.grant(Role.OFFICER, commune)
    question = FindMissing(school_year=YEAR, unit_id=counted.unit_id, period=Period.TERM_1)
    before = len(gradebook.told(RecordViewedV1))

    gradebook.ask(question, principal)
    named = {code for group in gradebook.ask(question, officer).groups for code in group.pupils}

    (told,) = gradebook.told(RecordViewedV1)[before:]
    assert (told["person_id"], told["what"]) == (str(officer), "MARKS")
    assert len(told["pupil_ids"]) == len(named) > 0


def test_a_commune_sees_the_sum_of_its_schools_as_soon_as_they_are_counted(gradebook, counted, commune):
    other = invent(8)
    other.insert(gradebook.db)
    place_below(gradebook, other.unit_id, commune)
    officer = gradebook.grant(Role.OFFICER, commune)
    question = ReadUnitProgress(school_year=YEAR, unit_id=commune, term=TERM)

    first = gradebook.ask(question, officer)
    gradebook.work()
    then = gradebook.ask(question, officer)

    expected = {one.unit_id: len(one.expected()) for one in (counted, other)}
    assert {one.unit_id: one.counted_at for one in first.schools} == dict.fromkeys(expected)
    assert {one.unit_id: one.tally.expected for one in then.schools} == expected
    assert then.total == progress.sum_of(one.tally for one in then.schools)
    assert then.as_of == min(one.counted_at for one in then.schools)


def test_a_count_is_asked_for_once_however_many_look_and_again_when_it_is_old(gradebook, counted, commune):
    officer = gradebook.grant(Role.OFFICER, commune)
    question = ReadUnitProgress(school_year=YEAR, unit_id=commune, term=TERM)
    waiting = "SELECT count(*) FROM inbox WHERE state = 'PENDING' AND data->>'unit_id' = :unit"
    ages = (
        "UPDATE progress_counts SET asked_at = asked_at - interval '6 min', counted_at = counted_at - interval '6 min'"
    )

    gradebook.ask(question, officer)
    gradebook.ask(question, officer)
    once = gradebook.sql(waiting, unit=str(counted.unit_id))[0].count
    gradebook.work()
    gradebook.ask(question, officer)
    fresh = gradebook.sql(waiting, unit=str(counted.unit_id))[0].count
    gradebook.sql(ages)
    gradebook.ask(question, officer)

    assert (once, fresh, gradebook.sql(waiting, unit=str(counted.unit_id))[0].count) == (1, 0, 1)


@pytest.mark.parametrize(("closes_in", "counts_to_come"), [(1, 1), (-1, 0)])
def test_a_school_is_counted_again_by_itself_while_a_window_is_open(gradebook, counted, closes_in, counts_to_come):
    now = datetime.now(UTC)
    gradebook.sql(
        "INSERT INTO windows (school_year, id, unit_id, term, kind, opens_at, closes_at, opened_by) "
        "VALUES (:year, :id, :unit, 1, 'MARKS', :opens, :closes, :id)",
        year=YEAR, id=new_id(), unit=counted.unit_id, opens=now - timedelta(days=9),
        closes=now + timedelta(hours=closes_in),
    )  # fmt: skip
    task = CountProgressTask(school_year=YEAR, unit_id=counted.unit_id, term=TERM)
    with gradebook.db.transaction() as tx:
        tx.later(task)
        tx.later(replace(task))

    gradebook.work()

    pending = gradebook.sql(
        "SELECT due_at FROM inbox WHERE state = 'PENDING' AND data->>'unit_id' = :unit", unit=str(counted.unit_id)
    )
    assert [row.due_at > now for row in pending] == [True] * counts_to_come


def test_a_class_that_lacks_marks_after_their_day_is_named_worst_first(gradebook, counted, principal):
    answer = gradebook.ask(ReadWarnings(school_year=YEAR, unit_id=counted.unit_id), principal)

    today = datetime.now(VIETNAM).date()
    lacking = Counter(
        cell.class_id for cell in counted.expected() if not cell.is_entered and cell.due_on and cell.due_on < today
    )
    assert sorted((one.class_id for one in answer.late_classes), key=str) == sorted(lacking, key=str)
    assert [lacking[one.class_id] for one in answer.late_classes] == sorted(lacking.values(), reverse=True)


def test_a_count_is_spared_where_nothing_was_entered_and_made_where_something_was(gradebook, counted, commune):
    officer = gradebook.grant(Role.OFFICER, commune)
    question = ReadUnitProgress(school_year=YEAR, unit_id=commune, term=TERM)
    older = (
        "UPDATE progress_counts SET asked_at = asked_at - interval '6 min', counted_at = counted_at - interval '6 min'"
    )

    def counted_at_after(change):
        gradebook.sql(older)
        gradebook.sql(change, id=counted.unit_id)
        before = gradebook.ask(question, officer).as_of
        gradebook.work()
        return before, gradebook.ask(question, officer).as_of

    gradebook.ask(question, officer)
    gradebook.work()
    spared = counted_at_after("SELECT CAST(:id AS uuid)")
    made = counted_at_after("UPDATE sheets SET history_rows = history_rows + 1 WHERE unit_id = :id")

    assert spared[0] == spared[1]
    assert made[0] < made[1]
