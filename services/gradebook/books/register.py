"""The class's register in secondary school (sổ theo dõi và đánh giá học sinh): all subjects, terms and the year."""

from collections.abc import Iterator, Sequence
from functools import partial

from services.contracts.gradebook.results import Period
from services.gradebook.books.layout import PAGE_WIDTH, Cell, Lane, Table, shared
from services.gradebook.books.rolls import (
    NAME,
    NUMBER,
    PERIODS,
    Field,
    Headline,
    class_heading,
    class_signers,
    roll,
)
from services.gradebook.books.source import PERIOD_TERM, ClassRecord, Pupil, Result, Source
from services.gradebook.books.totals import Reckoned
from services.gradebook.books.writing import LEGEND, NOT_LOCKED, NOT_TAKEN, in_words, outcome

LEVEL, DAYS, WORDS = Lane(width=14), Lane(width=8), Lane(width=21)
WIDEST_SUBJECT = 14.0  # mm


def register_tables(source: Source, reckoned: Reckoned) -> tuple[Table, ...]:
    return tuple(_period_table(source, reckoned, period) for period in source.periods)


def corrections_line(record: ClassRecord, terms: Sequence[int], *, point: str = "") -> str:
    """The line that the law's form wants under a table: how many places were corrected, and in which subjects."""
    made = [one.subject for one in record.corrections if one.term in terms and one.key.startswith(point)]
    names = [sheet.name for code, sheet in record.subjects.items() if code in made]
    subjects = f", thuộc các môn học: {', '.join(names)}" if names else ""
    return f"Trong bảng này có sửa chữa ở: {len(made)} chỗ{subjects}."


def terms_of(period: Period) -> tuple[int, ...]:
    return (1, 2) if period is Period.YEAR else (PERIOD_TERM[period],)


def absence_fields(reckoned: Reckoned, period: Period, group: str) -> Iterator[Field]:
    """Half-days with permission (P) and without (K); empty while nobody has written any."""
    record, total = reckoned.record, reckoned.total.periods[period]

    def days(pupil: Pupil, *, excused: bool) -> Cell:
        notes = [note for term in terms_of(period) if (note := record.conduct_of(pupil.id, term))]
        return sum(note.absences - note.unexcused if excused else note.unexcused for note in notes) if notes else ""

    yield Field(text="P", group=group, lane=DAYS, cell=lambda one: days(one, excused=True), added=total.excused)
    yield Field(text="K", group=group, lane=DAYS, cell=lambda one: days(one, excused=False), added=total.unexcused)


def level_fields(reckoned: Reckoned, period: Period, group: str) -> Iterator[Field]:
    """Learning as it was locked; conduct as written, the year's as locked."""
    record, total = reckoned.record, reckoned.total.periods[period]

    def level(pupil: Pupil) -> str:
        result = record.result_of(pupil.id, period)
        return (result.level or "") if result else ""

    def conduct(pupil: Pupil) -> str:
        return record.conduct_level(pupil.id, period) or ""

    counts = sum(total.levels.values()), sum(total.conduct.values())
    yield Field(text="Học tập", group=group, lane=LEVEL, cell=level, count=counts[0])
    yield Field(text="Rèn luyện", group=group, lane=LEVEL, cell=conduct, count=counts[1])


def summer_fields(reckoned: Reckoned) -> Iterator[Field]:
    """Levels after re-assessment and training in the summer, once anybody has one."""
    record = reckoned.record
    years = {pupil.id: record.result_of(pupil.id, Period.YEAR) or Result() for pupil in record.pupils}
    if not any(year.level_after or year.conduct_after for year in years.values()):
        return
    group = "Sau hè"
    yield Field(text="Học tập", group=group, lane=LEVEL, cell=lambda pupil: years[pupil.id].level_after or "")
    yield Field(text="Rèn luyện", group=group, lane=LEVEL, cell=lambda pupil: years[pupil.id].conduct_after or "")


def outcome_fields(reckoned: Reckoned) -> Iterator[Field]:
    """The year's title and what follows from it."""
    record, total = reckoned.record, reckoned.total.periods[Period.YEAR]

    def year(pupil: Pupil) -> Result:
        return record.result_of(pupil.id, Period.YEAR) or Result()

    titles, outcomes = sum(total.titles.values()), sum(total.outcomes.values())
    yield Field(text="Khen thưởng", lane=WORDS, cell=lambda pupil: year(pupil).title or "", count=titles)
    yield Field(text="Kết quả cuối năm", lane=WORDS, cell=lambda pupil: outcome(year(pupil)), count=outcomes)


def _period_table(source: Source, reckoned: Reckoned, period: Period) -> Table:
    record = reckoned.record
    after = (
        *level_fields(reckoned, period, "Mức đánh giá"),
        *absence_fields(reckoned, period, "Nghỉ (buổi)"),
        *((*summer_fields(reckoned), *outcome_fields(reckoned)) if period is Period.YEAR else ()),
    )
    notes = (corrections_line(record, terms_of(period)), LEGEND)
    return roll(
        Headline(
            name=PERIODS[period],
            title=f"Tổng hợp kết quả đánh giá – {PERIODS[period]}",
            subtitle=class_heading(source, record),
        ),
        record.pupils,
        (*_subject_fields(reckoned, period, room=PAGE_WIDTH - sum(field.lane.width for field in after)), *after),
        notes=notes if period in record.locked else (*notes, NOT_LOCKED),
        signers=class_signers(source, record),
    )


def _subject_fields(reckoned: Reckoned, period: Period, *, room: float) -> Iterator[Field]:
    subjects = reckoned.record.subjects
    width = shared(room - NUMBER.width - NAME.width, len(subjects), most=WIDEST_SUBJECT)
    for code, sheet in subjects.items():
        total = reckoned.total.results[period, code]
        yield Field(
            text=sheet.name,
            group="Kết quả học tập các môn học",
            is_upright=True,
            lane=Lane(width=width),
            cell=partial(_result, reckoned, period, code),
            count=total.rated,
            added=in_words(total.points) if total.points else "",
        )


def _result(reckoned: Reckoned, period: Period, subject: str, pupil: Pupil) -> str:
    """The subject's result, and in brackets that of its re-assessment in the summer."""
    record = reckoned.record
    value = reckoned.values[pupil.id].of(period).get(subject)
    retest = (record.result_of(pupil.id, period) or Result()).retests.get(subject)
    if retest:
        return f"{in_words(value)} ({in_words(retest)})"
    return in_words(value) if value or record.takes(pupil.id, subject) else NOT_TAKEN
