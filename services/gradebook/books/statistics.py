"""The closing tables of a book: marks and results of each subject, and how the class's levels are spread."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from services.contracts.gradebook.results import Period
from services.contracts.gradebook.school import SubjectKind
from services.contracts.gradebook.sheets import ColumnKind, ColumnV1, Scale
from services.gradebook.books.figures import Figure, Figures
from services.gradebook.books.layout import Lane, Table
from services.gradebook.books.primary import TIMES, quality_of
from services.gradebook.books.rolls import PERIODS, TERMS
from services.gradebook.books.source import NUMBERS, TERM_PERIOD, Sheet, Source
from services.gradebook.books.totals import BANDS, ColumnTotal, Reckoned, SheetTotal
from services.gradebook.books.writing import COMPLETIONS, PROMOTIONS

CLASS, SUBJECT, TEACHER = Lane(width=14), Lane(width=38, is_words=True), Lane(width=34, is_words=True)
WHEN = Lane(width=24)
PLACE = (CLASS, SUBJECT, TEACHER, WHEN)
MARK_BANDS, TEST_BANDS = (tuple(name for name, _ in BANDS[scale]) for scale in (Scale.MARK, Scale.TEST))
PASSES, LEVELS_OF_SUBJECT = ("Đ", "CĐ"), ("T", "H", "Đ", "C")
STATES = ("KP", "P", "M", "Thiếu")
LEVELS = ("Tốt", "Khá", "Đạt", "Chưa đạt")
OUTCOMES = (*PROMOTIONS.values(), *COMPLETIONS.values())
YEAR_LEVELS = ("Hoàn thành xuất sắc", "Hoàn thành tốt", "Hoàn thành", "Chưa hoàn thành")
STATE_NOTE = "KP vắng không phép;  P vắng có phép;  M miễn;  Thiếu: ô còn trống của học sinh đang học."
LEVEL_NOTE = "Số HS: đang học;  Đã đi: chuyển trường hoặc thôi học, kết quả đã có vẫn được tính."


def closing_tables(source: Source, classes: Sequence[Reckoned]) -> tuple[Table, ...]:
    """What every kind of book ends with, so that the books of a class can be laid beside one another."""
    tables = (_subjects(source, classes), _periodic(source, classes))
    return tuple(one.table() for one in tables if one.rows)


def level_table(source: Source, reckoned: Reckoned) -> Table:
    """How many pupils stand at each level, by term and year."""
    total, is_primary = reckoned.total, reckoned.record.is_primary
    found = [total.periods[period] for period in source.periods]
    levels = YEAR_LEVELS if is_primary else LEVELS
    conduct = () if is_primary else LEVELS
    outcomes = _in_order(OUTCOMES, (one.outcomes for one in found))
    titles = _in_order((), (one.titles for one in found))
    rows = [
        [PERIODS[period], total.pupils, total.girls, total.left, *_of(one.levels, levels), *_of(one.conduct, conduct),
         *_of(one.outcomes, outcomes), *_of(one.titles, titles), one.excused, one.unexcused]
        for period, one in zip(source.periods, found, strict=True)
    ]  # fmt: skip
    return Figures(
        name="Tổng hợp lớp",
        title=f"Tổng hợp lớp {reckoned.record.name}",
        note=LEVEL_NOTE,
        lanes=(WHEN,),
        first=("Thời điểm", "Số HS", "Nữ", "Đã đi"),
        groups=(
            ("Đánh giá kết quả giáo dục" if is_primary else "Học tập", levels),
            ("Rèn luyện", conduct),
            ("Kết quả cuối năm", outcomes),
            ("Khen thưởng", titles),
            ("Nghỉ (buổi)", ("P", "K")),
        ),
        rows=rows,
    ).table()


def _in_order(known: Iterable[str], spreads: Iterable[Mapping[str, int]]) -> list[str]:
    """The words that occur: the known ones in their order, then any others."""
    found = {word for spread in spreads for word in spread}
    return [*(word for word in known if word in found), *sorted(found.difference(known))]


def _subjects(source: Source, classes: Sequence[Reckoned]) -> Figures:
    """Secondary school: a row for each sheet, and one for each subject's year."""
    first = ("Lớp", "Môn học", "Giáo viên", "Thời điểm", "Số HS học")
    return Figures(
        name="Tổng hợp môn",
        title="Tổng hợp theo môn học",
        note=STATE_NOTE,
        lanes=PLACE,
        first=first,
        groups=(
            ("Số lần đánh giá", ("tx", "gk", "ck")),
            ("Ô không có điểm", STATES),
            ("Kết quả môn học", ("Số HS", *MARK_BANDS, *PASSES, "Cộng ĐTB")),
        ),
        rows=[row for reckoned in classes for row in _subject_rows(source, reckoned)],
        added=range(len(first), len(first) + len(ColumnKind) + len(STATES)),
    )


def _subject_rows(source: Source, reckoned: Reckoned) -> Iterator[list[Figure]]:
    for sheet, total in _sheets(source, reckoned, (SubjectKind.SCORED, SubjectKind.COMMENT)):
        place = (reckoned.record.name, sheet.name, source.teachers_of(sheet))
        kinds = list(zip(total.columns, sheet.columns, strict=True))
        counts = [sum(one.marks for one, column in kinds if column.kind is kind) for kind in ColumnKind]
        results = _results(reckoned, sheet, TERM_PERIOD[sheet.term])
        yield [*place, TERMS[sheet.term], total.pupils, *counts, *_missing(total.columns), *results]
        if source.term is None and sheet is reckoned.record.subjects[sheet.subject]:
            nothing = [""] * (len(counts) + len(STATES))
            yield [*place, PERIODS[Period.YEAR], total.pupils, *nothing, *_results(reckoned, sheet, Period.YEAR)]


def _results(reckoned: Reckoned, sheet: Sheet, period: Period) -> list[Figure]:
    total = reckoned.total.results[period, sheet.subject]
    if sheet.kind is SubjectKind.SCORED:
        return [total.rated, *_of(total.spread, MARK_BANDS), *_nothing(PASSES), total.points]
    return [total.rated, *_nothing(MARK_BANDS), *_of(total.spread, PASSES), ""]


def _periodic(source: Source, classes: Sequence[Reckoned]) -> Figures:
    """Primary school: a row for each column, which is what is written at one time of the year."""
    first = ("Lớp", "Môn học, phẩm chất, năng lực", "Giáo viên", "Thời điểm", "Số HS học", "Số đánh giá")
    groups = (
        ("Ô không có đánh giá", STATES),
        ("Mức", LEVELS_OF_SUBJECT),
        ("Điểm kiểm tra định kì", (*TEST_BANDS, "Cộng")),
    )
    return Figures(
        name="Tổng hợp đánh giá",
        title="Tổng hợp theo môn học, phẩm chất, năng lực",
        note=STATE_NOTE,
        lanes=PLACE,
        first=first,
        groups=groups,
        rows=[row for reckoned in classes for row in _periodic_rows(source, reckoned)],
        added=range(len(first) - 1, len(first) + sum(len(members) for _, members in groups)),
    )


def _periodic_rows(source: Source, reckoned: Reckoned) -> Iterator[list[Figure]]:
    for sheet, total in _sheets(source, reckoned, (SubjectKind.PRIMARY, SubjectKind.QUALITIES)):
        for column, one in zip(sheet.columns, total.columns, strict=True):
            place = (reckoned.record.name, _name(sheet, column), source.teachers_of(sheet))
            when = TIMES[sheet.term, column.key.split("_")[0]]
            yield [*place, when, total.pupils, one.marks, *_missing((one,)), *_levels_or_marks(column, one)]


def _levels_or_marks(column: ColumnV1, total: ColumnTotal) -> list[Figure]:
    if column.scale in NUMBERS:
        return [*_nothing(LEVELS_OF_SUBJECT), *_of(total.spread, TEST_BANDS), total.points]
    return [*_of(total.spread, LEVELS_OF_SUBJECT), *_nothing(TEST_BANDS), ""]


def _name(sheet: Sheet, column: ColumnV1) -> str:
    if sheet.kind is SubjectKind.QUALITIES:
        return quality_of(column)
    return f"{sheet.name} – {'điểm KT' if column.scale is Scale.TEST else 'mức'}"


def _sheets(source: Source, reckoned: Reckoned, kinds: Sequence[SubjectKind]) -> Iterator[tuple[Sheet, SheetTotal]]:
    for sheet, total in zip(reckoned.record.sheets, reckoned.total.sheets, strict=True):
        if sheet.term in source.terms and sheet.kind in kinds:
            yield sheet, total


def _missing(columns: Sequence[ColumnTotal]) -> list[Figure]:
    """In the order of STATES."""
    states = [(one.unexcused, one.excused, one.exempt, one.empty) for one in columns]
    return [sum(counts) for counts in zip(*states, strict=True)] or [0] * len(STATES)


def _of(spread: Mapping[str, int], names: Iterable[str]) -> list[Figure]:
    return [spread.get(name, 0) for name in names]


def _nothing(names: Sequence[str]) -> list[Figure]:
    return [""] * len(names)
