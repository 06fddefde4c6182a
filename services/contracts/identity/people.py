"""What identity answers about people: pupils and their guardians."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from services.contracts.messages import Command, Query


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPupil:
    """A pupil; `code` is the ministry's (mã định danh Bộ GDĐT), `personal_id` the 12 digits where there are any."""

    code: str
    name: str
    born_on: date
    gender: str
    ethnicity: str
    personal_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PupilRef:
    code: str
    person_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PupilsRegistered:
    pupils: tuple[PupilRef, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterPupils(Command[PupilsRegistered]):
    """Register pupils at a school, or find those who are registered there; another school's pupil is refused."""

    operation: ClassVar[str] = "identity.register_pupils"
    unit_id: UUID
    pupils: tuple[NewPupil, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGuardian:
    pupil_code: str
    name: str
    email: str
    relation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianRef:
    pupil_code: str
    guardian_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardiansAdded:
    guardians: tuple[GuardianRef, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddGuardians(Command[GuardiansAdded]):
    operation: ClassVar[str] = "identity.add_guardians"
    unit_id: UUID
    guardians: tuple[NewGuardian, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonV1:
    id: UUID
    code: str
    name: str
    born_on: date | None
    gender: str | None
    ethnicity: str | None
    nationality: str
    personal_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    people: tuple[PersonV1, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindPeople(Query[People]):
    """People by id, those of the units where the person has a role; others are left out."""

    operation: ClassVar[str] = "identity.find_people"
    person_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianContact:
    pupil_id: UUID
    guardian_id: UUID
    name: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianContacts:
    contacts: tuple[GuardianContact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindGuardians(Query[GuardianContacts]):
    """The guardians of these pupils at this moment."""

    operation: ClassVar[str] = "identity.find_guardians"
    pupil_ids: tuple[UUID, ...]
