"""Refusals cross the wire as a stable code with fields, never as a Python class."""

import json
import pickle
from decimal import Decimal
from uuid import UUID

import pytest

from services.chassis.errors import (
    Forbidden,
    Invalid,
    NotFound,
    Problem,
    Refused,
    Unauthenticated,
    Unavailable,
    from_wire,
    to_wire,
)

PUPIL = UUID("01980000-0000-7000-8000-000000000001")


class SheetClosed(Refused):
    """The sheet of {school_class} is closed."""

    code = "test.sheet_closed"
    vi = "Bảng điểm lớp {school_class} đã đóng."


def crossed(problem):
    return from_wire(json.loads(json.dumps(to_wire(problem))))


@pytest.mark.parametrize(
    ("family", "status"),
    [
        (Invalid, 400),
        (Unauthenticated, 401),
        (Forbidden, 403),
        (NotFound, 404),
        (Refused, 409),
        (Unavailable, 503),
        (Problem, 500),
    ],
)
def test_each_family_keeps_its_status_across_the_wire(family, status):
    received = crossed(family(reason="no"))

    assert type(received) is family
    assert received.status == status


def test_a_refusal_arrives_as_its_family_with_its_own_code_words_and_fields():
    received = crossed(SheetClosed(school_class="6A"))

    assert type(received) is Refused
    assert (received.code, received.fields) == ("test.sheet_closed", {"school_class": "6A"})
    assert received.vi == "Bảng điểm lớp 6A đã đóng."
    assert received.en == "The sheet of 6A is closed."
    assert str(received) == "test.sheet_closed: The sheet of 6A is closed."


def test_a_refusal_without_a_field_that_its_words_name_shows_a_dash():
    assert SheetClosed().vi == "Bảng điểm lớp – đã đóng."


def test_fields_become_plain_data_and_marks_stay_exact():
    fields = to_wire(SheetClosed(cells=[{"pupil_id": PUPIL, "mark": Decimal("7.5")}], count=1))["fields"]

    assert fields == {"cells": [{"pupil_id": str(PUPIL), "mark": "7.5"}], "count": 1}


def test_a_family_that_we_do_not_know_is_an_internal_problem():
    received = from_wire({"family": "Tomorrow", "code": "new", "vi": "Mới.", "en": "New.", "fields": {}})

    assert (type(received), received.code, received.status) == (Problem, "new", 500)


def test_a_refusal_survives_being_handed_between_threads_and_processes():
    copied = pickle.loads(pickle.dumps(SheetClosed(school_class="6A")))  # noqa: S301 - our own bytes

    assert (copied.code, copied.vi) == ("test.sheet_closed", "Bảng điểm lớp 6A đã đóng.")
