"""Whose row it is: by the ministry's code, else the personal ID, else name and birth date, which a person confirms."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.chassis.workbook import spelling_key
from services.gradebook.spreadsheets.imported import PupilKey


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPupil:
    """A pupil of the class or school that the file is about."""

    pupil_id: UUID
    code: str
    personal_id: str | None
    name: str
    born_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The pupil of a row; where only name and birth date speak, those whom it may be."""

    pupil_id: UUID | None = None
    suggested: tuple[UUID, ...] = ()

    @property
    def likely(self) -> UUID | None:
        """The pupil, or the only one suggested."""
        return self.pupil_id or (self.suggested[0] if len(self.suggested) == 1 else None)


def matcher(pupils: Sequence[KnownPupil]) -> Callable[[PupilKey], Match]:
    """Finds the pupil of a row among these; a name without a birth date suggests nobody."""
    by_code = {pupil.code: pupil.pupil_id for pupil in pupils}
    by_personal_id = {pupil.personal_id: pupil.pupil_id for pupil in pupils if pupil.personal_id}
    by_name: dict[tuple[str, date], list[KnownPupil]] = {}
    for pupil in pupils:
        if pupil.born_on:
            by_name.setdefault((spelling_key(pupil.name), pupil.born_on), []).append(pupil)

    def match(key: PupilKey) -> Match:
        found = by_code.get(key.code or "") or by_code.get(key.personal_id or "")
        found = found or by_personal_id.get(key.personal_id or "")
        if found or key.born_on is None:
            return Match(pupil_id=found)
        namesakes = by_name.get((spelling_key(key.name), key.born_on), ())
        return Match(suggested=tuple(pupil.pupil_id for pupil in namesakes if _may_be(pupil, key)))

    return match


def is_named(pupil: KnownPupil, name: str) -> bool:
    """Whether the row names this pupil; where it does not, its marks may be another's (a shifted column)."""
    return not pupil.name or spelling_key(pupil.name) == spelling_key(name)


def _may_be(pupil: KnownPupil, key: PupilKey) -> bool:
    """Two personal IDs are two persons, whatever their name."""
    return key.personal_id is None or pupil.personal_id is None
