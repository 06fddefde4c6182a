"""What somebody who rules gradebook's database may do to a history, and where it must be found."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.gradebook.ledger.examining import Fault
from tests.integration.ledger.written_class import WrittenClass

PUPILS, CLASSES = 5, 5
SAVED = ("tx1", "gk", "ck", "gk")  # the last save changes what the second wrote
ROWS = PUPILS * len(SAVED)
ROW = "UPDATE mark_history SET {} WHERE sheet_id = :sheet AND seq = :row"
OTHER = "UPDATE mark_history SET {} WHERE sheet_id = :sheet AND seq = :other"
SHIFT = "UPDATE mark_history SET seq = {} WHERE sheet_id = :sheet AND seq {}"
COPY = """
    INSERT INTO mark_history
    SELECT school_year, sheet_id, {seq}, column_id, pupil_id, version + 10, state, '10.0', account_id, person_id,
           recorded_at, hash, basis
    FROM mark_history WHERE sheet_id = :sheet AND seq = {of}
"""
INSERT = (SHIFT.format("-seq", ">= :row"), SHIFT.format("1 - seq", "< 0"), COPY.format(seq=":row", of=":row - 1"))
DELETE = "DELETE FROM mark_history WHERE sheet_id = :sheet AND seq = :row"
CLOSE_GAP = (SHIFT.format("-seq", "> :row"), SHIFT.format("-seq - 1", "< 0"))
SWAP_ORDER = (ROW.format("seq = 0"), OTHER.format("seq = :row"), SHIFT.format(":other", "= 0"))
REMEMBER = "CREATE TEMPORARY TABLE swapped ON COMMIT DROP AS SELECT * FROM mark_history WHERE sheet_id = :sheet"
SWAP_PUPILS = (
    REMEMBER,
    ROW.format("pupil_id = sheet_id"),  # out of the way of the other
    OTHER.format("pupil_id = (SELECT pupil_id FROM swapped WHERE seq = :row)"),
    ROW.format("pupil_id = (SELECT pupil_id FROM swapped WHERE seq = :other)"),
)
SWAP_COLUMNS = (
    REMEMBER,
    ROW.format("column_id = sheet_id"),
    OTHER.format("(column_id, version) = (SELECT column_id, version FROM swapped WHERE seq = :row)"),
    ROW.format("(column_id, version) = (SELECT column_id, version FROM swapped WHERE seq = :other)"),
)
CUT = "DELETE FROM mark_history WHERE sheet_id = :sheet AND seq > :row"
ROLL_BACK = (
    "DELETE FROM mark_history WHERE sheet_id = :sheet AND seq > :last",
    "DELETE FROM mark_seals WHERE sheet_id = :sheet AND seq > :last",
)


@dataclass(frozen=True, slots=True)
class Place:
    """A row of a sheet, another one, and the rows that were saved together with the first."""

    row: int
    other: int

    @property
    def first(self) -> int:
        return self.row - (self.row - 1) % PUPILS

    @property
    def last(self) -> int:
        return self.first + PUPILS - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Tampering:
    """What somebody does to the rows, and where it must be found."""

    does: Sequence[str]
    seen_as: Fault
    at: Callable[[Place], tuple[int, int]]
    is_elsewhere: bool = False

    def place(self, row: int) -> Place:
        """The row with another of its save, or with the same pupil's of another column."""
        neighbour = row + 1 if row % PUPILS else row - 1
        return Place(row, (row + PUPILS - 1) % ROWS + 1 if self.is_elsewhere else neighbour)


def only_row(place: Place) -> tuple[int, int]:
    return place.row, place.row


def save(place: Place) -> tuple[int, int]:
    return place.first, place.last


def pair(place: Place) -> tuple[int, int]:
    return min(place.row, place.other), max(place.row, place.other)


SEEN_BY_HASHES = {
    "flip": Tampering(does=[ROW.format("value = '9.9'")], seen_as=Fault.ALTERED, at=only_row),
    "delete": Tampering(does=[DELETE], seen_as=Fault.MISSING, at=only_row),
    "insert": Tampering(does=INSERT, seen_as=Fault.ALTERED, at=lambda place: (place.row, ROWS + 1)),
    "reorder": Tampering(
        does=SWAP_ORDER,
        seen_as=Fault.ALTERED,
        at=lambda place: (pair(place)[0], min(ROWS, pair(place)[0] + 2)),
    ),
    "duplicate": Tampering(
        does=[COPY.format(seq=ROWS + 1, of=":row")], seen_as=Fault.ALTERED, at=lambda _: (ROWS + 1, ROWS + 1)
    ),
    "truncate": Tampering(does=[CUT], seen_as=Fault.CUT_OFF, at=lambda place: (place.row + 1, ROWS)),
    "back-date": Tampering(
        does=[ROW.format("recorded_at = recorded_at - interval '3 days'")], seen_as=Fault.ALTERED, at=only_row
    ),
    "swap pupils": Tampering(does=SWAP_PUPILS, seen_as=Fault.ALTERED, at=pair),
    "swap columns": Tampering(
        does=SWAP_COLUMNS,
        seen_as=Fault.ALTERED,
        at=lambda place: (pair(place)[0],) * 2,
        is_elsewhere=True,
    ),
}
SEEN_BY_SEALS = {
    "flip": Tampering(does=[ROW.format("value = '9.9'")], seen_as=Fault.REWRITTEN, at=save),
    "delete": Tampering(does=[DELETE, *CLOSE_GAP], seen_as=Fault.REWRITTEN, at=save),
    "insert": Tampering(does=INSERT, seen_as=Fault.REWRITTEN, at=save),
    "reorder": Tampering(does=SWAP_ORDER, seen_as=Fault.REWRITTEN, at=save),
    "duplicate": Tampering(
        does=[COPY.format(seq=ROWS + 1, of=":row")], seen_as=Fault.UNSEALED, at=lambda _: (ROWS + 1, ROWS + 1)
    ),
    "truncate": Tampering(does=[CUT], seen_as=Fault.CUT_OFF, at=lambda place: (place.row + 1, ROWS)),
    "roll back": Tampering(does=ROLL_BACK, seen_as=Fault.ROLLED_BACK, at=lambda place: (place.last + 1, ROWS)),
    "back-date": Tampering(
        does=[ROW.format("recorded_at = recorded_at - interval '3 days'")], seen_as=Fault.REWRITTEN, at=save
    ),
    "swap pupils": Tampering(does=SWAP_PUPILS, seen_as=Fault.REWRITTEN, at=save),
    "swap columns": Tampering(
        does=SWAP_COLUMNS,
        seen_as=Fault.REWRITTEN,
        at=lambda place: save(Place(min(place.row, place.other), 0)),
        is_elsewhere=True,
    ),
}


def tamper(classes: Sequence[WrittenClass], tampering: Tampering, seed: str) -> dict[UUID, Place]:
    """Do it to the first sheet of all classes but the last, each somewhere else; gives where by sheet."""
    rows = random.Random(seed).sample(range(2, ROWS - PUPILS), len(classes) - 1)  # noqa: S311 - repeatable, no secret
    places = {}
    for a_class, row in zip(classes[:-1], rows, strict=True):
        place = tampering.place(row)
        a_class.as_ruler(*tampering.does, row=place.row, other=place.other, last=place.last)
        places[a_class.sheet_id] = place
    return places
