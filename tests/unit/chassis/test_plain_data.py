"""Contracts become plain data and come back checked; the same request has the same digest."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import pytest

from services.chassis.codec import answer_of, decode, digest, encode, from_json, to_json
from services.chassis.errors import Invalid
from services.contracts.gradebook.sheets import ColumnSaved, SaveColumn


class Kind(StrEnum):
    FINAL = "FINAL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    pupil_id: UUID
    mark: Decimal
    kind: Kind
    entered_at: datetime
    taught_on: date
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    entries: tuple[Entry, ...]


ENTRY = Entry(
    pupil_id=UUID("01980000-0000-7000-8000-000000000001"),
    mark=Decimal("7.50"),
    kind=Kind.FINAL,
    entered_at=datetime(2026, 1, 5, 8, 30, tzinfo=UTC),
    taught_on=date(2026, 1, 5),
    note=None,
)
COLUMN = Column(entries=(ENTRY,))


def test_a_column_of_marks_comes_back_as_it_was_sent():
    assert decode(Column, from_json(to_json(COLUMN))) == COLUMN
    assert encode(COLUMN)["entries"][0]["mark"] == "7.50"


def test_fields_of_a_later_release_are_ignored():
    sent = encode(COLUMN)
    sent["entries"][0]["teacher"] = "invented"

    assert decode(Column, sent) == COLUMN


@pytest.mark.parametrize(("name", "value"), [("mark", "seven"), ("kind", "ORAL"), ("entered_at", 5), ("note", 5)])
def test_what_does_not_fit_is_refused_with_its_place(name, value):
    sent = encode(COLUMN)
    sent["entries"][0][name] = value

    with pytest.raises(Invalid, match=rf"\$\.entries\[0\]\.{name}"):
        decode(Column, sent)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b'{"a": NaN}'])
def test_what_is_not_json_is_refused(body):
    with pytest.raises(Invalid):
        from_json(body)


def test_the_same_request_has_the_same_digest_whatever_the_order_of_its_fields():
    assert digest({"a": 1, "b": [2]}) == digest({"b": [2], "a": 1})
    assert digest({"a": 1}) != digest({"a": 2})


def test_a_request_names_the_type_of_its_answer():
    assert answer_of(SaveColumn) is ColumnSaved
