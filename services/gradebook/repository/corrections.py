"""Corrections of what was locked, and second chances in the summer."""

from collections.abc import Sequence
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Row, and_, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from services.chassis.database import Tx
from services.contracts.gradebook.corrections import CorrectionState, CorrectionV1
from services.contracts.gradebook.sheets import CellState
from services.contracts.gradebook.summer import SecondChanceV1
from services.gradebook.models.results import corrections, second_chances

NAMES = (
    "id", "school_year", "unit_id", "sheet_id", "column_id", "pupil_id", "old_value", "new_value", "reason", "evidence",
    "requested_by", "requested_at", "verified_by", "verified_at", "decided_by", "decided_at", "refusal",
)  # fmt: skip
CHANCE = (
    "class_id", "pupil_id", "subject", "result", "report", "note", "proposed_by", "proposed_at", "decided_by",
    "decided_at",
)  # fmt: skip


def insert_correction(tx: Tx, correction: CorrectionV1, *, base_version: int) -> None:
    names = (*NAMES, "old_state", "new_state", "state")
    row = {name: getattr(correction, name) for name in names}
    tx.conn.execute(insert(corrections).values(row | {"base_version": base_version}))


def hold_correction(tx: Tx, school_year: int, correction_id: UUID) -> tuple[CorrectionV1, int] | None:
    """The correction, held until the transaction ends, with the version of the cell that it was asked for on."""
    mine = (corrections.c.school_year == school_year) & (corrections.c.id == correction_id)
    row = tx.conn.execute(select(corrections).where(mine).with_for_update()).first()
    return (_correction(row), row.base_version) if row else None


def save_step(tx: Tx, correction: CorrectionV1) -> None:
    """Keep who has verified or decided, and what has become of it."""
    mine = (corrections.c.school_year == correction.school_year) & (corrections.c.id == correction.id)
    names = ("state", "verified_by", "verified_at", "decided_by", "decided_at", "refusal")
    tx.conn.execute(update(corrections).where(mine).values({name: getattr(correction, name) for name in names}))


def is_under_way(tx: Tx, school_year: int, sheet_id: UUID, column_id: UUID, pupil_id: UUID) -> bool:
    mine = and_(
        corrections.c.school_year == school_year,
        corrections.c.sheet_id == sheet_id,
        corrections.c.column_id == column_id,
        corrections.c.pupil_id == pupil_id,
        corrections.c.state.in_([CorrectionState.REQUESTED, CorrectionState.VERIFIED]),
    )
    return tx.conn.execute(select(corrections.c.id).where(mine).limit(1)).first() is not None


def corrections_of_unit(tx: Tx, school_year: int, unit_id: UUID) -> list[CorrectionV1]:
    """All, the newest first."""
    mine = (corrections.c.school_year == school_year) & (corrections.c.unit_id == unit_id)
    rows = tx.conn.execute(select(corrections).where(mine).order_by(corrections.c.requested_at.desc()))
    return [_correction(row) for row in rows]


class ChancePlace(Protocol):
    """Whose second chance, in what."""

    @property
    def school_year(self) -> int: ...
    @property
    def class_id(self) -> UUID: ...
    @property
    def pupil_id(self) -> UUID: ...
    @property
    def subject(self) -> str: ...


def hold_chance(tx: Tx, of: ChancePlace) -> SecondChanceV1 | None:
    """The second chance, held until the transaction ends."""
    names = ("school_year", "class_id", "pupil_id", "subject")
    mine = [second_chances.c[name] == getattr(of, name) for name in names]
    row = tx.conn.execute(select(second_chances).where(*mine).with_for_update()).first()
    return _chance(row) if row else None


def keep_chance(tx: Tx, school_year: int, chance: SecondChanceV1) -> None:
    """Keep what was proposed or decided, in place of what stood there."""
    row = {name: getattr(chance, name) for name in CHANCE} | {"school_year": school_year}
    new = upsert(second_chances).values(row)
    keys = ["school_year", "class_id", "pupil_id", "subject"]
    tx.conn.execute(new.on_conflict_do_update(index_elements=keys, set_=row))


def chances_of(tx: Tx, school_year: int, class_id: UUID) -> Sequence[SecondChanceV1]:
    mine = (second_chances.c.school_year == school_year) & (second_chances.c.class_id == class_id)
    order = (second_chances.c.pupil_id, second_chances.c.subject)
    return [_chance(row) for row in tx.conn.execute(select(second_chances).where(mine).order_by(*order))]


def _correction(row: Row[Any]) -> CorrectionV1:
    return CorrectionV1(
        **{name: getattr(row, name) for name in NAMES},
        old_state=CellState(row.old_state),
        new_state=CellState(row.new_state),
        state=CorrectionState(row.state),
    )


def _chance(row: Row[Any]) -> SecondChanceV1:
    return SecondChanceV1(**{name: getattr(row, name) for name in CHANCE})
