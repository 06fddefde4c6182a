"""A department with its operator, and a school below it with its admin."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from services.chassis.ids import new_id
from services.contracts.identity import (
    ActivateAccount,
    AddStaff,
    CreateUnit,
    LogIn,
    NewStaff,
    Role,
    StaffMember,
    Tokens,
    UnitKind,
    UnitV1,
)
from tests.integration.acting import Acting

PASSWORD = "mật khẩu dài của cô giáo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """Identity with one department, a school of it, and the people who run them."""

    identity: Acting
    unit_id: UUID
    operator: UUID
    school: UnitV1
    admin: UUID

    def create_school(self, operator: UUID | None = None, parent_id: UUID | None = None) -> UnitV1:
        command = CreateUnit(
            kind=UnitKind.SCHOOL,
            code=new_id().hex,
            name="Trường THCS Sông Mây",
            parent_id=parent_id or self.unit_id,
            commune="Xã Ví Dụ",
            province="Tỉnh Ví Dụ",
        )
        return self.identity.ask(command, operator or self.operator)

    def appoint(self, role: Role, *, by: UUID, unit_id: UUID | None = None, **who: Any) -> StaffMember:
        """The new member of staff, of the school unless said otherwise."""
        member = new_staff(role, **who)
        return self.identity.ask(AddStaff(unit_id=unit_id or self.school.id, members=(member,)), by).members[0]

    def appoint_all(self, *members: NewStaff, unit_id: UUID) -> tuple[StaffMember, ...]:
        """Several at once, by the department's operator."""
        return self.identity.ask(AddStaff(unit_id=unit_id, members=members), self.operator).members

    def activate(self, member: StaffMember) -> None:
        """The person sets the password, with the code as people type it."""
        typed = str(member.activation_code).lower()
        self.identity.ask(ActivateAccount(activation_code=f"{typed[:13]}-{typed[13:]}", password=PASSWORD))

    def log_in(self, member: StaffMember, password: str = PASSWORD) -> Tokens:
        return self.identity.ask(LogIn(username=member.username, password=password))

    def age(self, unit: UnitV1) -> None:
        """Let the unit have been there for long."""
        for table, day in (("units", "opened_on"), ("unit_names", "valid_from"), ("unit_parents", "valid_from")):
            key = "id" if table == "units" else "unit_id"
            self.rows(f"UPDATE {table} SET {day} = '2015-01-01' WHERE {key} = :id", id=unit.id)  # noqa: S608 - the three tables above

    def rows(self, statement: str, **values: Any) -> list[Any]:
        return self.identity.sql(statement, **values)


def new_staff(role: Role, **who: Any) -> NewStaff:
    """Somebody to appoint; an inspector for a case of a month."""
    number = new_id().hex[-10:]
    case = {"case_no": "12/QĐ-TTr", "valid_to": datetime.now(UTC) + timedelta(days=30)}
    told = {"code": number, "name": "Lê Thị Ví Dụ", "email": f"{number}@example.vn"} | who
    return NewStaff(**((case if role is Role.INSPECTOR else {}) | told), role=role)
