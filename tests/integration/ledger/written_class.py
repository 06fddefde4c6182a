"""A class whose sheets are written by the repository alone, without windows and roles."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text

from services.chassis.ids import new_id
from services.contracts.gradebook.history import AuditSheet, SheetAudit
from services.contracts.gradebook.sheets import CellEntry, CellState
from services.contracts.identity import Role
from services.gradebook.domain import Write
from services.gradebook.ledger import Entry, chain, genesis
from services.gradebook.models.school import classes, school_years, subjects
from services.gradebook.models.sheets import columns, sheets
from services.gradebook.repository import marks, school
from services.gradebook.repository import sheets as sheet_rows
from tests.integration.acting import Acting

YEAR = 2025
KEYS = {"tx1": "REGULAR", "gk": "MIDTERM", "ck": "FINAL"}
AS_RULER = "SET LOCAL session_replication_role = replica"  # as a superuser who has switched the guards off


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenClass:
    """A class with its teacher, pupils, and two sheets, each with columns by key."""

    gradebook: Acting
    unit_id: UUID
    class_id: UUID
    principal: UUID
    homeroom: UUID
    teacher: UUID
    pupils: tuple[UUID, ...]
    sheets: tuple[UUID, ...]
    columns: dict[tuple[UUID, str], UUID]

    @property
    def sheet_id(self) -> UUID:
        return self.sheets[0]

    def write(
        self,
        values: Sequence[str | None],
        *,
        key: str = "tx1",
        sheet: int = 0,
        person: UUID | None = None,
        basis: str | None = None,
    ) -> None:
        """Write a column of a sheet, one value for each pupil in order; None clears a cell."""
        person_id, column_id = person or self.teacher, self.columns[self.sheets[sheet], key]
        with self.gradebook.db.transaction() as tx:
            held = sheet_rows.lock_sheet(tx, YEAR, self.sheets[sheet])
            assert held is not None
            current = marks.cells_of(tx, YEAR, [held.head.id])
            writes = [
                Write(column_id=column_id, entry=_entry(pupil, value, current.get((column_id, pupil))))
                for pupil, value in zip(self.pupils, values, strict=False)
            ]
            marks.write_cells(tx, held, writes, marks.Writer(account_id=person_id, person_id=person_id, basis=basis))

    def column_write(self, key: str, value: str, *, version: int) -> Write:
        """A change of the first pupil's cell, on the version given."""
        entry = CellEntry(pupil_id=self.pupils[0], state=CellState.VALUE, value=value, version=version)
        return Write(column_id=self.columns[self.sheet_id, key], entry=entry)

    def audit(self, person: UUID | None = None, sheet: int = 0) -> SheetAudit:
        question = AuditSheet(school_year=YEAR, sheet_id=self.sheets[sheet])
        return self.gradebook.ask(question, person or self.principal)

    def as_ruler(self, *statements: str, **values: Any) -> None:
        """Run statements, with :sheet and :year given, as the database's superuser could."""
        with self.gradebook.db.transaction() as tx:
            tx.conn.execute(text(AS_RULER))
            for statement in statements:
                tx.conn.execute(text(statement), {"sheet": self.sheet_id, "year": YEAR, **values})

    def rewrite(self, first: int = 1) -> None:
        """Make the first sheet's hashes anew from a row on, with head and cells, as a superuser could."""
        row = "SELECT * FROM mark_history WHERE sheet_id = :sheet ORDER BY seq"
        rows = self.gradebook.sql(row, sheet=self.sheet_id)
        names = Entry.__dataclass_fields__
        head = next((one.hash for one in rows if one.seq == first - 1), genesis(YEAR, self.sheet_id))
        hashes = chain(head, [Entry(**{name: getattr(one, name) for name in names}) for one in rows[first - 1 :]])
        self.as_ruler(
            """
            UPDATE mark_history SET hash = made.hash
            FROM unnest(CAST(:seqs AS int[]), CAST(:hashes AS text[])) AS made (seq, hash)
            WHERE sheet_id = :sheet AND mark_history.seq = made.seq
            """,
            "UPDATE sheets SET (history_rows, chain_head) = (:rows, :head) WHERE id = :sheet",
            "DELETE FROM cells WHERE sheet_id = :sheet",
            """
            INSERT INTO cells (school_year, sheet_id, column_id, pupil_id, state, value, version)
            SELECT DISTINCT ON (column_id, pupil_id) school_year, sheet_id, column_id, pupil_id, state, value, version
            FROM mark_history WHERE sheet_id = :sheet ORDER BY column_id, pupil_id, seq DESC
            """,
            seqs=[one.seq for one in rows[first - 1 :]], hashes=hashes, rows=len(rows), head=hashes[-1],
        )  # fmt: skip


def open_class(gradebook: Acting, size: int = 3) -> WrittenClass:
    unit_id, class_id = new_id(), new_id()
    principal = gradebook.grant(Role.PRINCIPAL, unit_id)
    teacher, homeroom = gradebook.grant(Role.STAFF, unit_id), gradebook.grant(Role.STAFF, unit_id)
    made = WrittenClass(
        gradebook=gradebook, unit_id=unit_id, class_id=class_id, principal=principal, homeroom=homeroom,
        teacher=teacher, pupils=tuple(new_id() for _ in range(size)), sheets=(new_id(), new_id()), columns={},
    )  # fmt: skip
    made.columns.update({(sheet_id, key): new_id() for sheet_id in made.sheets for key in KEYS})
    _insert(made)
    return made


def _insert(made: WrittenClass) -> None:
    here = {"school_year": YEAR, "unit_id": made.unit_id}
    subject = {**here, "stage": "THCS", "grade": 6, "code": "TOAN", "name": "Toán", "kind": "SCORED"}
    of_class = {**here, "id": made.class_id, "stage": "THCS", "name": "6A", "grade": 6, "homeroom_id": made.homeroom}
    with made.gradebook.db.transaction() as tx:
        school.make_partitions(tx, YEAR)
        opened_at = tx.now() - timedelta(days=30)
        tx.conn.execute(insert(school_years).values({**here, "stage": "THCS", "opened_at": opened_at}))
        tx.conn.execute(insert(subjects).values({**subject, "periods": 140, "position": 1}))
        tx.conn.execute(insert(classes).values(of_class))
        for term, sheet_id in enumerate(made.sheets, start=1):
            tx.conn.execute(insert(sheets).values(_sheet(made, sheet_id, term)))
        tx.conn.execute(insert(columns), [_column(made, *place) for place in made.columns])


def _sheet(made: WrittenClass, sheet_id: UUID, term: int) -> dict[str, Any]:
    return {
        "school_year": YEAR, "id": sheet_id, "unit_id": made.unit_id, "class_id": made.class_id, "subject": "TOAN",
        "term": term, "teacher_id": made.teacher, "chain_head": genesis(YEAR, sheet_id),
    }  # fmt: skip


def _column(made: WrittenClass, sheet_id: UUID, key: str) -> dict[str, Any]:
    return {
        "school_year": YEAR, "sheet_id": sheet_id, "id": made.columns[sheet_id, key], "key": key, "kind": KEYS[key],
        "scale": "MARK", "position": list(KEYS).index(key),
    }  # fmt: skip


def _entry(pupil_id: UUID, value: str | None, current: Any) -> CellEntry:
    state = CellState.EMPTY if value is None else CellState.VALUE
    return CellEntry(pupil_id=pupil_id, state=state, value=value, version=current.version if current else 0)
