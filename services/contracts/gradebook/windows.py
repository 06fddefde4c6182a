"""Entry windows: when marks and comments may be written."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from services.contracts.messages import Command


class WindowKind(StrEnum):
    """What an entry window lets people write: marks (with subject comments), or conduct and homeroom remarks."""

    MARKS = "MARKS"
    COMMENTS = "COMMENTS"


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowV1:
    id: UUID
    school_year: int
    unit_id: UUID
    term: int
    kind: WindowKind
    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenWindow(Command[WindowV1]):
    """Let the unit's teachers write from now until `closes_at`."""

    operation: ClassVar[str] = "gradebook.open_window"
    school_year: int
    unit_id: UUID
    term: int
    kind: WindowKind
    closes_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseWindow(Command[WindowV1]):
    """Close a window now, whatever its planned time."""

    operation: ClassVar[str] = "gradebook.close_window"
    school_year: int
    window_id: UUID
