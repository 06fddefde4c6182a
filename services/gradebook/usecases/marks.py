"""Writing and reading sheets: who may, when, on which version, and what is kept of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.chassis import authority
from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import NotFound
from services.chassis.service import Outside
from services.contracts.gradebook.history import AuditSheet, SheetAudit
from services.contracts.gradebook.results import Period
from services.contracts.gradebook.sheets import (
    CellEntry,
    CellState,
    CellV1,
    CellVersion,
    ColumnSaved,
    CommentsSaved,
    ImportMarks,
    MarksImported,
    ReadSheet,
    SaveColumn,
    SaveComments,
    SheetHead,
    SheetRow,
    SheetV1,
)
from services.contracts.gradebook.windows import WindowKind
from services.contracts.identity import Role
from services.gradebook import domain
from services.gradebook.domain import SCHOOL_TIME, Cell, OpenSheet, Write
from services.gradebook.errors import NotYourSheet, ResultsLocked, WindowClosed, WindowNeverOpened
from services.gradebook.ledger import first_break, genesis
from services.gradebook.repository import marks, results, school
from services.gradebook.rules import tt22_2021
from services.gradebook.spreadsheets import ExpectedSheet, MarkRow, read_marks

LEADERS = (Role.ADMIN, Role.PRINCIPAL)
TERM_PERIOD = {1: Period.TERM_1, 2: Period.TERM_2}
PERIOD_VI = {Period.TERM_1: "học kỳ 1", Period.TERM_2: "học kỳ 2", Period.YEAR: "cả năm"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMarks:
    """A workbook's rows by pupil, and the versions of the cells when it was read."""

    rows: Mapping[UUID, MarkRow]
    versions: Mapping[tuple[UUID, UUID], int]


def save_column(tx: Tx, command: SaveColumn, actor: Actor) -> ColumnSaved:
    """Write one column of a class: all cells or none."""
    sheet = _open_for(tx, command.school_year, command.sheet_id, actor)
    if command.column_id not in {column.id for column in sheet.head.columns}:
        raise NotFound(column_id=command.column_id)
    writes = [Write(column_id=command.column_id, entry=entry) for entry in command.cells]
    written = _write(tx, sheet, writes, actor)
    versions = {write.entry.pupil_id: write.entry.version + 1 for write in written}
    cells = (CellVersion(pupil_id=e.pupil_id, version=versions.get(e.pupil_id, e.version)) for e in command.cells)
    return ColumnSaved(written=len(written), cells=tuple(cells), saved_at=tx.now())


def read_mark_file(command: ImportMarks, outside: Outside) -> ReadMarks:
    """Read the workbook against the sheet that it is meant for; nothing is written if any cell is wrong."""
    with outside.db.transaction() as tx:
        sheet = marks.find_sheet(tx, command.school_year, command.sheet_id)
        if sheet is None or outside.actor is None:
            raise NotFound(sheet_id=command.sheet_id)
        _require_teacher(tx, sheet.head, outside.actor)
        pupils = school.pupils_of(tx, command.school_year, sheet.head.class_id)
        current = marks.cells_of(tx, command.school_year, [command.sheet_id])
    rows = read_marks(outside.objects.get(command.file), _expected(sheet.head, pupils))
    by_code = {code: pupil_id for pupil_id, code in pupils.items()}
    return ReadMarks(
        rows={by_code[row.pupil_code]: row for row in rows},
        versions={place: cell.version for place, cell in current.items()},
    )


def import_marks(tx: Tx, command: ImportMarks, actor: Actor, read: ReadMarks) -> MarksImported:
    """Write a whole sheet from a workbook; empty cells of the file leave what is there."""
    sheet = _open_for(tx, command.school_year, command.sheet_id, actor)
    writes = [
        Write(column_id=column.id, entry=_entry(pupil_id, str(value), read.versions.get((column.id, pupil_id), 0)))
        for column in sheet.head.columns
        for pupil_id, row in read.rows.items()
        if (value := row.marks.get(column.key)) is not None
    ]
    written = _write(tx, sheet, writes, actor)
    texts = [(pupil_id, row.comment) for pupil_id, row in read.rows.items() if row.comment]
    marks.write_comments(tx, command.school_year, command.sheet_id, texts, actor.person_id)
    return MarksImported(written=len(written), unchanged=len(writes) - len(written), comments=len(texts))


def save_comments(tx: Tx, command: SaveComments, actor: Actor) -> CommentsSaved:
    sheet = _open_for(tx, command.school_year, command.sheet_id, actor)
    pupils = school.pupils_of(tx, command.school_year, sheet.head.class_id)
    unknown = [comment.pupil_id for comment in command.comments if comment.pupil_id not in pupils]
    if unknown:
        raise NotFound(pupil_id=unknown[0])
    texts = [(comment.pupil_id, comment.text) for comment in command.comments]
    marks.write_comments(tx, command.school_year, command.sheet_id, texts, actor.person_id)
    return CommentsSaved(written=len(texts))


def read_sheet(tx: Tx, query: ReadSheet, actor: Actor) -> SheetV1:
    """A sheet as it is now, for its teacher, the class's homeroom teacher and the school's leaders."""
    sheet = _readable(tx, query.school_year, query.sheet_id, actor)
    head = sheet.head
    current = marks.cells_of(tx, query.school_year, [head.id])
    comments = marks.comments_of(tx, query.school_year, [head.id])
    window = school.newest_window(tx, query.school_year, head.unit_id, head.term, WindowKind.MARKS)
    enrolled = school.pupils_of(tx, query.school_year, head.class_id)
    rows = (
        SheetRow(
            pupil_id=pupil_id,
            code=code,
            cells=tuple(_cell(column.id, current.get((column.id, pupil_id), Cell())) for column in head.columns),
            comment=comments.get((head.id, pupil_id), ""),
            is_enrolled=pupil_id in enrolled,
        )
        for pupil_id, code in school.pupils_of(tx, query.school_year, head.class_id, ended_too=True).items()
    )
    return SheetV1(
        head=head,
        rows=tuple(rows),
        history_rows=sheet.history_rows,
        chain_head=sheet.chain_head,
        closes_at=window.closes_at if window else None,
        is_open=window is not None and window.is_open(tx.now()) and not _is_locked(tx, head),
    )


def audit_sheet(tx: Tx, query: AuditSheet, actor: Actor) -> SheetAudit:
    """Recompute the sheet's chain from its stored history."""
    sheet = _readable(tx, query.school_year, query.sheet_id, actor)
    entries, hashes = marks.history_of(tx, query.school_year, query.sheet_id)
    start = genesis(query.school_year, query.sheet_id)
    broken_at = first_break(start, entries, hashes, head=sheet.chain_head, count=sheet.history_rows)
    return SheetAudit(intact=broken_at is None, history_rows=len(entries), broken_at=broken_at)


def require_open(tx: Tx, *, school_year: int, unit_id: UUID, term: int, kind: WindowKind) -> None:
    """WindowClosed or WindowNeverOpened unless the window is open by the database's time."""
    window = school.newest_window(tx, school_year, unit_id, term, kind)
    if window is None:
        raise WindowNeverOpened
    if not window.is_open(school.clock(tx)):  # now that the window is held: it may have closed while we waited
        raise WindowClosed(closed_at=window.closes_at.astimezone(SCHOOL_TIME).strftime("%H:%M %d/%m/%Y"))


def require_unlocked(tx: Tx, school_year: int, class_id: UUID, period: Period) -> None:
    if period in results.locked_periods(tx, school_year, class_id):
        raise ResultsLocked(period=PERIOD_VI[period])


def _is_locked(tx: Tx, head: SheetHead) -> bool:
    return TERM_PERIOD[head.term] in results.locked_periods(tx, head.school_year, head.class_id)


def _open_for(tx: Tx, school_year: int, sheet_id: UUID, actor: Actor) -> OpenSheet:
    """The sheet held for writing by its teacher, while its window is open and its term not locked."""
    sheet = marks.lock_sheet(tx, school_year, sheet_id)
    if sheet is None:
        raise NotFound(sheet_id=sheet_id)
    head = sheet.head
    _require_teacher(tx, head, actor)
    require_unlocked(tx, school_year, head.class_id, TERM_PERIOD[head.term])
    require_open(tx, school_year=school_year, unit_id=head.unit_id, term=head.term, kind=WindowKind.MARKS)
    return sheet


def _require_teacher(tx: Tx, head: SheetHead, actor: Actor) -> None:
    """Who may see the sheet is told that it is not theirs to write; for others there is no such sheet."""
    if actor.person_id == head.teacher_id:
        return
    if _may_read(tx, head, actor):
        raise NotYourSheet
    raise NotFound(sheet_id=head.id)


def _readable(tx: Tx, school_year: int, sheet_id: UUID, actor: Actor) -> OpenSheet:
    sheet = marks.find_sheet(tx, school_year, sheet_id)
    if sheet is None or not _may_read(tx, sheet.head, actor):
        raise NotFound(sheet_id=sheet_id)
    return sheet


def _may_read(tx: Tx, head: SheetHead, actor: Actor) -> bool:
    if actor.person_id == head.teacher_id or authority.holds(tx, actor, LEADERS, head.unit_id):
        return True
    of_class = school.get_class(tx, head.school_year, head.class_id)
    return of_class is not None and of_class.homeroom_id == actor.person_id


def _write(tx: Tx, sheet: OpenSheet, writes: Sequence[Write], actor: Actor) -> list[Write]:
    """The writes that changed something, now in cells, history and chain."""
    head = sheet.head
    pupils = set(school.pupils_of(tx, head.school_year, head.class_id))
    good = domain.checked(writes, head.kind, pupils)
    column_ids = {write.column_id for write in good}
    changed = domain.changed(good, marks.cells_of(tx, head.school_year, [head.id], column_ids))
    if changed:
        marks.write_cells(tx, sheet, changed, account_id=actor.account_id, person_id=actor.person_id)
    return changed


def _expected(head: SheetHead, pupils: Mapping[UUID, str]) -> ExpectedSheet:
    return ExpectedSheet(
        class_name=head.class_name,
        subject_name=head.subject_name,
        term=head.term,
        school_year=f"{head.school_year}-{head.school_year + 1}",
        kind=tt22_2021.SubjectKind(head.kind.lower()),
        regular_count=sum(column.key.startswith("tx") for column in head.columns),
        pupil_codes=frozenset(pupils.values()),
    )


def _entry(pupil_id: UUID, value: str, version: int) -> CellEntry:
    return CellEntry(pupil_id=pupil_id, state=CellState.VALUE, value=value, version=version)


def _cell(column_id: UUID, cell: Cell) -> CellV1:
    return CellV1(column_id=column_id, state=cell.state, value=cell.value, version=cell.version)
