"""The mark ledger: one hash stands for a whole history in its order."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.gradebook.ledger import Entry, chain, first_break, genesis, link

SHEET = UUID(int=1)
START = genesis(2025, SHEET)


def entry(seq, value="8.0"):
    return Entry(
        seq=seq,
        column_id=UUID(int=2),
        pupil_id=UUID(int=3),
        version=seq,
        state="VALUE",
        value=value,
        account_id=UUID(int=4),
        person_id=UUID(int=5),
        recorded_at=datetime(2026, 1, 5, 1, 2, 3, 456789, tzinfo=UTC),
    )


ENTRIES = [entry(1), entry(2, "8.5"), entry(3, None)]
HASHES = chain(START, ENTRIES)


def break_of(entries=tuple(ENTRIES), hashes=tuple(HASHES), head=HASHES[-1], count=3):
    return first_break(START, entries, hashes, head=head, count=count)


def test_an_untouched_history_fits():
    assert break_of() is None


def test_every_sheet_and_year_begins_differently():
    assert len({START, genesis(2026, SHEET), genesis(2025, UUID(int=2))}) == 3


def test_every_field_of_an_entry_counts():
    other = {
        "seq": 9, "column_id": SHEET, "pupil_id": SHEET, "version": 9, "state": "EXEMPT", "value": "8.1",
        "account_id": SHEET, "person_id": SHEET, "recorded_at": ENTRIES[0].recorded_at + timedelta(microseconds=1),
        "basis": "correction",
    }  # fmt: skip

    hashes = {link(START, replace(ENTRIES[0], **{name: value})) for name, value in other.items()}

    assert other.keys() == {field.name for field in fields(Entry)}
    assert len(hashes | {HASHES[0]}) == len(other) + 1


def test_the_hash_of_an_entry_never_changes_its_form():
    assert HASHES[0] == "9945149cf77dea0e112907e6c4ebefff0fd21a38bc3911c67e83e96e908bc70c"


@pytest.mark.parametrize("seq", [1, 2, 3])
def test_an_altered_entry_is_where_the_history_breaks(seq):
    entries = [replace(one, value="10.0") if one.seq == seq else one for one in ENTRIES]

    assert break_of(entries) == seq


def test_a_history_that_ends_elsewhere_than_the_sheet_says_is_broken_after_its_last_entry():
    assert break_of(ENTRIES[:2], HASHES[:2]) == 3
    assert break_of(count=4) == 4
    assert break_of(head="other") == 4


def test_a_history_written_anew_from_the_middle_does_not_end_where_the_sheet_says():
    entries = [ENTRIES[0], replace(ENTRIES[1], value="10.0"), ENTRIES[2]]

    assert break_of(entries, chain(START, entries)) == 4
