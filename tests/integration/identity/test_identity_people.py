"""Units, staff, pupils and guardians: who may appoint and register whom, and who is told of whom."""

from datetime import UTC, date, datetime, timedelta

import pytest

from deploy.demo.school import invent_schools
from deploy.demo.workbooks import staff_list
from services.chassis.errors import Forbidden, Invalid, Refused
from services.chassis.ids import new_id
from services.contracts.gradebook.enrolment import PupilMovedV1
from services.contracts.identity import (
    ActivateAccount,
    AddGuardians,
    AddStaff,
    Change,
    CreateUnit,
    FindGuardians,
    FindPeople,
    FindStaff,
    FindStaffContacts,
    FindUnits,
    GrantChangedV1,
    ImportStaff,
    NewGuardian,
    NewPupil,
    RegisterPupils,
    ReissueActivation,
    Role,
    UnitKind,
)
from services.identity.usecases.roles import APPOINTS
from tests.integration.identity.department import new_staff

LATER = datetime.now(UTC) + timedelta(days=10)
MAY_GIVE = [(by, role) for role, givers in APPOINTS.items() for by in (Role.OPERATOR, Role.ADMIN) if by in givers]
MAY_NOT_GIVE = [(by, role) for role in Role for by in Role if by not in (*APPOINTS[role], Role.OPERATOR)]


def new_pupil(code=None, personal_id=None):
    return NewPupil(
        code=code or new_id().hex[-10:],
        name="Trần Thị Ví Dụ",
        born_on=date(2014, 9, 1),
        gender="Nữ",
        ethnicity="Kinh",
        personal_id=personal_id,
    )


@pytest.fixture
def holder(department):
    """A function that gives a person who holds the role at the school (an operator: at its department)."""

    def hold(role):
        unit_id = department.unit_id if role is Role.OPERATOR else department.school.id
        return department.appoint(role, by=department.operator, unit_id=unit_id).person_id

    return hold


@pytest.fixture
def pupil(department):
    """A pupil of the school: the code and the person."""
    return register(department, new_pupil())[0]


@pytest.fixture
def other_school(department):
    """Another school of the department, and its admin."""
    school = department.create_school()
    return school, department.appoint(Role.ADMIN, by=department.operator, unit_id=school.id).person_id


def register(department, *pupils, unit_id=None, by=None):
    command = RegisterPupils(unit_id=unit_id or department.school.id, pupils=pupils)
    return department.identity.ask(command, by or department.admin).pupils


@pytest.mark.parametrize(("by", "role"), MAY_GIVE)
def test_a_role_is_given_by_those_who_may_give_it(department, holder, by, role):
    appointed = department.appoint(role, by=holder(by))

    staff = department.identity.ask(FindStaff(unit_id=department.school.id), department.admin).members
    assert (appointed.person_id, role) in {(member.person_id, member.role) for member in staff}


@pytest.mark.parametrize(("by", "role"), MAY_NOT_GIVE)
def test_a_role_is_given_by_nobody_else(department, holder, by, role):
    with pytest.raises(Forbidden):
        department.appoint(role, by=holder(by))


def test_an_admin_appoints_nobody_at_another_school(department, other_school):
    with pytest.raises(Forbidden):
        department.appoint(Role.STAFF, by=department.admin, unit_id=other_school[0].id)


def test_an_operator_appoints_nobody_outside_the_own_department(department):
    (commune,) = department.rows(
        "INSERT INTO units (id, kind, code, opened_on) VALUES (:id, 'SO', :code, now()) RETURNING id",
        id=new_id(),
        code=new_id().hex,
    )

    with pytest.raises(Forbidden):
        department.appoint(Role.ADMIN, by=department.operator, unit_id=commune.id)
    with pytest.raises(Forbidden):
        department.create_school(parent_id=commune.id)


def test_an_operator_of_the_department_runs_the_schools_of_its_communes(department):
    commune = department.identity.ask(
        CreateUnit(
            kind=UnitKind.COMMUNE, code=new_id().hex, name="Xã Ví Dụ", parent_id=department.unit_id,
            commune="Xã Ví Dụ", province="Tỉnh Ví Dụ",
        ),
        department.operator,
    )  # fmt: skip

    school = department.create_school(parent_id=commune.id)

    (found,) = department.identity.ask(FindUnits(unit_ids=(school.id, new_id())), department.admin).units
    assert found == school
    assert found.department == "Sở GDĐT tỉnh Ví Dụ"


def test_no_two_units_have_one_code(department):
    command = CreateUnit(
        kind=UnitKind.SCHOOL,
        code=department.school.code,
        name="Trường khác",
        parent_id=department.unit_id,
        commune="",
        province="",
    )

    with pytest.raises(Refused, match="unit_code_taken"):
        department.identity.ask(command, department.operator)


def test_every_grant_is_told_to_the_other_services(department):
    member = department.appoint(Role.CLERK, by=department.admin)

    told = [event for event in department.identity.told(GrantChangedV1) if event["person_id"] == str(member.person_id)]
    assert [(one["role"], one["unit_id"], one["change"], one["version"]) for one in told] == [
        ("clerk", str(department.school.id), "NEW", 1)
    ]


def test_a_role_held_already_is_neither_given_nor_told_again(department):
    member = department.appoint(Role.STAFF, by=department.admin)
    again = department.appoint(Role.STAFF, by=department.admin, code=member.code, email=member.username)

    told = [event for event in department.identity.told(GrantChangedV1) if event["person_id"] == str(member.person_id)]
    assert again.person_id == member.person_id
    assert again.activation_code is None
    assert len(told) == 1


def test_one_person_gets_two_roles_at_once_and_one_account(department):
    teacher = new_staff(Role.STAFF)
    members = tuple(new_staff(role, code=teacher.code, email=teacher.email) for role in (Role.STAFF, Role.CLERK))

    staff = department.identity.ask(AddStaff(unit_id=department.school.id, members=members), department.admin).members

    assert len({(member.person_id, member.activation_code) for member in staff}) == 1
    assert {member.role for member in staff} == {Role.STAFF, Role.CLERK}


def test_a_user_name_of_somebody_else_is_refused(department):
    member = department.appoint(Role.STAFF, by=department.admin)

    with pytest.raises(Refused, match="person_elsewhere"):
        department.appoint(Role.STAFF, by=department.admin, email=member.username)


def test_a_staff_list_appoints_teachers_and_clerks_and_leaves_the_leaders_to_the_department(department):
    school = invent_schools()[1]
    file = department.identity.objects.put(staff_list(school))

    members = department.identity.ask(ImportStaff(unit_id=department.school.id, file=file), department.admin).members

    assert len(members) == len(school.staff) - 1
    assert school.principal_code not in {member.code for member in members}
    assert [member.code for member in members if member.role is Role.CLERK] == [school.clerk_code]
    assert all(member.activation_code for member in members)


def test_who_has_left_is_not_appointed_by_a_staff_list(department):
    headings = "Họ tên,Mã cán bộ,Email,Trạng thái CB,Vị trí việc làm"
    states = {new_id().hex[-10:]: state for state in ("Đang làm việc", "Nghỉ hưu", "Chuyển đi trong hè")}
    rows = [f"Lê Thị Ví Dụ,{code},{code}@example.vn,{state},Giáo viên" for code, state in states.items()]
    file = department.identity.objects.put("\n".join([headings, *rows]).encode())

    members = department.identity.ask(ImportStaff(unit_id=department.school.id, file=file), department.admin).members

    assert [states[member.code] for member in members] == ["Đang làm việc"]


def test_pupils_registered_again_are_found(department, pupil):
    found, new = register(department, new_pupil(code=pupil.code), new_pupil())

    assert found == pupil
    assert new.person_id != pupil.person_id


def test_a_pupil_of_another_school_is_refused_and_with_him_the_whole_list(department, pupil, other_school):
    school, admin = other_school
    new = new_pupil()

    with pytest.raises(Refused, match="pupil_elsewhere") as refusal:
        register(department, new, new_pupil(code=pupil.code), unit_id=school.id, by=admin)

    assert refusal.value.fields == {"codes": pupil.code}
    assert department.rows("SELECT 1 FROM people WHERE code = :code", code=new.code) == []


@pytest.mark.parametrize("role", [Role.STAFF, Role.CLERK, Role.PRINCIPAL])
def test_only_the_schools_admin_registers_pupils(department, holder, role):
    with pytest.raises(Forbidden):
        register(department, new_pupil(), by=holder(role))


def test_two_pupils_never_have_one_personal_id(department):
    register(department, new_pupil(personal_id="000314000001"))

    again = new_pupil(personal_id="000314000001")
    with pytest.raises(Refused, match="personal_id_taken") as refusal:
        register(department, new_pupil(personal_id="000314000002"), again)

    assert refusal.value.fields == {"codes": again.code}
    with pytest.raises(Refused, match="personal_id_taken"):
        register(department, new_pupil(personal_id="000314000003"), new_pupil(personal_id="000314000003"))


def test_a_personal_id_that_is_none_is_told_with_its_pupil(department):
    wrong = new_pupil(personal_id="00031400000x")

    with pytest.raises(Invalid, match="personal_id_malformed") as refusal:
        register(department, new_pupil(personal_id="000314000004"), wrong)

    assert refusal.value.fields == {"codes": wrong.code}


def test_a_pupil_who_moved_belongs_to_the_newest_school_whatever_the_order_of_news(department, pupil, other_school):
    def moved(to_unit_id, version):
        return PupilMovedV1(
            record_id=pupil.person_id,
            change=Change.UPDATE,
            version=version,
            updated_at=datetime(2026, 1, 5, tzinfo=UTC),
            school_year=2025,
            from_unit_id=department.school.id,
            to_unit_id=to_unit_id,
        )

    department.identity.tell(moved(other_school[0].id, 3))
    department.identity.tell(moved(department.school.id, 2))

    (found,) = register(department, new_pupil(code=pupil.code), unit_id=other_school[0].id, by=other_school[1])
    assert found == pupil


def test_a_person_finds_the_people_of_the_own_school_only(department, pupil, other_school):
    teacher = department.appoint(Role.STAFF, by=department.admin).person_id
    question = FindPeople(person_ids=(pupil.person_id, department.admin, new_id()))

    inside = department.identity.ask(question, teacher).people
    outside = department.identity.ask(question, other_school[1]).people

    assert {person.id for person in inside} == {pupil.person_id, department.admin}
    assert outside == ()


def test_a_person_whose_grant_has_ended_finds_nobody(department, pupil):
    teacher = department.appoint(Role.STAFF, by=department.admin).person_id
    department.rows("UPDATE grants SET valid_to = now() WHERE person_id = :id", id=teacher)

    assert department.identity.ask(FindPeople(person_ids=(pupil.person_id,)), teacher).people == ()


def test_a_service_finds_people_of_every_school(department, pupil):
    (found,) = department.identity.ask_as("transcript", FindPeople(person_ids=(pupil.person_id,))).people

    assert (found.code, found.nationality) == (pupil.code, "Việt Nam")


def test_the_staff_of_a_school_is_listed_for_its_own_people(department, other_school):
    with pytest.raises(Forbidden):
        department.identity.ask(FindStaff(unit_id=department.school.id), other_school[1])


def test_a_guardian_is_added_by_the_pupils_school_and_told_of_to_notify_alone(department, pupil):
    parent = NewGuardian(pupil_code=pupil.code, name="Trần Văn Ví Dụ", email="bo@example.vn", relation="Cha")
    command = AddGuardians(unit_id=department.school.id, guardians=(parent,))
    (added,) = department.identity.ask(command, department.admin).guardians
    question = FindGuardians(pupil_ids=(pupil.person_id,))

    (contact,) = department.identity.ask_as("notify", question).contacts

    assert (contact.guardian_id, contact.email) == (added.guardian_id, "bo@example.vn")
    for asking in (lambda: department.identity.ask(question, department.admin),
                   lambda: department.identity.ask_as("transfer", question)):  # fmt: skip
        with pytest.raises(Forbidden):
            asking()


def test_a_guardian_added_again_is_found_and_told_once(department, pupil):
    parent = NewGuardian(pupil_code=pupil.code, name="Trần Văn Ví Dụ", email="nha@example.vn", relation="Cha")
    other = NewGuardian(pupil_code=pupil.code, name="Lê Thị Ví Dụ", email="nha@example.vn", relation="Mẹ")

    def add(*guardians):
        command = AddGuardians(unit_id=department.school.id, guardians=guardians)
        return [added.guardian_id for added in department.identity.ask(command, department.admin).guardians]

    (first,) = add(parent)
    father, mother, again = add(parent, other, parent)

    assert first == father == again != mother
    contacts = department.identity.ask_as("notify", FindGuardians(pupil_ids=(pupil.person_id,))).contacts
    assert {contact.guardian_id for contact in contacts} == {father, mother}
    assert len(contacts) == 2


def test_a_guardian_of_another_schools_pupil_cannot_be_added(department, pupil, other_school):
    parent = NewGuardian(pupil_code=pupil.code, name="Trần Văn Ví Dụ", email="bo@example.vn", relation="Cha")

    with pytest.raises(Refused, match="pupil_unknown"):
        department.identity.ask(AddGuardians(unit_id=other_school[0].id, guardians=(parent,)), other_school[1])


def test_a_lost_activation_code_is_replaced_but_an_account_in_use_is_opened_by_nobody(department):
    teacher = department.appoint(Role.STAFF, by=department.admin)
    again = ReissueActivation(unit_id=department.school.id, person_id=teacher.person_id)
    second = department.identity.ask(again, department.admin).activation_code

    with pytest.raises(Refused, match="activation_unknown"):
        department.identity.ask(ActivateAccount(activation_code=teacher.activation_code, password="mật khẩu dài"))
    department.identity.ask(ActivateAccount(activation_code=second, password="mật khẩu dài"))
    with pytest.raises(Refused, match="account_active"):
        department.identity.ask(again, department.admin)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.PRINCIPAL])
@pytest.mark.parametrize("begins", [None, LATER])
def test_an_admin_opens_no_account_that_leads_another_school_by_making_its_holder_a_teacher(
    department, other_school, role, begins
):
    leader = department.appoint(role, by=department.operator, unit_id=other_school[0].id, valid_from=begins)
    department.appoint(Role.STAFF, by=department.admin, code=leader.code, email=leader.username)
    again = ReissueActivation(unit_id=department.school.id, person_id=leader.person_id)

    with pytest.raises(Forbidden):
        department.identity.ask(again, department.admin)

    assert department.identity.ask(again, department.operator).activation_code


def test_a_code_that_stands_twice_in_a_list_is_named(department):
    code = new_id().hex[-10:]

    with pytest.raises(Invalid, match="pupil_twice") as refusal:
        register(department, new_pupil(code=code), new_pupil(code=code))

    assert refusal.value.fields == {"codes": code}


def test_two_people_never_get_one_user_name_by_one_list(department):
    first = new_staff(Role.STAFF)
    members = (first, new_staff(Role.STAFF, email=first.email))

    with pytest.raises(Refused, match="person_elsewhere"):
        department.identity.ask(AddStaff(unit_id=department.school.id, members=members), department.admin)


def test_who_has_an_account_is_answered_with_its_user_name_whatever_the_list_says(department):
    teacher = department.appoint(Role.STAFF, by=department.admin)

    again = department.appoint(Role.CLERK, by=department.admin, code=teacher.code, email="khac@example.vn")

    assert again.username == teacher.username


def test_the_work_addresses_of_those_who_hold_a_role_are_told_to_notify_alone(department):
    teacher = department.appoint(Role.STAFF, by=department.admin)
    gone = department.appoint(Role.STAFF, by=department.admin)
    department.rows("UPDATE grants SET valid_to = now() WHERE person_id = :id", id=gone.person_id)
    question = FindStaffContacts(person_ids=(teacher.person_id, gone.person_id))

    (contact,) = department.identity.ask_as("notify", question).contacts

    assert (contact.person_id, contact.email) == (teacher.person_id, teacher.username)
    for asking in (lambda: department.identity.ask(question, department.admin),
                   lambda: department.identity.ask_as("signing", question)):  # fmt: skip
        with pytest.raises(Forbidden):
            asking()
