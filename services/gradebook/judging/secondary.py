"""A pupil's term and year in secondary school and in continuing education (TT22/2021, TT43/2021)."""

from decimal import Decimal
from functools import cache
from uuid import UUID

from services.contracts.gradebook.results import ClusterMarks, Period, PupilResult, SubjectResult, TermSummary
from services.contracts.gradebook.school import SubjectKind
from services.gradebook.judging.class_marks import STATES, TERMS_OF, ClassMarks, Content, Row
from services.gradebook.judging.judged import Judged, reasons, switches
from services.gradebook.rules import judgement, vocabulary
from services.gradebook.rules.judgement import SubjectMarks, TermInput, TermResult, YearInput, YearResult
from services.gradebook.rules.tt22_2021 import Level
from services.gradebook.rules.vocabulary import CommentResult, Result

LEVELS = {level.vi: level for level in Level}
SCORED, COMMENT = vocabulary.SubjectKind.SCORED, vocabulary.SubjectKind.COMMENT
CONDUCT = ""  # what a summer's result is kept under when it is no subject's


def judge(known: ClassMarks, pupil_id: UUID, period: Period) -> Judged:
    """The pupil's result of a period, which must be complete."""
    return _year(known, pupil_id) if period is Period.YEAR else _term(known, pupil_id, TERMS_OF[period][0])


def completion_of(year: YearResult, grade: int) -> str | None:
    """What the principal confirms of a pupil in the last grade of a stage; None for others."""
    if grade not in (9, 12):
        return None
    completion = judgement.judge_completion(year)
    return {True: "COMPLETED", False: "NOT_COMPLETED", None: None}[completion.is_completed]


def _term(known: ClassMarks, pupil_id: UUID, term: int) -> Judged:
    judged = judgement.judge_term(_term_input(known, pupil_id, term))
    result = {
        "subjects": {subject.code: _text(subject.result) for subject in judged.subjects},
        "level": judged.level.vi if judged.level else None,
        "conduct": judged.conduct.vi if judged.conduct else None,
        "absences": judged.absences,
        "reasons": reasons(judged.reasons),
        "switches": switches(judged.switches),
    }
    return Judged(pupil_id=pupil_id, regulation=judged.regulation, inputs_digest=judged.inputs_digest, result=result)


def _year(known: ClassMarks, pupil_id: UUID) -> Judged:
    first = None if pupil_id in known.late else judgement.judge_term(_term_input(known, pupil_id, 1))
    second = judgement.judge_term(_term_input(known, pupil_id, 2))
    year = judgement.judge_year(_year_input(known, pupil_id, first, second))
    return Judged(
        pupil_id=pupil_id,
        regulation=year.regulation,
        inputs_digest=year.inputs_digest,
        result=_pupil_result(known, pupil_id, (first, second), year),
    )


def _term_input(known: ClassMarks, pupil_id: UUID, term: int) -> TermInput:
    conduct = known.conduct.get((term, pupil_id))
    return TermInput(
        subjects=tuple(_subject_marks(row) for row in known.rows_of(pupil_id, term)),
        conduct=LEVELS[conduct.conduct] if conduct and conduct.conduct else None,
        absences=conduct.absences if conduct else 0,
        regulation=known.regulation,
    )


def _year_input(known: ClassMarks, pupil_id: UUID, first: TermResult | None, second: TermResult) -> YearInput:
    brought = dict(known.summer.get(pupil_id, {}))
    conduct = brought.pop(CONDUCT, None)
    return YearInput(
        first=first,
        second=second,
        reassessed={code: _result(value) for code, value in brought.items()},
        conduct_after_summer=LEVELS[conduct] if conduct else None,
    )


def _subject_marks(row: Row) -> SubjectMarks:
    """A sheet's columns end with mid-term and final (see sheet_columns)."""
    sheet = row.sheet
    *regular, midterm, final = map(_cell, row.contents)
    return SubjectMarks(
        code=sheet.subject,
        name=sheet.subject_name,
        kind=COMMENT if sheet.kind is SubjectKind.COMMENT else SCORED,
        regular=tuple(regular),
        midterm=midterm,
        final=final,
    )


@cache  # a scale has some hundred values at most, and a school year millions of cells
def _cell(content: Content) -> vocabulary.Cell:
    if content in STATES:
        return vocabulary.Cell(state=vocabulary.CellState(content.lower()))
    return vocabulary.Cell(state=vocabulary.CellState.VALUE, value=_result(content))


def _result(value: str) -> Result:
    return CommentResult(value) if value in set(CommentResult) else Decimal(value)


def _pupil_result(
    known: ClassMarks, pupil_id: UUID, terms: tuple[TermResult | None, TermResult], year: YearResult
) -> PupilResult:
    had_summer = pupil_id in known.summer
    after = (year.level_after, year.conduct_after) if had_summer else (None, None)
    last = known.conduct.get((2, pupil_id))
    summaries = tuple(_summary(known, pupil_id, number, term) for number, term in enumerate(terms, start=1) if term)
    return PupilResult(
        pupil_id=pupil_id,
        regulation=year.regulation,
        subjects=_subject_results(known, pupil_id, terms, year),
        terms=summaries,
        level=year.level.vi if year.level else None,
        conduct=year.conduct.vi if year.conduct else None,
        absences=year.absences,
        unexcused=sum(term.unexcused for term in summaries),
        promotion=year.promotion.value.upper() if year.promotion else "",
        title=year.title.vi if year.title else None,
        reasons=reasons(year.reasons),
        remark=last.remark if last else "",
        level_after=after[0].vi if after[0] else None,
        conduct_after=after[1].vi if after[1] else None,
        completion=completion_of(year, known.of_class.grade),
        corrections=tuple(known.corrections.get(pupil_id, ())),
        switches=switches(year.switches),
    )


def _summary(known: ClassMarks, pupil_id: UUID, number: int, term: TermResult) -> TermSummary:
    return TermSummary(
        term=number,
        level=term.level.vi if term.level else None,
        conduct=term.conduct.vi if term.conduct else None,
        absences=term.absences,
        unexcused=known.unexcused(pupil_id, number),
    )


def _subject_results(
    known: ClassMarks, pupil_id: UUID, terms: tuple[TermResult | None, TermResult], year: YearResult
) -> tuple[SubjectResult, ...]:
    """One row for each subject in the order of the form; the year's comment is that of the subject's last term."""
    first, second = ({one.code: one.result for one in term.subjects} if term else {} for term in terms)
    whole = {one.code: one.result for one in year.subjects}
    summer = known.summer.get(pupil_id, {})
    return tuple(
        SubjectResult(
            code=(code := row.sheet.subject),
            name=row.sheet.subject_name,
            kind=row.sheet.kind,
            term1=_text(first.get(code)),
            term2=_text(second.get(code)),
            year=_text(whole.get(code)),
            comment=row.comment,
            teacher_id=row.sheet.teacher_id,
            retest=summer.get(code),
            is_elective=row.sheet.is_elective,
            cluster=_cluster(known, row, pupil_id),
        )
        for row in known.last_rows(pupil_id)
    )


def _cluster(known: ClassMarks, last: Row, pupil_id: UUID) -> ClusterMarks | None:
    """What the cluster's own column holds in each term, for a pupil who takes it and so has that column."""
    if not any(column.is_cluster for column in last.columns):
        return None
    marks = {
        row.sheet.term: content
        for row in known.rows[pupil_id]
        for column, content in zip(row.columns, row.contents, strict=True)
        if row.sheet.subject == last.sheet.subject and column.is_cluster and content not in STATES
    }
    return ClusterMarks(term1=marks.get(1), term2=marks.get(2))


def _text(result: Result | None) -> str | None:
    return None if result is None else str(result)
