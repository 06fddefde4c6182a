"""What must fit together is read from one state of the database, whatever is committed meanwhile."""

import pytest
from sqlalchemy.exc import InternalError

COUNT = "SELECT count(*) FROM heard"
HEAR = "INSERT INTO heard (record_id, version) VALUES (gen_random_uuid(), 1)"


@pytest.fixture
def counted_twice(school):
    """Counts twice what gradebook has heard of, once before and once after it hears of something new."""

    def count(opened):
        school.sql("TRUNCATE heard")
        with opened() as tx:
            before = tx.conn.exec_driver_sql(COUNT).scalar_one()
            school.sql(HEAR)
            return before, tx.conn.exec_driver_sql(COUNT).scalar_one()

    return count


def test_a_snapshot_does_not_see_what_is_committed_meanwhile(school, counted_twice):
    assert counted_twice(school.db.snapshot) == (0, 0)


def test_a_transaction_sees_it_and_is_none_the_worse_for_a_snapshot_before(school, counted_twice):
    counted_twice(school.db.snapshot)

    assert counted_twice(school.db.transaction) == (0, 1)


def test_a_snapshot_writes_nothing(school):
    with pytest.raises(InternalError), school.db.snapshot() as tx:
        tx.conn.exec_driver_sql(HEAR)
