"""Work from the inbox is tried again with growing delay, set aside with its reason, replayed or dropped."""

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar
from uuid import uuid4

import pytest

from services.chassis import inbox
from services.chassis.codec import encode
from services.chassis.database import DatabaseAway
from services.chassis.errors import NotFound, Refused, Unavailable
from services.chassis.processes import connections_of
from services.chassis.service import Service
from services.chassis.worker import MAX_ATTEMPTS, MAX_ATTEMPTS_UNAVAILABLE, MAX_DELAY_SECONDS, Worker
from services.contracts.identity import GrantChangedV1
from services.contracts.messages import Task
from tests.integration.chassis.appointments import appointment, heard, received
from tests.integration.chassis.conftest import note

DELAY = "SELECT round(extract(epoch FROM due_at - now())) AS seconds FROM inbox"
RECORD = "SELECT id, state, attempts, reason FROM inbox"
LOCKS = """
    SELECT pid FROM pg_locks JOIN pg_database ON pg_database.oid = database
    WHERE locktype = 'advisory' AND datname = current_database()
"""


class SheetClosed(Refused):
    """The sheet is closed."""

    code = "test.sheet_closed"


def refuse(tx, events):
    note(tx, events)
    raise SheetClosed


def be_away(_tx, _events):
    raise Unavailable


def try_once(gradebook):
    """One try of whatever is due or delayed."""
    gradebook.sql("UPDATE inbox SET due_at = now() WHERE state = 'PENDING'")
    return Worker(gradebook.service, gradebook.outside, None).work_once()


def test_each_failure_doubles_the_delay_until_the_work_is_set_aside_with_its_reason(gradebook):
    gradebook.service.consumes(GrantChangedV1, refuse)
    gradebook.hear(appointment())
    delays = []

    for _ in range(MAX_ATTEMPTS - 1):
        try_once(gradebook)
        delays += [int(row.seconds) for row in gradebook.sql(DELAY)]
    assert delays == [1, 2, 4, 8]

    try_once(gradebook)
    [row] = gradebook.sql(RECORD)
    assert (row.state, row.attempts) == ("DEAD", MAX_ATTEMPTS)
    assert row.reason == "test.sheet_closed: The sheet is closed."
    assert not try_once(gradebook)


def test_work_that_fails_leaves_nothing_behind(gradebook):
    gradebook.service.consumes(GrantChangedV1, refuse)
    gradebook.hear(appointment())

    try_once(gradebook)

    assert heard(gradebook) == []


@pytest.mark.parametrize(("tried", "state"), [(MAX_ATTEMPTS_UNAVAILABLE - 2, "PENDING"), (39, "DEAD")])
def test_what_waits_for_another_service_is_tried_for_longer(gradebook, tried, state):
    gradebook.service.consumes(GrantChangedV1, be_away)
    gradebook.hear(appointment())
    gradebook.sql("UPDATE inbox SET attempts = :tried, reason = 'away'", tried=tried)

    try_once(gradebook)

    assert [row.state for row in gradebook.sql(RECORD)] == [state]
    if state == "PENDING":
        assert [int(row.seconds) for row in gradebook.sql(DELAY)] == [MAX_DELAY_SECONDS]


def test_a_replayed_row_is_worked_on_and_a_dropped_one_stays_to_be_seen(gradebook):
    gradebook.service.consumes(GrantChangedV1, refuse)
    for _ in range(2):
        gradebook.hear(appointment())
    while try_once(gradebook):
        pass
    with gradebook.db.transaction() as tx:
        first, second = inbox.dead_rows(tx)
        inbox.replay(tx, first.id)
        inbox.drop(tx, second.id)
    gradebook.service.consumes(GrantChangedV1, note)

    gradebook.work()

    assert [state for state, _ in received(gradebook)] == ["DONE", "DROPPED"]
    assert [str(record_id) for record_id, _ in heard(gradebook)] == [first.data["record_id"]]


@pytest.mark.parametrize("operator_does", [inbox.replay, inbox.drop])
def test_only_a_dead_row_can_be_replayed_or_dropped(gradebook, operator_does):
    gradebook.tell(appointment())
    [row] = gradebook.sql(RECORD)

    with pytest.raises(NotFound), gradebook.db.transaction() as tx:
        operator_does(tx, row.id)


def test_one_bad_event_holds_up_none_of_those_that_came_with_it(gradebook):
    bad = appointment()

    def refuse_one(tx, events):
        if bad.record_id in {event.record_id for event in events}:
            raise SheetClosed
        note(tx, events)

    gradebook.service.consumes(GrantChangedV1, refuse_one)
    for told in (appointment(), bad, appointment()):
        gradebook.hear(told)

    try_once(gradebook)

    assert [state for state, _ in received(gradebook)] == ["DONE", "PENDING", "DONE"]


def test_a_try_is_counted_before_it_begins_so_that_one_which_kills_its_process_counts(gradebook):
    counted = []

    def look(_tx, _events):
        counted.extend(row.attempts for row in gradebook.sql(RECORD))

    gradebook.service.consumes(GrantChangedV1, look)
    gradebook.tell(appointment())

    assert counted == [1]


def test_work_that_never_ended_is_set_aside_by_itself(gradebook):
    killer, innocent = appointment(), appointment()
    gradebook.hear(killer)
    gradebook.sql("UPDATE inbox SET attempts = :killed", killed=MAX_ATTEMPTS)
    gradebook.hear(innocent)

    gradebook.work()

    assert [(row.state, (row.reason or "")[:17]) for row in gradebook.sql(f"{RECORD} ORDER BY id")] == [
        ("DEAD", "inbox.never_ended"),
        ("DONE", ""),
    ]
    assert heard(gradebook) == [(innocent.record_id, 1)]


def test_what_was_tried_before_shares_no_transaction_with_others(gradebook):
    together = []
    gradebook.service.consumes(GrantChangedV1, lambda _tx, events: together.append(len(events)))
    for _ in range(3):
        gradebook.hear(appointment())
    gradebook.sql("UPDATE inbox SET attempts = 1 WHERE id = (SELECT min(id) FROM inbox)")

    gradebook.work()

    assert together == [1, 2]


def test_two_workers_never_do_the_same_work(gradebook):
    begun, finish = threading.Event(), threading.Event()

    def take_long(tx, events):
        begun.set()
        finish.wait(30)
        note(tx, events)

    gradebook.service.consumes(GrantChangedV1, take_long)
    gradebook.hear(appointment())
    slow = threading.Thread(target=try_once, args=(gradebook,))
    slow.start()
    begun.wait(30)

    second_found_work = Worker(gradebook.service, gradebook.outside, None).work_once()
    finish.set()
    slow.join()

    assert not second_found_work
    assert len(heard(gradebook)) == 1


def test_a_worker_leaves_no_lock_behind(gradebook):
    gradebook.tell(appointment())

    assert gradebook.sql(LOCKS) == []


def test_a_worker_that_loses_its_connection_says_so_and_goes_on(gradebook):
    def cut_off(tx, events):
        for row in gradebook.sql(LOCKS):
            gradebook.sql("SELECT pg_terminate_backend(:pid, 10000)", pid=row.pid)
        note(tx, events)

    gradebook.service.consumes(GrantChangedV1, cut_off)
    gradebook.hear(appointment())

    with pytest.raises(DatabaseAway):
        try_once(gradebook)

    assert not try_once(gradebook)
    assert [state for state, _ in received(gradebook)] == ["DONE"]
    assert len(heard(gradebook)) == 1


def test_a_message_that_nobody_works_on_is_set_aside(gradebook):
    with gradebook.db.transaction() as tx:
        inbox.store(tx, event_id=uuid4(), event_type="vn.hocba.x.y.v1", data={}, raw=None, traceparent=None)

    while try_once(gradebook):
        pass

    [row] = gradebook.sql(RECORD)
    assert (row.state, row.reason.split(":")[0]) == ("DEAD", "inbox.not_consumed")


def test_a_message_that_does_not_fit_its_contract_is_set_aside_with_the_place(gradebook):
    with gradebook.db.transaction() as tx:
        data = encode(appointment()) | {"version": "one"}
        inbox.store(tx, event_id=uuid4(), event_type=GrantChangedV1.type, data=data, raw=None, traceparent=None)

    while try_once(gradebook):
        pass

    [row] = gradebook.sql(RECORD)
    assert row.state == "DEAD"
    assert "$.version" in row.reason


def test_every_try_has_the_same_key_for_what_it_asks_of_others(gradebook):
    keys = []

    def fetch(_events, outside):
        keys.append(outside.key)
        raise Unavailable

    gradebook.service.consumes(GrantChangedV1, note, before=fetch)
    gradebook.hear(appointment())
    try_once(gradebook)
    try_once(gradebook)

    assert len(keys) == 2
    assert len(set(keys)) == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CallParents(Task):
    """Ring them up, and wait until they answer."""

    type: ClassVar[str] = "test.call_parents"


def test_work_that_waits_for_people_is_done_by_threads_of_its_own_and_holds_up_nothing(gradebook):
    called = []
    gradebook.service.task(CallParents, lambda _tx, task: called.append(task), threads=3)
    gradebook.service.consumes(GrantChangedV1, note)
    with gradebook.db.transaction() as tx:
        tx.later(CallParents())
    gradebook.hear(appointment())
    others, alone = gradebook.worker(), gradebook.worker(alone=CallParents.type)

    assert [others.work_once(), others.work_once()] == [True, False]
    assert (len(heard(gradebook)), called) == (1, [])
    assert [alone.work_once(), alone.work_once()] == [True, False]
    assert called == [CallParents()]


def test_a_process_has_connections_for_all_its_threads():
    service = Service("gradebook", Path())
    before = connections_of(service, {"worker"}, worker_threads=2)
    service.task(CallParents, note, threads=3)

    assert connections_of(service, {"worker"}, worker_threads=2) == before + 6
