"""Signals that a mark may have been planted: places to look at, never a verdict."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from services.contracts.messages import Query


class SignalCode(StrEnum):
    """Why somebody should look ("cấy điểm")."""

    PLANTED = "PLANTED"
    FINAL_RAISED = "FINAL_RAISED"
    OVER_THRESHOLD = "OVER_THRESHOLD"
    OFTEN_CORRECTED = "OFTEN_CORRECTED"
    AT_NIGHT = "AT_NIGHT"
    ONE_HAND = "ONE_HAND"
    BURST = "BURST"
    AFTER_CLOSING = "AFTER_CLOSING"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalV1:
    """One signal at one row of a sheet's history; `person_ids` are those who acted.

    A sheet is alarmed when the weights of its different codes come to 2: some signals need a second one beside them.
    """

    code: SignalCode
    weight: int
    sheet_id: UUID
    seq: int
    column_id: UUID
    pupil_id: UUID
    at: datetime
    person_ids: tuple[UUID, ...]
    en: str
    vi: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """Every signal, the newest first, and the sheets that somebody should look at."""

    signals: tuple[SignalV1, ...]
    alarmed: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindSignals(Query[Signals]):
    """Signals in a school's marks of a year: for its principal and for inspectors whose grant covers it."""

    operation: ClassVar[str] = "gradebook.find_signals"
    school_year: int
    unit_id: UUID
