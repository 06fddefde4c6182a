"""Roles with a term: inspectors for a case, ends given or added later, and a school never without an admin."""

from datetime import UTC, datetime, timedelta

import pytest

from services.chassis.authority import Actor, holds, local_day
from services.chassis.errors import Forbidden, Invalid, NotFound, Refused
from services.chassis.ids import new_id
from services.contracts.identity import (
    CloseUnit,
    CreateUnit,
    EndGrant,
    FindGrants,
    FindUnits,
    GrantChangedV1,
    ReadMe,
    Role,
    UnitKind,
)
from tests.integration.identity.department import new_staff

SOON = datetime.now(UTC) + timedelta(days=10)


@pytest.fixture
def school(department):
    """A school without staff."""
    return department.create_school()


@pytest.fixture
def admin(department, school):
    return department.appoint(Role.ADMIN, by=department.operator, unit_id=school.id).person_id


def grants_at(department, school, person_id=None):
    question = FindGrants(unit_id=school.id)
    return department.identity.ask(question, person_id or department.operator).grants


def grant_of(department, school, person_id):
    (grant,) = [grant for grant in grants_at(department, school) if grant.person_id == person_id]
    return grant


def end(department, grant, by, valid_to=None):
    return department.identity.ask(EndGrant(grant_id=grant.grant_id, valid_to=valid_to), by)


def holds_now(department, school, person_id, role):
    with department.identity.db.transaction() as tx:
        return holds(tx, Actor(account_id=person_id, person_id=person_id), (role,), school.id)


def test_an_inspector_is_appointed_for_a_case_and_listed_with_it(department, school):
    inspector = department.appoint(Role.INSPECTOR, by=department.operator, unit_id=school.id, valid_to=SOON)

    grant = grant_of(department, school, inspector.person_id)

    assert (grant.role, grant.case_no, grant.valid_to) == (Role.INSPECTOR, "12/QĐ-TTr", SOON)
    (told,) = [e for e in department.identity.told(GrantChangedV1) if e["record_id"] == str(grant.grant_id)]
    assert told["valid_to"] is not None
    assert "12/QĐ-TTr" not in str(told)


def test_an_inspector_has_a_grant_for_each_case(department, school):
    first = department.appoint(Role.INSPECTOR, by=department.operator, unit_id=school.id)
    again = {"code": first.code, "email": first.username, "case_no": "34/QĐ-TTr"}
    department.appoint(Role.INSPECTOR, by=department.operator, unit_id=school.id, **again)

    cases = [grant.case_no for grant in grants_at(department, school)]

    assert cases == ["34/QĐ-TTr", "12/QĐ-TTr"]


def test_a_role_given_for_later_is_not_held_yet(department, school, admin):
    teacher = department.appoint(Role.STAFF, by=admin, unit_id=school.id, valid_from=SOON)

    assert not holds_now(department, school, teacher.person_id, Role.STAFF)
    assert grant_of(department, school, teacher.person_id).valid_from == SOON


def test_a_role_ends_at_once_by_who_gave_it_and_that_is_told(department, school, admin):
    teacher = department.appoint(Role.STAFF, by=admin, unit_id=school.id)
    grant = grant_of(department, school, teacher.person_id)

    ended = end(department, grant, admin)

    assert ended.valid_to is not None
    assert not holds_now(department, school, teacher.person_id, Role.STAFF)
    told = [e for e in department.identity.told(GrantChangedV1) if e["record_id"] == str(grant.grant_id)]
    assert [(event["version"], event["valid_to"] is not None) for event in told] == [(1, False), (2, True)]


def test_a_role_that_will_end_is_held_until_then_and_ends_no_later(department, school, admin):
    teacher = department.appoint(Role.STAFF, by=admin, unit_id=school.id)
    grant = grant_of(department, school, teacher.person_id)

    end(department, grant, admin, SOON)

    assert holds_now(department, school, teacher.person_id, Role.STAFF)
    with pytest.raises(Refused, match="grant_ended"):
        end(department, grant, admin, SOON + timedelta(days=1))
    with pytest.raises(Invalid, match="grant_ends_early"):
        end(department, grant, admin, datetime(2020, 1, 1, tzinfo=UTC))


def test_a_time_without_an_offset_is_not_well_formed(department, school, admin):
    teacher = department.appoint(Role.STAFF, by=admin, unit_id=school.id)

    with pytest.raises(Invalid, match="timezone"):
        end(department, grant_of(department, school, teacher.person_id), admin, datetime(2030, 1, 1))  # noqa: DTZ001 - what is refused


def test_a_school_keeps_its_last_admin(department, school, admin):
    grant = grant_of(department, school, admin)
    department.appoint(Role.ADMIN, by=department.operator, unit_id=school.id, valid_to=SOON)
    with pytest.raises(Refused, match="last_admin"):
        end(department, grant, department.operator)

    department.appoint(Role.ADMIN, by=department.operator, unit_id=school.id)

    assert end(department, grant, department.operator).valid_to


@pytest.mark.parametrize("role", [Role.ADMIN, Role.PRINCIPAL, Role.DEPUTY, Role.INSPECTOR])
def test_an_admin_ends_no_role_that_an_admin_may_not_give(department, school, admin, role):
    leader = department.appoint(role, by=department.operator, unit_id=school.id)

    with pytest.raises(Forbidden):
        end(department, grant_of(department, school, leader.person_id), admin)


def test_a_grant_that_is_not_there_cannot_be_ended(department):
    with pytest.raises(NotFound):
        department.identity.ask(EndGrant(grant_id=new_id()), department.operator)


def test_the_grants_of_a_school_are_seen_there_and_by_operators_and_inspectors_above(department, school, admin):
    inspector = department.appoint(Role.INSPECTOR, by=department.operator, unit_id=department.unit_id).person_id
    officer = department.appoint(Role.OFFICER, by=department.operator, unit_id=department.unit_id).person_id

    assert grants_at(department, school, admin) == grants_at(department, school, inspector) != ()
    for stranger in (officer, department.admin):
        with pytest.raises(Forbidden):
            grants_at(department, school, stranger)


def test_appointing_without_a_case_makes_no_inspector_and_nobody_else_of_the_list(department, school):
    teacher, inspector = new_staff(Role.STAFF), new_staff(Role.INSPECTOR, case_no=None)

    with pytest.raises(Refused, match="case_missing"):
        department.appoint_all(teacher, inspector, unit_id=school.id)

    assert grants_at(department, school) == ()


def test_who_holds_a_role_for_a_time_is_given_it_without_an_end(department, school):
    deputy = department.appoint(Role.ADMIN, by=department.operator, unit_id=school.id, valid_to=SOON)

    who = {"code": deputy.code, "email": deputy.username}
    department.appoint(Role.ADMIN, by=department.operator, unit_id=school.id, **who)
    department.appoint(Role.ADMIN, by=department.operator, unit_id=school.id, valid_to=SOON, **who)

    assert [grant.valid_to for grant in grants_at(department, school)] == [None, SOON]


def test_who_holds_a_role_until_soon_is_given_it_for_later(department, school, admin):
    teacher = department.appoint(Role.STAFF, by=admin, unit_id=school.id, valid_to=SOON)
    later = SOON + timedelta(days=60)

    for _ in range(2):
        department.appoint(
            Role.STAFF, by=admin, unit_id=school.id, code=teacher.code, email=teacher.username, valid_from=later
        )

    given = [grant.valid_from for grant in grants_at(department, school) if grant.person_id == teacher.person_id]
    assert (len(given), given[0]) == (2, later)


def test_the_root_keeps_its_last_operator(department):
    grant = grant_at_root(department, department.operator)

    with pytest.raises(Refused, match="last_admin"):
        end(department, grant, department.operator)

    other = department.appoint(Role.OPERATOR, by=department.operator, unit_id=department.unit_id)
    assert end(department, grant_at_root(department, other.person_id), department.operator).valid_to


def grant_at_root(department, person_id):
    grants = department.identity.ask(FindGrants(unit_id=department.unit_id), department.operator).grants
    (grant,) = [grant for grant in grants if (grant.person_id, grant.role) == (person_id, Role.OPERATOR)]
    return grant


def test_the_operator_above_ends_the_roles_of_a_closed_school_its_last_admins_too(department, school, admin):
    department.age(school)
    department.identity.ask(CloseUnit(unit_id=school.id, on=local_day(datetime.now(UTC))), department.operator)

    assert end(department, grant_of(department, school, admin), department.operator).valid_to


def test_a_person_appointed_at_a_school_that_opens_later_reads_where(department):
    opens = local_day(SOON)
    command = CreateUnit(
        kind=UnitKind.SCHOOL, code=new_id().hex, name="Trường THCS Sắp Mở", parent_id=department.unit_id,
        commune="Xã Ví Dụ", province="Tỉnh Ví Dụ", opened_on=opens,
    )  # fmt: skip
    school = department.identity.ask(command, department.operator)
    admin = department.appoint(Role.ADMIN, by=department.operator, unit_id=school.id)

    me = department.identity.ask(ReadMe(), admin.person_id)

    assert [grant.unit_name for grant in me.grants] == ["Trường THCS Sắp Mở"]
    assert department.identity.ask(FindUnits(unit_ids=(school.id,)), admin.person_id).units == ()
