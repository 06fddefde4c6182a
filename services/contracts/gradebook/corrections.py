"""Corrections of locked marks: requested, verified and approved by different people."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from services.contracts.gradebook.sheets import CellState
from services.contracts.messages import Command, Query


class CorrectionState(StrEnum):
    REQUESTED = "REQUESTED"
    VERIFIED = "VERIFIED"
    APPLIED = "APPLIED"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionV1:
    """A cell's correction with everyone who had a part in it; `evidence` is the SHA-256 of the scanned minutes."""

    id: UUID
    school_year: int
    unit_id: UUID
    sheet_id: UUID
    column_id: UUID
    pupil_id: UUID
    old_state: CellState
    old_value: str | None
    new_state: CellState
    new_value: str | None
    reason: str
    evidence: str
    state: CorrectionState
    requested_by: UUID
    requested_at: datetime
    verified_by: UUID | None = None
    verified_at: datetime | None = None
    decided_by: UUID | None = None
    decided_at: datetime | None = None
    refusal: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCorrection(Command[CorrectionV1]):
    """Ask for a closed cell to be changed: the sheet's teacher does, an admin for a centralised column."""

    operation: ClassVar[str] = "gradebook.request_correction"
    school_year: int
    sheet_id: UUID
    column_id: UUID
    pupil_id: UUID
    version: int
    state: CellState
    value: str | None
    reason: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyCorrection(Command[CorrectionV1]):
    """The class's homeroom teacher has compared the request with its evidence."""

    operation: ClassVar[str] = "gradebook.verify_correction"
    school_year: int
    correction_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideCorrection(Command[CorrectionV1]):
    """The principal approves, and the cell changes at once; or refuses, saying why."""

    operation: ClassVar[str] = "gradebook.decide_correction"
    school_year: int
    correction_id: UUID
    is_approved: bool
    refusal: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrections:
    corrections: tuple[CorrectionV1, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindCorrections(Query[Corrections]):
    """The unit's corrections, newest first: all for its leaders, else those that the person has a part in."""

    operation: ClassVar[str] = "gradebook.find_corrections"
    school_year: int
    unit_id: UUID
