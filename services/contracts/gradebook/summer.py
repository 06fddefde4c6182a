"""Second chances after the year: re-assessed subjects, training in the summer, and what the principal decides."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.contracts.messages import Command, Query


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondChanceV1:
    """What a summer brought one pupil in one subject; `subject` is empty for conduct, in primary for the whole pupil.

    It counts once the principal has decided (`decided_by`).
    """

    class_id: UUID
    pupil_id: UUID
    subject: str
    result: str
    report: str | None
    note: str
    proposed_by: UUID
    proposed_at: datetime
    decided_by: UUID | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeSecondChance(Command[SecondChanceV1]):
    """Tell a result of the summer.

    A subject's new result is told by its teacher (TT22/2021 Art. 14). The homeroom teacher tells the conduct after
    training, with the SHA-256 of the report that the parents signed (Art. 13), and in primary PROMOTED or NOT_PROMOTED
    (TT27/2020 Art. 11).
    """

    operation: ClassVar[str] = "gradebook.propose_second_chance"
    school_year: int
    class_id: UUID
    pupil_id: UUID
    subject: str
    result: str
    note: str
    report: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideSecondChance(Command[SecondChanceV1]):
    """The principal accepts a summer's result, and the pupil's year is judged again."""

    operation: ClassVar[str] = "gradebook.decide_second_chance"
    school_year: int
    class_id: UUID
    pupil_id: UUID
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondChances:
    second_chances: tuple[SecondChanceV1, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindSecondChances(Query[SecondChances]):
    operation: ClassVar[str] = "gradebook.find_second_chances"
    school_year: int
    class_id: UUID
