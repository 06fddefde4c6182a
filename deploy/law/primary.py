"""Cases of TT27/2020: the case as the law's inputs, the judgement as an answer."""

from collections.abc import Mapping
from typing import Any

from deploy.law.names import name_of
from deploy.law.secondary import vi
from deploy.law.shapes import Case27, PrimaryValue
from deploy.law.values import level_in, read_at, switches_of, test_mark
from services.gradebook.rules.judgement27 import (
    PrimarySubject,
    PrimaryTermInput,
    PrimaryYearInput,
    judge_primary_term,
    judge_primary_year,
)
from services.gradebook.rules.switches import PrimarySwitches
from services.gradebook.rules.tt27_2020 import Moment, QualityLevel, SubjectLevel

Answer = dict[str, Any]
SUBJECT_LEVELS = {level.value: level for level in SubjectLevel}
QUALITY_LEVELS = {level.value: level for level in QualityLevel}
DEFAULT = PrimarySwitches()


def answer(case: Case27) -> Answer:
    """The judgement of the case; a refusal names the place of the fault."""
    return _year(case) if Moment(case.moment) is Moment.YEAR_END else _term(case)


def _term(case: Case27) -> Answer:
    switches = switches_of(DEFAULT, case.switches)
    judged = judge_primary_term(
        PrimaryTermInput(
            grade=case.grade,
            moment=Moment(case.moment),
            subjects=_subjects("subjects", case.subjects, case.exempt),
            qualities=_qualities("qualities", case.qualities),
            switches=switches,
        )
    )
    return {
        "regulation": judged.regulation,
        "switches": switches,
        "inputs_digest": judged.inputs_digest,
        "is_complete": judged.is_complete,
        "reasons": judged.reasons,
        "warnings": judged.warnings,
    }


def _year(case: Case27) -> Answer:
    judged = judge_primary_year(
        PrimaryYearInput(
            is_whole=True,
            grade=case.grade,
            subjects=_subjects("subjects", case.subjects, case.exempt),
            qualities=_qualities("qualities", case.qualities),
            subjects_again=_subjects("reassessed.subjects", case.reassessed.subjects, ()),
            qualities_again=_qualities("reassessed.qualities", case.reassessed.qualities),
            is_acknowledged=case.acknowledged,
            switches=switches_of(DEFAULT, case.switches),
        )
    )
    return {
        "regulation": judged.regulation,
        "switches": judged.switches,
        "inputs_digest": judged.inputs_digest,
        "year_level": vi(judged.level),
        "year_level_after": vi(judged.level_after),
        "promotion": judged.outcome and judged.outcome.name,
        "completes_primary": judged.completes_primary,
        "title": vi(judged.title),
        "title_candidate": vi(judged.candidate_for),
        "reasons": judged.reasons,
        "warnings": judged.warnings,
    }


def _subjects(place: str, given: Mapping[str, PrimaryValue], exempt: tuple[str, ...]) -> tuple[PrimarySubject, ...]:
    return tuple(
        PrimarySubject(
            code=code,
            name=name_of(code),
            level=read_at(f"{place}.{code}.level", _subject_level, value.level),
            test=None if value.test is None else read_at(f"{place}.{code}.test", test_mark, value.test),
            is_exempt=code in exempt,
        )
        for code, value in given.items()
    )


def _qualities(place: str, given: Mapping[str, str]) -> dict[str, QualityLevel]:
    read = {code: read_at(f"{place}.{code}", _quality_level, raw) for code, raw in given.items()}
    return {code: level for code, level in read.items() if level is not None}


def _subject_level(raw: str | None) -> SubjectLevel | None:
    return level_in(SUBJECT_LEVELS, raw)


def _quality_level(raw: str | None) -> QualityLevel | None:
    return level_in(QUALITY_LEVELS, raw)
