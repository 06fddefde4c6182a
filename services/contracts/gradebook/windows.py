"""Entry windows: when marks and comments may be written."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from services.contracts.messages import Command, Moment, Query


class WindowKind(StrEnum):
    """What an entry window lets people write: marks; or comments, conduct and remarks."""

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
    grade: int | None = None
    class_id: UUID | None = None
    subject: str | None = None
    column_key: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenWindow(Command[WindowV1]):
    """Let the unit's teachers write from now until `closes_at`; grade, class, subject and column narrow it.

    What was open before is opened again only with a reason.
    """

    operation: ClassVar[str] = "gradebook.open_window"
    school_year: int
    unit_id: UUID
    term: int
    kind: WindowKind
    closes_at: Moment
    grade: int | None = None
    class_id: UUID | None = None
    subject: str | None = None
    column_key: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseWindow(Command[WindowV1]):
    """Close a window now, whatever its planned time."""

    operation: ClassVar[str] = "gradebook.close_window"
    school_year: int
    window_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    windows: tuple[WindowV1, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindWindows(Query[Windows]):
    """Every window that the unit's year had, newest first: who may write what until when, and what was reopened why."""

    operation: ClassVar[str] = "gradebook.find_windows"
    school_year: int
    unit_id: UUID
