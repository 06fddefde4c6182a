"""One pupil's term under TT22/2021 or TT43/2021."""

from dataclasses import dataclass, field
from decimal import Decimal

from services.chassis.codec import digest
from services.gradebook.rules import tt22_2021
from services.gradebook.rules.clauses import Reason
from services.gradebook.rules.judgement.level import level_of
from services.gradebook.rules.regulation import Regulation
from services.gradebook.rules.subjects import SubjectResult, Subjects, averages_of, by_code, comments_of
from services.gradebook.rules.switches import Switches
from services.gradebook.rules.tt22_2021 import Level
from services.gradebook.rules.vocabulary import Cell, CellState, CommentResult, Result, SubjectKind

COMMENT = SubjectKind.COMMENT
EXAMS = 2  # mid-term and final


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectMarks:
    """One subject's cells of one term; ``regular`` holds as many as the term requires (Art. 6)."""

    code: str
    name: str
    kind: SubjectKind
    regular: tuple[Cell, ...]
    midterm: Cell
    final: Cell

    @property
    def cells(self) -> tuple[Cell, ...]:
        return (*self.regular, self.midterm, self.final)


@dataclass(frozen=True, slots=True, kw_only=True)
class TermInput:
    """Everything that decides one pupil's term; conduct is a judgement (Art. 8), None until it is made."""

    subjects: tuple[SubjectMarks, ...]
    conduct: Level | None
    absences: int  # buổi
    switches: Switches = field(default_factory=Switches)
    regulation: Regulation = Regulation.TT22_2021


@dataclass(frozen=True, slots=True, kw_only=True)
class TermResult:
    """One pupil's term; ``level`` is None while any subject is incomplete, and a reason names the subjects."""

    subjects: Subjects
    level: Level | None
    conduct: Level | None
    absences: int
    reasons: tuple[Reason, ...]
    switches: Switches
    inputs: TermInput = field(compare=False, repr=False)
    regulation: str = Regulation.TT22_2021.value

    @property
    def inputs_digest(self) -> str:
        """SHA-256 of what was judged, whatever the order of the subjects."""
        return digest(term_facts(self.inputs))

    @property
    def averages(self) -> dict[str, Decimal | None]:
        """ĐTBmhk by subject code."""
        return averages_of(self.subjects)

    @property
    def comments(self) -> dict[str, CommentResult | None]:
        """Đ or CĐ by subject code."""
        return comments_of(self.subjects)


def judge_term(term: TermInput) -> TermResult:
    """Averages, comment results and level of one term."""
    subjects = by_code(_term_result(subject, term.switches) for subject in term.subjects)
    level, why = level_of(subjects, term.regulation, term.switches)
    return TermResult(
        subjects=subjects,
        level=level,
        conduct=term.conduct,
        absences=term.absences,
        reasons=why,
        switches=term.switches,
        inputs=term,
        regulation=term.regulation.value,
    )


def term_facts(term: TermInput) -> tuple[object, ...]:
    """What decides a term, in the form that is hashed: of a cell its value, or why it has none."""
    subjects = {
        subject.code: [cell.state if cell.value is None else cell.value for cell in subject.cells]
        for subject in term.subjects
    }
    return term.regulation, term.switches, term.conduct, term.absences, subjects


def _term_result(subject: SubjectMarks, switches: Switches) -> SubjectResult:
    """A subject is exempt as a whole; one exempt cell among marks leaves it incomplete for a person to settle."""
    value = _term_value(subject, switches)
    return SubjectResult(
        code=subject.code,
        name=subject.name,
        kind=subject.kind,
        result=value,
        is_exempt=value is None and all(cell.state is CellState.EXEMPT for cell in subject.cells),
    )


def _term_value(subject: SubjectMarks, switches: Switches) -> Result | None:
    """None while an assessment is due, and where a term holds no regular assessment at all."""
    values = [cell.value for cell in subject.cells if cell.value is not None]
    due = len(subject.regular) + EXAMS
    if len(values) < due:  # a missed assessment may count all the same
        values = [value for value in _counted(subject, switches) if value is not None]
    if len(values) < due or due == EXAMS:
        return None
    if subject.kind is COMMENT:
        return tt22_2021.comment_of_term(values)
    marks: list[Decimal] = values  # type: ignore[assignment]  # a scored subject's
    return tt22_2021.term_average(marks[:-2], marks[-2], marks[-1])


def _counted(subject: SubjectMarks, switches: Switches) -> list[Result | None]:
    return [
        *(tt22_2021.counted_regular(cell, subject.kind, switches) for cell in subject.regular),
        tt22_2021.counted(subject.midterm, subject.kind),
        tt22_2021.counted(subject.final, subject.kind),
    ]
