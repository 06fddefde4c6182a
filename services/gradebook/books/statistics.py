"""The closing tables of a book: marks and results of each subject, and how the class's levels are spread."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from services.contracts.gradebook.results import Period
from services.contracts.gradebook.school import SubjectKind
from services.contracts.gradebook.sheets import ColumnKind
from services.gradebook.books.layout import Cell, Head, Lane, Table, with_room
from services.gradebook.books.primary import TIMES, quality_of
from services.gradebook.books.rolls import PERIODS, TERMS
from services.gradebook.books.source import NUMBERS, TERM_PERIOD, Column, Scale, Sheet, Source
from services.gradebook.books.totals import BANDS, ColumnTotal, Reckoned, SheetTotal
from services.gradebook.books.writing import PROMOTIONS, in_words

Figure = Cell | Decimal

CLASS, SUBJECT, TEACHER = Lane(width=14), Lane(width=38, is_words=True), Lane(width=34, is_words=True)
WHEN, FIGURE, POINTS = Lane(width=22), Lane(width=11), Lane(width=17)
MARK_BANDS, TEST_BANDS = (tuple(name for name, _ in BANDS[scale]) for scale in (Scale.MARK, Scale.TEST))
PASSES, LEVELS_OF_SUBJECT = ("Đ", "CĐ"), ("T", "H", "Đ", "C")
STATES = ("KP", "P", "M", "Thiếu")
LEVELS = ("Tốt", "Khá", "Đạt", "Chưa đạt")
YEAR_LEVELS = ("Hoàn thành xuất sắc", "Hoàn thành tốt", "Hoàn thành", "Chưa hoàn thành")
WHOLE = 100  # more lanes than any table has
LEGEND = "KP vắng không phép;  P vắng có phép;  M miễn;  Thiếu: ô còn trống của học sinh đang học."


def closing_tables(source: Source, classes: Sequence[Reckoned]) -> tuple[Table, ...]:
    """What every kind of book ends with, so that the books of a class can be laid beside one another."""
    tables = (_subjects(source, classes), _periodic(source, classes))
    return tuple(table for table in tables if table.rows)


def level_table(source: Source, reckoned: Reckoned) -> Table:
    """How many pupils stand at each level, by term and year."""
    record, total = reckoned.record, reckoned.total
    levels = YEAR_LEVELS if record.is_primary else LEVELS
    found = total.periods.values()
    promotions = tuple(dict.fromkeys([*PROMOTIONS, *(code for one in found for code in one.promotions)]))
    promotions = tuple(code for code in promotions if any(code in one.promotions for one in found))
    titles = tuple(sorted({title for one in found for title in one.titles}))
    groups = (
        ("Học tập" if not record.is_primary else "Đánh giá kết quả giáo dục", levels),
        ("Rèn luyện", () if record.is_primary else LEVELS),
        ("Kết quả cuối năm", tuple(PROMOTIONS.get(code, code) for code in promotions)),
        ("Khen thưởng", titles),
        ("Nghỉ (buổi)", ("P", "K")),
    )
    rows = tuple(
        (
            PERIODS[period],
            total.pupils,
            total.girls,
            *_of(one.levels, levels),
            *_of(one.conduct, () if record.is_primary else LEVELS),
            *_of(one.promotions, promotions),
            *_of(one.titles, titles),
            one.excused,
            one.unexcused,
        )
        for period in source.periods
        for one in [total.periods[period]]
    )
    return _table(
        "Tổng hợp lớp",
        f"Tổng hợp lớp {record.name}",
        (WHEN,),
        ("Thời điểm", "Số HS", "Nữ"),
        groups,
        rows,
        added=range(0),
    )


def _subjects(source: Source, classes: Sequence[Reckoned]) -> Table:
    """Secondary school: a row for each sheet, and one for each subject's year."""
    groups = (
        ("Số lần đánh giá", ("tx", "gk", "ck")),
        ("Ô không có điểm", STATES),
        ("Kết quả môn học", ("Số HS", *MARK_BANDS, *PASSES, "Cộng ĐTB")),
    )
    rows = tuple(row for reckoned in classes for row in _subject_rows(source, reckoned))
    lanes = (CLASS, SUBJECT, TEACHER, WHEN)
    first = ("Lớp", "Môn học", "Giáo viên", "Thời điểm", "Số HS học")
    counts = range(len(first), len(first) + 3 + len(STATES))
    return _table("Tổng hợp môn", "Tổng hợp theo môn học", lanes, first, groups, rows, added=counts)


def _subject_rows(source: Source, reckoned: Reckoned) -> Iterator[tuple[Figure, ...]]:
    for sheet, total in _sheets(source, reckoned, (SubjectKind.SCORED, SubjectKind.COMMENT)):
        place = (reckoned.record.name, sheet.name, source.teachers_of(sheet))
        counts = [
            sum(one.marks for one, column in zip(total.columns, sheet.columns, strict=True) if column.kind is kind)
            for kind in ColumnKind
        ]
        results = _results(reckoned, sheet, TERM_PERIOD[sheet.term])
        yield *place, TERMS[sheet.term], total.pupils, *counts, *_missing(total.columns), *results
        if source.term is None and sheet is reckoned.record.subjects[sheet.subject]:
            yield *place, PERIODS[Period.YEAR], total.pupils, *[""] * 7, *_results(reckoned, sheet, Period.YEAR)


def _results(reckoned: Reckoned, sheet: Sheet, period: Period) -> tuple[Figure, ...]:
    total = reckoned.total.results[period, sheet.subject]
    is_scored = sheet.kind is SubjectKind.SCORED
    bands = _of(total.spread, MARK_BANDS) if is_scored else [""] * len(MARK_BANDS)
    passes = [""] * len(PASSES) if is_scored else _of(total.spread, PASSES)
    return total.rated, *bands, *passes, total.points if is_scored else ""


def _periodic(source: Source, classes: Sequence[Reckoned]) -> Table:
    """Primary school: a row for each column, which is what is written at one time of the year."""
    groups = (
        ("Ô không có đánh giá", STATES),
        ("Mức", LEVELS_OF_SUBJECT),
        ("Điểm kiểm tra định kì", (*TEST_BANDS, "Cộng")),
    )
    rows = tuple(row for reckoned in classes for row in _periodic_rows(source, reckoned))
    lanes = (CLASS, SUBJECT, TEACHER, WHEN)
    first = ("Lớp", "Môn học, phẩm chất, năng lực", "Giáo viên", "Thời điểm", "Số HS học", "Số đánh giá")
    title = "Tổng hợp theo môn học, phẩm chất, năng lực"
    return _table("Tổng hợp đánh giá", title, lanes, first, groups, rows, added=range(len(first) - 1, WHOLE))


def _periodic_rows(source: Source, reckoned: Reckoned) -> Iterator[tuple[Figure, ...]]:
    for sheet, total in _sheets(source, reckoned, (SubjectKind.PRIMARY, SubjectKind.QUALITIES)):
        for column, one in zip(sheet.columns, total.columns, strict=True):
            is_test = column.scale in NUMBERS
            levels = [""] * len(LEVELS_OF_SUBJECT) if is_test else _of(one.spread, LEVELS_OF_SUBJECT)
            tests = [*_of(one.spread, TEST_BANDS), one.points] if is_test else [""] * (len(TEST_BANDS) + 1)
            place = (reckoned.record.name, _name(sheet, column), source.teachers_of(sheet))
            when = TIMES[sheet.term, column.key.split("_")[0]]
            yield *place, when, total.pupils, one.marks, *_missing((one,)), *levels, *tests


def _name(sheet: Sheet, column: Column) -> str:
    if sheet.kind is SubjectKind.QUALITIES:
        return quality_of(column)
    return f"{sheet.name} – {'điểm KT' if column.scale is Scale.TEST else 'mức'}"


def _sheets(source: Source, reckoned: Reckoned, kinds: Sequence[SubjectKind]) -> Iterator[tuple[Sheet, SheetTotal]]:
    for sheet, total in zip(reckoned.record.sheets, reckoned.total.sheets, strict=True):
        if sheet.term in source.terms and sheet.kind in kinds:
            yield sheet, total


def _missing(columns: Sequence[ColumnTotal]) -> tuple[int, ...]:
    """In the order of STATES."""
    return (
        sum(one.unexcused for one in columns),
        sum(one.excused for one in columns),
        sum(one.exempt for one in columns),
        sum(one.empty for one in columns),
    )


def _of(spread: Mapping[str, int], names: Iterable[str]) -> list[Figure]:
    return [spread.get(name, 0) for name in names]


def _table(
    name: str,
    title: str,
    lanes: tuple[Lane, ...],
    first: Sequence[str],
    groups: Sequence[tuple[str, Sequence[str]]],
    rows: tuple[tuple[Figure, ...], ...],
    *,
    added: range,
) -> Table:
    """Words, then figures in groups; under the lanes in `added` stand their sums."""
    shown = [(group, members) for group, members in groups if members]
    heads = (
        (
            *(Head(text=text, rows=2) for text in first),
            *(Head(text=group, columns=len(members)) for group, members in shown),
        ),
        tuple(Head(text=text) for _, members in shown for text in members),
    )
    figures = len(first) - len(lanes) + sum(len(members) for _, members in shown)
    points = POINTS if any(isinstance(row[-1], Decimal) for row in rows) else FIGURE
    return with_room(
        Table(
            name=name,
            title=title,
            subtitle="",
            lanes=(*lanes, *[FIGURE] * (figures - 1), points),
            heads=heads,
            rows=tuple(tuple(_cell(figure) for figure in row) for row in rows),
            sums=(_sums(rows, added),) if added and rows else (),
            notes=(LEGEND,),
        )
    )


def _sums(rows: Sequence[tuple[Figure, ...]], added: range) -> tuple[Cell, ...]:
    columns = enumerate(zip(*rows, strict=True))
    sums = (_cell(_sum(column)) if number in added else "" for number, column in columns)
    return ("Tổng", *list(sums)[1:])


def _sum(column: Sequence[Figure]) -> Figure:
    numbers = [figure for figure in column if not isinstance(figure, str)]
    return sum(numbers) if numbers else ""


def _cell(figure: Figure) -> Cell:
    return in_words(figure) if isinstance(figure, Decimal) else figure
