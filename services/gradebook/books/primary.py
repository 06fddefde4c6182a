"""The class's ledger in primary school (sổ cái): how pupils were assessed at four times of the year (TT27/2020)."""

from collections.abc import Iterator

from services.contracts.gradebook.results import Period
from services.contracts.gradebook.school import SubjectKind
from services.contracts.gradebook.sheets import ColumnV1, Scale
from services.gradebook.books.layout import PAGE_WIDTH, Lane, Table, shared
from services.gradebook.books.register import absence_fields, corrections_line, outcome_fields
from services.gradebook.books.rolls import NAME, NUMBER, Field, Headline, class_heading, class_signers, roll
from services.gradebook.books.source import (
    NUMBERS,
    TERM_PERIOD,
    ClassRecord,
    Pupil,
    Sheet,
    Source,
)
from services.gradebook.books.totals import Reckoned
from services.gradebook.books.writing import NOT_TAKEN, in_words, written
from services.gradebook.rules import tt27_2020
from services.gradebook.rules.reasons27 import quality_name

TIMES = {(1, "gk"): "Giữa học kì I", (1, "ck"): "Cuối học kì I", (2, "gk"): "Giữa học kì II", (2, "ck"): "Cuối năm học"}
LEGEND = (
    "Môn học: T hoàn thành tốt, H hoàn thành, C chưa hoàn thành;  "
    "phẩm chất, năng lực: T tốt, Đ đạt, C cần cố gắng;  KT điểm bài kiểm tra định kì."
)
CHARACTER, ABILITIES = "Phẩm chất chủ yếu", "Năng lực cốt lõi"
SUBJECTS = "Môn học và hoạt động giáo dục"
YEAR_LEVEL = Lane(width=19)
WIDEST, NARROW = 11.0, 12.0  # mm: lanes share what room there is; headings over narrow ones are turned upright


def ledger_tables(source: Source, reckoned: Reckoned) -> tuple[Table, ...]:
    return tuple(_table(source, reckoned, term, point) for term, point in TIMES if term in source.terms)


def columns_at(sheet: Sheet, point: str) -> tuple[ColumnV1, ...]:
    """The sheet's columns of mid-term ("gk") or of the term's end ("ck")."""
    return tuple(column for column in sheet.columns if column.key.startswith(f"{point}_"))


def quality_of(column: ColumnV1) -> str:
    return quality_name(_code(column))


def quality_group(column: ColumnV1) -> str:
    return CHARACTER if _code(column) in tt27_2020.QUALITIES else ABILITIES


def column_field(reckoned: Reckoned, sheet: Sheet, column: ColumnV1, *, lane: Lane, text: str, group: str) -> Field:
    """A column of a sheet as it was filled, with the number of its marks and, where they are numbers, their sum."""
    of_sheet = next(one for one in reckoned.total.sheets if (one.subject, one.term) == (sheet.subject, sheet.term))
    total = next(one for one in of_sheet.columns if one.key == column.key)

    def cell(pupil: Pupil) -> str:
        return written(sheet.cell(pupil.id, column), column.scale) if pupil.id in sheet.takers else NOT_TAKEN

    return Field(
        text=text,
        group=group,
        is_upright=lane.width < NARROW,
        lane=lane,
        cell=cell,
        count=total.marks,
        added=in_words(total.points) if column.scale in NUMBERS else "",
    )


def _code(column: ColumnV1) -> str:
    """The quality's or competence's, from the column's key such as gk_yeu_nuoc."""
    return column.key.split("_", 1)[1]


def _table(source: Source, reckoned: Reckoned, term: int, point: str) -> Table:
    record, when = reckoned.record, TIMES[term, point]
    after = tuple(_after(reckoned, term, point))
    notes = (corrections_line(record, (term,), point=point), LEGEND)
    room = PAGE_WIDTH - NUMBER.width - NAME.width - sum(field.lane.width for field in after)
    return roll(
        Headline(
            name=when,
            title=f"Bảng tổng hợp kết quả đánh giá giáo dục – {when}",
            subtitle=class_heading(source, record),
        ),
        record.pupils,
        (*_fields(reckoned, term, point, room=room), *after),
        notes=notes,
        signers=class_signers(source, record),
    )


def _fields(reckoned: Reckoned, term: int, point: str, *, room: float) -> Iterator[Field]:
    found = [(sheet, column) for sheet in reckoned.record.sheets_of(term) for column in columns_at(sheet, point)]
    found.sort(key=lambda pair: pair[0].kind is SubjectKind.QUALITIES)  # subjects first
    lane = Lane(width=shared(room, len(found), most=WIDEST))
    for sheet, column in found:
        if sheet.kind is SubjectKind.QUALITIES:
            text, group = quality_of(column), quality_group(column)
        else:
            text, group = sheet.name + (" – KT" if column.scale is Scale.TEST else ""), SUBJECTS
        yield column_field(reckoned, sheet, column, lane=lane, text=text, group=group)


def _after(reckoned: Reckoned, term: int, point: str) -> Iterator[Field]:
    """At a term's end the absences; at the year's end what the year comes to."""
    if point == "gk":
        return
    is_year = term == max(TERM_PERIOD)
    yield from absence_fields(reckoned, Period.YEAR if is_year else TERM_PERIOD[term], "Nghỉ")
    if is_year:
        yield year_level_field(reckoned)
        yield from outcome_fields(reckoned)


def year_level_field(reckoned: Reckoned) -> Field:
    record, total = reckoned.record, reckoned.total.periods[Period.YEAR]
    return Field(
        text="Đánh giá kết quả giáo dục",
        lane=YEAR_LEVEL,
        cell=lambda pupil: _year_level(record, pupil),
        count=sum(total.levels.values()),
    )


def _year_level(record: ClassRecord, pupil: Pupil) -> str:
    result = record.result_of(pupil.id, Period.YEAR)
    return (result.final_level or "") if result else ""
