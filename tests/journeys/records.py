"""What the databases say came of marks, windows and appointments."""

from typing import Any

from tests.journeys.installation import Platform, until
from tests.journeys.school import School

HISTORY = """
    SELECT version, value, count(*) FROM mark_history WHERE column_id = %s GROUP BY version, value ORDER BY version
"""
INBOX = "SELECT state FROM inbox WHERE data->>'person_id' = %s"
HEAD = "SELECT history_rows, chain_head FROM sheets WHERE id = %s"
KEPT_HEADS = "SELECT seq, hash FROM mark_heads WHERE sheet_id = %s ORDER BY seq"
GRANTS = "SELECT count(*) FROM grants WHERE person_id = %s"
WINDOWS = "SELECT count(*) FROM windows WHERE closes_at = %s"


def history(platform: Platform, column: Any) -> list[tuple[Any, ...]]:
    """Each version of the column with its mark and the number of pupils who got it."""
    return platform.sql("gradebook", HISTORY, column["id"])


def head(platform: Platform, sheet: Any) -> tuple[int, str]:
    """How long the sheet's history is, and its newest hash."""
    [(rows, newest)] = platform.sql("gradebook", HEAD, sheet["id"])
    return rows, newest


def kept_heads(platform: Platform, sheet: Any) -> list[tuple[Any, ...]]:
    """The heads of the sheet's history that signing keeps."""
    return platform.sql("signing", KEPT_HEADS, sheet["id"])


def have_head_kept(platform: Platform, sheet: Any) -> None:
    """Wait until signing keeps the sheet's head; a worker that is new makes its rounds at once, and not in 45 s."""
    platform.kill("gradebook-worker")
    until(lambda: head(platform, sheet) in kept_heads(platform, sheet))


def windows(platform: Platform, closes_at: str) -> int:
    """How many windows close at that time."""
    return int(platform.sql("gradebook", WINDOWS, closes_at)[0][0])


def grants(platform: Platform, person_id: str) -> int:
    """How many roles gradebook knows the person to have."""
    return int(platform.sql("gradebook", GRANTS, person_id)[0][0])


def heard(platform: Platform, person_id: str) -> list[str]:
    """What became of each time that gradebook heard of the person's appointment."""
    return [state for (state,) in platform.sql("gradebook", INBOX, person_id)]


def let_everything_arrive(platform: Platform, school: School) -> None:
    """Once a later appointment is known, all that was sent before it has come, repetitions too."""
    later = school.appoint()
    until(lambda: "DONE" in heard(platform, later))
