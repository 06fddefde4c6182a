"""Cases of TT22/2021 and TT43/2021: the case as the law's inputs, the judgement as an answer."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, cast

from deploy.law.errors import NothingToJudge, TooManyMarks
from deploy.law.names import name_of
from deploy.law.shapes import Case22, Case43, Cells, ScoredTerm, Secondary, Term, TermNumber, Year
from deploy.law.values import comment_cell, level_in, mark_cell, read_at, switches_of
from services.chassis.errors import Invalid
from services.gradebook.rules.judgement import (
    GivenYear,
    SubjectMarks,
    TermInput,
    TermResult,
    YearInput,
    YearResult,
    judge_completion,
    judge_given_year,
    judge_term,
    judge_year,
)
from services.gradebook.rules.regulation import Regulation
from services.gradebook.rules.subjects import SubjectResult, Subjects
from services.gradebook.rules.switches import Switches
from services.gradebook.rules.tt22_2021 import COMMENT_ASSESSMENTS, Level, regular_assessments
from services.gradebook.rules.vocabulary import Cell, CellState, Result, SubjectKind

Answer = dict[str, Any]
SCORED, COMMENT = SubjectKind.SCORED, SubjectKind.COMMENT
EXEMPT = Cell(state=CellState.EXEMPT)
COMMENT_CELLS = COMMENT_ASSESSMENTS + 2  # regular, mid-term, final
NO_COMMENTS = (Cell(),) * COMMENT_CELLS
LEVELS = {level.vi: level for level in Level}
DEFAULT = Switches()
LAST_GRADES = (9, 12)


def answer(case: Case22 | Case43) -> Answer:
    """The judgement of the case; a refusal names the place of the fault."""
    check_one_of(case, has_terms=bool(case.terms))
    regulation = Regulation.TT43_2021 if isinstance(case, Case43) else Regulation.TT22_2021
    switches = switches_of(DEFAULT, case.switches)
    terms = {
        number: judge_term(_term(number, term, case, switches=switches, regulation=regulation))
        for number, term in case.terms.items()
    }
    year = _year(case, terms, switches=switches, regulation=regulation)
    judged = year or terms["1"]
    return {
        "regulation": regulation.value,
        "switches": switches,
        "inputs_digest": judged.inputs_digest,
        **_answer_of_terms(terms),
        **_answer_of_year(case, year),
    }


def check_one_of(case: Secondary, *, has_terms: bool) -> None:
    """A case gives terms or a year."""
    if has_terms is (case.year is not None):
        raise NothingToJudge(place="terms")


def regular_of(given: ScoredTerm) -> Cells:
    """A subject's regular assessments; where the periods fix their number, those not there yet are empty."""
    if given.periods is None:
        return given.regular
    most = regular_assessments(SCORED, given.periods, has_cluster=given.cluster)
    if len(given.regular) > most:
        raise TooManyMarks(count=len(given.regular), most=most)
    return given.regular + (None,) * (most - len(given.regular))


def comment_cells(raws: Cells) -> tuple[Cell, ...]:
    """A comment subject's cells under TT22/2021: two regular, mid-term and final."""
    if len(raws) > COMMENT_CELLS:
        raise TooManyMarks(count=len(raws), most=COMMENT_CELLS)
    return (*map(comment_cell, raws), *NO_COMMENTS[len(raws) :])


def reassessed(case: Secondary) -> dict[str, Result]:
    """The new results by subject, of the kind that their writing shows."""
    return {
        code: result
        for code, raw in case.reassessed.items()
        if (result := read_at(f"reassessed.{code}", _any_cell, raw).value) is not None
    }


def given_results(year: Year, exempt: tuple[str, ...]) -> Subjects:
    """A year's results as stated."""
    return (
        *(
            _given(SCORED, code, read_at(f"year.scored.{code}", mark_cell, raw), exempt)
            for code, raw in year.scored.items()
        ),
        *(
            _given(COMMENT, code, read_at(f"year.comment.{code}", comment_cell, raw), exempt)
            for code, raw in year.comment.items()
        ),
        *(_given(SCORED, code, EXEMPT, exempt) for code in exempt if code not in {**year.scored, **year.comment}),
    )


def by_kind(subjects: Subjects) -> tuple[dict[str, Result | None], dict[str, Result | None]]:
    """Results by code, of scored subjects and of those assessed by comments; exempt ones stay out."""
    scored: dict[str, Result | None] = {}
    comments: dict[str, Result | None] = {}
    for subject in subjects:
        if not subject.is_exempt:
            (scored if subject.kind is SCORED else comments)[subject.code] = subject.result
    return scored, comments


def _term(number: str, given: Term, case: Case22, *, switches: Switches, regulation: Regulation) -> TermInput:
    """All absences of the year are counted in its last term: a case knows them for the year alone."""
    is_last = number == max(case.terms)
    try:
        listed = _subjects(given)
        subjects = tuple(_exempted(listed, case.exempt) if case.exempt else listed)
    except (Invalid, TypeError):
        _find_fault(number, given)
        raise
    return TermInput(
        subjects=subjects,
        conduct=read_at(f"terms.{number}.conduct", _level, given.conduct),
        absences=case.absences if is_last else 0,
        switches=switches,
        regulation=regulation,
    )


def _subjects(given: Term) -> Iterator[SubjectMarks]:
    for code, marks in given.scored.items():
        regular = tuple(map(mark_cell, regular_of(marks)))
        yield SubjectMarks(
            code=code,
            name=name_of(code),
            kind=SCORED,
            regular=regular,
            midterm=mark_cell(marks.midterm),
            final=mark_cell(marks.final),
        )
    for code, raws in given.comment.items():
        yield _comment_subject(code, raws)


@lru_cache(maxsize=10_000)  # most pupils' comments are the same few
def _comment_subject(code: str, raws: Cells) -> SubjectMarks:
    one, two, midterm, final = comment_cells(raws)
    return SubjectMarks(code=code, name=name_of(code), kind=COMMENT, regular=(one, two), midterm=midterm, final=final)


def _exempted(subjects: Iterable[SubjectMarks], exempt: tuple[str, ...]) -> Iterator[SubjectMarks]:
    """The subjects with those exempt emptied; one that the case does not list otherwise is added."""
    yield from (subject for subject in subjects if subject.code not in exempt)
    for code in exempt:
        yield SubjectMarks(
            code=code, name=name_of(code), kind=SCORED, regular=(EXEMPT, EXEMPT), midterm=EXEMPT, final=EXEMPT
        )


def _find_fault(number: str, given: Term) -> None:
    """Raise the refusal of the first value that cannot be read, with its place."""
    for code, marks in given.scored.items():
        place = f"terms.{number}.scored.{code}"
        regular = read_at(f"{place}.regular", regular_of, marks)
        for at, raw in enumerate(regular):
            read_at(f"{place}.regular[{at}]", mark_cell, raw)
        read_at(f"{place}.midterm", mark_cell, marks.midterm)
        read_at(f"{place}.final", mark_cell, marks.final)
    for code, raws in given.comment.items():
        for at, raw in enumerate(raws):
            read_at(f"terms.{number}.comment.{code}[{at}]", comment_cell, raw)
        read_at(f"terms.{number}.comment.{code}", comment_cells, raws)


def _year(
    case: Case22, terms: Mapping[TermNumber, TermResult], *, switches: Switches, regulation: Regulation
) -> YearResult | None:
    """None where only term 1 is known."""
    after = read_at("conduct_after_summer", _level, case.conduct_after_summer)
    if case.year is not None:
        return judge_given_year(
            GivenYear(
                subjects=given_results(case.year, case.exempt),
                conduct=read_at("year.conduct", _level, case.year.conduct),
                absences=case.absences,
                reassessed=reassessed(case),
                conduct_after_summer=after,
                switches=switches,
                regulation=regulation,
            )
        )
    if "2" not in terms:
        return None
    return judge_year(
        YearInput(
            first=terms.get("1"),
            second=terms["2"],
            reassessed=reassessed(case),
            conduct_after_summer=after,
            switches=switches,
        )
    )


def _answer_of_terms(terms: Mapping[TermNumber, TermResult]) -> Answer:
    split = {number: by_kind(term.subjects) for number, term in terms.items()}
    return {
        "term_averages": {number: averages for number, (averages, _) in split.items()},
        "term_comments": {number: comments for number, (_, comments) in split.items()},
        "term_levels": {number: vi(term.level) for number, term in terms.items()},
        "term_reasons": {number: term.reasons for number, term in terms.items()},
    }


def _answer_of_year(case: Case22, year: YearResult | None) -> Answer:
    if year is None:
        return NO_YEAR
    completion = judge_completion(year, age=case.age) if case.grade in LAST_GRADES else None
    averages, comments = by_kind(year.subjects)
    return {
        "year_averages": averages,
        "year_comments": comments,
        "year_level": vi(year.level),
        "year_conduct": vi(year.conduct),
        "year_level_after": vi(year.level_after),
        "year_conduct_after": vi(year.conduct_after),
        "to_reassess": year.to_reassess,
        "promotion": year.promotion and year.promotion.name,
        "title": year.title and year.title.vi,
        "completion": completion and completion.is_completed,
        "reasons": year.reasons + (completion.reasons if completion else ()),
    }


YEAR_FIELDS = (
    "year_averages",
    "year_comments",
    "year_level",
    "year_conduct",
    "year_level_after",
    "year_conduct_after",
    "to_reassess",
    "promotion",
    "title",
    "completion",
    "reasons",
)
NO_YEAR = dict.fromkeys(YEAR_FIELDS)  # term 1 alone is known


def vi(level: Any) -> str | None:
    """The Vietnamese name of a level, if there is one."""
    return None if level is None else cast("str", level.vi)


def _given(kind: SubjectKind, code: str, cell: Cell, exempt: tuple[str, ...]) -> SubjectResult:
    is_exempt = cell is EXEMPT or cell.state is CellState.EXEMPT or code in exempt
    value = None if is_exempt else cell.value
    return SubjectResult(code=code, name=name_of(code), kind=kind, result=value, is_exempt=is_exempt)


def _any_cell(raw: object) -> Cell:
    is_comment = isinstance(raw, str) and not raw[:1].isdigit()
    return comment_cell(raw) if is_comment else mark_cell(raw)


def _level(raw: str | None) -> Level | None:
    return level_in(LEVELS, raw)
