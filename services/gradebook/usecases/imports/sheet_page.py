"""The part of a file that is about one sheet: its marks, its comments, and the averages that it states."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from uuid import UUID

from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.contracts.gradebook.imports import ColumnEcho, ImportDoubt, ImportedCell, ImportedPart, Said
from services.contracts.gradebook.sheets import CellEntry, CellState, ColumnV1, Scale, SheetHead, SubjectComment
from services.contracts.identity import Viewed
from services.gradebook import domain
from services.gradebook.domain import Cell, Roster, Write
from services.gradebook.errors.entering import CellsInvalid, NotYourSheet
from services.gradebook.importing.averages import average_by_law, stated_average
from services.gradebook.importing.content import PageContent, RowContent
from services.gradebook.importing.faults import said, told
from services.gradebook.repository import comments, enrolment, marks
from services.gradebook.usecases import guards
from services.gradebook.usecases.comments import LONGEST
from services.gradebook.usecases.imports.allowed import column_refusal, comments_refusal, may_read
from services.gradebook.usecases.imports.comparing import Findings, FoundRow, content_of, place_of
from services.gradebook.usecases.imports.placing import Page

COMMENT_KEYS = {"hk": "ck", "gk": "gk", "ck": "ck"}
"""Under which key a sheet keeps a file's comment: that on the term is the one at its end."""
COUNTED = (Scale.MARK, Scale.TEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetNow:
    """A sheet as it stands, for somebody who may read it or not."""

    head: SheetHead
    roster: Roster
    cells: Mapping[tuple[UUID, UUID], Cell]
    said: Mapping[tuple[UUID, str], SubjectComment]
    is_readable: bool

    @property
    def columns(self) -> Mapping[str, ColumnV1]:
        return {column.key: column for column in self.head.columns}

    def cell(self, column: ColumnV1, pupil_id: UUID) -> Cell:
        return self.cells.get((column.id, pupil_id), Cell())


def compare_sheet(
    tx: Tx, page: Page, head: SheetHead, *, found: Sequence[FoundRow], actor: Actor, findings: Findings
) -> PageContent:
    """Tell of every cell of the page, and give what is kept of it."""
    now = _sheet_now(tx, head, actor)
    if now.is_readable:
        guards.tell_if_from_above(tx, head, actor, list(now.roster.members), Viewed.MARKS)
    marks_ = _mark_cells(tx, page, now, found=found, actor=actor)
    cells = [*marks_, *_comment_cells(tx, page, now, found=found, actor=actor)]

    for cell in cells:
        findings.add(cell)
    findings.warnings += _average_warnings(page, now, found) if now.is_readable else []
    refused = {(cell.place.row, _kept_key(cell)) for cell in cells if cell.refused}
    rows = (_content(one, now, [key for row, key in refused if row == one.row.number]) for one in found)
    return PageContent(
        page=page.sheet.page,
        school_year=head.school_year,
        class_id=head.class_id,
        term=head.term,
        sheet_id=head.id,
        rows=tuple(rows),
    )


def echoes(page: Page, head: SheetHead) -> tuple[ColumnEcho, ...]:
    """What the file holds in each column of the sheet, to compare with the paper."""
    found = []
    for column in head.columns:
        values = [value for row in page.sheet.rows if (value := row.values.get(column.key)) is not None]
        numbers = [Decimal(value) for value in values if column.scale in COUNTED and value[0].isdigit()]
        bounds = (str(sum(numbers)), str(min(numbers)), str(max(numbers))) if numbers else (None, None, None)
        if values:
            found.append(
                ColumnEcho(key=column.key, filled=len(values), total=bounds[0], lowest=bounds[1], highest=bounds[2])
            )
    return tuple(found)


def _sheet_now(tx: Tx, head: SheetHead, actor: Actor) -> SheetNow:
    known = comments.comments_of(tx, head.school_year, [head.id])
    return SheetNow(
        head=head,
        roster=enrolment.roster_of(tx, head),
        cells=marks.cells_of(tx, head.school_year, [head.id]),
        said={(pupil_id, key): one for (_, pupil_id, key), one in known.items()},
        is_readable=may_read(tx, head, actor),
    )


def _mark_cells(
    tx: Tx, page: Page, now: SheetNow, *, found: Sequence[FoundRow], actor: Actor
) -> Iterator[ImportedCell]:
    refusal = cache(lambda key: column_refusal(tx, now.head, now.columns[key], actor))
    faults, stored = _checked(now, found)
    for one, pupil_id in _with_pupil(found):
        for key, value in one.row.values.items():
            column = now.columns.get(key)
            place = (column.id, pupil_id) if column else None
            fault = faults.get(place, "bad_value") if place and place not in stored else None
            new = stored.get(place, value) if place else value
            old = _shown(now.cell(column, pupil_id)) if column else None
            why = said("no_such_column") if column is None else said(fault) if fault else None
            if why is None and new != old:
                why = refusal(key)
            yield _cell(page, one, now, key=key, new=new, old=old, refused=why, part=ImportedPart.MARK)


def _checked(
    now: SheetNow, found: Sequence[FoundRow]
) -> tuple[dict[tuple[UUID, UUID], str], dict[tuple[UUID, UUID], str]]:
    """By place: why a value cannot stand there, and the others as they are stored."""
    columns = {column.id: column for column in now.head.columns}
    writes = [
        Write(column_id=column.id, entry=_entry(pupil_id, value, 0))
        for one, pupil_id in _with_pupil(found)
        for key, value in one.row.values.items()
        if (column := now.columns.get(key)) is not None
    ]
    faults: dict[tuple[UUID, UUID], str] = {}
    try:
        domain.checked(writes, columns, now.roster)
    except CellsInvalid as invalid:
        faults = {(one["column_id"], one["pupil_id"]): one["reason"] for one in invalid.fields["errors"]}
    good = domain.checked([write for write in writes if write.place not in faults], columns, now.roster)
    return faults, {write.place: write.entry.value or "" for write in good}


def _comment_cells(
    tx: Tx, page: Page, now: SheetNow, *, found: Sequence[FoundRow], actor: Actor
) -> Iterator[ImportedCell]:
    refusal = cache(lambda: comments_refusal(tx, now.head, actor))
    for one, pupil_id in _with_pupil(found):
        for key, text in _comments(one).items():
            before = now.said.get((pupil_id, key))
            old = before.text if before else None
            why: Said | None = said("too_long") if len(text) > LONGEST else None
            if pupil_id not in now.roster.members:
                why = said("unknown_pupil")
            elif why is None and text != old:
                why = refusal()
            yield _cell(page, one, now, key=key, new=text, old=old, refused=why, part=ImportedPart.COMMENT)


def _cell(
    page: Page,
    one: FoundRow,
    now: SheetNow,
    *,
    key: str,
    new: str,
    old: str | None,
    refused: Said | None,
    part: ImportedPart,
) -> ImportedCell:
    """The cell as it is told; who may not read the sheet learns nothing of what stands in it."""
    if not now.is_readable:
        old, refused = None, told(NotYourSheet())
    letter_key = key if part is ImportedPart.MARK or key in page.sheet.letters else "hk"
    return ImportedCell(
        place=place_of(page, one.row, letter_key), part=part, key=key, new=new, old=old,
        sheet_id=now.head.id, pupil_id=one.pupil_id, refused=refused,
    )  # fmt: skip


def _average_warnings(page: Page, now: SheetNow, found: Sequence[FoundRow]) -> Iterator[ImportDoubt]:
    for one, pupil_id in _with_pupil(found):
        stated = stated_average(one.row.stated, now.head.term)
        if stated is None:
            continue
        member = now.roster.members.get(pupil_id)
        known = {key: now.cell(column, pupil_id).value for key, column in now.columns.items()}
        values = {key: value for key, value in (known | dict(one.row.values)).items() if value is not None}
        ours = average_by_law(now.head, values, has_cluster=bool(member and member.has_cluster))
        if ours is not None and ours != stated:
            key = next(key for key in one.row.stated if one.row.stated[key] == stated)
            told_ = said("average_differs", value=f"{stated} ≠ {ours}")
            yield ImportDoubt(place=place_of(page, one.row, key), said=told_)


def _content(one: FoundRow, now: SheetNow, refused: Sequence[str]) -> RowContent:
    texts = _comments(one)
    bases = {
        pupil_id: {
            f"marks/{key}": now.cell(now.columns[key], pupil_id).version for key in one.row.values if key in now.columns
        }
        | {f"comments/{key}": now.said[pupil_id, key].version for key in texts if (pupil_id, key) in now.said}
        for pupil_id in one.pupils
    }
    return content_of(one, refused, bases, marks=dict(one.row.values), comments=texts)


def _comments(one: FoundRow) -> dict[str, str]:
    return {COMMENT_KEYS[key]: text for key, text in one.row.comments.items() if key in COMMENT_KEYS}


def _kept_key(cell: ImportedCell) -> str:
    return f"{'marks' if cell.part is ImportedPart.MARK else 'comments'}/{cell.key}"


def _with_pupil(found: Sequence[FoundRow]) -> Iterator[tuple[FoundRow, UUID]]:
    return ((one, pupil_id) for one in found if (pupil_id := one.pupil_id) is not None)


def _entry(pupil_id: UUID, value: str, version: int) -> CellEntry:
    return CellEntry(pupil_id=pupil_id, state=CellState.VALUE, value=value, version=version)


def _shown(cell: Cell) -> str | None:
    """The value, or why there is none where somebody said it."""
    return cell.value if cell.state in {CellState.VALUE, CellState.EMPTY} else cell.state
