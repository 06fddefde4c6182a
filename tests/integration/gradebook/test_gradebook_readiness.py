"""The readiness board says who has a transcript and why the others have none; the warnings name who may stay behind."""

from dataclasses import replace

import pytest

from services.chassis.errors import Forbidden
from services.chassis.ids import new_id
from services.contracts.gradebook.results import Period
from services.contracts.gradebook.statistics import (
    ReadReadiness,
    ReadWarnings,
    RebuildReadiness,
    RiskSign,
    WaitingReason,
)
from services.contracts.gradebook.views import RecordViewedV1
from services.contracts.identity import Role, UnitKind
from tests.integration.gradebook.locked_schools import YEAR, Province


@pytest.fixture
def province(gradebook):
    """A department with one school whose only class is empty."""
    made = Province(gradebook, 1)
    unit_id = made.unit_below(made.department, UnitKind.SCHOOL)
    made.open_school(unit_id)
    made.add_class(unit_id, 6, "6A", 0)
    return made


@pytest.fixture
def officer(gradebook, province):
    return gradebook.grant(Role.OFFICER, province.department)


@pytest.fixture
def add(province):
    """Adds a pupil to the class, with a year's result that is known in part."""
    ((class_id, unit_id),) = province.classes.items()

    def one_more(*, person=None, **result):
        told = province.result(**{"promotion": "PROMOTED", "level": "Khá", "conduct": "Tốt"} | result)
        pupil = province.add_pupil(unit_id, class_id, 6, result=told)
        province.pupils[pupil.id] = replace(pupil, **person or {})
        return pupil

    return one_more


def issue(province, pupil, state="ISSUED"):
    province.gradebook.sql(
        "INSERT INTO document_states VALUES (:year, :pupil, 1, :state)", year=YEAR, pupil=pupil.id, state=state
    )


def absent(province, pupil, half_days, term=1):
    province.gradebook.sql(
        "INSERT INTO conduct (school_year, class_id, term, pupil_id, level, absences, unexcused, remark, version, "
        "person_id, written_at) VALUES (:year, :of_class, :term, :pupil, 'Tốt', :days, 0, '', 1, :pupil, now())",
        year=YEAR, of_class=pupil.class_id, term=term, pupil=pupil.id, days=half_days,
    )  # fmt: skip


def read_twice(province, person, unit_id):
    """The answer once the counts that the first one asked for are there."""
    question = ReadReadiness(school_year=YEAR, unit_id=unit_id)
    province.gradebook.ask(question, person)
    province.gradebook.work()
    return province.gradebook.ask(question, person)


def test_the_board_counts_transcripts_and_the_first_reason_why_there_is_none(province, officer, add):
    issue(province, add())
    issue(province, add(), "REVOKED")
    add(promotion="RETEST")
    for _ in range(2):
        add(promotion="SUMMER_TRAINING")
    add(person={"personal_id": None})
    add(person={"personal_id": None, "nationality": "Lào"})
    add(promotion="NOT_PROMOTED")
    province.lock_all()

    board = read_twice(province, officer, province.department)

    assert (board.pupils, board.issued) == (8, 1)
    assert board.reasons == {
        WaitingReason.REVOKED: 1,
        WaitingReason.RETEST: 1,
        WaitingReason.PENDING_SUMMER: 2,
        WaitingReason.NO_PERSONAL_ID: 1,
        WaitingReason.NOT_ISSUED: 2,
    }
    assert board.as_of == board.schools[0].counted_at


def test_before_the_year_is_locked_that_is_the_reason_whatever_else_is_lacking(province, officer, add):
    add(person={"personal_id": None})

    board = read_twice(province, officer, province.department)

    assert board.reasons == {WaitingReason.NOT_LOCKED: 1}


def test_a_school_that_has_not_opened_the_year_is_in_the_total_only(province, officer):
    province.unit_below(province.department, UnitKind.SCHOOL)

    board = read_twice(province, officer, province.department)

    assert (board.schools_total, len(board.schools)) == (2, 1)


def test_a_school_is_shown_as_being_counted_until_it_is(province, officer, add):
    add()

    first = province.gradebook.ask(ReadReadiness(school_year=YEAR, unit_id=province.department), officer)

    assert [(one.counted_at, one.pupils) for one in first.schools] == [(None, 0)]
    assert first.as_of is None


def test_who_does_not_want_to_wait_has_every_school_counted_at_once(province, officer, add):
    pupil = add(person={"personal_id": None})
    province.lock_all()
    before = read_twice(province, officer, province.department)
    province.pupils[pupil.id] = replace(pupil, personal_id="000314000001")

    unasked = read_twice(province, officer, province.department)
    started = province.gradebook.ask(RebuildReadiness(school_year=YEAR, unit_id=province.department), officer)
    province.gradebook.work()
    after = read_twice(province, officer, province.department)

    assert before.reasons == unasked.reasons == {WaitingReason.NO_PERSONAL_ID: 1}
    assert (started.schools, after.reasons) == (1, {WaitingReason.NOT_ISSUED: 1})
    assert after.as_of > before.as_of


def test_the_board_is_for_leaders_and_supervisors_alone(province):
    unit_id = next(iter(province.classes.values()))
    teacher, stranger = (
        province.gradebook.grant(Role.STAFF, unit_id),
        province.gradebook.grant(Role.OFFICER, new_id()),
    )

    for person in (teacher, stranger):
        for question in (ReadReadiness, RebuildReadiness, ReadWarnings):
            with pytest.raises(Forbidden):
                province.gradebook.ask(question(school_year=YEAR, unit_id=unit_id), person)


def warnings_of(province):
    unit_id = next(iter(province.classes.values()))
    principal = province.gradebook.grant(Role.PRINCIPAL, unit_id)
    return province.gradebook.ask(ReadWarnings(school_year=YEAR, unit_id=unit_id), principal)


@pytest.mark.parametrize(("first", "second", "signs"), [(20, 20, []), (20, 21, [(RiskSign.ABSENCES,)])])
def test_more_than_forty_half_days_in_both_terms_are_a_warning(province, add, first, second, signs):
    pupil = add()
    absent(province, pupil, first)
    absent(province, pupil, second, term=2)

    assert [one.signs for one in warnings_of(province).pupils] == signs


def test_absences_that_came_along_from_another_class_of_the_school_count_once(province, add):
    pupil = add()
    earlier = province.add_class(pupil.unit_id, 6, "6B", 1)
    for one in (pupil, replace(pupil, class_id=earlier)):
        absent(province, one, 21)

    assert warnings_of(province).pupils == ()


@pytest.mark.parametrize("weak", [{"level": "Chưa đạt"}, {"conduct": "Chưa đạt"}, {"level": "Chưa hoàn thành"}])
def test_a_level_not_achieved_in_a_term_is_a_warning(province, add, weak):
    pupil = add(**weak)
    add()
    province.lock(pupil.class_id, Period.TERM_1)

    assert [(one.pupil_id, one.signs) for one in warnings_of(province).pupils] == [(pupil.id, (RiskSign.NOT_ACHIEVED,))]


def test_a_year_not_passed_is_a_warning_until_the_second_chance_is_used(province, add):
    pupil, other = add(promotion="RETEST"), add(promotion="NOT_PROMOTED")
    province.lock_all()

    before = warnings_of(province).pupils
    province.change(pupil, 2, promotion="PROMOTED")

    assert [(one.pupil_id, one.signs) for one in before] == [
        (one.id, (RiskSign.NOT_PROMOTED,)) for one in (pupil, other)
    ]
    assert [one.pupil_id for one in warnings_of(province).pupils] == [other.id]


def test_a_supervisor_who_is_shown_pupils_is_in_the_access_log_and_the_principal_is_not(province, officer, add):
    pupil = add(promotion="RETEST")
    add()
    province.lock_all()
    before = len(province.gradebook.told(RecordViewedV1))

    warnings_of(province)
    province.gradebook.ask(ReadWarnings(school_year=YEAR, unit_id=pupil.unit_id), officer)

    (told,) = province.gradebook.told(RecordViewedV1)[before:]
    assert (told["person_id"], told["pupil_ids"], told["what"]) == (str(officer), [str(pupil.id)], "RESULTS")
