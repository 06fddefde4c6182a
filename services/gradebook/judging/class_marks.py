"""Everything that decides a class's results, and which of it concerns one pupil."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from services.contracts.gradebook.conduct import ConductEntry
from services.contracts.gradebook.results import CorrectionCount, Period
from services.contracts.gradebook.school import ClassV1
from services.contracts.gradebook.sheets import CellState, ColumnV1, SheetHead, SubjectComment
from services.gradebook.domain import Cell
from services.gradebook.rules.regulation import Regulation, Stage

TERMS_OF = {Period.TERM_1: (1,), Period.TERM_2: (2,), Period.YEAR: (1, 2)}
NOTHING = Cell()
NOBODYS: Mapping[UUID, Cell] = {}
WAITING = (CellState.EMPTY, CellState.MISSED_EXCUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassMarks:
    """A class with its sheets in the order of the form, and what stands in them and was said of its pupils."""

    of_class: ClassV1
    regulation: Regulation
    pupils: Mapping[UUID, str]
    """Code by pupil, in the order of the list."""
    sheets: Sequence[SheetHead]
    cells: Mapping[UUID, Mapping[UUID, Cell]]
    """By column and pupil."""
    comments: Mapping[tuple[UUID, UUID, str], SubjectComment]
    """By (sheet, pupil, key)."""
    conduct: Mapping[tuple[int, UUID], ConductEntry]
    """By (term, pupil)."""
    choices: Mapping[UUID, Mapping[str, bool]] = field(default_factory=dict)
    """By pupil: electives taken, and whether with the cluster."""
    late: Collection[UUID] = field(default_factory=frozenset)
    """Pupils who were at no school in term 1."""
    summer: Mapping[UUID, Mapping[str, str]] = field(default_factory=dict)
    """By pupil: results of the summer by subject, those of conduct or of the whole pupil under the empty string."""
    corrections: Mapping[UUID, Sequence[CorrectionCount]] = field(default_factory=dict)

    def taken(self, pupil_id: UUID, term: int) -> Iterator[SheetHead]:
        """The sheets of a term in which the pupil has a row."""
        mine = self.choices.get(pupil_id, {})
        return (s for s in self.sheets if s.term == term and (not s.is_elective or s.subject in mine))

    def last_sheets(self, pupil_id: UUID) -> list[SheetHead]:
        """For each subject the sheet of its last term, in the order of the form."""
        last = {sheet.subject: sheet for term in (1, 2) for sheet in self.taken(pupil_id, term)}
        return [sheet for sheet in self.sheets if last.get(sheet.subject) is sheet]

    def columns(self, sheet: SheetHead, pupil_id: UUID) -> Sequence[ColumnV1]:
        """The sheet's columns that ask something of the pupil."""
        if self.choices.get(pupil_id, {}).get(sheet.subject, False):
            return sheet.columns
        return [column for column in sheet.columns if not column.is_cluster]

    def cell(self, column: ColumnV1, pupil_id: UUID) -> Cell:
        return self.cells.get(column.id, NOBODYS).get(pupil_id, NOTHING)

    def comment(self, sheet: SheetHead, pupil_id: UUID) -> str:
        said = self.comments.get((sheet.id, pupil_id, "ck"))
        return said.text if said else ""

    def unexcused(self, pupil_id: UUID, term: int) -> int:
        """Those of the term's absences that nobody excused."""
        said = self.conduct.get((term, pupil_id))
        return said.unexcused if said else 0

    def attended(self, pupil_id: UUID, period: Period) -> list[int]:
        """The terms of a period that the pupil was at a school in."""
        return [term for term in TERMS_OF[period] if term > 1 or pupil_id not in self.late]

    def missing(self, pupil_id: UUID, period: Period) -> list[dict[str, object]]:
        """What must still come before the pupil's period can be locked, each with term and place."""
        return [
            {"pupil": self.pupils[pupil_id], "term": term, "missing": what}
            for term in self.attended(pupil_id, period)
            for what in self._missing_in(pupil_id, term)
        ]

    def _missing_in(self, pupil_id: UUID, term: int) -> list[str]:
        empty = [
            f"{sheet.subject}/{column.key}"
            for sheet in self.taken(pupil_id, term)
            for column in self.columns(sheet, pupil_id)
            if self.cell(column, pupil_id).state in WAITING
        ]
        judged = self.of_class.stage == Stage.PRIMARY or (term, pupil_id) in self.conduct
        return empty if judged else [*empty, "conduct"]
