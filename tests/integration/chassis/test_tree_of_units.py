"""What a service knows of the tree of units from identity's events, and whom a role high up reaches."""

from datetime import UTC, date, datetime

import pytest

from services.chassis import authority
from services.chassis.authority import Actor, UnitBelow
from services.chassis.errors import Forbidden
from services.chassis.ids import new_id
from services.contracts.identity import Change, Role, UnitChangedV1, UnitKind, UnitParent

FOUNDED, REFORM = date(2020, 9, 1), date(2025, 7, 1)
DAY_BEFORE = date(2025, 6, 30)
LAST_SECOND, FIRST_SECOND = datetime(2025, 6, 30, 16, 59, 59, tzinfo=UTC), datetime(2025, 6, 30, 17, tzinfo=UTC)
DEPARTMENT, DISTRICT, COMMUNE, SCHOOL, CAMPUS = (new_id() for _ in range(5))


def unit(unit_id, kind, *parents, version=1):
    return UnitChangedV1(
        record_id=unit_id,
        change=Change.UPDATE,
        version=version,
        updated_at=datetime(2026, 1, 5, tzinfo=UTC),
        kind=kind,
        parents=tuple(UnitParent(parent_id=parent, valid_from=since, valid_to=to) for parent, since, to in parents),
        closed_on=None,
        merged_into=None,
    )


REFORMED = (
    unit(DEPARTMENT, UnitKind.DEPARTMENT),
    unit(DISTRICT, UnitKind.DISTRICT, (DEPARTMENT, FOUNDED, REFORM)),
    unit(COMMUNE, UnitKind.COMMUNE, (DEPARTMENT, REFORM, None)),
    unit(SCHOOL, UnitKind.SCHOOL, (DISTRICT, FOUNDED, REFORM), (COMMUNE, REFORM, None), version=2),
    unit(CAMPUS, UnitKind.CAMPUS, (SCHOOL, FOUNDED, None)),
)


def person(person_id):
    return Actor(account_id=person_id, person_id=person_id)


@pytest.fixture
def told(school):
    """A service that was told of a school which the reform of 1 July 2025 moved from its district to a commune."""
    school.sql("TRUNCATE unit_parents, grants")
    school.service.consumes(UnitChangedV1, authority.copy_units)
    for event in REFORMED:
        school.hear(event)
    school.work()
    return school


@pytest.fixture
def tx(told):
    with told.db.transaction() as transaction:
        yield transaction


def test_a_school_is_below_its_district_until_the_day_of_the_reform_and_below_its_commune_from_then_on(tx):
    assert authority.units_above(tx, CAMPUS, DAY_BEFORE) == [CAMPUS, SCHOOL, DISTRICT, DEPARTMENT]
    assert authority.units_above(tx, CAMPUS, REFORM) == [CAMPUS, SCHOOL, COMMUNE, DEPARTMENT]


def test_the_schools_of_a_department_are_counted_by_the_tree_of_the_day(tx):
    before = authority.units_below(tx, DEPARTMENT, DAY_BEFORE)
    after = authority.units_below(tx, DEPARTMENT, REFORM)

    assert before == [
        UnitBelow(unit_id=DISTRICT, parent_id=DEPARTMENT, kind="PHONG"),
        UnitBelow(unit_id=SCHOOL, parent_id=DISTRICT, kind="TRUONG"),
        UnitBelow(unit_id=CAMPUS, parent_id=SCHOOL, kind="DIEM_TRUONG"),
    ]
    assert [one.unit_id for one in after] == [COMMUNE, SCHOOL, CAMPUS]
    assert authority.units_below(tx, DISTRICT, REFORM) == []


def test_older_news_of_a_unit_changes_nothing(told):
    told.tell(unit(SCHOOL, UnitKind.SCHOOL, (DISTRICT, FOUNDED, None), version=1))

    with told.db.transaction() as tx:
        assert authority.units_above(tx, SCHOOL, REFORM) == [SCHOOL, COMMUNE, DEPARTMENT]


@pytest.mark.parametrize("unit_id", [CAMPUS, SCHOOL, COMMUNE, DEPARTMENT])
def test_a_role_at_a_unit_or_above_it_covers_the_unit(told, unit_id):
    officer = person(told.grant(Role.OFFICER, unit_id))

    with told.db.transaction() as tx:
        assert authority.covers(tx, officer, (Role.OFFICER,), CAMPUS)
        authority.require_cover(tx, officer, (Role.OFFICER, Role.INSPECTOR), CAMPUS)


def test_a_role_covers_nothing_above_it_nor_beside_it_nor_what_has_left(told):
    of_commune, of_district = (person(told.grant(Role.OFFICER, one)) for one in (COMMUNE, DISTRICT))

    with told.db.transaction() as tx:
        assert not authority.covers(tx, of_commune, (Role.OFFICER,), DEPARTMENT)
        assert not authority.covers(tx, of_commune, (Role.INSPECTOR,), SCHOOL)
        assert not authority.covers(tx, of_commune, (Role.OFFICER,), new_id())
        with pytest.raises(Forbidden):
            authority.require_cover(tx, of_district, (Role.OFFICER,), SCHOOL)


@pytest.mark.parametrize("on", [date(2020, 8, 31), date(2026, 1, 5)])
def test_who_was_last_or_will_be_first_above_a_unit_that_is_not_there_is_above_it(told, on):
    closed = new_id()
    told.tell(unit(closed, UnitKind.SCHOOL, (COMMUNE, FOUNDED, REFORM)))

    with told.db.transaction() as tx:
        assert authority.units_above(tx, closed, on)[:2] == [closed, COMMUNE]
        assert closed not in {below.unit_id for below in authority.units_below(tx, COMMUNE, on)}


def test_the_nearest_grant_is_the_basis_of_a_look(told):
    both = told.grant(Role.OFFICER, DEPARTMENT)
    told.grant(Role.OFFICER, COMMUNE, both)

    with told.db.transaction() as tx:
        basis = authority.find_basis(tx, person(both), (Role.OFFICER, Role.INSPECTOR), CAMPUS)

    assert (basis.role, basis.unit_id) == (Role.OFFICER, COMMUNE)


def test_a_school_changes_hands_at_midnight_in_vietnam(tx):
    assert authority.units_above(tx, SCHOOL, authority.local_day(LAST_SECOND))[1] == DISTRICT
    assert authority.units_above(tx, SCHOOL, authority.local_day(FIRST_SECOND))[1] == COMMUNE
