"""Saving columns and whole sheets through the gateway, against the same rows in one transaction each."""

import http.client
import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg

from deploy.bench.figures import Figure, percentiles
from deploy.bench.load import press
from deploy.demo import marks_year
from deploy.demo.marks_year import Year
from deploy.demo.school import FIRST_YEAR
from deploy.local import platform
from deploy.local.instance import Instance

CALLERS = (1, 10, 50)
SHEET_CALLERS = (1, 10)
COLUMNS_OF_SHEET = 6  # of 75 pupils: 450 cells
AIM = "3,000 cells/s, p99 < 300 ms at 10"


@dataclass(slots=True)
class Columns:
    """Columns of a sheet, written over and over by its teacher, each time on the versions written last.

    One goes by itself, several as a draft of the sheet.
    """

    address: str
    sheet: str
    column_ids: Sequence[str]
    token: str
    pupils: Sequence[str]
    version: int = 0
    _connection: http.client.HTTPConnection | None = None
    _marks: Iterator[int] = field(default_factory=itertools.count)

    @property
    def cells(self) -> int:
        return len(self.column_ids) * len(self.pupils)

    def save(self) -> None:
        mark = f"{next(self._marks) % 100 / 10:.1f}"
        entries = [{"pupil_id": p, "state": "VALUE", "value": mark, "version": self.version} for p in self.pupils]
        if len(self.column_ids) == 1:
            self._send("PUT", f"{self.sheet}/columns/{self.column_ids[0]}", entries)
        else:
            cells = [{"column_id": column, "entry": entry} for column in self.column_ids for entry in entries]
            self._send("POST", f"{self.sheet}/drafts", cells)
        self.version += 1

    def _send(self, method: str, path: str, cells: Sequence[dict[str, Any]]) -> None:
        if self._connection is None:
            self._connection = http.client.HTTPConnection(self.address, timeout=30)
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": str(uuid4())}
        self._connection.request(method, path, json.dumps({"cells": cells}), headers)
        response = self._connection.getresponse()
        answer = response.read()
        if response.status != http.client.OK:
            raise RuntimeError(f"{response.status}: {answer[:300]!r}")
        if json.loads(answer)["written"] != len(cells):
            raise RuntimeError(f"not everything was written: {answer[:300]!r}")


def measure(instance: Instance, year: Year) -> list[Figure]:
    """Cells a second at each number of callers; every caller has columns of its own."""
    columns = _columns(instance, year, each=1)
    return [_figure(instance, [next(columns) for _ in range(callers)]) for callers in CALLERS]


def measure_sheets(instance: Instance, year: Year) -> list[Figure]:
    """The same for whole sheets, sent as drafts."""
    sheets = _columns(instance, year, each=COLUMNS_OF_SHEET)
    return [_figure(instance, [next(sheets) for _ in range(callers)]) for callers in SHEET_CALLERS]


def _figure(instance: Instance, mine: Sequence[Columns]) -> Figure:
    callers, cells = len(mine), mine[0].cells
    load = press([columns.save for columns in mine])
    limit = press([_raw(instance, cells) for _ in range(callers)])
    p50, p99 = percentiles(load.latencies)
    what = "a column" if len(mine[0].column_ids) == 1 else "a sheet"
    return Figure(
        name=f"saving {what} of {cells} cells through HTTP, {callers} callers",
        value=load.rate * cells,
        unit="cells/s",
        limit=limit.rate * cells,
        limit_name="the same rows in psycopg transactions",
        aim=AIM if (callers, cells) == (10, 45) else "",
        p50_ms=p50,
        p99_ms=p99,
    )


def _columns(instance: Instance, year: Year, *, each: int) -> Iterator[Columns]:
    """So many scored columns of one sheet after the other, so that callers do not wait for one another's sheet."""
    address = urlsplit(platform.gateway_url(instance)).netloc
    by_person = {person_id: year.at.people[code] for code, person_id in year.at.person_ids.items()}
    pupils = {name: list(marks_year.pupil_ids(year, name).values()) for name in year.class_ids}
    for sheet in year.sheets:
        if sheet["kind"] == "SCORED" and len(sheet["columns"]) >= each:
            path = f"/v1/years/{FIRST_YEAR}/sheets/{sheet['id']}"
            ids = [column["id"] for column in sheet["columns"][:each]]
            token = by_person[sheet["teacher_id"]].token or ""
            yield Columns(address, path, ids, token, pupils[sheet["class_name"]])


def _raw(instance: Instance, pupils: int) -> Callable[[], Any]:
    """What the database alone must do: the cells, as many history rows, one commit."""
    url = platform.database_url(instance, "gradebook").replace("postgresql+psycopg", "postgresql")
    conn = psycopg.connect(url)
    sheet, column, person = uuid4(), uuid4(), uuid4()
    ids, versions = [uuid4() for _ in range(pupils)], itertools.count(1)

    def save() -> None:
        version = next(versions)
        with conn.transaction(), conn.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO cells VALUES (%s, %s, %s, %s, 'VALUE', '7.5', %s) ON CONFLICT (school_year, sheet_id, "
                "column_id, pupil_id) DO UPDATE SET value = excluded.value, version = excluded.version",
                [(FIRST_YEAR, sheet, column, pupil, version) for pupil in ids],
            )
            cursor.executemany(
                "INSERT INTO mark_history VALUES "
                "(%s, %s, %s, %s, %s, %s, 'VALUE', '7.5', %s, %s, now(), repeat('0', 64))",
                [
                    (FIRST_YEAR, sheet, (version - 1) * pupils + number, column, pupil, version, person, person)
                    for number, pupil in enumerate(ids)
                ],
            )

    return save
