"""Conduct and absences as summaries of software state them."""

from collections.abc import Mapping

from services.chassis.workbook import normalised
from services.gradebook.domain import CONDUCT_LEVELS
from services.gradebook.importing.content import NewConduct

KEYS = ("ren_luyen", "nghi_p", "nghi_k", "nghi_tong")
SHORT = {"t": "Tốt", "k": "Khá", "đ": "Đạt", "cđ": "Chưa đạt"}
LEVELS = {normalised(level): level for level in CONDUCT_LEVELS} | SHORT


class BadConduct(ValueError):  # noqa: N818 - an answer about a row, as a refusal is
    """The summary's conduct or absences cannot be read."""


def conduct_in(summary: Mapping[str, str]) -> NewConduct | None:
    """What the row says of conduct and absences, None where it says nothing; BadConduct for what cannot be read."""
    if not any(summary.get(key) for key in KEYS):
        return None
    level = summary.get("ren_luyen")
    if level is not None and normalised(level) not in LEVELS:
        raise BadConduct(level)
    excused, unexcused, total = (_count(summary.get(key)) for key in KEYS[1:])
    if total is None and (excused, unexcused) != (None, None):
        total = (excused or 0) + (unexcused or 0)
    if total is not None and (unexcused or 0) > total:
        raise BadConduct(str(unexcused))
    return NewConduct(conduct=LEVELS[normalised(level)] if level else None, absences=total, unexcused=unexcused)


def _count(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isdecimal():
        raise BadConduct(text)
    return int(text)
