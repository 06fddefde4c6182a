"""Saving one column of 45 pupils through the gateway, against the same rows in one transaction each."""

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
AIM = "3,000 cells/s, p99 < 300 ms at 10"


@dataclass(slots=True)
class Column:
    """One column of a sheet, written over and over by its teacher, each time on the version written last."""

    address: str
    path: str
    token: str
    pupils: Sequence[str]
    version: int = 0
    _connection: http.client.HTTPConnection | None = None
    _marks: Iterator[int] = field(default_factory=itertools.count)

    def save(self) -> None:
        mark = f"{next(self._marks) % 100 / 10:.1f}"
        cells = [{"pupil_id": p, "state": "VALUE", "value": mark, "version": self.version} for p in self.pupils]
        if self._connection is None:
            self._connection = http.client.HTTPConnection(self.address, timeout=30)
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": str(uuid4())}
        self._connection.request("PUT", self.path, json.dumps({"cells": cells}), headers)
        response = self._connection.getresponse()
        answer = response.read()
        if response.status != http.client.OK:
            raise RuntimeError(f"{response.status}: {answer[:300]!r}")
        self.version += 1


def measure(instance: Instance, year: Year) -> list[Figure]:
    """Cells a second at each number of callers; every caller has columns of its own."""
    figures = []
    columns = _columns(instance, year)
    for callers in CALLERS:
        mine = [next(columns) for _ in range(callers)]
        pupils = len(mine[0].pupils)
        load = press([column.save for column in mine])
        limit = press([_raw(instance, pupils) for _ in range(callers)])
        p50, p99 = percentiles(load.latencies)
        figures.append(
            Figure(
                name=f"saving a column of {pupils} through HTTP, {callers} callers",
                value=load.rate * pupils,
                unit="cells/s",
                limit=limit.rate * pupils,
                limit_name="the same rows in psycopg transactions",
                aim=AIM if callers == 10 else "",  # noqa: PLR2004 - where the aim is set
                p50_ms=p50,
                p99_ms=p99,
            )
        )
    return figures


def _columns(instance: Instance, year: Year) -> Iterator[Column]:
    """Scored columns, one of each sheet, so that callers do not wait for one another's sheet."""
    address = urlsplit(platform.gateway_url(instance)).netloc
    by_person = {person_id: year.at.people[code] for code, person_id in year.at.person_ids.items()}
    pupils = {name: list(marks_year.pupil_ids(year, name).values()) for name in year.class_ids}
    for sheet in year.sheets:
        if sheet["kind"] == "SCORED":
            path = f"/v1/years/{FIRST_YEAR}/sheets/{sheet['id']}/columns/{sheet['columns'][0]['id']}"
            token = by_person[sheet["teacher_id"]].token or ""
            yield Column(address, path, token, pupils[sheet["class_name"]])


def _raw(instance: Instance, pupils: int) -> Callable[[], Any]:
    """What the database alone must do: 45 cells, 45 history rows, the head of the chain, one commit."""
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
