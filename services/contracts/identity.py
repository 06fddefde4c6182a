"""What identity answers and tells: units, people, guardians, accounts, grants, tokens."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from services.contracts.messages import Command, Event, Query, Request


class UnitKind(StrEnum):
    """Kinds of unit: Bộ, Sở, Phòng (of a district; none since 1 July 2025), xã or phường, trường, điểm trường."""

    MINISTRY = "BO"
    DEPARTMENT = "SO"
    DISTRICT = "PHONG"
    COMMUNE = "XA"
    SCHOOL = "TRUONG"
    CAMPUS = "DIEM_TRUONG"


class Role(StrEnum):
    """What a grant lets a person be at a unit.

    DEPUTY is a phó hiệu trưởng, OFFICER a chuyên viên of a department or commune, INSPECTOR a thanh tra with a case.
    """

    OPERATOR = "operator"
    ADMIN = "admin"
    PRINCIPAL = "principal"
    DEPUTY = "deputy"
    CLERK = "clerk"
    STAFF = "staff"
    OFFICER = "officer"
    INSPECTOR = "inspector"


class Change(StrEnum):
    """What happened to a record, as in the national data dictionary (sukien)."""

    NEW = "NEW"
    UPDATE = "UPDATE"
    CANCEL = "CANCEL"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenKeys:
    """The public keys of access tokens, as a JWK set (RFC 7517)."""

    key_set: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadTokenKeys(Query[TokenKeys]):
    operation: ClassVar[str] = "identity.read_token_keys"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """A short-lived access token (JWT, Ed25519) and the refresh token that gets the next; `expires_in` in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int
    person_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LogIn(Request[Tokens]):
    operation: ClassVar[str] = "identity.log_in"
    username: str
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshSession(Request[Tokens]):
    """The next tokens of a session; a refresh token works once."""

    operation: ClassVar[str] = "identity.refresh_session"
    refresh_token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedOut:
    sessions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LogOut(Request[LoggedOut]):
    operation: ClassVar[str] = "identity.log_out"
    refresh_token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountActivated:
    username: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivateAccount(Request[AccountActivated]):
    """Set one's own password with the one-time activation code that the school's admin handed out."""

    operation: ClassVar[str] = "identity.activate_account"
    activation_code: str
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitV1:
    """A unit as of a day: `parent_id` and `department` are where it was then, null and "" where it was nowhere."""

    id: UUID
    kind: UnitKind
    code: str
    name: str
    parent_id: UUID | None
    commune: str
    province: str
    department: str
    closed_on: date | None = None
    merged_into: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateUnit(Command[UnitV1]):
    """Create a unit below one where the person is operator; without `opened_on` it opens today."""

    operation: ClassVar[str] = "identity.create_unit"
    kind: UnitKind
    code: str
    name: str
    parent_id: UUID
    commune: str
    province: str
    opened_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    units: tuple[UnitV1, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindUnits(Query[Units]):
    """Units by id as of a day (without `on`, of today); those unknown or not open yet are left out."""

    operation: ClassVar[str] = "identity.find_units"
    unit_ids: tuple[UUID, ...]
    on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantV1:
    role: Role
    unit_id: UUID
    unit_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """The acting person and the grants that are valid now."""

    person_id: UUID
    name: str
    grants: tuple[GrantV1, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMe(Query[Me]):
    operation: ClassVar[str] = "identity.read_me"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStaff:
    code: str
    name: str
    email: str
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMember:
    """A member of staff; `activation_code` is shown once, and absent where the account existed."""

    person_id: UUID
    code: str
    name: str
    username: str
    role: Role
    activation_code: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    members: tuple[StaffMember, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddStaff(Command[Staff]):
    """Appoint people at a unit: operators appoint admins and principals, admins appoint teachers and clerks."""

    operation: ClassVar[str] = "identity.add_staff"
    unit_id: UUID
    members: tuple[NewStaff, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportStaff(Command[Staff]):
    """Appoint the people of a staff workbook; `file` is the SHA-256 of the uploaded object."""

    operation: ClassVar[str] = "identity.import_staff"
    unit_id: UUID
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReissueActivation(Command[StaffMember]):
    """Give a member of staff who has never set a password a new activation code; the old one is void."""

    operation: ClassVar[str] = "identity.reissue_activation"
    unit_id: UUID
    person_id: UUID


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
class FindStaff(Query[Staff]):
    """The people who hold a role at the unit now (without activation codes)."""

    operation: ClassVar[str] = "identity.find_staff"
    unit_id: UUID


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


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantChangedV1(Event):
    """A grant was given, changed or ended (then with `valid_to`)."""

    type: ClassVar[str] = "vn.hocba.identity.grant_changed.v1"
    aggregate: ClassVar[str] = "record_id"
    record_id: UUID
    change: Change
    version: int
    updated_at: datetime
    person_id: UUID
    role: Role
    unit_id: UUID
    valid_from: datetime
    valid_to: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitParent:
    """Below which unit a unit is: `valid_from` is the first day in Vietnam's time, `valid_to` the first day after."""

    parent_id: UUID
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitChangedV1(Event):
    """A unit was created, renamed, moved, closed or merged; `parents` is every place that it had in the tree."""

    type: ClassVar[str] = "vn.hocba.identity.unit_changed.v1"
    aggregate: ClassVar[str] = "record_id"
    record_id: UUID
    change: Change
    version: int
    updated_at: datetime
    kind: UnitKind
    parents: tuple[UnitParent, ...]
    closed_on: date | None
    merged_into: UUID | None
