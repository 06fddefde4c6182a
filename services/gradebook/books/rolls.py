"""Lists of pupils: numbered names, then fields that each say their heading, what stands for a pupil, and their sums."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from services.contracts.gradebook.results import Period
from services.gradebook.books.layout import Cell, Head, Lane, Signer, Table, with_room
from services.gradebook.books.source import ClassRecord, Pupil, Source
from services.gradebook.books.writing import on_day, what_became

NUMBER, NAME = Lane(width=8), Lane(width=44, is_words=True)
PERIODS = {Period.TERM_1: "Học kì I", Period.TERM_2: "Học kì II", Period.YEAR: "Cả năm"}
TERMS = {1: "Học kì I", 2: "Học kì II"}
COUNTED, ADDED = "Số lượng", "Cộng"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A column of the list; neighbours of one group stand under its heading, count and sum under the last pupil."""

    text: str
    lane: Lane
    cell: Callable[[Pupil], Cell]
    group: str = ""
    is_upright: bool = False
    count: Cell = ""
    added: Cell = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """What stands over a list; the name tells it apart within its book."""

    name: str
    title: str
    subtitle: str


def roll(
    headline: Headline,
    pupils: Iterable[Pupil],
    fields: Sequence[Field],
    *,
    notes: Sequence[str] = (),
    signers: Sequence[Signer] = (),
) -> Table:
    """The list of these pupils; who has left the class stays on it, with a word on it."""
    return with_room(
        Table(
            name=headline.name,
            title=headline.title,
            subtitle=headline.subtitle,
            lanes=(NUMBER, NAME, *(field.lane for field in fields)),
            heads=_heads(fields),
            rows=tuple((n, _listed(one), *(field.cell(one) for field in fields)) for n, one in enumerate(pupils, 1)),
            sums=_sums(fields),
            notes=tuple(notes),
            signers=tuple(signers),
        )
    )


def class_heading(source: Source, record: ClassRecord) -> str:
    homeroom = source.name_of(record.homeroom_id)
    return f"Lớp {record.name}" + (f" – Giáo viên chủ nhiệm: {homeroom}" if homeroom else "")


def class_signers(source: Source, record: ClassRecord) -> tuple[Signer, Signer]:
    homeroom = Signer(caption="Giáo viên chủ nhiệm", name=source.name_of(record.homeroom_id))
    return homeroom, Signer(caption="Hiệu trưởng", name="")


def pupil_list(source: Source, record: ClassRecord) -> Table:
    """Who is in the class: the ministry's code, birth, sex and ethnicity."""
    fields = (
        Field(text="Mã định danh Bộ GDĐT", lane=Lane(width=36), cell=lambda pupil: pupil.code),
        Field(text="Ngày sinh", lane=Lane(width=26), cell=lambda pupil: on_day(pupil.born_on)),
        Field(text="Giới tính", lane=Lane(width=20), cell=lambda pupil: pupil.gender or ""),
        Field(text="Dân tộc", lane=Lane(width=26), cell=lambda pupil: pupil.ethnicity or ""),
    )
    headline = Headline(name="Danh sách", title="Danh sách học sinh", subtitle=class_heading(source, record))
    return roll(headline, record.pupils, fields)


def _listed(pupil: Pupil) -> str:
    return f"{pupil.name} ({what_became(pupil).lower()})" if pupil.has_left else pupil.name


def _heads(fields: Sequence[Field]) -> tuple[tuple[Head, ...], ...]:
    deep = 2 if any(field.group for field in fields) else 1
    first = [Head(text="STT", rows=deep), Head(text="Họ và tên", rows=deep)]
    second: list[Head] = []
    for group, members in groupby(fields, key=lambda field: field.group):
        heads = [Head(text=field.text, is_upright=field.is_upright, rows=1 if group else deep) for field in members]
        if group:
            first.append(Head(text=group, columns=len(heads)))
        (second if group else first).extend(heads)
    return (tuple(first), tuple(second)) if second else (tuple(first),)


def _sums(fields: Sequence[Field]) -> tuple[tuple[Cell, ...], ...]:
    rows = (
        (COUNTED, [field.count for field in fields]),
        (ADDED, [field.added for field in fields]),
    )
    return tuple(("", caption, *cells) for caption, cells in rows if any(cell != "" for cell in cells))
