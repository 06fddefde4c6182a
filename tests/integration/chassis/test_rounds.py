"""What a service does by itself is done when its time has come, by one process, and survives its own failures."""

import threading
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from services.chassis.database import Database, DatabaseAway
from services.chassis.processes import connections_of
from services.chassis.rounds import LEADER_LOCK, Rounds
from services.chassis.service import Service
from tests.integration.chassis.bus import running, until

MADE = "SELECT count(*) FROM heard"
NOTE = text("INSERT INTO heard (version) VALUES (1)")


@pytest.fixture
def made(gradebook):
    """How often the round was made."""
    return lambda: gradebook.sql(MADE)[0].count


def rounds(gradebook, *handlers, **before):
    service = Service("gradebook", Path())
    for handler in handlers:
        service.every(60, handler, **before)
    return Rounds(service.rounds, gradebook.outside)


def note(tx, *_fetched):
    tx.conn.execute(NOTE)
    return False


def fail(_tx):
    raise ValueError("of the test")


def test_a_round_is_made_at_the_start_and_again_when_its_time_has_come(gradebook, made):
    mine = rounds(gradebook, note)
    counts = []

    for now in (0, 59, 60, 61, 119, 300):
        mine.make_due(now)
        counts.append(made())

    assert counts == [1, 1, 2, 2, 2, 3]


def test_a_round_that_says_there_is_more_is_made_again_at_once(gradebook, made):
    def note_five(tx):
        note(tx)
        return tx.conn.execute(text(MADE)).scalar_one() < 5

    rounds(gradebook, note_five).make_due(0)

    assert made() == 5


def test_a_round_is_given_what_was_fetched_before_its_transaction(gradebook):
    heard = []

    def handler(_tx, fetched):
        heard.append(fetched)
        return False

    rounds(gradebook, handler, before=lambda outside: outside.db is gradebook.db).make_due(0)

    assert heard == [True]


def test_a_round_that_fails_leaves_nothing_and_does_not_keep_others_from_theirs(gradebook, made):
    def note_and_fail(tx):
        note(tx)
        fail(tx)

    mine = rounds(gradebook, note_and_fail, note)
    mine.make_due(0)
    mine.make_due(60)

    assert made() == 2


def test_only_the_process_that_holds_the_lock_makes_the_rounds(gradebook, made):
    with gradebook.db.connection() as held:
        held.execute(select(func.pg_advisory_lock(LEADER_LOCK, 1)))
        with running(rounds(gradebook, note)) as waiting:
            assert made() == 0
            held.execute(select(func.pg_advisory_unlock(LEADER_LOCK, 1)))

            until(made)
            assert waiting is not None


def test_all_rounds_of_a_process_are_at_work_at_once(gradebook):
    """As when a term ends: none of them waits for a connection that another holds."""
    together, met = threading.Barrier(8, timeout=30), []
    service = Service("gradebook", Path())
    for _ in range(together.parties):
        service.every(60, lambda _tx: met.append(together.wait()))
    db = Database(gradebook.db.url, pool=connections_of(service, {"worker"}, worker_threads=2))
    outside = replace(gradebook.outside, db=db)

    with ExitStack() as open_ones:
        for number, one in enumerate(service.rounds, start=1):
            open_ones.enter_context(running(Rounds([one], outside, number=number)))
        until(lambda: len(met) == together.parties)

    db.engine.dispose()


def test_where_no_connection_is_free_the_database_is_away_for_a_moment(gradebook, monkeypatch):
    db = Database(gradebook.db.url, pool=1)
    monkeypatch.setattr(db.engine.pool, "_timeout", 0.05)

    with db.connection(), pytest.raises(DatabaseAway), db.transaction():
        pass
    with db.transaction() as tx:
        assert tx.conn.execute(text("SELECT 1")).scalar_one() == 1
    db.engine.dispose()
