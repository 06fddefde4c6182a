"""A pupil's term and year in primary school (TT27/2020)."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from services.chassis.codec import digest
from services.contracts.gradebook.results import Period, PupilResult, QualityResult, SubjectResult, TermSummary
from services.contracts.gradebook.school import SubjectKind
from services.contracts.gradebook.sheets import CellState
from services.gradebook.judging.class_marks import EMPTY, STATES, TERMS_OF, ClassMarks, Row
from services.gradebook.judging.judged import Judged, reasons, switches
from services.gradebook.rules.judgement27 import (
    PrimarySubject,
    PrimaryTermInput,
    PrimaryYearInput,
    PrimaryYearResult,
    judge_primary_term,
    judge_primary_year,
)
from services.gradebook.rules.regulation import Regulation
from services.gradebook.rules.tt27_2020 import Moment, Outcome, QualityLevel, SubjectLevel

END_OF = {1: Moment.END_TERM_1, 2: Moment.YEAR_END}
WHOLE_PUPIL = ""  # what the principal's decision on a pupil is kept under
PROMOTIONS = {
    Outcome.PROMOTED: "PROMOTED",
    Outcome.ADDITIONAL_ASSESSMENT: "RETEST",
    Outcome.SCHOOL_DECIDES: "RETEST",  # until the principal has decided
}


def judge(known: ClassMarks, pupil_id: UUID, period: Period) -> Judged:
    """The pupil's result of a period, which must be complete."""
    return _year(known, pupil_id) if period is Period.YEAR else _term(known, pupil_id, TERMS_OF[period][0])


def _term(known: ClassMarks, pupil_id: UUID, term: int) -> Judged:
    given = PrimaryTermInput(
        grade=known.of_class.grade,
        moment=END_OF[term],
        subjects=_subjects(known, pupil_id, term),
        qualities=_qualities(known, pupil_id, term),
    )
    judged = judge_primary_term(given)
    result = {
        "subjects": {one.code: one.level for one in given.subjects},
        "tests": {one.code: str(one.test) for one in given.subjects if one.test is not None},
        "qualities": given.qualities,
        "level": None,
        "conduct": None,
        "absences": _absences(known, pupil_id, term),
        "reasons": reasons((*judged.reasons, *judged.warnings)),
        "switches": switches(given.switches),
    }
    return Judged(
        pupil_id=pupil_id,
        regulation=Regulation.TT27_2020.value,
        inputs_digest=judged.inputs_digest,
        result=result,
    )


def _year(known: ClassMarks, pupil_id: UUID) -> Judged:
    brought = dict(known.summer.get(pupil_id, {}))
    decision = brought.pop(WHOLE_PUPIL, None)
    year = judge_primary_year(_year_input(known, pupil_id, brought))
    return Judged(
        pupil_id=pupil_id,
        regulation=year.regulation,
        inputs_digest=digest([year.inputs_digest, decision]),
        result=_pupil_result(known, pupil_id, year, decision),
    )


def _year_input(known: ClassMarks, pupil_id: UUID, brought: Mapping[str, str]) -> PrimaryYearInput:
    """The year-end values, and those of the assessment after help."""
    subjects = _subjects(known, pupil_id, 2)
    return PrimaryYearInput(
        grade=known.of_class.grade,
        subjects=subjects,
        qualities=_qualities(known, pupil_id, 2),
        subjects_again=tuple(_again(one, brought[one.code]) for one in subjects if one.code in brought),
        qualities_again={
            code: QualityLevel(value) for code, value in brought.items() if code not in {one.code for one in subjects}
        },
    )


def _again(subject: PrimarySubject, result: str) -> PrimarySubject:
    """The subject as assessed again, written "H", or "H 6" with its last test's mark."""
    level, _, test = result.partition(" ")
    return replace(subject, level=SubjectLevel(level), test=int(test) if test else subject.test)


def _subjects(known: ClassMarks, pupil_id: UUID, term: int) -> tuple[PrimarySubject, ...]:
    rows = known.rows_of(pupil_id, term)
    return tuple(_subject(row) for row in rows if row.sheet.kind is SubjectKind.PRIMARY)


def _subject(row: Row) -> PrimarySubject:
    contents = row.by_key()
    level, test = contents["ck_muc"], contents.get("ck_kt", EMPTY)
    return PrimarySubject(
        code=row.sheet.subject,
        name=row.sheet.subject_name,
        level=None if level in STATES else SubjectLevel(level),
        test=None if test in STATES else int(test),
        is_exempt=level == CellState.EXEMPT,
    )


def _qualities(known: ClassMarks, pupil_id: UUID, term: int) -> dict[str, QualityLevel]:
    """Levels at the term's end by code of quality or competence."""
    return {
        key.removeprefix("ck_"): QualityLevel(content)
        for row in known.rows_of(pupil_id, term)
        if row.sheet.kind is SubjectKind.QUALITIES
        for key, content in row.by_key().items()
        if key.startswith("ck_") and content not in STATES
    }


def _absences(known: ClassMarks, pupil_id: UUID, term: int) -> int:
    said = known.conduct.get((term, pupil_id))
    return said.absences if said else 0


def _pupil_result(known: ClassMarks, pupil_id: UUID, year: PrimaryYearResult, decision: str | None) -> PupilResult:
    terms = tuple(_summary(known, pupil_id, term) for term in known.attended(pupil_id, Period.YEAR))
    last = known.conduct.get((2, pupil_id))
    promotion = decision or (PROMOTIONS[year.outcome] if year.outcome else "")
    return PupilResult(
        pupil_id=pupil_id,
        regulation=year.regulation,
        subjects=tuple(_subject_result(known, row, pupil_id) for row in _subject_rows(known, pupil_id)),
        terms=terms,
        level=year.level.vi if year.level else None,
        conduct=None,
        absences=sum(term.absences for term in terms),
        unexcused=sum(term.unexcused for term in terms),
        promotion=promotion,
        title=year.title.vi if year.title else None,
        reasons=reasons((*year.reasons, *year.warnings)),
        remark=last.remark if last else "",
        level_after=year.level_after.vi if year.level_after and pupil_id in known.summer else None,
        completion="COMPLETED" if year.completes_primary else None,
        qualities=_quality_results(known, pupil_id),
        qualities_comment=_qualities_comment(known, pupil_id),
        corrections=tuple(known.corrections.get(pupil_id, ())),
        switches=switches(year.switches),
    )


def _summary(known: ClassMarks, pupil_id: UUID, term: int) -> TermSummary:
    return TermSummary(
        term=term,
        level=None,
        conduct=None,
        absences=_absences(known, pupil_id, term),
        unexcused=known.unexcused(pupil_id, term),
    )


def _quality_results(known: ClassMarks, pupil_id: UUID) -> tuple[QualityResult, ...]:
    brought = known.summer.get(pupil_id, {})
    levels = _qualities(known, pupil_id, 2)
    return tuple(QualityResult(code=code, level=level, retest=brought.get(code)) for code, level in levels.items())


def _qualities_comment(known: ClassMarks, pupil_id: UUID) -> str:
    """What the homeroom teacher wrote on the year's last sheet of qualities and competences."""
    rows = (row for row in known.last_rows(pupil_id) if row.sheet.kind is SubjectKind.QUALITIES)
    return "\n".join(row.comment for row in rows if row.comment)


def _subject_rows(known: ClassMarks, pupil_id: UUID) -> list[Row]:
    return [row for row in known.last_rows(pupil_id) if row.sheet.kind is SubjectKind.PRIMARY]


def _subject_result(known: ClassMarks, last: Row, pupil_id: UUID) -> SubjectResult:
    code = last.sheet.subject
    terms = {row.sheet.term: _subject(row) for row in known.rows[pupil_id] if row.sheet.subject == code}
    levels = [terms[term].level if term in terms else None for term in (1, 2)]
    final = terms[last.sheet.term]
    return SubjectResult(
        code=code,
        name=last.sheet.subject_name,
        kind=last.sheet.kind,
        term1=levels[0],
        term2=levels[1],
        year=final.level,
        comment=last.comment,
        teacher_id=last.sheet.teacher_id,
        retest=known.summer.get(pupil_id, {}).get(code),
        test=None if final.test is None else str(final.test),
    )
