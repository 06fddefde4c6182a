"""Heads of mark histories leave gradebook's database in numbered batches, and signing keeps them for ever."""

import hashlib
from datetime import UTC, datetime
from uuid import uuid4

import msgspec
import pytest

from services.chassis.codec import decode
from services.chassis.errors import Invalid
from services.contracts.gradebook.history import MarkHeadsPublishedV1
from services.contracts.messages import Change
from services.gradebook.repository import sheets as sheet_rows
from services.gradebook.usecases import heads
from tests.integration.ledger.written_class import YEAR

KEPT = "SELECT seq, hash FROM mark_heads WHERE sheet_id = :sheet ORDER BY seq"
PUBLISHED = "SELECT published_rows FROM sheets WHERE id = :sheet"


@pytest.fixture
def gradebook(gradebook):
    """Gradebook with nothing left to publish."""
    publish(gradebook)
    gradebook.sql("TRUNCATE outbox")
    return gradebook


@pytest.fixture
def kept(gradebook, signing, a_class):
    """Signing with a head in its keeping."""
    a_class.write(["7.5"])
    publish(gradebook)
    signing.tell(events(gradebook)[0])
    return signing


def publish(gradebook):
    """Make the round once; gives whether there was more."""
    gathered = heads.gather_heads(gradebook.outside)
    with gradebook.db.transaction() as tx:
        return heads.publish_heads(tx, gathered)


def events(gradebook):
    return [decode(MarkHeadsPublishedV1, data) for data in gradebook.told(MarkHeadsPublishedV1)]


def head_of(gradebook, sheet_id):
    (row,) = gradebook.sql("SELECT history_rows, chain_head FROM sheets WHERE id = :sheet", sheet=sheet_id)
    return (row.history_rows, row.chain_head)


def test_the_heads_that_changed_are_published_once(gradebook, a_class):
    a_class.write(["7.5", "8.0", "9.0"])
    a_class.write(["5.0"], sheet=1)

    publish(gradebook)
    publish(gradebook)

    (event,) = events(gradebook)
    lines = [msgspec.json.decode(line) for line in gradebook.objects.get(event.digest.hex()).splitlines()]
    assert event.heads == len(lines) == 2
    assert {(line["school_year"], line["sheet_id"], line["seq"], line["hash"]) for line in lines} == {
        (YEAR, str(sheet_id), *head_of(gradebook, sheet_id)) for sheet_id in a_class.sheets
    }


def test_batches_are_numbered_without_gaps(gradebook, a_class):
    for mark in ("7.5", "8.0", "8.5"):
        a_class.write([mark])
        publish(gradebook)

    numbers = [event.version for event in events(gradebook)]
    assert numbers == list(range(numbers[0], numbers[0] + 3))
    assert [row.number for row in gradebook.sql("SELECT number FROM head_batches ORDER BY 1")] == [
        *range(1, numbers[-1] + 1)
    ]


def test_a_round_killed_before_its_commit_loses_no_head(gradebook, a_class):
    a_class.write(["7.5"])
    heads.gather_heads(gradebook.outside)  # and here it was killed

    publish(gradebook)

    assert [event.heads for event in events(gradebook)] == [1]


def test_a_sheet_that_grew_while_the_round_was_made_is_published_again(gradebook, a_class):
    a_class.write(["7.5"])
    gathered = heads.gather_heads(gradebook.outside)
    a_class.write(["8.0"])

    with gradebook.db.transaction() as tx:
        heads.publish_heads(tx, gathered)
    publish(gradebook)

    assert [event.heads for event in events(gradebook)] == [1, 1]
    assert gradebook.sql(PUBLISHED, sheet=a_class.sheet_id)[0].published_rows == 2


def test_a_round_does_not_wait_for_a_teacher_who_is_saving(gradebook, a_class):
    a_class.write(["7.5"])
    a_class.write(["7.5"], sheet=1)
    with gradebook.db.transaction() as saving:
        sheet_rows.lock_sheet(saving, YEAR, a_class.sheet_id)

        publish(gradebook)

    assert [event.heads for event in events(gradebook)] == [2]
    assert [gradebook.sql(PUBLISHED, sheet=sheet_id)[0].published_rows for sheet_id in a_class.sheets] == [0, 1]


def test_many_heads_go_in_several_batches_at_once(gradebook, a_class, monkeypatch):
    monkeypatch.setattr(heads, "BATCH", 1)
    a_class.write(["7.5"])
    a_class.write(["7.5"], sheet=1)

    assert [publish(gradebook) for _ in range(3)] == [True, True, False]
    assert [event.heads for event in events(gradebook)] == [1, 1]


def test_signing_keeps_what_was_published_and_hears_of_it_twice_without_harm(gradebook, signing, a_class):
    a_class.write(["7.5"])
    publish(gradebook)
    a_class.write(["8.0"])
    publish(gradebook)

    for event in events(gradebook) * 2:
        signing.tell(event)

    assert signing.unfinished() == []
    kept = [(row.seq, row.hash) for row in signing.sql(KEPT, sheet=a_class.sheet_id)]
    assert [seq for seq, _ in kept] == [1, 2]
    assert kept[-1] == head_of(gradebook, a_class.sheet_id)
    assert signing.sql("SELECT count(*) FROM mark_head_batches")[0].count == 2


def test_each_batch_that_signing_keeps_enters_the_transparency_log(gradebook, signing, a_class):
    a_class.write(["7.5"])
    publish(gradebook)
    [event] = events(gradebook)
    signing.tell(event)

    queued = signing.sql(
        "SELECT digest FROM log_queue WHERE kind = 'mark_heads' AND reference = :id", id=str(event.record_id)
    )
    assert [bytes(row.digest) for row in queued] == [event.digest]


def test_another_head_for_the_same_row_stands_beside_the_first(gradebook, signing, a_class):
    a_class.write(["7.5"])
    publish(gradebook)
    a_class.as_ruler("UPDATE mark_history SET value = '10.0' WHERE sheet_id = :sheet")
    a_class.rewrite()
    a_class.as_ruler("UPDATE sheets SET published_rows = 0 WHERE id = :sheet")
    publish(gradebook)

    for event in events(gradebook):
        signing.tell(event)

    assert len({row.hash for row in signing.sql(KEPT, sheet=a_class.sheet_id)}) == 2


def test_a_file_with_fewer_heads_than_announced_is_not_taken(signing, objects):
    data = b""
    event = MarkHeadsPublishedV1(
        record_id=uuid4(),
        change=Change.NEW,
        version=99,
        updated_at=datetime(2026, 1, 5, tzinfo=UTC),
        digest=hashlib.sha256(data).digest(),
        heads=1,
    )
    objects.put(data)

    with pytest.raises(Invalid, match="batch 99"):
        signing.service.work[event.type].before([event], signing.outside)


@pytest.mark.parametrize("table", ["mark_heads", f"mark_heads_y{YEAR}", "mark_head_batches"])
@pytest.mark.parametrize("change", ["UPDATE {} SET hash = ''", "DELETE FROM {}", "TRUNCATE {}"])
def test_what_signing_keeps_is_only_ever_added_to(kept, table, change):
    column = "digest" if table == "mark_head_batches" else "hash"

    with pytest.raises(Exception, match="append-only"):
        kept.sql(change.format(table).replace("hash", column))
