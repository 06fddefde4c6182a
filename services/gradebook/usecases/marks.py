"""Writing and reading sheets: who may, when, on which version, and what is kept of it."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from uuid import UUID

from services.chassis import authority
from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import NotFound
from services.contracts.gradebook.sheets import (
    CellV1,
    CellVersion,
    CentraliseColumns,
    ColumnSaved,
    ColumnsCentralised,
    ColumnV1,
    DraftCell,
    DraftMerged,
    FindSheets,
    MergeDraft,
    MovedOn,
    ReadSheet,
    SaveColumn,
    SheetHead,
    SheetRow,
    Sheets,
    SheetV1,
)
from services.contracts.identity import Role, Viewed
from services.gradebook import domain
from services.gradebook.domain import Cell, OpenSheet, Write
from services.gradebook.repository import comments, enrolment, marks, school, sheets
from services.gradebook.repository.marks import Cells, Writer
from services.gradebook.roles import ANYONE_AT_SCHOOL, LEADERS
from services.gradebook.usecases import guards
from services.gradebook.usecases.guards import TERM_PERIOD
from services.gradebook.windows import is_open


def save_column(tx: Tx, command: SaveColumn, actor: Actor) -> ColumnSaved:
    """Write one column of a class: all cells or none."""
    writes = [Write(column_id=command.column_id, entry=entry) for entry in command.cells]
    sheet = open_for(tx, command.school_year, command.sheet_id, {command.column_id}, actor)
    written = write(tx, sheet, writes, actor)
    versions = {write.entry.pupil_id: write.entry.version + 1 for write in written}
    cells = (CellVersion(pupil_id=e.pupil_id, version=versions.get(e.pupil_id, e.version)) for e in command.cells)
    return ColumnSaved(written=len(written), cells=tuple(cells), saved_at=tx.now())


def merge_draft(tx: Tx, command: MergeDraft, actor: Actor) -> DraftMerged:
    """Write what moved on for nobody; of the rest tell both values. Cells that cannot stand refuse the whole draft."""
    writes = [Write(column_id=cell.column_id, entry=cell.entry) for cell in command.cells]
    sheet = open_for(tx, command.school_year, command.sheet_id, {cell.column_id for cell in command.cells}, actor)
    good, current = _checked(tx, sheet, writes)
    moved_on = {write.place: cell for write, cell in domain.stale(good, current)}
    fresh = [write for write in good if write.place not in moved_on]
    written = _keep(tx, sheet, fresh, current, actor)
    differing = [
        (write, cell)
        for write in good
        if (cell := moved_on.get(write.place)) is not None and domain.differs(write.entry, cell)
    ]
    return DraftMerged(
        written=len(written),
        unchanged=len(good) - len(written) - len(differing),
        moved_on=tuple(
            MovedOn(column_id=write.column_id, yours=write.entry, current=_cell(write.column_id, cell))
            for write, cell in differing
        ),
        cells=tuple(_draft_cell(write) for write in written),
        saved_at=tx.now(),
    )


def centralise_columns(tx: Tx, command: CentraliseColumns, actor: Actor) -> ColumnsCentralised:
    """Say of a grade's column whether it is a centralised exam's; what is written in it stays."""
    authority.require(tx, actor, (Role.ADMIN,), command.unit_id)
    found = [
        column.id
        for head in sheets.sheets_of_unit(tx, command.school_year, command.unit_id)
        if (head.grade, head.subject, head.term) == (command.grade, command.subject, command.term)
        for column in head.columns
        if column.key == command.key
    ]
    if not found:
        raise NotFound(subject=command.subject, key=command.key)
    sheets.set_centralised(tx, command.school_year, found, is_centralised=command.is_centralised)
    return ColumnsCentralised(columns=len(found))


def find_sheets(tx: Tx, query: FindSheets, actor: Actor) -> Sheets:
    """All the unit's sheets for its leaders; for others those they teach and those of their homeroom class."""
    authority.require(tx, actor, ANYONE_AT_SCHOOL, query.unit_id)
    found = sheets.sheets_of_unit(tx, query.school_year, query.unit_id)
    if not authority.holds(tx, actor, LEADERS, query.unit_id):
        classes = school.classes_of(tx, query.school_year, query.unit_id)
        homerooms = {one.id for one in classes if one.homeroom_id == actor.person_id}
        shared = sheets.sheets_taught_by(tx, query.school_year, actor.person_id)
        found = [
            head
            for head in found
            if head.teacher_id == actor.person_id or head.id in shared or head.class_id in homerooms
        ]
    return Sheets(sheets=tuple(found))


def read_sheet(tx: Tx, query: ReadSheet, actor: Actor) -> SheetV1:
    """A sheet as it is now, for its teachers, the homeroom teacher, leaders, and those who watch from above."""
    sheet = guards.readable(tx, query.school_year, query.sheet_id, actor)
    rows = tuple(_rows(tx, sheet.head))
    guards.tell_if_from_above(tx, sheet.head, actor, [row.pupil_id for row in rows], Viewed.MARKS)
    windows = guards.windows_over(tx, sheet.head)
    may_write = any(is_open(window, tx.now()) for window in windows) and not guards.is_locked(tx, sheet.head)
    return SheetV1(
        head=sheet.head,
        rows=rows,
        history_rows=sheet.history_rows,
        chain_head=sheet.chain_head,
        closes_at=max((window.closes_at for window in windows), default=None),
        is_open=may_write,
    )


def _rows(tx: Tx, head: SheetHead) -> list[SheetRow]:
    """A row for each pupil on the roster, and for each who left but has marks here."""
    current = marks.cells_of(tx, head.school_year, [head.id])
    said = comments.comments_of(tx, head.school_year, [head.id])
    roster = enrolment.roster_of(tx, head)
    marked = {pupil_id for _, pupil_id in current}
    everyone = enrolment.pupils_of(tx, head.school_year, head.class_id, ended_too=True)
    return [
        SheetRow(
            pupil_id=pupil_id,
            code=code,
            cells=tuple(_cell(column.id, current.get((column.id, pupil_id), Cell())) for column in head.columns),
            comments=tuple(one for (_, of, _), one in said.items() if of == pupil_id),
            is_enrolled=pupil_id in roster.members,
            has_cluster=pupil_id in roster.members and roster.members[pupil_id].has_cluster,
        )
        for pupil_id, code in everyone.items()
        if pupil_id in roster.members or pupil_id in marked
    ]


def open_for(tx: Tx, school_year: int, sheet_id: UUID, column_ids: Collection[UUID], actor: Actor) -> OpenSheet:
    """The sheet held for writing by one who may write these columns, while they are open and nothing is locked."""
    sheet = guards.hold_sheet(tx, school_year, sheet_id)
    head = sheet.head
    columns = _columns(head, column_ids)
    guards.require_writer(tx, head, columns, actor)
    guards.require_unlocked(tx, school_year, head.class_id, TERM_PERIOD[head.term])
    guards.require_open_columns(tx, head, [column.key for column in columns])
    return sheet


def _columns(head: SheetHead, column_ids: Collection[UUID]) -> list[ColumnV1]:
    unknown = set(column_ids) - {column.id for column in head.columns}
    if unknown:
        raise NotFound(column_id=min(unknown))
    return [column for column in head.columns if column.id in column_ids]


def write(tx: Tx, sheet: OpenSheet, writes: Sequence[Write], actor: Actor) -> list[Write]:
    """The writes that changed something, now in cells, history and chain."""
    good, current = _checked(tx, sheet, writes)
    return _keep(tx, sheet, good, current, actor)


def _checked(tx: Tx, sheet: OpenSheet, writes: Sequence[Write]) -> tuple[list[Write], Cells]:
    """The writes in stored form, and the cells of their columns as they stand."""
    head = sheet.head
    good = domain.checked(writes, {column.id: column for column in head.columns}, enrolment.roster_of(tx, head))
    return good, marks.cells_of(tx, head.school_year, [head.id], {write.column_id for write in good})


def _keep(tx: Tx, sheet: OpenSheet, writes: Sequence[Write], current: Cells, actor: Actor) -> list[Write]:
    changed = domain.changed(writes, current)
    if changed:
        marks.write_cells(tx, sheet, changed, Writer.of(actor))
    return changed


def _cell(column_id: UUID, cell: Cell) -> CellV1:
    return CellV1(column_id=column_id, state=cell.state, value=cell.value, version=cell.version)


def _draft_cell(write: Write) -> DraftCell:
    return DraftCell(column_id=write.column_id, entry=replace(write.entry, version=write.entry.version + 1))
