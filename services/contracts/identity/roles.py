"""What identity answers and tells about roles: staff, grants, and what they let a person do."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from services.contracts.messages import Command, Event, Moment, Query


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
    """Whom to appoint, from now on unless said otherwise; an inspector needs a case and an end, 90 days at most."""

    code: str
    name: str
    email: str
    role: Role
    valid_from: Moment | None = None
    valid_to: Moment | None = None
    case_no: str | None = None


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
class FindStaff(Query[Staff]):
    """The people who hold a role at the unit now (without activation codes)."""

    operation: ClassVar[str] = "identity.find_staff"
    unit_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffContact:
    """The work address of a member of staff, which is also what they log in with."""

    person_id: UUID
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffContacts:
    contacts: tuple[StaffContact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindStaffContacts(Query[StaffContacts]):
    """The work addresses of those of the people who hold a role now."""

    operation: ClassVar[str] = "identity.find_staff_contacts"
    person_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffGrant:
    """One grant of a unit, past and future ones too; `case_no` is an inspector's."""

    grant_id: UUID
    person_id: UUID
    code: str
    name: str
    role: Role
    unit_id: UUID
    valid_from: datetime
    valid_to: datetime | None
    case_no: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffGrants:
    grants: tuple[StaffGrant, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindGrants(Query[StaffGrants]):
    """Every grant that was ever given at the unit, newest first."""

    operation: ClassVar[str] = "identity.find_grants"
    unit_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class EndGrant(Command[StaffGrant]):
    """End a grant now, or at a moment to come; a school keeps an admin."""

    operation: ClassVar[str] = "identity.end_grant"
    grant_id: UUID
    valid_to: Moment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantChangedV1(Event):
    """A grant was given, changed or ended (then with `valid_to`)."""

    type: ClassVar[str] = "vn.hocba.identity.grant_changed.v1"
    aggregate: ClassVar[str] = "record_id"
    person_id: UUID
    role: Role
    unit_id: UUID
    valid_from: datetime
    valid_to: datetime | None
