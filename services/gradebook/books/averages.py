"""Each pupil's result in each subject: the locked one, or while the period is open what the law makes of the marks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from services.contracts.gradebook.results import Period
from services.contracts.gradebook.school import SubjectKind
from services.contracts.gradebook.sheets import ColumnKind
from services.gradebook.books.source import PERIOD_TERM, TERM_PERIOD, ClassRecord, Sheet
from services.gradebook.books.writing import EXEMPT
from services.gradebook.domain import Cell
from services.gradebook.rules import judgement, vocabulary
from services.gradebook.rules.judgement import SubjectMarks, SubjectResult, TermInput, TermResult, YearInput
from services.gradebook.rules.regulation import Regulation, regulation_of
from services.gradebook.rules.vocabulary import CommentResult

JUDGED_HERE = (Regulation.TT22_2021, Regulation.TT43_2021)
"""The circulars under which the marks of an open term are averaged alike; under others only locked results show."""
TERM_AND_YEAR = (SubjectKind.SCORED, SubjectKind.COMMENT)

Values = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PupilValues:
    """By subject code: "7.9", "Đ" or "CĐ", "M" for who is exempt; what cannot be said yet is left out."""

    terms: Mapping[int, Values] = field(default_factory=dict)
    year: Values = field(default_factory=dict)

    def of(self, period: Period) -> Values:
        return self.year if period is Period.YEAR else self.terms[PERIOD_TERM[period]]


def values_of(record: ClassRecord) -> dict[UUID, PupilValues]:
    """The subject results of all pupils of a class."""
    return {pupil.id: _values(record, pupil.id) for pupil in record.pupils}


def _values(record: ClassRecord, pupil_id: UUID) -> PupilValues:
    regulation = regulation_of(record.stage, record.grade, record.school_year)
    judged = {term: _judged(record, pupil_id, term, regulation) for term in TERM_PERIOD if regulation in JUDGED_HERE}
    year = judgement.judge_year(YearInput(first=judged[1], second=judged[2])).subjects if judged else ()
    return PupilValues(
        terms={
            term: _written(judged[term].subjects if judged else ()) | _locked(record, pupil_id, TERM_PERIOD[term])
            for term in (1, 2)
        },
        year=_written(year) | _locked(record, pupil_id, Period.YEAR),
    )


def _judged(record: ClassRecord, pupil_id: UUID, term: int, regulation: Regulation) -> TermResult:
    subjects = tuple(
        _marks(sheet, pupil_id)
        for sheet in record.sheets_of(term)
        if sheet.kind in TERM_AND_YEAR and pupil_id in sheet.takers
    )
    return judgement.judge_term(TermInput(subjects=subjects, conduct=None, absences=0, regulation=regulation))


def _marks(sheet: Sheet, pupil_id: UUID) -> SubjectMarks:
    cells = {
        kind: tuple(
            _law_cell(sheet.cell(pupil_id, column)) for column in sheet.columns_for(pupil_id) if column.kind is kind
        )
        for kind in ColumnKind
    }
    return SubjectMarks(
        code=sheet.subject,
        name=sheet.name,
        kind=vocabulary.SubjectKind(sheet.kind.lower()),
        regular=cells[ColumnKind.REGULAR],
        midterm=cells[ColumnKind.MIDTERM][0],
        final=cells[ColumnKind.FINAL][0],
    )


def _law_cell(cell: Cell) -> vocabulary.Cell:
    value: Decimal | CommentResult | None = None
    if cell.value is not None:
        value = CommentResult(cell.value) if cell.value in set(CommentResult) else Decimal(cell.value)
    return vocabulary.Cell(state=vocabulary.CellState(cell.state.lower()), value=value)


def _written(subjects: tuple[SubjectResult, ...]) -> dict[str, str]:
    return {
        subject.code: EXEMPT if subject.is_exempt else str(subject.result)
        for subject in subjects
        if subject.is_exempt or subject.result is not None
    }


def _locked(record: ClassRecord, pupil_id: UUID, period: Period) -> dict[str, str]:
    result = record.result_of(pupil_id, period)
    return {code: value for code, value in result.subjects.items() if value is not None} if result else {}
