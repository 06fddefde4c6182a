"""For any cell its whole history, for any two moments what differs; for teachers, leaders and those who oversee."""

from datetime import timedelta

import pytest

from services.chassis.errors import Forbidden, NotFound
from services.chassis.ids import new_id
from services.contracts.gradebook.history import AuditSheet, CellContent, CompareSheet, ReadCellHistory
from services.contracts.gradebook.sheets import CellState
from services.contracts.gradebook.signals import FindSignals, SignalCode
from services.contracts.gradebook.views import RecordViewedV1
from services.contracts.identity import Role, Viewed
from tests.integration.ledger.written_class import YEAR

MOMENTS = "SELECT seq, recorded_at FROM mark_history WHERE sheet_id = :id ORDER BY seq"
NOTHING = CellContent(state=CellState.EMPTY, value=None)


def value(text):
    return CellContent(state=CellState.VALUE, value=text)


@pytest.fixture
def written(a_class):
    """A class whose first pupil's mark was written, changed and cleared, and the others' written once."""
    a_class.write(["7.5", "8.0", "9.0"])
    a_class.write(["4.9"])
    a_class.write([None], basis="correction:12")
    return a_class


@pytest.fixture
def history_of(written):
    """A function that asks for the history of the first pupil's cell."""
    place = {"school_year": YEAR, "sheet_id": written.sheet_id, "pupil_id": written.pupils[0]}
    question = ReadCellHistory(**place, column_id=written.columns[written.sheet_id, "tx1"])
    return lambda person: written.gradebook.ask(question, person).changes


@pytest.fixture
def moments(written):
    """When each row of the first sheet was written, by seq."""
    return {row.seq: row.recorded_at for row in written.gradebook.sql(MOMENTS, id=written.sheet_id)}


def compare(a_class, from_at, to_at, person=None):
    question = CompareSheet(school_year=YEAR, sheet_id=a_class.sheet_id, from_at=from_at, to_at=to_at)
    cells = a_class.gradebook.ask(question, person or a_class.teacher).cells
    return {a_class.pupils.index(cell.pupil_id): (cell.before, cell.after) for cell in cells}


def test_a_cells_history_tells_who_made_it_what_when_and_on_what_basis(written, history_of, moments):
    changes = history_of(written.teacher)

    assert [(one.old, one.new) for one in changes] == [
        (NOTHING, value("7.5")), (value("7.5"), value("4.9")), (value("4.9"), NOTHING)
    ]  # fmt: skip
    assert [(one.seq, one.version, one.basis) for one in changes] == [
        (1, 1, None),
        (4, 2, None),
        (5, 3, "correction:12"),
    ]
    assert [one.recorded_at for one in changes] == [moments[seq] for seq in (1, 4, 5)]
    assert {(one.person_id, one.account_id) for one in changes} == {(written.teacher, written.teacher)}


def test_two_moments_differ_in_the_cells_that_stood_otherwise(written, moments):
    instant = timedelta(microseconds=1)

    assert compare(written, moments[1] - instant, moments[1]) == {
        0: (NOTHING, value("7.5")), 1: (NOTHING, value("8.0")), 2: (NOTHING, value("9.0"))
    }  # fmt: skip
    assert compare(written, moments[1], moments[4]) == {0: (value("7.5"), value("4.9"))}
    assert compare(written, moments[4], moments[5]) == {0: (value("4.9"), NOTHING)}


def test_moments_between_which_nothing_was_written_do_not_differ(written, moments):
    assert compare(written, moments[5], moments[5] + timedelta(days=1)) == {}


@pytest.mark.parametrize("reader", ["teacher", "homeroom", "principal"])
def test_a_schools_own_people_read_histories_and_need_not_be_logged(written, history_of, reader):
    before = written.gradebook.told(RecordViewedV1)

    assert history_of(getattr(written, reader))
    assert written.gradebook.told(RecordViewedV1) == before


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.OFFICER])
def test_who_oversees_the_school_reads_histories_and_every_look_is_logged(written, history_of, moments, role):
    overseer = written.gradebook.grant(role, written.unit_id)

    assert history_of(overseer)
    assert compare(written, moments[1], moments[4], overseer)

    told = [one for one in written.gradebook.told(RecordViewedV1) if one["person_id"] == str(overseer)]
    assert [(one["what"], one["pupil_ids"]) for one in told] == [(Viewed.HISTORY, [str(written.pupils[0])])] * 2


def test_for_others_there_is_no_such_sheet(written, history_of, moments):
    strangers = [new_id(), written.gradebook.grant(Role.INSPECTOR, new_id())]

    for stranger in strangers:
        with pytest.raises(NotFound):
            history_of(stranger)
        with pytest.raises(NotFound):
            compare(written, moments[1], moments[4], stranger)
        with pytest.raises(NotFound):
            written.gradebook.ask(AuditSheet(school_year=YEAR, sheet_id=written.sheet_id), stranger)


def test_a_column_that_the_sheet_has_not_has_no_history(written):
    place = {"school_year": YEAR, "sheet_id": written.sheet_id, "pupil_id": written.pupils[0]}

    with pytest.raises(NotFound):
        written.gradebook.ask(ReadCellHistory(**place, column_id=new_id()), written.teacher)


def test_signals_are_told_to_the_principal_and_to_inspectors_and_to_nobody_else(written):
    written.as_ruler(
        "UPDATE mark_history SET recorded_at = recorded_at - interval '2 days' WHERE sheet_id = :sheet AND version = 1"
    )
    written.write(["5.0"], key="gk")
    written.as_ruler(
        "INSERT INTO locks VALUES (:year, :class_id, 'TERM_1', :class_id, now() - interval '1 hour')",
        class_id=written.class_id,
    )
    question = FindSignals(school_year=YEAR, unit_id=written.unit_id)
    inspector = written.gradebook.grant(Role.INSPECTOR, written.unit_id)

    for person in (written.principal, inspector):
        found = written.gradebook.ask(question, person)
        planted = [signal for signal in found.signals if signal.code is SignalCode.PLANTED]
        assert [(one.sheet_id, one.seq, one.pupil_id) for one in planted] == [(written.sheet_id, 6, written.pupils[0])]
        assert found.alarmed == (written.sheet_id,)
    for person in (written.teacher, new_id()):
        with pytest.raises(Forbidden):
            written.gradebook.ask(question, person)
