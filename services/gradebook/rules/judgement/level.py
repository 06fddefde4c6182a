"""The level of a set of subjects under TT22/2021 or TT43/2021, with its reasons."""

from services.gradebook.rules import reasons, tt22_2021, tt43_2021, wording
from services.gradebook.rules.clauses import Reason
from services.gradebook.rules.regulation import Regulation
from services.gradebook.rules.subjects import Subjects, exempt, incomplete, names_of, rated
from services.gradebook.rules.switches import Switches
from services.gradebook.rules.tt22_2021 import SUBJECTS_AT_BAR, Level


def subjects_at_bar(regulation: Regulation, switches: Switches) -> int:
    """How many subjects must reach a level's bar; ValueError for a regulation with rules of another kind."""
    if regulation is Regulation.TT43_2021:
        return tt43_2021.subjects_at_bar(switches)
    if regulation is not Regulation.TT22_2021:
        message = f"{regulation.value} is not judged by the rules of TT22/2021"
        raise ValueError(message)
    return SUBJECTS_AT_BAR


def level_of(subjects: Subjects, regulation: Regulation, switches: Switches) -> tuple[Level | None, tuple[Reason, ...]]:
    """The level of a term or year; None while a subject is incomplete or too few have marks, and the reasons say so."""
    results = rated(subjects)
    unrated = incomplete(subjects) if len(results) < len(subjects) else []
    if unrated:
        return None, (wording.incomplete(unrated, clause=tt22_2021.counted.clause),)
    at_bar = subjects_at_bar(regulation, switches)
    free = exempt(subjects) if len(results) < len(subjects) else []
    why_exempt = (wording.exempt(free, clause="11"),) if free else ()
    standing = tt22_2021.standing_of(results, switches, at_bar)
    if len(standing.scores) < at_bar:
        return None, (reasons.too_few_scored(len(standing.scores), at_bar), *why_exempt)
    return standing.level, reasons.of_standing(standing, names_of(subjects), at_bar) + why_exempt
