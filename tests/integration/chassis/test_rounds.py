"""What a service does by itself is done when its time has come, by one process, and survives its own failures."""

from pathlib import Path

import pytest
from sqlalchemy import func, select, text

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
