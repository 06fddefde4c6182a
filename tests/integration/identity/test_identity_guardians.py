"""Guardians come in by accounts of their own, which nobody opens who does not answer for all of their children."""

from datetime import date

import pytest

from services.chassis.errors import NotFound, Refused
from services.chassis.ids import new_id
from services.contracts.gradebook.enrolment import PupilMovedV1
from services.contracts.identity import (
    ActivateAccount,
    AddGuardians,
    Change,
    FindChildren,
    LogIn,
    NewGuardian,
    NewPupil,
    OpenGuardianAccount,
    RegisterPupils,
    Role,
)

PASSWORD = "mật khẩu dài của phụ huynh"


def register(department, school=None, admin=None):
    """A new pupil of the school."""
    pupil = NewPupil(
        code=new_id().hex[-10:],
        name="Lê Thị Ví Dụ",
        born_on=date(2014, 9, 2),
        gender="Nữ",
        ethnicity="Kinh",
        personal_id=None,
    )
    command = RegisterPupils(unit_id=(school or department.school).id, pupils=(pupil,))
    (made,) = department.identity.ask(command, admin or department.admin).pupils
    return made


def guardian_of(department, *pupils, email):
    """The guardian of these pupils, added for each."""
    entries = tuple(NewGuardian(pupil_code=one.code, name="Trần Thị Mẫu", email=email, relation="Mẹ") for one in pupils)
    added = department.identity.ask(AddGuardians(unit_id=department.school.id, guardians=entries), department.admin)
    (guardian,) = {one.guardian_id for one in added.guardians}
    return guardian


def open_account(department, guardian, by=None, **given):
    return department.identity.ask(OpenGuardianAccount(guardian_id=guardian, **given), by or department.admin)


def activate(department, account):
    department.identity.ask(ActivateAccount(activation_code=account.activation_code, password=PASSWORD))


def move(department, pupil, to_unit):
    department.identity.tell(
        PupilMovedV1(
            record_id=pupil.person_id,
            change=Change.UPDATE,
            version=5,
            school_year=2025,
            updated_at=department.rows("SELECT now()")[0][0],
            from_unit_id=department.school.id,
            to_unit_id=to_unit,
        )
    )


@pytest.fixture
def elsewhere(department):
    """Another school of the department, and its admin."""
    school = department.create_school()
    return school, department.appoint(Role.ADMIN, by=department.operator, unit_id=school.id).person_id


def test_a_guardian_comes_in_with_the_code_that_the_school_handed_out(department):
    guardian = guardian_of(department, register(department), email="Me1@example.vn")

    account = open_account(department, guardian)
    activate(department, account)
    tokens = department.identity.ask(LogIn(username="me1@example.vn", password=PASSWORD))

    assert (account.username, tokens.person_id) == ("me1@example.vn", guardian)


def test_a_mother_of_two_at_a_school_is_one_person_and_sees_both(department):
    pupils = [register(department), register(department)]
    guardian = guardian_of(department, *pupils, email="me2@example.vn")
    third = register(department)
    again = guardian_of(department, third, email="me2@example.vn")

    children = department.identity.ask(FindChildren(), guardian).children

    assert again == guardian
    assert {one.pupil_id for one in children} == {one.person_id for one in (*pupils, third)}
    assert {(one.unit_name, one.relation) for one in children} == {(department.school.name, "Mẹ")}


def test_whoever_is_nobodys_guardian_has_no_children_here(department):
    assert department.identity.ask(FindChildren(), department.admin).children == ()


def test_a_lost_code_is_replaced_until_the_account_is_in_use(department):
    guardian = guardian_of(department, register(department), email="me3@example.vn")
    lost = open_account(department, guardian)
    account = open_account(department, guardian)

    with pytest.raises(Refused, match="activation_unknown"):
        activate(department, lost)
    activate(department, account)
    with pytest.raises(Refused, match="account_active"):
        open_account(department, guardian)


def test_a_user_name_that_is_somebody_elses_is_refused_and_another_may_be_given(department):
    guardian = guardian_of(department, register(department), email="so@example.vn")

    with pytest.raises(Refused, match="username_taken"):
        open_account(department, guardian)
    assert open_account(department, guardian, username="me4").username == "me4"


def test_only_those_who_answer_for_the_childs_school_open_the_account(department, elsewhere):
    guardian = guardian_of(department, register(department), email="me5@example.vn")
    teacher = department.appoint(Role.STAFF, by=department.admin).person_id

    for stranger in (elsewhere[1], teacher, guardian):
        with pytest.raises(NotFound):
            open_account(department, guardian, by=stranger)


def test_with_children_at_two_schools_an_operator_above_both_opens_the_account(department, elsewhere):
    pupils = [register(department), register(department)]
    guardian = guardian_of(department, *pupils, email="me6@example.vn")
    move(department, pupils[1], elsewhere[0].id)

    for admin in (department.admin, elsewhere[1]):
        with pytest.raises(Refused, match="guardian_elsewhere"):
            open_account(department, guardian, by=admin)
    assert open_account(department, guardian, by=department.operator).username == "me6@example.vn"
