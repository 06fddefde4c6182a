"""What may stand in a cell, what has changed, and what is stale."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.contracts.gradebook.school import SubjectKind
from services.contracts.gradebook.sheets import CellEntry, CellState
from services.gradebook.domain import Cell, WindowTimes, Write, changed, checked, normalised
from services.gradebook.errors import CellsInvalid, StaleVersion

AN, BINH, COLUMN = UUID(int=1), UUID(int=2), UUID(int=10)
SCORED, COMMENT = SubjectKind.SCORED, SubjectKind.COMMENT


def entry(value, *, state=CellState.VALUE, pupil_id=AN, version=0):
    return CellEntry(pupil_id=pupil_id, state=state, value=value, version=version)


def write(value, **rest):
    return Write(column_id=COLUMN, entry=entry(value, **rest))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("7.5", "7.5"), ("7,5", "7.5"), ("8", "8.0"), ("8.00", "8.0"), ("0", "0.0"), ("10", "10.0"), (" 9 ", "9.0")],
)
def test_a_mark_is_kept_with_one_decimal_however_it_was_typed(typed, kept):
    assert normalised(entry(typed), SCORED).value == kept


@pytest.mark.parametrize("typed", ["10.1", "-0.1", "7.25", "7.55", "", None, "bảy", "NaN", "sNaN", "Infinity", "1e400"])
def test_no_other_text_is_a_mark(typed):
    assert normalised(entry(typed), SCORED) is None


@pytest.mark.parametrize("word", ["Đ", "CĐ"])
def test_a_comment_subject_knows_achieved_and_not_achieved(word):
    assert normalised(entry(word), COMMENT).value == word


@pytest.mark.parametrize("word", ["đ", "Đạt", "8.0", "", None])
def test_a_comment_subject_knows_nothing_else(word):
    assert normalised(entry(word), COMMENT) is None


@pytest.mark.parametrize("state", [state for state in CellState if state is not CellState.VALUE])
@pytest.mark.parametrize("kind", SubjectKind)
def test_a_cell_that_holds_no_value_has_none(state, kind):
    assert normalised(entry(None, state=state), kind) == entry(None, state=state)
    assert normalised(entry("8.0", state=state), kind) is None


def test_one_cell_that_cannot_stand_refuses_all_and_every_fault_is_named():
    writes = [write("8"), write("11", pupil_id=BINH), write("9", pupil_id=UUID(int=3)), write("7")]

    with pytest.raises(CellsInvalid) as refusal:
        checked(writes, SCORED, {AN, BINH})

    assert [(fault["pupil_id"], fault["reason"]) for fault in refusal.value.fields["errors"]] == [
        (BINH, "bad_value"),
        (UUID(int=3), "unknown_pupil"),
        (AN, "written_twice"),
    ]


def test_what_stands_already_is_no_change():
    current = {(COLUMN, AN): Cell(state=CellState.VALUE, value="8.0", version=1)}
    new = write("9.0", pupil_id=BINH)

    assert changed([write("8.0", version=1), new], current) == [new]


def test_an_empty_cell_left_empty_is_no_change():
    assert changed([write(None, state=CellState.EMPTY)], {}) == []


@pytest.mark.parametrize("version", [0, 2])
def test_a_write_on_another_version_than_the_current_is_stale_even_with_the_same_value(version):
    current = {(COLUMN, AN): Cell(state=CellState.VALUE, value="8.0", version=1)}

    with pytest.raises(StaleVersion):
        changed([write("8.0", version=version)], current)


def test_a_window_is_open_from_its_opening_until_just_before_its_closing():
    opens_at = datetime(2026, 1, 5, tzinfo=UTC)
    window = WindowTimes(opens_at=opens_at, closes_at=opens_at + timedelta(hours=1))
    moment = timedelta(microseconds=1)

    assert window.is_open(window.opens_at)
    assert window.is_open(window.closes_at - moment)
    assert not window.is_open(window.closes_at)
    assert not window.is_open(window.opens_at - moment)
