"""What in a history of changes is worth a second look, and what is an honest teacher's day."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from services.contracts.gradebook.corrections import CorrectionState, CorrectionV1
from services.contracts.gradebook.sheets import CellState
from services.contracts.gradebook.signals import SignalCode
from services.gradebook.domain import SCHOOL_TIME
from services.gradebook.signals import SENTENCES, Change, alarmed, find_signals

SHEET, COLUMN, PUPIL, ACCOUNT, PERSON = (UUID(int=number) for number in range(1, 6))
MORNING = datetime(2026, 1, 5, 9, 30, tzinfo=SCHOOL_TIME)
CHANGE = Change(
    sheet_id=SHEET, seq=50, column_id=COLUMN, pupil_id=PUPIL, is_final=False, old_state=CellState.VALUE,
    old_value="7.0", new_value="7.5", account_id=ACCOUNT, person_id=PERSON, at=MORNING,
    entered_at=MORNING - timedelta(days=2), locked_at=None, closed_at=None,
)  # fmt: skip
LOCKED = {"locked_at": MORNING - timedelta(days=1), "closed_at": MORNING - timedelta(days=3)}
CORRECTION = CorrectionV1(
    id=UUID(int=9), school_year=2025, unit_id=UUID(int=8), sheet_id=SHEET, column_id=COLUMN, pupil_id=PUPIL,
    old_state=CellState.VALUE, old_value="7.0", new_state=CellState.VALUE, new_value="7.5", reason="r", evidence="e",
    state=CorrectionState.APPLIED, requested_by=UUID(int=11), requested_at=MORNING, verified_by=UUID(int=12),
    decided_by=PERSON,
)  # fmt: skip


def codes(*changes, corrections=()):
    return {signal.code for signal in find_signals(changes, corrections)}


def is_alarmed(*changes, corrections=()):
    return bool(alarmed(find_signals(changes, corrections)))


def test_an_ordinary_change_by_day_in_an_open_window_is_no_signal():
    assert codes(CHANGE) == set()


def test_a_cell_that_was_empty_at_the_lock_and_got_a_mark_afterwards_was_planted():
    empty = replace(CHANGE, old_state=CellState.EMPTY, old_value=None, entered_at=None)

    assert codes(replace(empty, **LOCKED)) == {SignalCode.PLANTED}
    assert codes(empty) == set()


@pytest.mark.parametrize(("new", "is_raised"), [("7.0", True), ("6.9", False)])
def test_a_final_mark_that_rises_by_two_is_a_signal(new, is_raised):
    final = replace(CHANGE, is_final=True, old_value="5.0", new_value=new)

    assert (SignalCode.FINAL_RAISED in codes(final)) is is_raised
    assert SignalCode.FINAL_RAISED not in codes(replace(final, is_final=False))


def test_a_raised_final_mark_alarms_by_itself_only_after_the_window_or_the_lock():
    final = replace(CHANGE, is_final=True, old_value="5.1", new_value="7.6")

    assert not is_alarmed(final)
    assert is_alarmed(replace(final, closed_at=LOCKED["closed_at"]))


@pytest.mark.parametrize(
    ("old", "new"), [("4.9", "5.0"), ("6.4", "6.5"), ("7.9", "8.0"), ("8.9", "9.0"), ("3.4", "3.5"), ("4.8", "5.0")]
)
def test_a_nudge_over_a_threshold_alarms(old, new):
    assert is_alarmed(replace(CHANGE, old_value=old, new_value=new))


@pytest.mark.parametrize(
    ("old", "new"), [("4.7", "5.0"), ("4.9", "5.3"), ("5.0", "4.9"), ("5.0", "5.1"), ("4.9", "8.0")]
)
def test_a_change_that_only_passes_by_a_threshold_is_no_nudge(old, new):
    assert SignalCode.OVER_THRESHOLD not in codes(replace(CHANGE, old_value=old, new_value=new))


@pytest.mark.parametrize(("hour", "is_night"), [(5, True), (6, False), (21, False), (22, True), (2, True)])
def test_night_is_before_six_and_from_ten_in_the_evening_in_vietnam(hour, is_night):
    assert (SignalCode.AT_NIGHT in codes(replace(CHANGE, at=MORNING.replace(hour=hour)))) is is_night


def test_night_alone_does_not_alarm_but_night_after_the_window_closed_does():
    late = replace(CHANGE, at=MORNING.replace(hour=23))

    assert not is_alarmed(late, replace(late, seq=51))
    assert is_alarmed(replace(late, closed_at=LOCKED["closed_at"]))


@pytest.mark.parametrize(("minutes", "is_signal"), [(59, False), (61, True)])
def test_a_slip_that_is_mended_within_the_hour_is_no_signal(minutes, is_signal):
    slip = replace(CHANGE, old_value="4.9", new_value="5.0", entered_at=MORNING - timedelta(minutes=minutes))

    assert bool(codes(slip)) is is_signal
    assert codes(replace(slip, **LOCKED))


def test_three_corrections_of_one_pupil_are_many_and_two_are_not():
    three = [
        replace(
            CHANGE, sheet_id=UUID(int=20 + n), at=MORNING + timedelta(days=7 * n), basis=f"correction:{n}", **LOCKED
        )
        for n in range(3)
    ]

    assert SignalCode.OFTEN_CORRECTED in codes(*three)
    assert SignalCode.OFTEN_CORRECTED not in codes(*three[:2], replace(three[2], pupil_id=UUID(int=77)))


def test_a_correction_through_three_hands_is_no_signal_and_one_through_two_is():
    applied = replace(CHANGE, basis=f"correction:{CORRECTION.id}", **LOCKED)

    assert codes(applied, corrections=[CORRECTION]) == set()
    assert codes(applied, corrections=[replace(CORRECTION, requested_by=PERSON)]) == {SignalCode.ONE_HAND}


def test_an_account_in_which_two_people_acted_is_one_hand():
    assert codes(CHANGE, replace(CHANGE, seq=51, person_id=UUID(int=99))) == {SignalCode.ONE_HAND}


def test_four_marks_of_one_pupil_raised_within_a_day_are_a_burst_whatever_the_sheets():
    raises = [replace(CHANGE, sheet_id=UUID(int=20 + n), at=MORNING + timedelta(hours=n)) for n in range(4)]

    assert codes(*raises) == {SignalCode.BURST}
    assert codes(*raises[:3], replace(raises[3], at=MORNING + timedelta(days=3))) == set()
    assert codes(*raises[:3], replace(raises[3], new_value="6.0")) == set()


def test_marks_that_came_with_a_pupil_from_another_school_are_no_signal():
    arrived = replace(CHANGE, old_state=CellState.EMPTY, old_value=None, basis="school:Trường cũ:abc", **LOCKED)

    assert codes(arrived) == set()


def test_levels_of_comment_are_no_numbers():
    assert codes(replace(CHANGE, is_final=True, old_value="CĐ", new_value="Đ", **LOCKED)) == set()


def test_a_signal_says_what_where_when_and_who_in_both_languages():
    (signal,) = find_signals([replace(CHANGE, old_value="4.9", new_value="5.0")], [])

    assert (signal.sheet_id, signal.seq, signal.pupil_id, signal.at) == (SHEET, 50, PUPIL, MORNING)
    assert signal.person_ids == (PERSON,)
    assert "4.9" in signal.en
    assert "5.0" in signal.vi
    assert SENTENCES.keys() == set(SignalCode)
