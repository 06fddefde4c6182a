"""One pupil's term under TT58/2011, before or after TT26/2020."""

from dataclasses import dataclass, field, replace
from decimal import Decimal

from services.chassis.codec import digest
from services.gradebook.rules import tt58_2011
from services.gradebook.rules.clauses import Reason
from services.gradebook.rules.judgement58.study import ClassRules, study_of, title_of
from services.gradebook.rules.subjects import SubjectResult, Subjects, by_code
from services.gradebook.rules.tt22_2021 import counted
from services.gradebook.rules.tt58_2011 import ConductLevel, StudyLevel, Title
from services.gradebook.rules.vocabulary import Cell, CellState, Result, SubjectKind


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectMarks:
    """One subject's cells of one term; since TT26/2020 ``periodic`` holds exactly one (ĐĐGgk)."""

    code: str
    name: str
    kind: SubjectKind
    regular: tuple[Cell, ...]
    periodic: tuple[Cell, ...]
    final: Cell

    @property
    def cells(self) -> tuple[Cell, ...]:
        return (*self.regular, *self.periodic, self.final)


@dataclass(frozen=True, slots=True, kw_only=True)
class TermInput:
    """Everything that decides one pupil's term; conduct is a judgement, None until it is made."""

    subjects: tuple[SubjectMarks, ...]
    conduct: ConductLevel | None
    absences: int  # buổi
    rules: ClassRules


@dataclass(frozen=True, slots=True, kw_only=True)
class TermResult:
    """One pupil's term; ``average`` is of all subjects (ĐTBhk), None with the level while a subject is incomplete."""

    subjects: Subjects
    average: Decimal | None
    level: StudyLevel | None
    conduct: ConductLevel | None
    absences: int
    title: Title | None
    reasons: tuple[Reason, ...]
    inputs: TermInput = field(compare=False, repr=False)

    @property
    def inputs_digest(self) -> str:
        """SHA-256 of what was judged, whatever the order of the subjects."""
        return digest(self.inputs)


def judge_term(term: TermInput) -> TermResult:
    """Averages, comment results, overall average, level and title of one term."""
    ordered = replace(term, subjects=tuple(sorted(term.subjects, key=lambda subject: subject.code)))
    subjects = by_code(_term_result(subject) for subject in ordered.subjects)
    study = study_of(subjects, term.rules)
    title, why_title = title_of(study.level, term.conduct)
    return TermResult(
        subjects=subjects,
        average=study.average,
        level=study.level,
        conduct=term.conduct,
        absences=term.absences,
        title=title,
        reasons=study.reasons + why_title,
        inputs=ordered,
    )


def _term_result(subject: SubjectMarks) -> SubjectResult:
    is_exempt = all(cell.state is CellState.EXEMPT for cell in subject.cells)
    return SubjectResult(
        code=subject.code, name=subject.name, kind=subject.kind, result=_term_value(subject), is_exempt=is_exempt
    )


def _term_value(subject: SubjectMarks) -> Result | None:
    """None while a test is due, and where a term holds no test but the last."""
    values = [value for cell in subject.cells if (value := counted(cell, subject.kind)) is not None]
    if len(values) < len(subject.cells) or len(values) == 1:
        return None
    if subject.kind is SubjectKind.COMMENT:
        return tt58_2011.comment_of_term(values)
    marks = [value for value in values if isinstance(value, Decimal)]
    regular = len(subject.regular)
    return tt58_2011.term_average(marks[:regular], marks[regular:-1], marks[-1])
