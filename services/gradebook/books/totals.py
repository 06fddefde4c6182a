"""The figures under every book, counted once: pupils, marks, sums and how results are spread."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from services.contracts.gradebook.results import Period
from services.contracts.gradebook.sheets import CellState, ColumnV1, Scale
from services.gradebook.books.averages import PupilValues, values_of
from services.gradebook.books.source import NUMBERS, TERM_PERIOD, ClassRecord, Pupil, Sheet
from services.gradebook.books.writing import COUNTED_AS, EXEMPT, outcome

BANDS = {  # of marks and averages by the bars of TT22/2021 Art. 9, of primary tests by those of TT27/2020 Art. 9
    Scale.MARK: (("Từ 8,0", Decimal("8.0")), ("6,5–7,9", Decimal("6.5")), ("5,0–6,4", Decimal("5.0")),
                 ("3,5–4,9", Decimal("3.5")), ("Dưới 3,5", Decimal(0))),
    Scale.TEST: (("9–10", Decimal(9)), ("7–8", Decimal(7)), ("5–6", Decimal(5)), ("Dưới 5", Decimal(0))),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnTotal:
    """A column's cells: `marks` are values and what counts as one; `points` is their sum, `spread` how often each."""

    key: str
    marks: int
    unexcused: int
    excused: int
    exempt: int
    empty: int
    points: Decimal
    spread: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetTotal:
    """A sheet and its columns; `pupils` are those there now who study the subject."""

    subject: str
    term: int
    pupils: int
    columns: tuple[ColumnTotal, ...]

    @property
    def marks(self) -> int:
        return sum(column.marks for column in self.columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultTotal:
    """A subject's results of a period: how many pupils have one, the sum of averages, how often each band or word."""

    rated: int = 0
    points: Decimal = Decimal(0)
    spread: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodTotal:
    """How the levels of a period are spread, what followed, and the half-days absent."""

    levels: Mapping[str, int] = field(default_factory=dict)
    conduct: Mapping[str, int] = field(default_factory=dict)
    outcomes: Mapping[str, int] = field(default_factory=dict)
    titles: Mapping[str, int] = field(default_factory=dict)
    excused: int = 0
    unexcused: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassTotal:
    """A class: `pupils` are those there now, `left` those who were."""

    pupils: int
    girls: int
    left: int
    sheets: tuple[SheetTotal, ...]
    results: Mapping[tuple[Period, str], ResultTotal]  # by period and subject
    periods: Mapping[Period, PeriodTotal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoned:
    """A class with all that is worked out of it, once for every table of a book."""

    record: ClassRecord
    values: Mapping[UUID, PupilValues]
    total: ClassTotal


def reckon(record: ClassRecord) -> Reckoned:
    values = values_of(record)
    there = [pupil for pupil in record.pupils if not pupil.has_left]
    total = ClassTotal(
        pupils=len(there),
        girls=sum(pupil.gender == "Nữ" for pupil in there),
        left=len(record.pupils) - len(there),
        sheets=tuple(_sheet_total(sheet, record.pupils) for sheet in record.sheets),
        results={
            (period, subject): _result_total(values.values(), period, subject)
            for period in Period
            for subject in record.subjects
        },
        periods={period: _period_total(record, period) for period in Period},
    )
    return Reckoned(record=record, values=values, total=total)


def _sheet_total(sheet: Sheet, pupils: tuple[Pupil, ...]) -> SheetTotal:
    """Who has left keeps the marks made here, but is asked for no more."""
    listed = [pupil for pupil in pupils if pupil.id in sheet.takers]
    return SheetTotal(
        subject=sheet.subject,
        term=sheet.term,
        pupils=sum(not pupil.has_left for pupil in listed),
        columns=tuple(_column_total(sheet, column, listed) for column in sheet.columns),
    )


def _result_total(values: Iterable[PupilValues], period: Period, subject: str) -> ResultTotal:
    results = [result for one in values if (result := one.of(period).get(subject)) and result != EXEMPT]
    is_scored = any(result[0].isdigit() for result in results)
    return ResultTotal(
        rated=len(results),
        points=_points(results),
        spread=_spread(results, Scale.MARK if is_scored else Scale.PASS),
    )


def _column_total(sheet: Sheet, column: ColumnV1, listed: list[Pupil]) -> ColumnTotal:
    asked = [pupil for pupil in listed if column in sheet.columns_for(pupil.id)]
    states = Counter(sheet.cell(pupil.id, column).state for pupil in asked)
    left_empty = sum(pupil.has_left and sheet.cell(pupil.id, column).state is CellState.EMPTY for pupil in asked)
    values = _counted(sheet, column, [pupil.id for pupil in asked])
    return ColumnTotal(
        key=column.key,
        marks=len(values),
        unexcused=states[CellState.MISSED_UNEXCUSED],
        excused=states[CellState.MISSED_EXCUSED],
        exempt=states[CellState.EXEMPT],
        empty=states[CellState.EMPTY] - left_empty,
        points=_points(values),
        spread=_spread(values, column.scale),
    )


def _points(values: Iterable[str]) -> Decimal:
    """The sum of the values that are numbers."""
    return sum((Decimal(value) for value in values if value[:1].isdigit()), Decimal(0))


def _counted(sheet: Sheet, column: ColumnV1, pupils: Iterable[UUID]) -> list[str]:
    """What counts in a column: the values, and 0 or CĐ for who missed it without a reason (TT22/2021 Art. 7)."""
    cells = [sheet.cell(pupil_id, column) for pupil_id in pupils]
    missed = COUNTED_AS.get(column.scale)
    counted = (missed if cell.state is CellState.MISSED_UNEXCUSED else cell.value for cell in cells)
    return [value for value in counted if value is not None]


def _spread(values: list[str], scale: Scale) -> dict[str, int]:
    if scale in NUMBERS:
        return dict(Counter(_band(Decimal(value), scale) for value in values))
    return dict(Counter(values))


def _band(value: Decimal, scale: Scale) -> str:
    return next(name for name, floor in BANDS[scale] if value >= floor)


def _period_total(record: ClassRecord, period: Period) -> PeriodTotal:
    """Over all who are listed, as the columns show them."""
    results = [result for pupil in record.pupils if (result := record.result_of(pupil.id, period))]
    terms = [term for term, of_term in TERM_PERIOD.items() if period in (of_term, Period.YEAR)]
    notes = [note for pupil in record.pupils for term in terms if (note := record.conduct_of(pupil.id, term))]
    return PeriodTotal(
        levels=_tally(result.final_level if record.is_primary else result.level for result in results),
        conduct=_tally(record.conduct_level(pupil.id, period) for pupil in record.pupils),
        outcomes=_tally(map(outcome, results)),
        titles=_tally(result.title for result in results),
        excused=sum(note.absences - note.unexcused for note in notes),
        unexcused=sum(note.unexcused for note in notes),
    )


def _tally(words: Iterable[str | None]) -> dict[str, int]:
    return dict(Counter(word for word in words if word))
