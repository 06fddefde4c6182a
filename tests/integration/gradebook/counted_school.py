"""A school written straight into gradebook's tables, with irregular entry, and the same counted by hand."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from services.chassis.authority import Actor
from services.chassis.database import Database, Tx
from services.chassis.ids import new_id
from services.gradebook.models.school import choices, classes, enrolments, exemptions, school_years, subjects
from services.gradebook.models.sheets import cells, columns, comments, conduct, mark_history, sheets
from services.gradebook.repository import school

YEAR, TERM = 2025, 1
TODAY = date(2025, 12, 15)
SECOND_TERM_ON = date(2026, 1, 12)
NOON = datetime.combine(TODAY, time(5), UTC)
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
ENTERED = ("VALUE", "MISSED_UNEXCUSED", "EXEMPT")
KEYS = ("tx1", "tx2", "gk", "ck")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell that somebody in the class's list might have: what the law wants of it and what became of it."""

    class_id: UUID
    subject: str
    key: str
    code: str
    is_expected: bool
    due_on: date | None
    state: str | None
    written: tuple[tuple[datetime, str], ...]

    @property
    def is_entered(self) -> bool:
        return self.state in ENTERED

    @property
    def first_on(self) -> date | None:
        return next((at.astimezone(VIETNAM).date() for at, state in self.written if state in ENTERED), None)

    def is_late(self, today: date) -> bool:
        if self.due_on is None:
            return False
        return (self.first_on or today) > self.due_on if self.is_entered else today > self.due_on


@dataclass(slots=True)
class CountedSchool:
    """The rows to insert, and what they should come to."""

    unit_id: UUID = field(default_factory=new_id)
    homerooms: dict[UUID, UUID] = field(default_factory=dict)
    cells: list[Cell] = field(default_factory=list)
    without_comment: list[tuple[UUID, str, str]] = field(default_factory=list)
    without_conduct: list[tuple[UUID, str]] = field(default_factory=list)
    rows: dict[Any, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, table: Any, **row: Any) -> None:
        self.rows.setdefault(table, []).append({"school_year": YEAR} | row)

    def expected(self, **wanted: Any) -> list[Cell]:
        return [
            cell
            for cell in self.cells
            if cell.is_expected and all(getattr(cell, name) == value for name, value in wanted.items())
        ]

    def insert(self, db: Database) -> None:
        with db.transaction() as tx:
            insert_rows(tx, self.rows)


def insert_rows(tx: Tx, rows: dict[Any, list[dict[str, Any]]]) -> None:
    school.make_partitions(tx, YEAR)
    for table in (
        school_years, subjects, classes, enrolments, choices, exemptions, sheets, columns, cells, mark_history,
        comments, conduct,
    ):  # fmt: skip
        if rows.get(table):
            tx.conn.execute(insert(table), rows[table])


def invent(seed: int, *, grades: Sequence[int] = (10, 11), classes_each: int = 2, size: int = 9) -> CountedSchool:
    """A school with an elective, its study-topic cluster, exemptions, leavers, arrivals, and entry early and late."""
    dice, made = random.Random(seed), CountedSchool()  # noqa: S311 - a repeatable example, no secret
    made.add(school_years, unit_id=made.unit_id, stage="THPT", opened_at=NOON, second_term_on=SECOND_TERM_ON)
    for grade in grades:
        for position, (code, is_elective) in enumerate((("TOAN", False), ("DIA", True))):
            made.add(
                subjects, unit_id=made.unit_id, stage="THPT", grade=grade, code=code, name=code.title(), kind="SCORED",
                periods=70, position=position, is_elective=is_elective,
            )  # fmt: skip
        for letter in "ABCDEFGH"[:classes_each]:
            _add_class(made, dice, grade, f"{grade}{letter}", size)
    return made


def _add_class(made: CountedSchool, dice: random.Random, grade: int, name: str, size: int) -> None:
    class_id, homeroom = new_id(), new_id()
    made.homerooms[class_id] = homeroom
    made.add(
        classes, id=class_id, unit_id=made.unit_id, stage="THPT", name=name, grade=grade, homeroom_id=homeroom,
    )  # fmt: skip
    pupils = [_add_pupil(made, dice, class_id, position) for position in range(size)]
    for subject in ("TOAN", "DIA"):
        _add_sheet(made, dice, class_id, subject, pupils)


def _add_pupil(made: CountedSchool, dice: random.Random, class_id: UUID, position: int) -> tuple[UUID, str, bool]:
    """A pupil, and whether term 1 asks anything: not of who has left, nor of who came to no school before term 2."""
    pupil_id, ended_as = new_id(), dice.choice((None, None, None, "MOVED", "LEFT", "YEAR_ENDED"))
    began_on = dice.choice((date(2025, 9, 5), date(2025, 9, 5), date(2025, 11, 3), SECOND_TERM_ON, SECOND_TERM_ON))
    was_elsewhere, code = dice.random() < 0.3, f"000{pupil_id.hex[-8:]}"
    if was_elsewhere:
        made.add(
            enrolments, id=new_id(), unit_id=new_id(), class_id=None, pupil_id=pupil_id, code=code, position=1,
            version=1, began_on=date(2025, 9, 5), ended_as="MOVED", ended_on=began_on,
        )  # fmt: skip
    made.add(
        enrolments, id=new_id(), unit_id=made.unit_id, class_id=class_id, pupil_id=pupil_id, code=code,
        position=position, version=2, began_on=began_on, ended_as=ended_as,
        ended_on=date(2026, 5, 31) if ended_as else None,
    )  # fmt: skip
    level = dice.choice(("Tốt", "Khá", None, ""))
    _add_conduct(made, class_id, pupil_id, level)
    is_late = began_on >= SECOND_TERM_ON and not was_elsewhere and level == ""
    is_asked = ended_as in (None, "YEAR_ENDED") and not is_late
    if is_asked and not level:
        made.without_conduct.append((class_id, code))
    return pupil_id, code, is_asked


def _add_conduct(made: CountedSchool, class_id: UUID, pupil_id: UUID, level: str | None) -> None:
    """Conduct of term 1: a level, none yet beside the absences, or (empty) nothing at all."""
    if level != "":
        made.add(
            conduct, class_id=class_id, term=TERM, pupil_id=pupil_id, level=level, absences=2, unexcused=0, remark="",
            version=1, person_id=new_id(), written_at=NOON,
        )  # fmt: skip


def _add_sheet(
    made: CountedSchool, dice: random.Random, class_id: UUID, subject: str, pupils: Sequence[tuple[UUID, str, bool]]
) -> None:
    sheet_id, keys = new_id(), (*KEYS, "tx3") if subject == "DIA" else KEYS
    made.add(
        sheets, id=sheet_id, unit_id=made.unit_id, class_id=class_id, subject=subject, term=TERM, teacher_id=new_id(),
        chain_head="",
    )  # fmt: skip
    column_ids, due = {key: new_id() for key in keys}, {key: _day(dice) for key in keys}
    for position, key in enumerate(keys):
        made.add(
            columns, sheet_id=sheet_id, id=column_ids[key], key=key, kind="REGULAR", scale="MARK", position=position,
            is_cluster=key == "tx3", due_on=due[key],
        )  # fmt: skip
    seq = iter(range(1, 10_000))
    for pupil_id, code, is_here in pupils:
        takes, has_cluster = _add_choice(made, dice, pupil_id, subject)
        if is_here and takes and not _add_comment(made, dice, sheet_id, pupil_id):
            made.without_comment.append((class_id, subject, code))
        for key in keys:
            place = {"sheet_id": sheet_id, "column_id": column_ids[key], "pupil_id": pupil_id}
            state, written = _add_cell(made, dice, place, seq)
            made.cells.append(
                Cell(
                    class_id=class_id, subject=subject, key=key, code=code, due_on=due[key], state=state,
                    is_expected=is_here and takes and (key != "tx3" or has_cluster), written=written,
                )
            )  # fmt: skip


def _add_choice(made: CountedSchool, dice: random.Random, pupil_id: UUID, subject: str) -> tuple[bool, bool]:
    """Whether the pupil takes the subject, and its cluster."""
    chooses, has_cluster = dice.random() < 0.7, dice.random() < 0.5
    if subject == "DIA" and chooses:
        made.add(choices, pupil_id=pupil_id, subject=subject, has_cluster=has_cluster)
    is_exempt = dice.random() < 0.1
    if is_exempt:
        made.add(
            exemptions, pupil_id=pupil_id, subject=subject, decision="12/QĐ", decided_on=TODAY, recorded_by=new_id(),
            recorded_at=NOON,
        )  # fmt: skip
    return (subject != "DIA" or chooses) and not is_exempt, subject == "DIA" and has_cluster


def _add_comment(made: CountedSchool, dice: random.Random, sheet_id: UUID, pupil_id: UUID) -> bool:
    words = dice.choice(("Cố gắng.", "", None))
    if words is not None:
        made.add(
            comments, sheet_id=sheet_id, pupil_id=pupil_id, key="ck", text=words, version=1, person_id=new_id(),
            written_at=NOON,
        )  # fmt: skip
    return bool(words)


def _add_cell(
    made: CountedSchool, dice: random.Random, place: dict[str, UUID], seq: Iterator[int]
) -> tuple[str | None, tuple[tuple[datetime, str], ...]]:
    """A cell written up to three times, or never."""
    days = sorted(dice.sample(range(60), dice.choice((0, 1, 1, 2, 3))), reverse=True)
    written = tuple((_moment(dice, day), dice.choice((*ENTERED, "VALUE", "EMPTY", "MISSED_EXCUSED"))) for day in days)
    for version, (at, state) in enumerate(written, start=1):
        content = {"state": state, "value": "7.0" if state == "VALUE" else None, "version": version}
        made.add(
            mark_history, **place, **content, seq=next(seq), account_id=new_id(), person_id=new_id(), recorded_at=at,
            hash="",
        )  # fmt: skip
        if version == len(written):
            made.add(cells, **place, **content)
    return (written[-1][1] if written else None), written


def _moment(dice: random.Random, day: int) -> datetime:
    """Some time of that day in UTC; late in the evening it is the next day at the school."""
    return datetime.combine(TODAY, time(dice.choice((3, 23))), UTC) - timedelta(days=day + 1)


def _day(dice: random.Random) -> date | None:
    return TODAY - timedelta(days=dice.randrange(-5, 60)) if dice.random() < 0.8 else None


def tally_by_column(school_: CountedSchool, today: date) -> dict[tuple[UUID, str, str], tuple[int, int, int, int]]:
    """Expected, entered, missing and late by class, subject and column, counted one by one."""
    counts: dict[tuple[UUID, str, str], Counter[str]] = {}
    for cell in school_.expected():
        count = counts.setdefault((cell.class_id, cell.subject, cell.key), Counter())
        count.update(expected=1, entered=int(cell.is_entered), late=int(cell.is_late(today)))
    return {
        place: (count["expected"], count["entered"], count["expected"] - count["entered"], count["late"])
        for place, count in counts.items()
    }


def person(person_id: UUID) -> Actor:
    return Actor(account_id=person_id, person_id=person_id)
