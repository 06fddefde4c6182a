"""What may stand in a cell, what has changed, and what is stale."""

from uuid import UUID

import pytest

from services.contracts.gradebook.sheets import CellEntry, CellState, ColumnKind, ColumnV1, Scale
from services.gradebook.domain import Cell, Member, Roster, Write, changed, checked, normalised, stale
from services.gradebook.errors.entering import CellsInvalid, StaleVersion

AN, BINH, CHI, COLUMN, CLUSTER = UUID(int=1), UUID(int=2), UUID(int=4), UUID(int=10), UUID(int=11)
COLUMNS = {
    COLUMN: ColumnV1(id=COLUMN, key="tx1", kind=ColumnKind.REGULAR, scale=Scale.MARK),
    CLUSTER: ColumnV1(id=CLUSTER, key="tx4", kind=ColumnKind.REGULAR, scale=Scale.MARK, is_cluster=True),
}
ROSTER = Roster(
    members={AN: Member(code="001"), BINH: Member(code="002", has_cluster=True), CHI: Member(code="003")}, exempt={CHI}
)


def entry(value, *, state=CellState.VALUE, pupil_id=AN, version=0):
    return CellEntry(pupil_id=pupil_id, state=state, value=value, version=version)


def write(value, *, column_id=COLUMN, **rest):
    return Write(column_id=column_id, entry=entry(value, **rest))


def faults(*writes):
    with pytest.raises(CellsInvalid) as refusal:
        checked(writes, COLUMNS, ROSTER)
    return [(fault["pupil_id"], fault["reason"]) for fault in refusal.value.fields["errors"]]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("7.5", "7.5"), ("7,5", "7.5"), ("8", "8.0"), ("8.00", "8.0"), ("0", "0.0"), ("10", "10.0"), (" 9 ", "9.0")],
)
def test_a_mark_is_kept_with_one_decimal_however_it_was_typed(typed, kept):
    assert normalised(entry(typed), Scale.MARK).value == kept


@pytest.mark.parametrize(
    "typed", ["10.5", "10.1", "-1", "-0.1", "7.25", "7.55", "", None, "abc", "NaN", "sNaN", "Infinity", "1e400"]
)
def test_no_other_text_is_a_mark(typed):
    assert normalised(entry(typed), Scale.MARK) is None


@pytest.mark.parametrize(("typed", "kept"), [("7", "7"), ("10", "10"), ("0", "0"), ("8.0", "8")])
def test_a_primary_test_is_marked_in_whole_numbers(typed, kept):
    assert normalised(entry(typed), Scale.TEST).value == kept


@pytest.mark.parametrize("typed", ["7.5", "7,5", "11", "-1", "", "T", "NaN"])
def test_no_other_text_is_a_mark_of_a_primary_test(typed):
    assert normalised(entry(typed), Scale.TEST) is None


@pytest.mark.parametrize(
    ("scale", "typed", "kept"),
    [
        (Scale.PASS, "Đ", "Đ"),
        (Scale.PASS, "đ", "Đ"),
        (Scale.PASS, "\u00d0", "Đ"),
        (Scale.PASS, "Đạt", "Đ"),
        (Scale.PASS, "CĐ", "CĐ"),
        (Scale.PASS, "C Đ", "CĐ"),
        (Scale.PASS, "Chưa đạt", "CĐ"),
        (Scale.LEVEL, "t", "T"),
        (Scale.LEVEL, "H", "H"),
        (Scale.LEVEL, "C", "C"),
        (Scale.QUALITY, "Đ", "Đ"),
        (Scale.QUALITY, "C", "C"),
    ],
)
def test_a_word_is_kept_as_schools_write_it(scale, typed, kept):
    assert normalised(entry(typed), scale).value == kept


@pytest.mark.parametrize(
    ("scale", "typed"),
    [
        (Scale.PASS, "8.0"),
        (Scale.PASS, "T"),
        (Scale.LEVEL, "Đ"),
        (Scale.QUALITY, "H"),
        (Scale.PASS, ""),
        (Scale.PASS, None),
    ],
)
def test_a_word_of_another_scale_cannot_stand(scale, typed):
    assert normalised(entry(typed), scale) is None


@pytest.mark.parametrize("state", [state for state in CellState if state is not CellState.VALUE])
@pytest.mark.parametrize("scale", Scale)
def test_a_cell_that_holds_no_value_has_none(state, scale):
    assert normalised(entry(None, state=state), scale) == entry(None, state=state)
    assert normalised(entry("8.0", state=state), scale) is None


def test_one_cell_that_cannot_stand_refuses_all_and_every_fault_is_named():
    stranger = UUID(int=3)

    named = faults(write("8"), write("11", pupil_id=BINH), write("9", pupil_id=stranger), write("7"))

    assert named == [(BINH, "bad_value"), (stranger, "unknown_pupil"), (AN, "written_twice")]


def test_a_clusters_assessment_is_only_for_those_who_take_the_cluster():
    assert faults(write("8", column_id=CLUSTER), write("8", column_id=CLUSTER, pupil_id=BINH)) == [(AN, "no_cluster")]


def test_only_a_pupil_exempt_by_decision_is_exempt_and_has_no_marks():
    exempt = write(None, state=CellState.EXEMPT, pupil_id=CHI)

    assert checked([exempt], COLUMNS, ROSTER) == [exempt]
    assert faults(write(None, state=CellState.EXEMPT), write("8", pupil_id=CHI)) == [
        (AN, "not_exempt"),
        (CHI, "exempt"),
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


def test_what_is_stale_is_told_with_the_cell_as_it_is():
    there = Cell(state=CellState.VALUE, value="8.0", version=1)
    late, fresh = write("9.0"), write("7.0", pupil_id=BINH)

    assert stale([late, fresh], {(COLUMN, AN): there}) == [(late, there)]
