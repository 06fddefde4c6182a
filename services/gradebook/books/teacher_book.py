"""A subject teacher's book (sổ giáo viên bộ môn): each class and term with its columns, averages and comments."""

from collections.abc import Iterator, Sequence

from services.contracts.gradebook.results import Period
from services.contracts.gradebook.school import SubjectKind
from services.contracts.gradebook.sheets import Scale
from services.gradebook.books import primary
from services.gradebook.books.layout import Lane, Signer, Table
from services.gradebook.books.primary import column_field, columns_at, quality_group, quality_of
from services.gradebook.books.rolls import TERMS, Field, Headline, roll
from services.gradebook.books.source import TERM_PERIOD, Pupil, Sheet, Source
from services.gradebook.books.totals import Reckoned
from services.gradebook.books.writing import LEGEND, NOT_LOCKED, in_words

MARK, RESULT, QUALITY = Lane(width=14), Lane(width=18), Lane(width=9)
WORDS = Lane(width=60, is_words=True)
POINTS = {"gk": "Giữa học kì", "ck": "Cuối học kì"}
RESULTS = {
    SubjectKind.SCORED: {True: "ĐTBmcn", False: "ĐTBmhk"},
    SubjectKind.COMMENT: {True: "Cả năm", False: "Học kì"},
}


def teacher_tables(source: Source, classes: Sequence[Reckoned]) -> tuple[Table, ...]:
    return tuple(
        table
        for reckoned in classes
        for sheet in reckoned.record.sheets
        if sheet.term in source.terms
        for table in _tables(source, reckoned, sheet)
    )


def _tables(source: Source, reckoned: Reckoned, sheet: Sheet) -> Iterator[Table]:
    """One table for a sheet; qualities, which are many, take one at mid-term and one at the end of the term."""
    if sheet.kind is SubjectKind.QUALITIES:
        for point, when in POINTS.items():
            yield _table(source, reckoned, sheet, tuple(_quality_fields(reckoned, sheet, point)), when=when)
    elif sheet.kind is SubjectKind.PRIMARY:
        yield _table(source, reckoned, sheet, tuple(_primary_fields(reckoned, sheet)))
    else:
        yield _table(source, reckoned, sheet, tuple(_mark_fields(source, reckoned, sheet)))


def _table(source: Source, reckoned: Reckoned, sheet: Sheet, fields: Sequence[Field], *, when: str = "") -> Table:
    record = reckoned.record
    headline = Headline(
        name=" ".join(filter(None, (record.name, sheet.subject, f"HK{sheet.term}", when))),
        title=f"{sheet.name} – Lớp {record.name} – {TERMS[sheet.term]}" + (f" – {when}" if when else ""),
        subtitle=f"Giáo viên: {source.teachers_of(sheet)}",
    )
    pupils = [pupil for pupil in record.pupils if pupil.id in sheet.takers]
    return roll(headline, pupils, fields, notes=_notes(reckoned, sheet), signers=_signers(source, sheet))


def _notes(reckoned: Reckoned, sheet: Sheet) -> tuple[str, ...]:
    if sheet.kind not in RESULTS:
        return (primary.LEGEND,)
    is_locked = TERM_PERIOD[sheet.term] in reckoned.record.locked
    return (LEGEND,) if is_locked else (LEGEND, NOT_LOCKED)


def _signers(source: Source, sheet: Sheet) -> tuple[Signer, Signer]:
    return Signer(caption="Giáo viên", name=source.teachers_of(sheet)), Signer(caption="Hiệu trưởng")


def _mark_fields(source: Source, reckoned: Reckoned, sheet: Sheet) -> Iterator[Field]:
    for column in sheet.columns:
        yield column_field(reckoned, sheet, column, lane=MARK, text=f"ĐĐG{column.key}", group="")
    yield _result_field(reckoned, sheet, TERM_PERIOD[sheet.term])
    if source.term is None and sheet.term == max(TERM_PERIOD):
        yield _result_field(reckoned, sheet, Period.YEAR)
    yield _comment_field(sheet, "ck")


def _result_field(reckoned: Reckoned, sheet: Sheet, period: Period) -> Field:
    total = reckoned.total.results[period, sheet.subject]

    def cell(pupil: Pupil) -> str:
        return in_words(reckoned.values[pupil.id].of(period).get(sheet.subject))

    return Field(
        text=RESULTS[sheet.kind][period is Period.YEAR],
        lane=RESULT,
        cell=cell,
        count=total.rated,
        added=in_words(total.points) if sheet.kind is SubjectKind.SCORED else "",
    )


def _primary_fields(reckoned: Reckoned, sheet: Sheet) -> Iterator[Field]:
    for point, when in POINTS.items():
        for column in columns_at(sheet, point):
            text = "Điểm KT" if column.scale is Scale.TEST else "Mức"
            yield column_field(reckoned, sheet, column, lane=MARK, text=text, group=when)
        yield _comment_field(sheet, point, group=when)


def _quality_fields(reckoned: Reckoned, sheet: Sheet, point: str) -> Iterator[Field]:
    for column in columns_at(sheet, point):
        group = quality_group(column)
        yield column_field(reckoned, sheet, column, lane=QUALITY, text=quality_of(column), group=group)
    yield _comment_field(sheet, point)


def _comment_field(sheet: Sheet, key: str, *, group: str = "") -> Field:
    def cell(pupil: Pupil) -> str:
        return sheet.comments.get(pupil.id, {}).get(key, "")

    return Field(text="Nhận xét", group=group, lane=WORDS, cell=cell)
