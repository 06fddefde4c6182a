"""The table of what level the signatures of each completed file have reached, what is due, and what failed and why.

A class sheet stands there under its own id in place of a transcript's, with its number as version.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, func, insert, literal, select, union_all, update

from services.chassis.database import Tx
from services.contracts.messages import Change
from services.contracts.signing.documents import DocumentsSignedV1, SlotRole
from services.contracts.signing.log import LogKind
from services.signing import repository
from services.signing.evidence.proof import Level
from services.signing.log import sequencing as log
from services.signing.log.rows import Waiting
from services.signing.models.documents import class_sheet_signatures as signed_sheets
from services.signing.models.documents import class_sheets as sheets
from services.signing.models.documents import documents, evidence


class Form(StrEnum):
    XML = "XML"
    PDF = "PDF"
    SHEET = "SHEET"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A file whose next step is due; `file` is its SHA-256, `stamped_at` the time of its newest timestamp."""

    school_year: int
    transcript_id: UUID
    version: int
    class_id: UUID
    form: Form
    level: Level
    file: str
    stamped_at: datetime | None
    tries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What a try came to: a new file and level, or no file and why not."""

    due: Due
    level: Level
    file: str | None
    stamped_at: datetime | None
    due_at: datetime
    why: str | None = None


def enter_completed(tx: Tx) -> None:
    """Enter the files of documents that were completed since, and of class sheets that were signed."""
    complete = select(*(documents.c[name] for name in _KEY)).where(documents.c.completed_at.is_not(None))
    signed = select(sheets.c.school_year, sheets.c.id, sheets.c.number).join(signed_sheets, _IS_SIGNED)
    for form in Form:
        files = (signed if form is Form.SHEET else complete).subquery()
        key = [*files.c]
        known = and_(*(evidence.c[name] == one for name, one in zip(_KEY, key, strict=True)), evidence.c.form == form)
        begun = (literal(form), literal(Level.B_B), func.now(), literal(0))
        new = select(*key, *begun).where(~select(1).where(known).exists())
        names = [*_KEY, "form", "level", "due_at", "tries"]
        tx.conn.execute(insert(evidence).from_select(names, new))


def find_due(tx: Tx, most: int) -> list[Due]:
    class_id = func.coalesce(documents.c.class_id, sheets.c.class_id).label("class_id")
    query = select(evidence, class_id, documents.c.xml, documents.c.pdf, signed_sheets.c.file)
    papers = evidence.outerjoin(documents, _OF_DOCUMENT)
    query = query.select_from(papers.outerjoin(sheets, _OF_SHEET).outerjoin(signed_sheets, _IS_SIGNED))
    rows = tx.conn.execute(query.where(evidence.c.due_at <= func.now()).order_by(evidence.c.due_at).limit(most))
    return [_due(row) for row in rows]


def pending_since(tx: Tx) -> datetime | None:
    """Since when the oldest file without any timestamp waits for one."""
    waiting = select(func.min(evidence.c.entered_at)).where(evidence.c.level == Level.B_B)
    return tx.conn.execute(waiting).scalar()


def count_levels(tx: Tx, school_year: int, units: Sequence[UUID]) -> Sequence[Row[Any]]:
    """Files of these schools by form, level and why the last try was in vain, with the earliest next step."""
    grouped = evidence.c.form, evidence.c.level, evidence.c.why
    counted = select(*grouped, func.count().label("files"), func.min(evidence.c.due_at).label("due_at"))
    here = [
        counted.join(table, joined).where(table.c.unit_id.in_(units))
        for table, joined in ((documents, _OF_DOCUMENT), (sheets, _OF_SHEET))
    ]
    each = union_all(*(one.where(evidence.c.school_year == school_year).group_by(*grouped) for one in here))
    return tx.conn.execute(each.order_by("form", "level", "why")).all()


def keep(tx: Tx, steps: Sequence[Step]) -> int:
    """Keep them, and announce the classes whose documents have new files; gives how many files are new."""
    reached = [step for step in steps if _keep_file(tx, step)]
    for step in steps:
        if step in reached or step.file is None:
            tx.conn.execute(update(evidence).where(_is(step.due)).values(_values(step)))
    log.add(tx, [_waiting(step.file) for step in reached if step.file])
    papers = [step.due for step in reached if step.due.form is not Form.SHEET]
    for school_year, class_id in sorted({(due.school_year, due.class_id) for due in papers}):
        tx.emit(_told(tx, school_year, class_id))
    return len(reached)


def _waiting(file: str) -> Waiting:
    """Every revision that is handed out goes into the log."""
    return Waiting(kind=LogKind.FILE, reference=file, digest=bytes.fromhex(file))


def _keep_file(tx: Tx, step: Step) -> bool:
    """Whether the new file took the place of the one that it was made from."""
    if step.file is None:
        return False
    due = step.due
    if due.form is Form.SHEET:
        key = {"school_year": due.school_year, "sheet_id": due.transcript_id, "file": due.file}
        taken = update(signed_sheets).filter_by(**key).values(file=step.file)
    else:
        column = documents.c.xml if due.form is Form.XML else documents.c.pdf
        mine = and_(*(documents.c[name] == getattr(due, name) for name in _KEY), column == due.file)
        taken = update(documents).where(mine).values({column: step.file, "revision": documents.c.revision + 1})
    return tx.conn.execute(taken).rowcount == 1


def _values(step: Step) -> dict[str, Any]:
    return {
        "level": step.level,
        "stamped_at": step.stamped_at,
        "due_at": step.due_at,
        "tries": step.due.tries + 1 if step.why else 0,
        "why": step.why,
    }


_KEY = ("school_year", "transcript_id", "version")
_IS_SIGNED = (signed_sheets.c.school_year == sheets.c.school_year) & (signed_sheets.c.sheet_id == sheets.c.id)
_OF_DOCUMENT = and_(*(evidence.c[name] == documents.c[name] for name in _KEY))
_OF_SHEET = (evidence.c.school_year == sheets.c.school_year) & (evidence.c.transcript_id == sheets.c.id)


def _is(due: Due) -> Any:
    return and_(*(evidence.c[name] == getattr(due, name) for name in _KEY), evidence.c.form == due.form)


def _due(row: Any) -> Due:
    names = (*_KEY, "class_id", "stamped_at", "tries")
    form = Form(row.form)
    file = {Form.XML: row.xml, Form.PDF: row.pdf, Form.SHEET: row.file}[form]
    return Due(**{name: getattr(row, name) for name in names}, form=form, level=Level(row.level), file=file)


def _told(tx: Tx, school_year: int, class_id: UUID) -> DocumentsSignedV1:
    return DocumentsSignedV1(
        record_id=class_id,
        change=Change.UPDATE,
        version=repository.count_signatures(tx, school_year, class_id),
        updated_at=tx.now(),
        school_year=school_year,
        role=SlotRole.SEAL,
    )
