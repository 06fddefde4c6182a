"""Subject teachers' comments, and each teacher's own bank of phrases."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as upsert

from services.chassis.database import Tx
from services.chassis.ids import new_id
from services.contracts.gradebook.phrases import PhraseV1
from services.contracts.gradebook.sheets import SubjectComment
from services.gradebook.models.sheets import comments, phrases

Comments = dict[tuple[UUID, UUID, str], SubjectComment]
"""Comments by (sheet, pupil, key)."""


def comments_of(tx: Tx, school_year: int, sheet_ids: Collection[UUID]) -> Comments:
    mine = (comments.c.school_year == school_year) & comments.c.sheet_id.in_(list(sheet_ids))
    names = ("pupil_id", "text", "version", "key")
    return {
        (row.sheet_id, row.pupil_id, row.key): SubjectComment(**{name: getattr(row, name) for name in names})
        for row in tx.conn.execute(select(comments).where(mine).order_by(comments.c.key))
    }


def write_comments(
    tx: Tx, school_year: int, sheet_id: UUID, written: Sequence[SubjectComment], person_id: UUID
) -> list[SubjectComment]:
    """Keep the comments, each a version further; the sheet must be held."""
    place = {"school_year": school_year, "sheet_id": sheet_id, "person_id": person_id, "written_at": tx.now()}
    kept = [
        SubjectComment(pupil_id=one.pupil_id, text=one.text, version=one.version + 1, key=one.key) for one in written
    ]
    rows = [place | {"pupil_id": o.pupil_id, "text": o.text, "version": o.version, "key": o.key} for o in kept]
    if rows:
        new = upsert(comments)
        changes = {name: new.excluded[name] for name in ("text", "version", "person_id", "written_at")}
        keys = ["school_year", "sheet_id", "pupil_id", "key"]
        tx.conn.execute(new.on_conflict_do_update(index_elements=keys, set_=changes), rows)
    return kept


def phrases_of(tx: Tx, person_id: UUID) -> list[PhraseV1]:
    query = select(phrases).where(phrases.c.person_id == person_id).order_by(phrases.c.subject, phrases.c.text)
    return [PhraseV1(id=row.id, subject=row.subject, text=row.text) for row in tx.conn.execute(query)]


def add_phrases(tx: Tx, person_id: UUID, subject: str | None, texts: Collection[str]) -> None:
    rows = [{"person_id": person_id, "id": new_id(), "subject": subject, "text": one} for one in texts]
    if rows:
        tx.conn.execute(upsert(phrases).on_conflict_do_nothing(), rows)


def remove_phrase(tx: Tx, person_id: UUID, phrase_id: UUID) -> None:
    tx.conn.execute(delete(phrases).where((phrases.c.person_id == person_id) & (phrases.c.id == phrase_id)))
