"""Cases of TT58/2011, before and since TT26/2020: the case as the law's inputs, the judgement as an answer."""

from collections.abc import Iterator, Mapping
from typing import Any

from deploy.law.errors import TooManyMarks
from deploy.law.names import name_of
from deploy.law.secondary import EXEMPT, SCORED, by_kind, check_one_of, given_results, reassessed, vi
from deploy.law.shapes import Case26, Case58, ScoredTerm, ScoredTerm58, Term, Term58, TermNumber
from deploy.law.values import comment_cell, level_in, mark_cell, read_at, switches_of
from services.gradebook.rules.judgement58 import (
    ClassRules,
    SubjectMarks,
    TermInput,
    TermResult,
    YearInput,
    YearResult,
    judge_given_year,
    judge_term,
    judge_year,
)
from services.gradebook.rules.regulation import Regulation
from services.gradebook.rules.switches import Switches58
from services.gradebook.rules.tt26_2020 import regular_assessments
from services.gradebook.rules.tt58_2011 import ConductLevel
from services.gradebook.rules.vocabulary import Cell, SubjectKind

Answer = dict[str, Any]
Marks = ScoredTerm | ScoredTerm58
LEVELS = {level.vi: level for level in ConductLevel}
DEFAULT = Switches58()


def answer(case: Case58 | Case26) -> Answer:
    """The judgement of the case; a refusal names the place of the fault."""
    check_one_of(case, has_terms=bool(case.terms))
    regulation = Regulation.TT26_2020 if isinstance(case, Case26) else Regulation.TT58_2011
    rules = ClassRules(
        regulation=regulation, specialised=case.specialised, switches=switches_of(DEFAULT, case.switches)
    )
    terms = {number: judge_term(_term(number, term, case, rules)) for number, term in case.terms.items()}
    year = _year(case, terms, rules)
    return {
        "regulation": regulation.value,
        "switches": rules.switches,
        "inputs_digest": (year or terms["1"]).inputs_digest,
        **_answer_of_terms(terms),
        **(_answer_of_year(year) if year else NO_YEAR),
    }


def _term(number: str, given: Term | Term58, case: Case58 | Case26, rules: ClassRules) -> TermInput:
    """All absences of the year are counted in its last term: a case knows them for the year alone."""
    subjects = [subject for subject in _subjects(number, given) if subject.code not in case.exempt]
    subjects += [_subject(SCORED, code, (EXEMPT,), (), EXEMPT) for code in case.exempt]
    return TermInput(
        subjects=tuple(subjects),
        conduct=read_at(f"terms.{number}.conduct", _level, given.conduct),
        absences=case.absences if number == max(case.terms) else 0,
        rules=rules,
    )


def _subjects(number: str, given: Term | Term58) -> Iterator[SubjectMarks]:
    for code, marks in given.scored.items():
        place = f"terms.{number}.scored.{code}"
        regular = read_at(f"{place}.regular", _regular_of, marks)
        final = read_at(f"{place}.final", mark_cell, marks.final)
        yield _subject(SCORED, code, _cells(f"{place}.regular", regular), _periodic(place, marks), final)
    for code, raws in given.comment.items():
        place = f"terms.{number}.comment.{code}"
        *tests, last = [read_at(f"{place}[{at}]", comment_cell, raw) for at, raw in enumerate(raws)] or [Cell()]
        yield _subject(SubjectKind.COMMENT, code, tuple(tests), (), last)


def _regular_of(marks: Marks) -> tuple[Any, ...]:
    """The regular tests; since TT26/2020 their number is fixed by the periods, if those are given."""
    if not isinstance(marks, ScoredTerm) or marks.periods is None:
        return marks.regular
    most = regular_assessments(SCORED, marks.periods)
    if len(marks.regular) > most:
        raise TooManyMarks(count=len(marks.regular), most=most)
    return marks.regular + (None,) * (most - len(marks.regular))


def _periodic(place: str, marks: Marks) -> tuple[Cell, ...]:
    if isinstance(marks, ScoredTerm58):
        return _cells(f"{place}.periodic", marks.periodic)
    return (read_at(f"{place}.midterm", mark_cell, marks.midterm),)


def _cells(place: str, raws: tuple[Any, ...]) -> tuple[Cell, ...]:
    return tuple(read_at(f"{place}[{at}]", mark_cell, raw) for at, raw in enumerate(raws))


def _subject(
    kind: SubjectKind, code: str, regular: tuple[Cell, ...], periodic: tuple[Cell, ...], final: Cell
) -> SubjectMarks:
    return SubjectMarks(code=code, name=name_of(code), kind=kind, regular=regular, periodic=periodic, final=final)


def _year(case: Case58 | Case26, terms: Mapping[TermNumber, TermResult], rules: ClassRules) -> YearResult | None:
    """None where only term 1 is known."""
    after = read_at("conduct_after_summer", _level, case.conduct_after_summer)
    if case.year is not None:
        return judge_given_year(
            YearInput(
                subjects=given_results(case.year, case.exempt),
                conduct=read_at("year.conduct", _level, case.year.conduct),
                absences=case.absences,
                rules=rules,
                reassessed=reassessed(case),
                conduct_after_summer=after,
            )
        )
    if "2" not in terms:
        return None
    return judge_year(
        terms.get("1"),
        terms["2"],
        conduct=read_at("conduct_of_year", _level, case.conduct_of_year),
        reassessed=reassessed(case),
        conduct_after_summer=after,
    )


def _answer_of_terms(terms: Mapping[TermNumber, TermResult]) -> Answer:
    split = {number: by_kind(term.subjects) for number, term in terms.items()}
    return {
        "term_averages": {number: averages for number, (averages, _) in split.items()},
        "term_comments": {number: comments for number, (_, comments) in split.items()},
        "term_overall_averages": {number: term.average for number, term in terms.items()},
        "term_levels": {number: vi(term.level) for number, term in terms.items()},
        "term_titles": {number: vi(term.title) for number, term in terms.items()},
        "term_reasons": {number: term.reasons for number, term in terms.items()},
    }


def _answer_of_year(year: YearResult) -> Answer:
    averages, comments = by_kind(year.subjects)
    return {
        "year_averages": averages,
        "year_comments": comments,
        "year_overall_average": year.average,
        "year_level": vi(year.level),
        "year_conduct": vi(year.conduct),
        "year_overall_average_after": year.average_after,
        "year_level_after": vi(year.level_after),
        "year_conduct_after": vi(year.conduct_after),
        "to_reassess": year.to_reassess,
        "promotion": year.promotion and year.promotion.name,
        "title": vi(year.title),
        "reasons": year.reasons,
    }


YEAR_FIELDS = (
    "year_averages",
    "year_comments",
    "year_overall_average",
    "year_level",
    "year_conduct",
    "year_overall_average_after",
    "year_level_after",
    "year_conduct_after",
    "to_reassess",
    "promotion",
    "title",
    "reasons",
)
NO_YEAR = dict.fromkeys(YEAR_FIELDS)  # term 1 alone is known


def _level(raw: str | None) -> ConductLevel | None:
    return level_in(LEVELS, raw)
