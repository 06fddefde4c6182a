"""Completion of a stage: what the principal confirms in the transcript of a last year's pupil."""

from dataclasses import dataclass

from services.gradebook.rules import reasons
from services.gradebook.rules.clauses import Reason
from services.gradebook.rules.judgement.year import YearResult
from services.gradebook.rules.subjects import names_of, rated
from services.gradebook.rules.vocabulary import Promotion, comments_failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """Whether the programme is completed; None while the year itself is not decided."""

    is_completed: bool | None
    reasons: tuple[Reason, ...]


def judge_completion(year: YearResult, *, age: int | None = None) -> Completion:
    """Completion of grade 9 or 12: what promotes (Art. 12), and the conditions that the switches add.

    ``age`` is in full years; where the switch sets an oldest age, it must be known.
    """
    if year.promotion in (None, Promotion.RETEST, Promotion.SUMMER_TRAINING):
        return Completion(is_completed=None, reasons=())
    why = (*_failed_comment(year), *_age(year, age))
    is_completed = year.promotion is Promotion.PROMOTED and not why
    return Completion(is_completed=is_completed, reasons=(*why, reasons.completion(is_completed=is_completed)))


def _failed_comment(year: YearResult) -> tuple[Reason, ...]:
    names = names_of(year.subjects_after)
    failed = [names[code] for code in comments_failed(rated(year.subjects_after))]
    return (reasons.failed_comment(failed),) if year.switches.completion_forbids_failed_comment and failed else ()


def _age(year: YearResult, age: int | None) -> tuple[Reason, ...]:
    oldest = year.switches.completion_oldest_age
    if oldest is None or (age is not None and age <= oldest):
        return ()
    return (reasons.too_old(oldest),)
