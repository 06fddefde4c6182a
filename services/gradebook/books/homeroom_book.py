"""A homeroom teacher's book (sổ giáo viên chủ nhiệm): who is in the class, conduct, absences, results and remarks."""

from collections.abc import Iterator
from functools import partial

from services.contracts.gradebook.results import Period
from services.gradebook.books.layout import Lane, Table
from services.gradebook.books.primary import year_level_field
from services.gradebook.books.register import absence_fields, level_fields, outcome_fields, summer_fields
from services.gradebook.books.rolls import (
    PERIODS,
    TERMS,
    Field,
    Headline,
    class_heading,
    class_signers,
    pupil_list,
    roll,
)
from services.gradebook.books.source import ClassRecord, Pupil, Source
from services.gradebook.books.totals import Reckoned

REMARK = Lane(width=70, is_words=True)


def homeroom_tables(source: Source, reckoned: Reckoned) -> tuple[Table, ...]:
    return pupil_list(source, reckoned.record), _progress(source, reckoned), _remarks(source, reckoned)


def _progress(source: Source, reckoned: Reckoned) -> Table:
    record = reckoned.record
    title = "Theo dõi chuyên cần, rèn luyện và kết quả"
    headline = Headline(name="Theo dõi", title=title, subtitle=class_heading(source, record))
    return roll(headline, record.pupils, tuple(_fields(source, reckoned)), signers=class_signers(source, record))


def _fields(source: Source, reckoned: Reckoned) -> Iterator[Field]:
    """Primary school knows no levels of a term, only those of the year's education."""
    is_primary = reckoned.record.is_primary
    for period in source.periods:
        if not is_primary:
            yield from level_fields(reckoned, period, PERIODS[period])
        yield from absence_fields(reckoned, period, PERIODS[period])
    if Period.YEAR in source.periods:
        if is_primary:
            yield year_level_field(reckoned)
        else:
            yield from summer_fields(reckoned)
        yield from outcome_fields(reckoned)


def _remarks(source: Source, reckoned: Reckoned) -> Table:
    record = reckoned.record
    headline = Headline(
        name="Nhận xét", title="Nhận xét của giáo viên chủ nhiệm", subtitle=class_heading(source, record)
    )
    fields = [Field(text=TERMS[term], lane=REMARK, cell=partial(_remark, record, term)) for term in source.terms]
    return roll(headline, record.pupils, fields, signers=class_signers(source, record))


def _remark(record: ClassRecord, term: int, pupil: Pupil) -> str:
    note = record.conduct_of(pupil.id, term)
    return note.remark if note else ""
