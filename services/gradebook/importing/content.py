"""What is kept of a previewed workbook until it is applied: per row the pupil, the new values and the versions seen."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from services.contracts.gradebook.imports import ConfirmedMatch

WHOLE_ROW = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewConduct:
    """What a summary says of conduct; None where it says nothing."""

    conduct: str | None = None
    absences: int | None = None
    unexcused: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RowContent:
    """One row; `refused` are the keys that the preview refused ("marks/tx1"), WHOLE_ROW for all of it.

    `bases` are, for each pupil that it may be, the versions seen, by the same keys; 0 where there is none.
    """

    number: int
    pupil_id: UUID | None = None
    suggested: tuple[UUID, ...] = ()
    marks: Mapping[str, str] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)
    conduct: NewConduct | None = None
    refused: tuple[str, ...] = ()
    bases: Mapping[UUID, Mapping[str, int]] = field(default_factory=dict)

    def base(self, pupil_id: UUID, key: str) -> int:
        return self.bases.get(pupil_id, {}).get(key, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageContent:
    """The rows of one sheet, or of one class's conduct where there is no sheet."""

    page: str
    school_year: int
    class_id: UUID
    term: int
    sheet_id: UUID | None
    rows: tuple[RowContent, ...]


def left_out(row: RowContent, key: str) -> bool:
    return key in row.refused or WHOLE_ROW in row.refused


def owned_rows(page: PageContent, matches: Sequence[ConfirmedMatch]) -> Iterator[tuple[RowContent, UUID]]:
    """Each row that has a pupil, found or confirmed, and is not refused whole."""
    chosen = {(match.page, match.row): match.pupil_id for match in matches}
    for row in page.rows:
        pupil_id = row.pupil_id or chosen.get((page.page, row.number))
        if pupil_id is not None and WHOLE_ROW not in row.refused:
            yield row, pupil_id


def refusals(pages: Sequence[PageContent], matches: Sequence[ConfirmedMatch]) -> int:
    """How many cells and rows would have to be left out."""
    chosen = {(match.page, match.row) for match in matches}
    rows = [(page, row) for page in pages for row in page.rows]
    refused = {
        (page.page, row.number, None if key == WHOLE_ROW else (page.sheet_id, key))
        for page, row in rows
        for key in row.refused
    }
    waiting = {
        (page.page, row.number)
        for page, row in rows
        if row.pupil_id is None and row.suggested and (page.page, row.number) not in chosen
    }
    return len(refused) + len(waiting)


def misplaced(pages: Sequence[PageContent], matches: Sequence[ConfirmedMatch]) -> list[ConfirmedMatch]:
    """Confirmations of pupils who were not suggested for their row, or of one pupil for two rows."""
    rows = [(page.page, row) for page in pages for row in page.rows]
    suggested = {(page, row.number, pupil_id) for page, row in rows for pupil_id in row.suggested}
    taken = {(page, row.pupil_id) for page, row in rows}
    wrong = []
    for match in matches:
        place = (match.page, match.pupil_id)
        if (match.page, match.row, match.pupil_id) not in suggested or place in taken:
            wrong.append(match)
        taken.add(place)
    return wrong
