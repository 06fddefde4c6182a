"""What services promise one another: names, shapes, who serves and who hears what."""

import dataclasses
import json
import re
import typing
from datetime import datetime

import pytest

from services.chassis.codec import answer_of
from services.contracts import platform
from services.contracts.identity import Change
from services.contracts.messages import Command, Event, Moment, Query, Request
from services.contracts.schemas import messages, schemas
from tests.contracts.publish import PUBLISHED, event_schemas

REQUESTS = {name: shape for name, shape in messages().items() if issubclass(shape, Request)}
EVENTS = {name: shape for name, shape in messages().items() if issubclass(shape, Event)}
PERSONAL = ("name", "mark", "value", "personal_id", "born", "email", "phone", "address", "level", "conduct", "gender")
WHOLE_NAME = {"version", "change", "updated_at"}


def fields(shape):
    return {field.name for field in dataclasses.fields(shape)}


@pytest.mark.parametrize("operation", REQUESTS)
def test_a_request_is_named_after_its_service_and_itself(operation):
    service, method = operation.split(".")

    assert REQUESTS[operation].__module__.startswith(f"services.contracts.{service}")
    assert re.sub(r"(?<=[a-z])(?=[A-Z])", "_", REQUESTS[operation].__name__).lower() == method


@pytest.mark.parametrize("operation", REQUESTS)
def test_a_request_and_its_answer_have_a_schema(operation):
    assert schemas()[operation]["$ref"] == f"#/$defs/{REQUESTS[operation].__name__}"
    assert dataclasses.is_dataclass(answer_of(REQUESTS[operation]))


@pytest.mark.parametrize("operation", REQUESTS)
def test_a_moment_in_a_request_has_its_offset(operation):
    hints = typing.get_type_hints(REQUESTS[operation], include_extras=True).values()

    assert not [hint for hint in hints if datetime in (hint, *typing.get_args(hint)) and hint is not Moment]


@pytest.mark.parametrize("event_type", EVENTS)
def test_an_event_is_named_after_its_publisher_its_fact_and_its_version(event_type):
    shape = EVENTS[event_type]
    fact, version = re.fullmatch(r"(\w+)V(\d+)", shape.__name__).groups()
    fact = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", fact).lower()

    assert event_type == f"vn.hocba.{platform.publisher_of(event_type)}.{fact}.v{version}"
    assert shape.__module__.startswith(f"services.contracts.{platform.publisher_of(event_type)}")


@pytest.mark.parametrize("event_type", EVENTS)
def test_an_event_tells_of_a_record_by_id_change_and_version_and_names_nobody(event_type):
    shape = EVENTS[event_type]

    assert fields(shape) >= {"record_id", *WHOLE_NAME, shape.aggregate}
    assert [field for field in fields(shape) for word in PERSONAL if word in field] == []
    assert not any(field.type is str for field in dataclasses.fields(shape))  # nothing that could hold a name


def test_an_event_says_whether_its_record_is_new_changed_or_cancelled():
    assert {next(f.type for f in dataclasses.fields(shape) if f.name == "change") for shape in EVENTS.values()} == {
        Change
    }


@pytest.mark.parametrize("operation", [name for name in REQUESTS if name.startswith("gradebook.")])
def test_every_order_to_the_gradebook_says_its_school_year(operation):
    has_year = "school_year" in fields(REQUESTS[operation])

    assert has_year or issubclass(REQUESTS[operation], Query) or operation.endswith(("_phrase", "_phrases"))


@pytest.mark.parametrize("operation", [name for name, shape in REQUESTS.items() if issubclass(shape, Command)])
def test_what_only_its_owner_knows_is_left_out_of_the_record_of_a_command(operation):
    secret = {name for name in fields(REQUESTS[operation]) if name in ("pin", "otp", "password")}

    assert REQUESTS[operation].secrets == secret


@pytest.mark.parametrize("name", platform.SERVICES)
def test_a_service_serves_exactly_the_operations_of_its_contract(services, name):
    served = {operation.request for operation in services[name].operations.values()}

    assert served == {shape for operation, shape in REQUESTS.items() if operation.startswith(f"{name}.")}


@pytest.mark.parametrize("name", platform.SERVICES)
def test_a_service_hears_exactly_the_events_that_it_is_listed_for(services, name):
    heard = {work.shape for work in services[name].work.values() if issubclass(work.shape, Event)}

    assert heard == {event for event, consumers in platform.EVENTS.items() if name in consumers}


@pytest.mark.parametrize("name", platform.SERVICES)
def test_only_services_that_may_call_are_let_in_for_themselves(services, name):
    strangers = {
        (operation.method, system)
        for operation in services[name].operations.values()
        for system in operation.systems
        if name not in platform.CALLS[system]
    }

    assert strangers == set()


def test_every_event_is_public_or_has_a_consumer_and_every_consumer_exists():
    assert set(platform.EVENTS) == set(EVENTS.values())
    assert all(names or event in platform.PUBLIC for event, names in platform.EVENTS.items())
    assert {name for names in platform.EVENTS.values() for name in names} <= set(platform.SERVICES)


@pytest.mark.parametrize("event_type", EVENTS)
def test_a_published_event_keeps_its_shape_for_ever(event_type):
    path = PUBLISHED / f"{event_type}.json"

    assert path.exists(), f"{event_type} is not published yet: run `python -m tests.contracts.publish`."
    assert event_schemas()[event_type] == json.loads(path.read_text(encoding="utf-8")), (
        f"{event_type} is published and never changes: put a V2 beside it, and keep V1 until its last consumer is gone."
    )


def test_a_published_event_is_still_there():
    gone = {path.stem for path in PUBLISHED.glob("*.json")} - set(EVENTS)

    assert gone == set(), f"These events are published, and somebody may still read them: {sorted(gone)}."
