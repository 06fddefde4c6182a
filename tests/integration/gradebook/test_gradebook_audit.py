"""The chain of a sheet's history tells of every change, even by someone who rules the database."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from services.contracts.gradebook.history import AuditSheet
from services.gradebook.ledger import link
from services.gradebook.repository import marks
from tests.integration.gradebook.small_school import MATHS, YEAR

FIRST = "UPDATE mark_history SET {} WHERE sheet_id = :sheet AND seq = {}"


@pytest.fixture
def written(school):
    """A sheet with five rows of history."""
    school.save(["7.5", "8.0", "9.0"])
    school.save(["5.0", "6.0"], versions=(1, 1))
    return school


def audit(school):
    question = AuditSheet(school_year=YEAR, sheet_id=school.sheets[MATHS, 1].id)
    return school.gradebook.ask(question, school.principal)


def as_ruler(school, *statements, **values):
    """As the database's owner could, with its guards switched off."""
    with school.gradebook.db.transaction() as tx:
        tx.conn.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            tx.conn.execute(text(statement), {"sheet": school.sheets[MATHS, 1].id, **values})


def test_an_untouched_sheet_is_intact(written):
    found = audit(written)

    assert (found.intact, found.history_rows, found.broken_at) == (True, 5, None)


def test_a_sheet_without_history_is_intact(school):
    assert audit(school).intact


@pytest.mark.parametrize(
    "change",
    ["value = '10.0'", "state = 'EXEMPT', value = NULL", "person_id = sheet_id", "account_id = sheet_id",
     "recorded_at = recorded_at - interval '1 microsecond'", "pupil_id = sheet_id", "version = 9", "hash = 'other'"],
)  # fmt: skip
def test_an_altered_row_is_found(written, change):
    as_ruler(written, FIRST.format(change, 2))

    found = audit(written)

    assert (found.intact, found.broken_at) == (False, 2)


def test_a_deleted_row_is_found(written):
    as_ruler(written, "DELETE FROM mark_history WHERE sheet_id = :sheet AND seq = 3")

    assert audit(written).broken_at == 3


def test_a_deleted_row_is_found_even_when_the_rest_is_numbered_anew(written):
    as_ruler(
        written,
        "DELETE FROM mark_history WHERE sheet_id = :sheet AND seq = 3",
        *(FIRST.format("seq = seq - 1", seq) for seq in (4, 5)),
    )

    assert audit(written).broken_at == 3


def test_an_inserted_row_is_found(written):
    as_ruler(
        written,
        *(FIRST.format("seq = seq + 1", seq) for seq in (5, 4, 3)),
        """
        INSERT INTO mark_history
        SELECT school_year, sheet_id, 3, column_id, pupil_id, 7, state, '10.0', account_id, person_id, recorded_at, hash
        FROM mark_history WHERE sheet_id = :sheet AND seq = 2
        """,
    )

    assert audit(written).broken_at == 3


def test_a_row_added_at_the_end_with_a_right_hash_is_found(written):
    with written.gradebook.db.transaction() as tx:
        entries, hashes = marks.history_of(tx, YEAR, written.sheets[MATHS, 1].id)
    added = replace(entries[-1], seq=6, version=3)
    as_ruler(
        written,
        """
        INSERT INTO mark_history
        SELECT school_year, sheet_id, 6, column_id, pupil_id, 3, state, value, account_id, person_id, recorded_at, :hash
        FROM mark_history WHERE sheet_id = :sheet AND seq = 5
        """,
        hash=link(hashes[-1], added),
    )

    assert audit(written).broken_at == 7


def test_rows_in_another_order_are_found(written):
    as_ruler(written, FIRST.format("seq = 99", 2), FIRST.format("seq = 2", 3), FIRST.format("seq = 3", 99))

    assert audit(written).broken_at == 2


def test_a_cut_end_is_found(written):
    as_ruler(written, "DELETE FROM mark_history WHERE sheet_id = :sheet AND seq > 3")

    assert audit(written).broken_at == 4


def test_a_history_moved_to_another_sheet_is_found(written):
    other = written.sheets[MATHS, 2].id
    as_ruler(
        written,
        "UPDATE mark_history SET sheet_id = :other WHERE sheet_id = :sheet",
        """
        UPDATE sheets SET (history_rows, chain_head) = (SELECT history_rows, chain_head FROM sheets WHERE id = :sheet)
        WHERE id = :other
        """,
        other=other,
    )

    question = AuditSheet(school_year=YEAR, sheet_id=other)
    assert written.gradebook.ask(question, written.principal).broken_at == 1
