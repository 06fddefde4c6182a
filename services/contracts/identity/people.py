"""What identity answers about people: pupils and their guardians."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from services.contracts.messages import Command, Query

VIETNAM = "Việt Nam"
"""The nationality, and the national curriculum as a programme."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPupil:
    """A pupil; `code` is the ministry's (mã định danh Bộ GDĐT), `personal_id` the 12 digits where there are any.

    Pupils of another nationality have a passport instead; `programme` flags one that is not the national curriculum.
    """

    code: str
    name: str
    born_on: date
    gender: str
    ethnicity: str
    personal_id: str | None
    nationality: str = VIETNAM
    passport: str | None = None
    programme: str = VIETNAM


@dataclass(frozen=True, slots=True, kw_only=True)
class PupilRef:
    code: str
    person_id: UUID


class Doubt(StrEnum):
    """What does not fit together in what was told of a pupil; the register may be right, so nothing is refused."""

    PERSONAL_ID_MISSING = "PERSONAL_ID_MISSING"
    PERSONAL_ID_SEX = "PERSONAL_ID_SEX"
    PERSONAL_ID_CENTURY = "PERSONAL_ID_CENTURY"
    PERSONAL_ID_BIRTH_YEAR = "PERSONAL_ID_BIRTH_YEAR"


@dataclass(frozen=True, slots=True, kw_only=True)
class PupilDoubt:
    """One thing to ask the family about, by the pupil's code."""

    code: str
    doubt: Doubt


@dataclass(frozen=True, slots=True, kw_only=True)
class PupilsRegistered:
    pupils: tuple[PupilRef, ...]
    doubts: tuple[PupilDoubt, ...] = ()


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
    passport: str | None = None
    programme: str = VIETNAM


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
    relation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianContacts:
    contacts: tuple[GuardianContact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindGuardians(Query[GuardianContacts]):
    """The guardians of these pupils at this moment."""

    operation: ClassVar[str] = "identity.find_guardians"
    pupil_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddPersonalId(Command[PersonV1]):
    """Add the 12 digits of a pupil who had none."""

    operation: ClassVar[str] = "identity.add_personal_id"
    pupil_id: UUID
    personal_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PupilFound:
    person_id: UUID
    code: str
    name: str
    born_on: date | None
    unit_id: UUID
    unit_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PupilsFound:
    pupils: tuple[PupilFound, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindPupils(Query[PupilsFound]):
    """Pupils who study in a unit or below it now, by exactly one of code, personal ID, or name and date of birth.

    `reason` says what the look-up is for; it is logged, whether or not anybody is found.
    """

    operation: ClassVar[str] = "identity.find_pupils"
    unit_id: UUID
    reason: str
    code: str | None = None
    personal_id: str | None = None
    name: str | None = None
    born_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthLink:
    """Where a pupil's health record is kept, by whoever keeps it; nothing of it is kept here."""

    pupil_id: UUID
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetHealthLink(Command[HealthLink]):
    """Note where a pupil's health record is kept; without `url` the note is dropped."""

    operation: ClassVar[str] = "identity.set_health_link"
    pupil_id: UUID
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadHealthLink(Query[HealthLink]):
    """Where a pupil's health record is kept, for the clerk and the principal of the school."""

    operation: ClassVar[str] = "identity.read_health_link"
    pupil_id: UUID
