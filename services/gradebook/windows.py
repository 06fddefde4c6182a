"""What an entry window opens: its scope, and whether it is open. Pure."""

from collections.abc import Sequence
from datetime import datetime

from services.contracts.gradebook.sheets import SheetHead
from services.contracts.gradebook.windows import OpenWindow, WindowV1

NARROWINGS = ("grade", "class_id", "subject", "column_key")


def is_open(window: WindowV1, now: datetime) -> bool:
    return window.opens_at <= now < window.closes_at


def meets(window: WindowV1, wanted: OpenWindow) -> bool:
    """Whether the two open some cell in common, their unit, year, term and kind being the same."""
    pairs = ((getattr(window, name), getattr(wanted, name)) for name in NARROWINGS)
    return all(one is None or other is None or one == other for one, other in pairs)


def over(windows: Sequence[WindowV1], head: SheetHead) -> list[WindowV1]:
    """The windows that open this sheet or a column of it."""
    here = {"grade": head.grade, "class_id": head.class_id, "subject": head.subject}
    return [window for window in windows if all(getattr(window, name) in (None, place) for name, place in here.items())]


def for_column(windows: Sequence[WindowV1], key: str) -> list[WindowV1]:
    return [window for window in windows if window.column_key in (None, key)]
