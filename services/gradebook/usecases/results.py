"""The locking of results: the law's judgement on a class, kept with its reasons."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.chassis import authority
from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import NotFound
from services.contracts.gradebook.conduct import ConductEntry
from services.contracts.gradebook.results import (
    ClassResults,
    LockResults,
    Period,
    PeriodLocked,
    PupilResult,
    ReadClassResults,
    ReasonV1,
    ResultsLockedV1,
    SubjectResult,
    TermSummary,
)
from services.contracts.gradebook.school import ClassV1, SubjectKind
from services.contracts.gradebook.sheets import CellState, SheetHead
from services.contracts.identity import Change
from services.gradebook.domain import Cell
from services.gradebook.errors import Incomplete, LockOrder, NotLocked
from services.gradebook.repository import marks, results, school
from services.gradebook.repository.results import Judged
from services.gradebook.rules import judgement, tt22_2021
from services.gradebook.rules.judgement import SubjectMarks, TermInput, TermResult, YearInput, YearResult
from services.gradebook.rules.regulation import Regulation, Stage, governing
from services.gradebook.rules.tt22_2021 import CommentResult, Level
from services.gradebook.usecases.marks import LEADERS, PERIOD_VI, require_unlocked

BEFORE = {Period.TERM_2: Period.TERM_1, Period.YEAR: Period.TERM_2}
TERMS_OF = {Period.TERM_1: (1,), Period.TERM_2: (2,), Period.YEAR: (1, 2)}
LEVELS = {level.vi: level for level in Level}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassMarks:
    """Everything that decides a class's results."""

    sheets: tuple[SheetHead, ...]
    cells: Mapping[tuple[UUID, UUID], Cell]
    comments: Mapping[tuple[UUID, UUID], str]
    conduct: Mapping[tuple[int, UUID], ConductEntry]


def lock_results(tx: Tx, command: LockResults, actor: Actor) -> PeriodLocked:
    """Judge every pupil of the class by the regulation in force and make the period final."""
    of_class = _class_of(tx, command.school_year, command.class_id)
    authority.require(tx, actor, LEADERS, of_class.unit_id)
    for term in TERMS_OF[command.period]:
        marks.hold_class(tx, command.school_year, command.class_id, term)
    _check_order(tx, command)
    stage = Stage(school.stage_of(tx, command.school_year, of_class.unit_id))
    governing(stage, of_class.grade, command.school_year, among=frozenset({Regulation.TT22_2021}))
    known = _marks_of(tx, command.school_year, command.class_id)
    pupils = school.pupils_of(tx, command.school_year, command.class_id)
    _refuse_incomplete(known, pupils, command.period)
    judge = _judge_year if command.period is Period.YEAR else _judge_term
    judged = [judge(known, pupil_id, command.period) for pupil_id in pupils]
    results.lock(
        tx,
        school_year=command.school_year,
        class_id=command.class_id,
        period=command.period,
        person_id=actor.person_id,
        judged=judged,
    )
    tx.emit(
        ResultsLockedV1(
            record_id=command.class_id,
            change=Change.NEW,
            version=list(Period).index(command.period) + 1,
            updated_at=tx.now(),
            school_year=command.school_year,
            unit_id=of_class.unit_id,
            period=command.period,
        )
    )
    return PeriodLocked(class_id=command.class_id, period=command.period, pupils=len(judged))


def read_class_results(tx: Tx, query: ReadClassResults, actor: Actor) -> ClassResults:
    """A class's year, for services under a system grant and for the school's leaders."""
    of_class = _class_of(tx, query.school_year, query.class_id)
    if not actor.system and not authority.holds(tx, actor, LEADERS, of_class.unit_id):
        raise NotFound
    if Period.YEAR not in results.locked_periods(tx, query.school_year, query.class_id):
        raise NotLocked
    by_pupil = results.year_results(tx, query.school_year, query.class_id)
    order = school.pupils_of(tx, query.school_year, query.class_id, ended_too=True)
    return ClassResults(
        school_year=query.school_year,
        unit_id=of_class.unit_id,
        class_id=of_class.id,
        class_name=of_class.name,
        stage=school.stage_of(tx, query.school_year, of_class.unit_id),
        grade=of_class.grade,
        homeroom_id=of_class.homeroom_id,
        results=tuple(by_pupil[pupil_id] for pupil_id in order if pupil_id in by_pupil),
    )


def _class_of(tx: Tx, school_year: int, class_id: UUID) -> ClassV1:
    found = school.get_class(tx, school_year, class_id)
    if found is None:
        raise NotFound(class_id=class_id)
    return found


def _check_order(tx: Tx, command: LockResults) -> None:
    locked = results.locked_periods(tx, command.school_year, command.class_id)
    require_unlocked(tx, command.school_year, command.class_id, command.period)
    before = BEFORE.get(command.period)
    if before and before not in locked:
        raise LockOrder(first=PERIOD_VI[before], period=PERIOD_VI[command.period])


def _marks_of(tx: Tx, school_year: int, class_id: UUID) -> ClassMarks:
    sheets = marks.sheets_of_class(tx, school_year, class_id)
    ids = [sheet.id for sheet in sheets]
    return ClassMarks(
        sheets=tuple(sheets),
        cells=marks.cells_of(tx, school_year, ids),
        comments=marks.comments_of(tx, school_year, ids),
        conduct=results.conduct_of(tx, school_year, class_id),
    )


def _refuse_incomplete(known: ClassMarks, pupils: Mapping[UUID, str], period: Period) -> None:
    """Nothing is locked while a mark or a conduct is missing; each missing thing is named by pupil's code."""
    missing = [
        {"pupil": code, "term": term, "missing": what}
        for term in TERMS_OF[period]
        for pupil_id, code in pupils.items()
        for what in _missing(known, pupil_id, term)
    ]
    if missing:
        raise Incomplete(count=len(missing), errors=missing[:500])


def _missing(known: ClassMarks, pupil_id: UUID, term: int) -> list[str]:
    waiting = (CellState.EMPTY, CellState.MISSED_EXCUSED)
    empty = [
        f"{sheet.subject}/{column.key}"
        for sheet in known.sheets
        if sheet.term == term
        for column in sheet.columns
        if known.cells.get((column.id, pupil_id), Cell()).state in waiting
    ]
    return empty if (term, pupil_id) in known.conduct else [*empty, "conduct"]


def _judge_term(known: ClassMarks, pupil_id: UUID, period: Period) -> Judged:
    term = _term_input(known, pupil_id, TERMS_OF[period][0])
    judged = judgement.judge_term(term)
    result = {
        "subjects": {subject.code: _text(subject.result) for subject in judged.subjects},
        "level": judged.level.vi if judged.level else None,
        "conduct": judged.conduct.vi if judged.conduct else None,
        "absences": judged.absences,
        "reasons": [_reason(reason) for reason in judged.reasons],
        "switches": judged.switches,
    }
    return Judged(pupil_id=pupil_id, regulation=judged.regulation, inputs=term, result=result)


def _judge_year(known: ClassMarks, pupil_id: UUID, _period: Period) -> Judged:
    inputs = [_term_input(known, pupil_id, term) for term in (1, 2)]
    first, second = (judgement.judge_term(term) for term in inputs)
    year = judgement.judge_year(YearInput(first=first, second=second))
    return Judged(
        pupil_id=pupil_id,
        regulation=year.regulation,
        inputs=inputs,
        result=_pupil_result(known, pupil_id, (first, second), year),
    )


def _term_input(known: ClassMarks, pupil_id: UUID, term: int) -> TermInput:
    conduct = known.conduct.get((term, pupil_id))
    return TermInput(
        subjects=tuple(_subject(known, sheet, pupil_id) for sheet in known.sheets if sheet.term == term),
        conduct=LEVELS[conduct.conduct] if conduct else None,
        absences=conduct.absences if conduct else 0,
    )


def _subject(known: ClassMarks, sheet: SheetHead, pupil_id: UUID) -> SubjectMarks:
    cells = {column.key: _law_cell(known.cells.get((column.id, pupil_id), Cell())) for column in sheet.columns}
    midterm, final = cells.pop("gk"), cells.pop("ck")
    kind = tt22_2021.SubjectKind(sheet.kind.lower())
    return SubjectMarks(
        code=sheet.subject,
        name=sheet.subject_name,
        kind=kind,
        regular=tuple(cells.values()),
        midterm=midterm,
        final=final,
    )


def _law_cell(cell: Cell) -> tt22_2021.Cell:
    value: Decimal | CommentResult | None = None
    if cell.value is not None:
        value = CommentResult(cell.value) if cell.value in set(CommentResult) else Decimal(cell.value)
    return tt22_2021.Cell(state=tt22_2021.CellState(cell.state.lower()), value=value)


def _pupil_result(
    known: ClassMarks, pupil_id: UUID, terms: tuple[TermResult, TermResult], year: YearResult
) -> PupilResult:
    return PupilResult(
        pupil_id=pupil_id,
        regulation=year.regulation,
        subjects=_subject_results(known, pupil_id, terms, year),
        terms=tuple(
            TermSummary(
                term=number,
                level=term.level.vi if term.level else None,
                conduct=term.conduct.vi if term.conduct else None,
                absences=term.absences,
            )
            for number, term in enumerate(terms, start=1)
        ),
        level=year.level_after.vi if year.level_after else None,
        conduct=year.conduct_after.vi if year.conduct_after else None,
        absences=year.absences,
        promotion=year.promotion.value.upper() if year.promotion else "",
        title=year.title.vi if year.title else None,
        reasons=tuple(_reason(reason) for reason in year.reasons),
        remark=known.conduct[(2, pupil_id)].remark,
    )


def _subject_results(
    known: ClassMarks, pupil_id: UUID, terms: tuple[TermResult, TermResult], year: YearResult
) -> tuple[SubjectResult, ...]:
    """One row for each subject in the order of the form; the year's comment is that of term 2's sheet."""
    first, second = ({one.code: one.result for one in term.subjects} for term in terms)
    whole = {one.code: one.result for one in year.subjects}
    return tuple(
        SubjectResult(
            code=sheet.subject,
            name=sheet.subject_name,
            kind=SubjectKind(sheet.kind),
            term1=_text(first.get(sheet.subject)),
            term2=_text(second.get(sheet.subject)),
            year=_text(whole.get(sheet.subject)),
            comment=known.comments.get((sheet.id, pupil_id), ""),
            teacher_id=sheet.teacher_id,
        )
        for sheet in known.sheets
        if sheet.term == 2  # noqa: PLR2004 - the second of two terms
    )


def _text(result: Any) -> str | None:
    return None if result is None else str(result)


def _reason(reason: Any) -> ReasonV1:
    return ReasonV1(code=reason.code, clause=reason.clause, vi=reason.vi, en=reason.en)
