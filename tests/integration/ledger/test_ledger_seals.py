"""Each save bears the service's seal, and what somebody writes past the service does not."""

from datetime import timedelta

import pytest

from services.contracts.gradebook.history import ReadLedgerKeys
from services.gradebook.ledger.seals import Seal, Sealed, is_genuine, ledger_key
from services.gradebook.repository import marks
from services.gradebook.repository import sheets as sheet_rows
from tests.integration.ledger.written_class import YEAR

SEALS = "SELECT * FROM mark_seals WHERE sheet_id = :sheet ORDER BY seq"


@pytest.fixture
def written(a_class):
    """A class with two saves of three and one of two in its first sheet."""
    a_class.write(["7.5", "8.0", "9.0"])
    a_class.write(["5.0", "6.0", "7.0"], key="gk")
    a_class.write(["5.5", "6.5"], key="gk", basis="correction 12")
    return a_class


def seals_of(a_class):
    rows = a_class.gradebook.sql(SEALS, sheet=a_class.sheet_id)
    names = Sealed.__dataclass_fields__
    return [
        Seal(sealed=Sealed(**{name: getattr(row, name) for name in names}), key_id=row.key_id, signature=row.signature)
        for row in rows
    ]


def faults(audit):
    return [(fault.code, fault.first, fault.last) for fault in audit.faults]


def test_each_save_bears_one_genuine_seal_over_its_last_row(written):
    history = written.gradebook.sql("SELECT seq, hash FROM mark_history WHERE sheet_id = :id", id=written.sheet_id)

    seals = seals_of(written)

    assert [seal.sealed.seq for seal in seals] == [3, 6, 8]
    assert {(seal.sealed.seq, seal.sealed.hash) for seal in seals} < {(row.seq, row.hash) for row in history}
    assert all(is_genuine(seal, ledger_key().public_keys()) for seal in seals)


def test_a_sheet_that_only_the_service_wrote_is_intact(written):
    audit = written.audit()

    assert (audit.intact, audit.history_rows, audit.broken_at, audit.faults) == (True, 8, None, ())


def test_the_key_that_seals_are_checked_by_is_told_to_anybody(written):
    keys = written.gradebook.ask(ReadLedgerKeys()).key_set["keys"]

    assert [key["kid"] for key in keys] == [seals_of(written)[0].key_id]
    assert all("d" not in key for key in keys)


def test_a_save_that_waited_for_another_is_not_dated_before_it(written):
    with written.gradebook.db.transaction() as late:
        late.now()
        written.write(["9.5"])
        held = sheet_rows.lock_sheet(late, YEAR, written.sheet_id)
        assert held.history_rows == 9
        written_at = late.now()
        again = [written.column_write("tx1", "8.5", version=2)]
        marks.write_cells(late, held, again, marks.Writer(account_id=written.teacher, person_id=written.teacher))

    moments = [row.recorded_at for row in written.gradebook.sql(SEALS, sheet=written.sheet_id)]
    assert written_at < moments[-1] == moments[-2]
    assert written.audit().intact


def test_a_row_written_past_the_service_has_no_seal(written):
    written.as_ruler("DELETE FROM mark_seals WHERE sheet_id = :sheet AND seq = 8")

    assert faults(written.audit()) == [("UNSEALED", 7, 8)]


def test_a_seal_that_another_key_made_is_forged(written):
    written.as_ruler("UPDATE mark_seals SET signature = sha512(signature) WHERE sheet_id = :sheet AND seq = 6")

    audit = written.audit()

    assert (audit.intact, audit.broken_at, faults(audit)) == (False, 4, [("SEAL_FORGED", 4, 6)])


def test_what_was_written_before_there_were_seals_is_a_warning_and_not_intact(a_class, gradebook):
    old = "UPDATE mark_history SET recorded_at = recorded_at - interval '2 years' WHERE sheet_id = :sheet"
    a_class.write(["7.5", "8.0", "9.0"])
    a_class.as_ruler("DELETE FROM mark_seals WHERE sheet_id = :sheet", old)
    a_class.rewrite(first=1)
    a_class.write(["5.0"], key="gk")

    audit = a_class.audit()

    assert (audit.intact, audit.broken_at) == (False, None)
    assert [(fault.code, fault.last, fault.is_warning) for fault in audit.faults] == [("NEVER_SEALED", 3, True)]
    assert gradebook.sql("SELECT min(recorded_at) + interval '1 year' > now() AS is_recent FROM mark_seals")[
        0
    ].is_recent


def test_seals_that_are_gone_do_not_make_rows_older_than_the_seals(written):
    written.as_ruler("DELETE FROM mark_seals WHERE sheet_id = :sheet")

    assert faults(written.audit()) == [("UNSEALED", 1, 8)]


@pytest.mark.parametrize("change", ["UPDATE {} SET hash = 'other'", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize("table", ["mark_seals", f"mark_seals_y{YEAR}"])
def test_seals_are_only_ever_added_to(written, table, change):
    with pytest.raises(Exception, match="append-only"):
        written.gradebook.sql(change.format(table))


def test_a_microsecond_that_the_hash_does_not_see_is_seen_by_the_seal(written):
    later = timedelta(microseconds=1)
    for _ in range(2):
        written.as_ruler(
            "UPDATE mark_history SET recorded_at = recorded_at + :later WHERE sheet_id = :sheet AND seq = 5",
            later=later,
        )

        assert written.audit().broken_at == 5
