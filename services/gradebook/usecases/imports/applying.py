"""Writing what a preview showed: all or nothing, on the versions that it saw, through the guards of ordinary entry."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from uuid import UUID

from services.chassis.authority import Actor
from services.chassis.codec import decode
from services.chassis.database import Tx
from services.chassis.errors import NotFound
from services.contracts.gradebook.conduct import ConductEntry, SaveConduct
from services.contracts.gradebook.imports import (
    ApplyImport,
    ApplyPupils,
    ConfirmedMatch,
    ImportApplied,
    ImportKind,
    ImportState,
    ImportV1,
)
from services.contracts.gradebook.sheets import CellEntry, CellState, SaveComments, SheetHead, SubjectComment
from services.gradebook.domain import Cell, Write, differs, normalised
from services.gradebook.errors.files import ImportExpired, ImportHasRefusals, NotSuggested
from services.gradebook.importing.content import (
    NewConduct,
    PageContent,
    RowContent,
    left_out,
    misplaced,
    owned_rows,
    refusals,
)
from services.gradebook.repository import comments, conduct, imports, marks, sheets
from services.gradebook.repository.imports import KeptImport
from services.gradebook.usecases import guards
from services.gradebook.usecases.comments import save_comments
from services.gradebook.usecases.conduct import save_conduct
from services.gradebook.usecases.imports.conduct_page import KEY as CONDUCT
from services.gradebook.usecases.imports.preview import get_import
from services.gradebook.usecases.marks import open_for, write

Rows = Sequence[tuple[RowContent, UUID]]
"""The rows to write, each with its pupil."""


def apply_import(tx: Tx, command: ApplyImport, actor: Actor) -> ImportV1:
    """Write the import of who previewed it; one that is applied already is told again and written no more."""
    kept = hold_import(tx, command, actor, ImportKind.MARKS)
    if kept.state is not ImportState.APPLIED:
        pages = decode(list[PageContent], kept.content)
        _check_left_out(pages, command)
        _hold(tx, command.school_year, pages)
        imports.note_applied(tx, command.school_year, command.import_id, _write_all(tx, pages, command.matches, actor))
    return imports.as_import(get_import(tx, command.school_year, command.import_id), tx.now())


def hold_import(tx: Tx, command: ApplyImport | ApplyPupils, actor: Actor, kind: ImportKind) -> KeptImport:
    """The import of that kind, held; only who saw the preview applies it, and within its 24 hours."""
    kept = get_import(tx, command.school_year, command.import_id, to_apply=True)
    if (kept.shown.previewed_by, kept.shown.kind) != (actor.person_id, kind):
        raise NotFound(import_id=command.import_id)
    if imports.as_import(kept, tx.now()).state is ImportState.EXPIRED:
        raise ImportExpired
    return kept


def _check_left_out(pages: Sequence[PageContent], command: ApplyImport) -> None:
    wrong = misplaced(pages, command.matches)
    if wrong:
        raise NotSuggested(count=len(wrong))
    count = refusals(pages, command.matches)
    if count and not command.leave_out_refused:
        raise ImportHasRefusals(count=count)


def _hold(tx: Tx, school_year: int, pages: Sequence[PageContent]) -> None:
    """All sheets that are written, and for conduct those of its class and term, which is not to be locked meanwhile."""
    sheet_ids = {page.sheet_id for page in pages if page.sheet_id is not None}
    terms = {(page.class_id, page.term) for page in pages if page.sheet_id is None}
    sheets.hold(tx, school_year, sheet_ids=sheet_ids, terms=terms)


def _write_all(tx: Tx, pages: Sequence[PageContent], matches: Sequence[ConfirmedMatch], actor: Actor) -> ImportApplied:
    written = dict.fromkeys(WRITERS, 0)
    for page in pages:
        rows = list(owned_rows(page, matches))
        for part, write_part in WRITERS.items():
            written[part] += write_part(tx, page, rows, actor)
    return ImportApplied(**written)


def _write_marks(tx: Tx, page: PageContent, rows: Rows, actor: Actor) -> int:
    """What differs from the sheet as it is now, and stays so as the sheet is held."""
    if page.sheet_id is None:
        return 0
    head = guards.hold_sheet(tx, page.school_year, page.sheet_id).head
    current = marks.cells_of(tx, page.school_year, [page.sheet_id])
    writes = [one for one in _mark_writes(head, rows) if differs(one.entry, current.get(one.place, Cell()))]
    if not writes:
        return 0
    sheet = open_for(tx, page.school_year, page.sheet_id, {one.column_id for one in writes}, actor)
    return len(write(tx, sheet, writes, actor))


def _mark_writes(head: SheetHead, rows: Rows) -> Iterator[Write]:
    """Each mark as it is stored, or as the file has it where it cannot stand, to be refused by name."""
    columns = {column.key: column for column in head.columns}
    for row, pupil_id in rows:
        for key, value in row.marks.items():
            if not left_out(row, f"marks/{key}"):
                base = row.base(pupil_id, f"marks/{key}")
                entry = CellEntry(pupil_id=pupil_id, state=CellState.VALUE, value=value, version=base)
                yield Write(column_id=columns[key].id, entry=normalised(entry, columns[key].scale) or entry)


def _write_comments(tx: Tx, page: PageContent, rows: Rows, actor: Actor) -> int:
    if page.sheet_id is None:
        return 0
    known = comments.comments_of(tx, page.school_year, [page.sheet_id])
    said = {(pupil_id, key): one.text for (_, pupil_id, key), one in known.items()}
    texts = tuple(
        SubjectComment(pupil_id=pupil_id, text=text, version=row.base(pupil_id, f"comments/{key}"), key=key)
        for row, pupil_id in rows
        for key, text in row.comments.items()
        if not left_out(row, f"comments/{key}") and said.get((pupil_id, key)) != text
    )
    if texts:
        save_comments(tx, SaveComments(school_year=page.school_year, sheet_id=page.sheet_id, comments=texts), actor)
    return len(texts)


def _write_conduct(tx: Tx, page: PageContent, rows: Rows, actor: Actor) -> int:
    known = conduct.conduct_of(tx, page.school_year, page.class_id)
    found = (
        _conduct(row, row.conduct, known.get((page.term, pupil_id)) or _nothing_yet(pupil_id))
        for row, pupil_id in rows
        if row.conduct is not None and not left_out(row, CONDUCT)
    )
    entries = tuple(entry for entry in found if entry is not None)
    if entries:
        command = SaveConduct(school_year=page.school_year, class_id=page.class_id, term=page.term, entries=entries)
        save_conduct(tx, command, actor)
    return len(entries)


WRITERS = {"marks": _write_marks, "comments": _write_comments, "conduct": _write_conduct}


def _conduct(row: RowContent, new: NewConduct, before: ConductEntry) -> ConductEntry | None:
    """The row's conduct over what stands there; None where it says nothing new."""
    filled = {name: value for name, value in asdict(new).items() if value is not None}
    if all(getattr(before, name) == value for name, value in filled.items()):
        return None
    return replace(before, **filled, version=row.base(before.pupil_id, CONDUCT))


def _nothing_yet(pupil_id: UUID) -> ConductEntry:
    return ConductEntry(pupil_id=pupil_id, conduct=None, absences=0, remark="", version=0)
