"""Everything that decides a class's results, and which of it concerns one pupil."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias
from uuid import UUID

from services.contracts.gradebook.conduct import ConductEntry
from services.contracts.gradebook.results import CorrectionCount, Period
from services.contracts.gradebook.school import ClassV1
from services.contracts.gradebook.sheets import CellState, ColumnV1, SheetHead
from services.gradebook.rules.regulation import Regulation, Stage

TERMS_OF = {Period.TERM_1: (1,), Period.TERM_2: (2,), Period.YEAR: (1, 2)}
Content: TypeAlias = str
"""What stands in a cell: its value, or the name of the state that it is in instead; no value is such a name."""
STATES: frozenset[Content] = frozenset(state.value for state in CellState)
EMPTY: Content = CellState.EMPTY.value
WAITING: frozenset[Content] = frozenset({EMPTY, CellState.MISSED_EXCUSED.value})


class Row(NamedTuple):  # a tuple, as a year of a large school has a million of them
    """A pupil's row in a sheet: what stands in the columns that ask something of the pupil, and the last comment."""

    sheet: SheetHead
    columns: Sequence[ColumnV1]
    contents: Sequence[Content]
    comment: str

    def by_key(self) -> dict[str, Content]:
        return {column.key: content for column, content in zip(self.columns, self.contents, strict=True)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassMarks:
    """A class with its pupils' rows, and what else was said of them."""

    of_class: ClassV1
    regulation: Regulation
    pupils: Mapping[UUID, str]
    """Code by pupil, in the order of the list."""
    rows: Mapping[UUID, Sequence[Row]]
    """By pupil, in the order of the form, a subject's two terms in theirs; of electives only those taken."""
    conduct: Mapping[tuple[int, UUID], ConductEntry]
    """By (term, pupil)."""
    late: Collection[UUID] = field(default_factory=frozenset)
    """Pupils who were at no school in term 1."""
    summer: Mapping[UUID, Mapping[str, str]] = field(default_factory=dict)
    """By pupil: results of the summer by subject, those of conduct or of the whole pupil under the empty string."""
    corrections: Mapping[UUID, Sequence[CorrectionCount]] = field(default_factory=dict)

    def rows_of(self, pupil_id: UUID, term: int) -> list[Row]:
        return [row for row in self.rows[pupil_id] if row.sheet.term == term]

    def last_rows(self, pupil_id: UUID) -> list[Row]:
        """For each subject the row of its last term, in the order of the form."""
        last = {row.sheet.subject: row for row in self.rows[pupil_id]}
        return [row for row in self.rows[pupil_id] if last[row.sheet.subject] is row]

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
            f"{row.sheet.subject}/{key}"
            for row in self.rows_of(pupil_id, term)
            for key, content in row.by_key().items()
            if content in WAITING
        ]
        judged = self.of_class.stage == Stage.PRIMARY or (term, pupil_id) in self.conduct
        return empty if judged else [*empty, "conduct"]
