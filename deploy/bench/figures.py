"""What a measurement comes to, and how it is shown and kept."""

import json
import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured rate beside its limit; `p50_ms` and `p99_ms` where single requests were timed."""

    name: str
    value: float
    unit: str
    limit: float
    limit_name: str
    aim: str
    p50_ms: float | None = None
    p99_ms: float | None = None

    @property
    def ratio(self) -> float:
        return self.value / self.limit


def percentiles(seconds: Sequence[float]) -> tuple[float, float]:
    """Median and 99th percentile, in milliseconds."""
    ordered = sorted(seconds)
    return 1000 * statistics.median(ordered), 1000 * ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]


def show(console: Console, figures: Sequence[Figure]) -> None:
    table = Table("measured", "rate", "p50 ms", "p99 ms", "limit", "of the limit", "aim")
    for one in figures:
        table.add_row(*_cells(one))
    console.print(table)


def markdown(figures: Sequence[Figure]) -> str:
    """The same table for the README."""
    head = "| measured | rate | p50 ms | p99 ms | limit | of the limit | aim |\n|---|---|---|---|---|---|---|"
    return "\n".join([head, *("| " + " | ".join(_cells(one)) + " |" for one in figures)])


def keep(path: Path, figures: Sequence[Figure]) -> None:
    """Write the figures with the date and the machine."""
    path.parent.mkdir(parents=True, exist_ok=True)
    machine = {"python": platform.python_version(), "system": platform.platform(), "cores": os.cpu_count()}
    rows = [asdict(one) | {"ratio": round(one.ratio, 3)} for one in figures]
    kept = {"at": datetime.now(UTC).isoformat(), "machine": machine, "figures": rows}
    path.write_text(json.dumps(kept, ensure_ascii=False, indent=2) + "\n")


def _cells(one: Figure) -> tuple[str, ...]:
    return (
        one.name,
        f"{one.value:,.0f} {one.unit}",
        "" if one.p50_ms is None else f"{one.p50_ms:.1f}",
        "" if one.p99_ms is None else f"{one.p99_ms:.1f}",
        f"{one.limit:,.0f} ({one.limit_name})",
        f"{one.ratio:.2f}",
        one.aim,
    )
