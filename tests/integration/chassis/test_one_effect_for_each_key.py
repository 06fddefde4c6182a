"""A command has one effect and one answer for each key, however often and from wherever it is sent."""

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest

from services.chassis.errors import Forbidden, Invalid, Refused, Unauthenticated
from services.chassis.idempotency import KeyReused, YearUnknown
from services.chassis.ids import new_id
from services.chassis.objects import Objects
from services.chassis.service import Service
from services.contracts.messages import Command
from tests.integration.acting import Acting, RecordedAnswers
from tests.integration.chassis.bus import until

TEACHER = new_id()
WAITING = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkAdded:
    marks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AddMark(Command[MarkAdded]):
    operation: ClassVar[str] = "gradebook.add_mark"
    secrets: ClassVar[frozenset[str]] = frozenset({"pin"})
    school_year: int = 0
    mark: str
    pin: str = ""


class WindowClosed(Refused):
    """The window is closed."""

    code = "test.window_closed"


@pytest.fixture(scope="module")
def made(new_database, tmp_path_factory):
    service = Service("gradebook", Path())
    made = Acting(service, new_database("gradebook"), Objects(tmp_path_factory.mktemp("objects")), RecordedAnswers())
    made.sql("CREATE TABLE written (mark text)")
    return made


@pytest.fixture
def gradebook(made):
    made.sql("TRUNCATE written, idempotency")
    made.service.command(AddMark, add_mark)
    return made


def add_mark(tx, command, _actor):
    tx.conn.exec_driver_sql("INSERT INTO written VALUES (%s)", (command.mark,))
    return MarkAdded(marks=tx.conn.exec_driver_sql("SELECT count(*) FROM written").scalar_one())


def written(gradebook):
    return [row.mark for row in gradebook.sql("SELECT mark FROM written")]


def test_the_same_order_twice_is_one_mark_and_one_answer(gradebook):
    first = gradebook.ask(AddMark(mark="7.5"), TEACHER, key="k")
    gradebook.ask(AddMark(mark="8.0"), TEACHER, key="other")

    assert gradebook.ask(AddMark(mark="7.5"), TEACHER, key="k") == first == MarkAdded(marks=1)
    assert written(gradebook) == ["7.5", "8.0"]


def test_a_key_cannot_be_used_for_another_order(gradebook):
    gradebook.ask(AddMark(mark="7.5"), TEACHER, key="k")

    with pytest.raises(Refused) as refusal:
        gradebook.ask(AddMark(mark="9.5"), TEACHER, key="k")

    assert refusal.value.code == KeyReused.code
    assert written(gradebook) == ["7.5"]


def test_the_same_key_of_another_person_or_year_is_another_key(gradebook):
    gradebook.ask(AddMark(mark="7.5"), TEACHER, key="k")
    gradebook.ask(AddMark(mark="7.5"), new_id(), key="k")
    gradebook.ask(AddMark(mark="7.5", school_year=2025), TEACHER, key="k")

    assert len(written(gradebook)) == 3


def test_two_at_once_are_one_mark_and_one_answer(gradebook):
    begun, finish, answers = threading.Event(), threading.Event(), []

    def add_slowly(tx, command, actor):
        begun.set()
        finish.wait(30)
        return add_mark(tx, command, actor)

    def send():
        answers.append(gradebook.ask(AddMark(mark="7.5"), TEACHER, key="k"))

    gradebook.service.command(AddMark, add_slowly)
    senders = [threading.Thread(target=send) for _ in range(2)]
    for sender in senders:
        sender.start()
    begun.wait(30)
    until(lambda: gradebook.sql(WAITING))
    finish.set()
    for sender in senders:
        sender.join()

    assert answers == [MarkAdded(marks=1)] * 2
    assert written(gradebook) == ["7.5"]


def test_a_refused_order_leaves_its_key_free(gradebook):
    def refuse(tx, command, actor):
        add_mark(tx, command, actor)
        raise WindowClosed

    gradebook.service.command(AddMark, refuse)
    with pytest.raises(Refused, match=r"test\.window_closed"):
        gradebook.ask(AddMark(mark="7.5"), TEACHER, key="k")
    assert written(gradebook) == []

    gradebook.service.command(AddMark, add_mark)
    assert gradebook.ask(AddMark(mark="7.5"), TEACHER, key="k") == MarkAdded(marks=1)


def test_what_goes_before_a_command_is_not_done_again_for_a_stored_answer(gradebook):
    prepared = []
    gradebook.service.command(
        AddMark,
        lambda tx, command, actor, _: add_mark(tx, command, actor),
        before=lambda *asked: prepared.append(asked),
    )

    for _ in range(2):
        gradebook.ask(AddMark(mark="7.5"), TEACHER, key="k")

    assert len(prepared) == 1


def test_a_pin_is_kept_nowhere_and_does_not_make_another_order(gradebook):
    gradebook.ask(AddMark(mark="7.5", pin="123456"), TEACHER, key="k")
    [before] = gradebook.sql("SELECT request_digest FROM idempotency")

    assert gradebook.ask(AddMark(mark="7.5", pin="654321"), TEACHER, key="k") == MarkAdded(marks=1)
    assert [before] == gradebook.sql("SELECT request_digest FROM idempotency")


@pytest.mark.parametrize("school_year", [1999, 2100, -1])
def test_a_year_that_is_none_gets_no_room(gradebook, school_year):
    with pytest.raises(Invalid) as refusal:
        gradebook.ask(AddMark(mark="7.5", school_year=school_year), TEACHER)

    assert refusal.value.code == YearUnknown.code


def test_a_command_needs_a_key_of_sensible_length(gradebook):
    with pytest.raises(Invalid, match="idempotency key"):
        gradebook.ask(AddMark(mark="7.5"), TEACHER, key="k" * 201)


def test_a_command_needs_a_person(gradebook):
    with pytest.raises(Unauthenticated):
        gradebook.ask(AddMark(mark="7.5"))


def test_an_operation_between_services_opens_to_no_person_and_to_no_other_service(gradebook):
    gradebook.service.internal(AddMark, add_mark, systems=("transfer",))

    with pytest.raises(Forbidden):
        gradebook.ask(AddMark(mark="1.0"), TEACHER)
    with pytest.raises(Forbidden):
        gradebook.ask_as("notify", AddMark(mark="1.0"))
    assert gradebook.ask_as("transfer", AddMark(mark="7.5")) == MarkAdded(marks=1)
