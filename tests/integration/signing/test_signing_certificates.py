"""How many at the schools of a unit can sign: those whose certificate is valid now, of those who work there now."""

import pytest

from services.chassis.errors import Forbidden
from services.chassis.ids import new_id
from services.chassis.tables import unit_parents
from services.contracts.identity import Role, UnitKind
from services.contracts.signing.certificates import CountCertificates


@pytest.fixture
def staffed(school):
    """The school with its two subject teachers and homeroom teacher, who have keys, and a newcomer, who has none."""
    locked = school.locked
    for person in (locked.maths_teacher, locked.sport_teacher, locked.homeroom, new_id()):
        school.signing.grant(Role.STAFF, locked.unit_id, person)
    yield school
    school.signing.sql("DELETE FROM grants WHERE role = 'staff' AND unit_id = :id", id=locked.unit_id)


def counted(school, unit_id, role):
    person = school.signing.grant(role, unit_id)
    answer = school.signing.ask(CountCertificates(unit_id=unit_id), person)
    return answer.teachers, answer.certified


def test_a_commune_counts_the_teachers_of_its_schools_and_those_who_can_sign(staffed):
    commune = new_id()
    row = {"unit_id": staffed.locked.unit_id, "parent_id": commune, "kind": UnitKind.SCHOOL, "version": 1}
    with staffed.signing.db.transaction() as tx:
        tx.conn.execute(unit_parents.insert().values(row | {"valid_from": tx.now().date()}))

    assert counted(staffed, commune, Role.OFFICER) == (4, 3)
    assert counted(staffed, staffed.locked.unit_id, Role.PRINCIPAL) == (4, 3)


def test_an_expired_certificate_and_a_grant_that_has_ended_do_not_count(staffed):
    locked = staffed.locked
    sql = staffed.signing.sql
    valid_to = sql("SELECT valid_to FROM keys WHERE holder = :id", id=locked.maths_teacher)[0].valid_to
    sql("UPDATE keys SET valid_to = now() WHERE holder = :id", id=locked.maths_teacher)
    sql("UPDATE grants SET valid_to = now() WHERE person_id = :id AND role = 'staff'", id=locked.sport_teacher)

    found = counted(staffed, locked.unit_id, Role.ADMIN)
    sql("UPDATE keys SET valid_to = :day WHERE holder = :id", day=valid_to, id=locked.maths_teacher)

    assert found == (3, 1)


@pytest.mark.parametrize("role", [Role.STAFF, Role.CLERK])
def test_who_answers_for_no_school_counts_nobody(school, role):
    with pytest.raises(Forbidden):
        counted(school, new_id() if role is Role.STAFF else school.locked.unit_id, role)
