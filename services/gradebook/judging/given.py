"""A given year beside the law of its time: what differs is said, and nothing is changed. Pure."""

from decimal import Decimal, InvalidOperation

from services.contracts.gradebook.given import GivenSubject, KeepGivenYear
from services.contracts.gradebook.results import ReasonV1
from services.gradebook.rules import judgement, judgement58, tt22_2021, tt58_2011
from services.gradebook.rules.judgement58 import ClassRules
from services.gradebook.rules.regulation import Regulation
from services.gradebook.rules.subjects import SubjectResult
from services.gradebook.rules.vocabulary import CommentResult, Result, SubjectKind

SINCE_2021 = frozenset({Regulation.TT22_2021, Regulation.TT43_2021})
BEFORE = frozenset({Regulation.TT58_2011, Regulation.TT26_2020})


def warnings_of(given: KeepGivenYear, regulation: Regulation | None) -> tuple[ReasonV1, ...]:
    """Where the level given is not the one that the subjects given come to; nothing where that cannot be told."""
    results = [_result(subject) for subject in given.subjects]
    if regulation is None or given.level is None or any(result is None for result in results):
        return ()
    subjects = tuple(result for result in results if result is not None)
    level = _level(subjects, given, regulation)
    return () if level is None or level == given.level else (_differs(given.level, level),)


def _level(subjects: tuple[SubjectResult, ...], given: KeepGivenYear, regulation: Regulation) -> str | None:
    """The level by the law of the year, in its words; None where no code judges it, or too little is known."""
    if regulation in SINCE_2021:
        levels = {level.vi: level for level in tt22_2021.Level}
        year = judgement.GivenYear(
            subjects=subjects,
            conduct=levels.get(given.conduct or ""),
            absences=given.absences,
            regulation=regulation,
        )
        judged = judgement.judge_given_year(year).level
        return judged.vi if judged else None
    return _level_before(subjects, given, regulation) if regulation in BEFORE else None


def _level_before(subjects: tuple[SubjectResult, ...], given: KeepGivenYear, regulation: Regulation) -> str | None:
    levels = {level.vi: level for level in tt58_2011.ConductLevel}
    year = judgement58.YearInput(
        subjects=subjects,
        conduct=levels.get(given.conduct or ""),
        absences=given.absences,
        rules=ClassRules(regulation=regulation),
    )
    judged = judgement58.judge_given_year(year).level
    return judged.vi if judged else None


def _result(subject: GivenSubject) -> SubjectResult | None:
    """The subject's year as the rules take it; None where it is written otherwise than the law writes it."""
    value = _value(subject.year or "")
    if value is None:
        return None
    kind = SubjectKind.SCORED if isinstance(value, Decimal) else SubjectKind.COMMENT
    return SubjectResult(code=subject.code, name=subject.name, kind=kind, result=value)


def _value(text: str) -> Result | None:
    if text in set(CommentResult):
        return CommentResult(text)
    try:
        mark = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    return mark if tt22_2021.is_mark(mark) else None


def _differs(given: str, level: str) -> ReasonV1:
    return ReasonV1(
        code="level_differs",
        clause="",
        vi=f"Ghi là {given}, nhưng theo quy định và kết quả các môn thì là {level}; giữ nguyên như đã ghi.",
        en=f"Given as {given}, while the subjects come to {level}; it is kept as given.",
    )
