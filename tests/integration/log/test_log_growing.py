"""The log takes everything that is true, once each, in an order that never changes, whatever is killed meanwhile."""

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy.exc import ProgrammingError

from services.chassis.errors import Problem
from services.chassis.merkle import is_consistent
from services.signing.log import rows, sequencing
from services.signing.log.rows import LOG_LOCK
from services.signing.log.sequencing import LogForked
from services.signing.log.tiles import Tile, TiledTree
from tests.integration.log.growing_log import files

ROOT = Path(__file__).parents[3]
ROUND = """
import sys
from pathlib import Path
from services.chassis.database import Database
from services.chassis.objects import Objects
from services.chassis.service import Outside
from services.signing.log.commitments import Salts
from services.signing.log.keys import signer_of
from services.signing.log.sequencing import Sequencer
from services.signing.settings import Settings
from services.chassis.settings import load

settings = load(Settings, "signing")
signer = signer_of(settings.log_key, settings.log_origin)
sequencer = Sequencer(signer=signer, salts=Salts(settings.log_secret.encode()))
outside = Outside(db=Database(sys.argv[1]), objects=Objects(Path()), rpc=None, run=None)
sequencer.integrate(outside)
with outside.db.transaction() as tx:
    sequencer.publish(tx, None)
"""


def root_of(log):
    """The root over the entries as a stranger reads them, tile by tile."""
    checkpoint = log.checkpoint()
    return TiledTree(size=checkpoint.size, fetch=log.fetch).root()


def grows_from(log, before):
    """Whether the log of now begins with what it was."""
    now = log.checkpoint()
    proof = TiledTree(size=now.size, fetch=log.fetch).consistency(before.size)
    return is_consistent(before.size, now.size, proof, before.root, now.root)


def counts(log):
    [row] = log.signing.sql("""
        SELECT (SELECT count(*) FROM log_entries) AS entries, (SELECT count(*) FROM log_queue) AS waiting,
               (SELECT count(*) FROM log_checkpoints) AS checkpoints
    """)
    return tuple(row)


@pytest.fixture
def killed(log, tmp_path):
    """A round in a process of its own that dies at the point named; gives its exit code."""

    def make(point):
        (tmp_path / "orders").mkdir(exist_ok=True)
        (tmp_path / "orders" / point).touch()
        told = {"HOCBA_FAILPOINTS": str(tmp_path / "orders"), "HOCBA_SIGNING_SERVER_KEY": "khóa",
                "HOCBA_SIGNING_AUTHORITY": "", "HOCBA_SIGNING_PUBLIC_URL": ""}  # fmt: skip
        argv = [sys.executable, "-c", ROUND, log.signing.db.url]
        return subprocess.run(argv, check=False, cwd=ROOT, env=os.environ | told).returncode

    return make


def test_an_empty_log_has_a_checkpoint_too(log):
    log.integrate()
    log.publish()

    assert (log.checkpoint().size, root_of(log)) == (0, log.checkpoint().root)


@pytest.mark.parametrize("steps", [(1, 2), (255, 256, 257), (700,), (256, 300, 600, 601)])
def test_every_checkpoint_is_the_root_of_its_tiles_and_begins_with_the_one_before(log, steps):
    before, last = log.grow(0, 0), 0
    for step in steps:
        after = log.grow(last, step)

        assert (after.size, root_of(log)) == (step, after.root)
        assert grows_from(log, before)
        before, last = after, step


def test_tiles_of_the_second_level_are_the_roots_of_those_of_the_first(log):
    log.grow(0, 100)
    log.grow(100, 66_000)

    assert root_of(log) == log.checkpoint().root
    assert log.signing.sql("SELECT level, count(*) FROM log_tiles GROUP BY 1 ORDER BY 1") == [(0, 257), (1, 1)]


def test_what_is_added_twice_is_one_entry(log):
    log.add(files(0, 3) + files(2, 4))
    log.integrate()
    log.add(files(0, 5))
    log.integrate()

    references = [row.reference for row in log.signing.sql("SELECT reference FROM log_entries ORDER BY index")]
    assert references == [one.reference for one in files(0, 5)]
    assert counts(log) == (5, 0, 0)


def test_what_was_added_in_a_transaction_that_failed_is_not_in_the_log(log):
    def add_and_fail(tx):
        sequencing.add(tx, files(0, 1))
        raise ValueError("of the test")

    with pytest.raises(ValueError, match="of the test"), log.signing.db.transaction() as tx:
        add_and_fail(tx)
    log.integrate()

    assert counts(log) == (0, 0, 0)


def test_a_fresh_checkpoint_is_made_where_nothing_came(log):
    first = log.grow(0, 5)
    second = log.grow(0, 0)

    assert (second.size, second.root) == (first.size, first.root)
    assert second.made_at >= first.made_at
    assert counts(log) == (5, 0, 2)


def test_two_sequencers_at_once_make_one_log(log, monkeypatch):
    monkeypatch.setattr(sequencing, "BATCH", 40)
    log.grow(0, 10)
    before = log.checkpoint()
    log.add(files(10, 900))

    with ThreadPoolExecutor(3) as pool:
        works = [pool.submit(work) for work in [log.integrate, log.publish] * 3]
        for work in works:
            work.result()
    log.publish()

    assert (log.checkpoint().size, root_of(log)) == (900, log.checkpoint().root)
    assert grows_from(log, before)
    [numbers] = log.signing.sql("SELECT max(number), count(*) FROM log_checkpoints")
    assert numbers[0] == numbers[1]


def test_a_second_sequencer_waits_for_the_first(log):
    log.add(files(0, 10))
    with log.signing.db.transaction() as first:
        rows.hold(first)
        second = threading.Thread(target=log.integrate)
        second.start()
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND classid = :lock"
        while not log.signing.sql(waiting, lock=LOG_LOCK[0])[0].count:
            pass
        assert counts(log) == (0, 10, 0)
    second.join()

    assert counts(log) == (10, 0, 0)


@pytest.mark.parametrize(
    ("point", "left"), [("log.before_commit", (5, 300, 1)), ("log.before_checkpoint", (305, 0, 1))]
)
def test_a_round_killed_anywhere_loses_nothing_and_the_next_one_goes_on(log, killed, point, left):
    before = log.grow(0, 5)
    log.add(files(5, 305))

    assert killed(point) == -signal.SIGKILL
    assert (counts(log), log.checkpoint()) == (left, before)
    assert root_of(log) == before.root

    log.integrate()
    log.publish()
    assert (log.checkpoint().size, root_of(log)) == (305, log.checkpoint().root)
    assert grows_from(log, before)


@pytest.mark.parametrize("table", ["log_entries", "log_tiles", "log_checkpoints", "log_cosignatures"])
@pytest.mark.parametrize("change", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_what_is_in_the_log_is_only_ever_added_to(log, table, change):
    column = {"log_checkpoints": "note", "log_cosignatures": "line"}.get(table, "index")

    with pytest.raises(ProgrammingError, match="append-only"):
        log.signing.sql(change.format(table, column, column))


@pytest.mark.parametrize("indexes", ["6", "4", "5, 7", "7, 8"])
def test_the_database_takes_no_entries_that_leave_a_gap(log, indexes):
    log.grow(0, 5)

    with pytest.raises(Exception, match=r"no gaps|duplicate"):
        log.signing.sql(f"""
            INSERT INTO log_entries SELECT i, 'file', 'x' || i, sha256(i::text::bytea)
            FROM unnest(ARRAY[{indexes}]) AS i
        """)  # noqa: S608 - figures of the test


def test_a_log_whose_entries_were_changed_behind_its_back_is_not_signed_again(log):
    log.grow(0, 300)
    log.as_ruler("UPDATE log_entries SET entry = sha256('x') WHERE index = 290")

    with pytest.raises(LogForked, match="at size 300"):
        log.grow(300, 301)
    assert counts(log) == (301, 0, 1)


def test_a_log_that_lost_entries_is_not_signed_again(log):
    log.grow(0, 300)
    log.as_ruler("DELETE FROM log_entries WHERE index >= 299")

    with pytest.raises(LogForked):
        log.publish()


def test_a_tile_with_rows_missing_is_not_served(log):
    log.grow(0, 300)
    log.as_ruler("DELETE FROM log_entries WHERE index = 7")

    with pytest.raises(Problem, match="log_damaged"):
        log.fetch(Tile(level=0, index=0))
