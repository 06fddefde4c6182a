"""One part of a file beside what stands there: what it would change, what is refused and why, what is odd."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from services.contracts.gradebook.imports import (
    FilePlace,
    ImportDoubt,
    ImportedCell,
    ImportedPart,
    PupilCandidate,
    PupilSuggestion,
    Said,
)
from services.gradebook.importing.content import WHOLE_ROW, RowContent
from services.gradebook.importing.faults import said
from services.gradebook.importing.matching import KnownPupil, Match, is_named, matcher
from services.gradebook.spreadsheets.imported import ImportedRow
from services.gradebook.usecases.imports.placing import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRow:
    """A row with its pupil, or with those whom it may be, or with neither."""

    row: ImportedRow
    match: Match
    refused: Said | None = None

    @property
    def pupil_id(self) -> UUID | None:
        return None if self.refused else self.match.likely

    @property
    def pupils(self) -> tuple[UUID, ...]:
        return (self.match.pupil_id,) if self.match.pupil_id else self.match.suggested


@dataclass(slots=True)
class Findings:
    """What the parts of a file come to; it is gathered while they are compared."""

    changes: list[ImportedCell] = field(default_factory=list)
    refused: list[ImportedCell] = field(default_factory=list)
    warnings: list[ImportDoubt] = field(default_factory=list)
    suggestions: list[PupilSuggestion] = field(default_factory=list)
    unchanged: int = 0

    def add(self, cell: ImportedCell) -> None:
        if cell.refused is not None:
            self.refused.append(cell)
        elif cell.new == cell.old:
            self.unchanged += 1
        else:
            self.changes.append(cell)


def found_rows(page: Page, pupils: Sequence[KnownPupil], findings: Findings) -> list[FoundRow]:
    """The rows with their pupils; who is found by name alone is suggested, and a name that differs is told."""
    match = matcher(pupils)
    by_id = {pupil.pupil_id: pupil for pupil in pupils}
    found = _once([FoundRow(row=row, match=match(row.pupil)) for row in page.sheet.rows])
    for one in found:
        place = FilePlace(page=page.sheet.page, row=one.row.number)
        if one.match.suggested:
            findings.suggestions.append(_suggestion(place, one, by_id))
        elif one.match.pupil_id and not is_named(by_id[one.match.pupil_id], one.row.pupil.name):
            findings.warnings.append(ImportDoubt(place=place, said=said("name_differs", value=one.row.pupil.name)))
    return found


def place_of(page: Page, row: ImportedRow, key: str) -> FilePlace:
    return FilePlace(page=page.sheet.page, row=row.number, column=page.sheet.letters.get(key))


def row_refusals(page: Page, found: Sequence[FoundRow]) -> Iterator[ImportedCell]:
    """The rows that are refused as a whole, each with the first thing it says."""
    for one in found:
        if one.refused is not None:
            yield ImportedCell(
                place=FilePlace(page=page.sheet.page, row=one.row.number),
                part=ImportedPart.MARK,
                key=WHOLE_ROW,
                new=one.row.pupil.name,
                refused=one.refused,
            )


def content_of(
    found: FoundRow, refused: Sequence[str], bases: Mapping[UUID, Mapping[str, int]], **said_: object
) -> RowContent:
    """What is kept of the row to be applied."""
    return RowContent(
        number=found.row.number,
        pupil_id=found.match.pupil_id,
        suggested=found.match.suggested,
        refused=(WHOLE_ROW,) if found.refused else tuple(refused),
        bases=bases,
        **said_,  # type: ignore[arg-type]  # marks, comments or conduct, as the field has it
    )


def _once(rows: Sequence[FoundRow]) -> list[FoundRow]:
    """The rows, those refused that have no pupil or one whom a row above has."""
    seen: set[UUID] = set()
    checked = []
    for one in rows:
        code = None if one.pupils else "unknown_pupil"
        if one.match.pupil_id in seen:
            code = "written_twice"
        checked.append(FoundRow(row=one.row, match=one.match, refused=said(code) if code else None))
        if one.match.pupil_id:
            seen.add(one.match.pupil_id)
    return checked


def _suggestion(place: FilePlace, found: FoundRow, by_id: Mapping[UUID, KnownPupil]) -> PupilSuggestion:
    known = [by_id[pupil_id] for pupil_id in found.match.suggested]
    return PupilSuggestion(
        place=place,
        name=found.row.pupil.name,
        candidates=tuple(
            PupilCandidate(pupil_id=one.pupil_id, code=one.code, name=one.name, born_on=one.born_on) for one in known
        ),
    )
