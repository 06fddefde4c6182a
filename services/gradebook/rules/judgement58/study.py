"""The level and the title of a set of subjects under TT58/2011, before or after TT26/2020, with the reasons."""

from dataclasses import dataclass, field
from decimal import Decimal

from services.gradebook.rules import reasons58, tt26_2020, tt58_2011, wording
from services.gradebook.rules.clauses import Reason
from services.gradebook.rules.named_subjects import named
from services.gradebook.rules.regulation import Regulation
from services.gradebook.rules.subjects import Subjects, exempt, incomplete, names_of, rated
from services.gradebook.rules.switches import Switches58
from services.gradebook.rules.tt58_2011 import ConductLevel, Study, StudyLevel, Title
from services.gradebook.rules.vocabulary import Results, scores_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRules:
    """What holds for a whole class: the circular, and the code of a specialised class's subject (môn chuyên)."""

    regulation: Regulation = Regulation.TT26_2020
    specialised: str | None = None
    switches: Switches58 = field(default_factory=Switches58)


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyResult:
    """The overall average and the level; without a core subject's mark there is no level, and a reason says so."""

    average: Decimal | None
    level: StudyLevel | None
    reasons: tuple[Reason, ...]


def study_of(subjects: Subjects, rules: ClassRules) -> StudyResult:
    unrated, free = incomplete(subjects), exempt(subjects)
    if unrated:
        return StudyResult(average=None, level=None, reasons=(wording.incomplete(unrated, clause="8"),))
    why_exempt = (wording.exempt(free, clause="12"),) if free else ()
    results = rated(subjects)
    study = Study(results=results, core=_core_codes(results, rules), specialised=rules.specialised)
    if not study.core:
        return StudyResult(average=None, level=None, reasons=(reasons58.no_core_subject(), *why_exempt))
    average = tt58_2011.overall_average(scores_of(results))
    standing = tt58_2011.standing_of(study, rules.switches)
    why = reasons58.of_standing(standing, study, average, names_of(subjects))
    return StudyResult(average=average, level=standing.level, reasons=why + why_exempt)


def title_of(level: StudyLevel | None, conduct: ConductLevel | None) -> tuple[Title | None, tuple[Reason, ...]]:
    title = tt58_2011.title_of(level, conduct) if level and conduct else None
    return title, (reasons58.of_title(title),) if title else ()


def _core_codes(results: Results, rules: ClassRules) -> frozenset[str]:
    """Codes of the marked subjects that Art. 13 names, as amended."""
    is_amended = rules.regulation is Regulation.TT26_2020
    core = tt26_2020.CORE_SUBJECTS if is_amended else tt58_2011.CORE_SUBJECTS
    return frozenset(code for code, mark in results.items() if isinstance(mark, Decimal) and named(code) in core)
