"""Units and their places in the tree: who makes them, and what they were on a day."""

from datetime import date

import pytest
from sqlalchemy import text

from services.chassis.errors import Forbidden, Invalid, Refused
from services.chassis.ids import new_id
from services.contracts.identity import (
    CloseUnit,
    CreateUnit,
    FindUnits,
    FindUnitsBelow,
    MergeUnits,
    MoveUnit,
    MoveUnits,
    RenameUnit,
    Role,
    UnitChangedV1,
    UnitKind,
    UnitMove,
)

OPENED, LAST_DAY, REFORM = date(2020, 9, 1), date(2025, 6, 30), date(2025, 7, 1)


@pytest.fixture(scope="module", autouse=True)
def _old_department(department):
    """The department is older than the reform."""
    for table, column in (("units", "opened_on"), ("unit_names", "valid_from")):
        key = "id" if table == "units" else "unit_id"
        department.rows(f"UPDATE {table} SET {column} = '2015-01-01' WHERE {key} = :id", id=department.unit_id)  # noqa: S608 - the two tables above


@pytest.fixture
def district(department):
    return create(department, UnitKind.DISTRICT, department.unit_id, opened_on=OPENED)


@pytest.fixture
def commune(department):
    return create(department, UnitKind.COMMUNE, department.unit_id, opened_on=OPENED, commune="Xã Mới")


@pytest.fixture
def school(department, district):
    """A school of the district, since 2020."""
    return create(department, UnitKind.SCHOOL, district.id, opened_on=OPENED, name="Trường THCS Sông Mây")


def create(department, kind, parent_id, **fields):
    command = CreateUnit(
        **(
            {
                "kind": kind,
                "code": new_id().hex,
                "name": f"{kind} Ví Dụ",
                "parent_id": parent_id,
                "commune": "Xã Ví Dụ",
                "province": "Tỉnh Ví Dụ",
            }
            | fields
        )
    )
    return department.identity.ask(command, department.operator)


def test_a_new_unit_is_told_with_its_place_and_without_its_name(department):
    school = department.create_school()

    (told,) = [e for e in department.identity.told(UnitChangedV1) if e["record_id"] == str(school.id)]
    (place,) = told["parents"]
    assert (told["change"], told["version"], told["kind"]) == ("NEW", 1, "TRUONG")
    assert (place["parent_id"], place["valid_to"]) == (str(department.unit_id), None)
    assert "Sông Mây" not in str(told)


def test_the_department_at_the_root_is_told_without_a_place(department):
    (told,) = [e for e in department.identity.told(UnitChangedV1) if e["record_id"] == str(department.unit_id)]

    assert (told["kind"], told["parents"]) == ("SO", [])


def test_a_unit_is_not_there_before_the_day_it_opens(department):
    school = create(department, UnitKind.SCHOOL, department.unit_id, opened_on=OPENED)

    def found(on):
        question = FindUnits(unit_ids=(school.id,), on=on)
        return department.identity.ask(question, department.operator).units

    assert found(date(2020, 8, 31)) == ()
    assert [unit.parent_id for unit in found(OPENED)] == [department.unit_id]


def test_a_unit_stands_only_below_a_higher_kind(department):
    with pytest.raises(Refused, match="unit_below_wrong_kind"):
        create(department, UnitKind.COMMUNE, department.school.id)
    with pytest.raises(Refused, match="unit_below_wrong_kind"):
        create(department, UnitKind.SCHOOL, department.school.id)

    assert create(department, UnitKind.CAMPUS, department.school.id).department == "Sở GDĐT tỉnh Ví Dụ"


def test_a_unit_is_not_made_below_one_that_is_not_open_yet(department):
    with pytest.raises(Refused, match="unit_not_there"):
        create(department, UnitKind.SCHOOL, department.unit_id, opened_on=date(1990, 1, 1))


def test_a_schools_admin_makes_no_units(department):
    with pytest.raises(Forbidden):
        department.create_school(operator=department.admin)


def as_of(department, unit, on):
    (found,) = department.identity.ask(FindUnits(unit_ids=(unit.id,), on=on), department.admin).units
    return found


def below(department, unit, on):
    """The units directly below on that day."""
    question = FindUnitsBelow(unit_id=unit.id, on=on)
    return {found.id for found in department.identity.ask(question, department.admin).units}


def told_of(department, unit):
    return [event for event in department.identity.told(UnitChangedV1) if event["record_id"] == str(unit.id)]


def test_a_school_moved_on_the_day_of_the_reform_is_below_its_district_the_day_before(
    department, district, commune, school
):
    moved = department.identity.ask(MoveUnit(unit_id=school.id, parent_id=commune.id, on=REFORM), department.operator)

    assert moved.parent_id == commune.id
    assert (below(department, district, LAST_DAY), below(department, district, REFORM)) == ({school.id}, set())
    assert (below(department, commune, LAST_DAY), below(department, commune, REFORM)) == (set(), {school.id})
    assert [(event["version"], len(event["parents"])) for event in told_of(department, school)] == [(1, 1), (2, 2)]


def test_an_operator_of_the_commune_runs_a_school_from_the_day_it_comes(department, district, commune, school):
    of_district, of_commune = (
        department.appoint(Role.OPERATOR, by=department.operator, unit_id=unit.id).person_id
        for unit in (district, commune)
    )
    move = MoveUnit(unit_id=school.id, parent_id=commune.id, on=REFORM)

    department.identity.ask(move, department.operator)

    assert department.appoint(Role.ADMIN, by=of_commune, unit_id=school.id)
    with pytest.raises(Forbidden):
        department.appoint(Role.ADMIN, by=of_district, unit_id=school.id)


def test_many_schools_move_together_or_not_at_all(department, district, commune, school):
    other = create(department, UnitKind.SCHOOL, district.id, opened_on=date(2025, 8, 1))
    moves = tuple(UnitMove(unit_id=unit.id, parent_id=commune.id) for unit in (school, other))

    with pytest.raises(Refused, match="unit_not_there"):
        department.identity.ask(MoveUnits(moves=moves, on=REFORM), department.operator)

    assert below(department, commune, date(2025, 8, 1)) == set()
    department.identity.ask(MoveUnits(moves=moves, on=date(2025, 8, 1)), department.operator)
    assert below(department, commune, date(2025, 8, 1)) == {school.id, other.id}


def test_a_district_closes_when_its_last_school_has_left(department, district, commune, school):
    closing = CloseUnit(unit_id=district.id, on=REFORM)
    with pytest.raises(Refused, match="unit_has_units") as refusal:
        department.identity.ask(closing, department.operator)
    department.identity.ask(MoveUnit(unit_id=school.id, parent_id=commune.id, on=REFORM), department.operator)

    closed = department.identity.ask(closing, department.operator)

    assert refusal.value.fields == {"codes": school.code}
    assert (closed.closed_on, closed.parent_id, closed.name) == (REFORM, None, district.name)
    assert as_of(department, district, LAST_DAY).department == "Sở GDĐT tỉnh Ví Dụ"


def test_communes_merge_into_one_that_takes_their_schools_and_gives_them_its_address(department, district, commune):
    old = create(department, UnitKind.COMMUNE, department.unit_id, opened_on=OPENED)
    school = create(department, UnitKind.SCHOOL, old.id, opened_on=OPENED)
    campus = create(department, UnitKind.CAMPUS, school.id, opened_on=OPENED)
    merging = MergeUnits(unit_id=commune.id, merged_ids=(old.id,), on=REFORM)

    department.identity.ask(merging, department.operator)

    assert below(department, commune, REFORM) == {school.id}
    assert [as_of(department, unit, REFORM).commune for unit in (school, campus)] == ["Xã Mới", "Xã Mới"]
    assert [as_of(department, unit, LAST_DAY).commune for unit in (school, campus)] == ["Xã Ví Dụ", "Xã Ví Dụ"]
    assert (as_of(department, old, REFORM).merged_into, as_of(department, old, REFORM).closed_on) == (
        commune.id,
        REFORM,
    )
    assert [event["version"] for event in told_of(department, campus)] == [1, 2]


def test_schools_merge_though_a_campus_will_be_called_otherwise(department, school):
    old = create(department, UnitKind.SCHOOL, department.unit_id, opened_on=OPENED)
    campus = create(department, UnitKind.CAMPUS, old.id, opened_on=OPENED)
    later = RenameUnit(unit_id=campus.id, name="Điểm trường Mới", commune="", province="", on=date(2026, 3, 1))
    department.identity.ask(later, department.operator)

    department.identity.ask(MergeUnits(unit_id=school.id, merged_ids=(old.id,), on=REFORM), department.operator)

    assert below(department, school, REFORM) == {campus.id}


@pytest.mark.parametrize("how", ["itself", "twice", "nobody"])
def test_a_merger_names_other_units_each_once(department, commune, district, how):
    merged = {"itself": (commune.id,), "twice": (district.id, district.id), "nobody": ()}[how]

    with pytest.raises(Invalid, match="merge_into_itself"):
        department.identity.ask(MergeUnits(unit_id=commune.id, merged_ids=merged, on=REFORM), department.operator)


def test_a_renamed_school_was_called_otherwise_before(department, school):
    command = RenameUnit(unit_id=school.id, name="Trường THCS & THPT Sông Mây", commune="A", province="B", on=REFORM)

    renamed = department.identity.ask(command, department.operator)

    assert (renamed.name, renamed.commune) == ("Trường THCS & THPT Sông Mây", "A")
    assert as_of(department, school, LAST_DAY).name == "Trường THCS Sông Mây"
    assert told_of(department, school)[-1]["version"] == 2


def test_nobody_moves_renames_or_closes_the_own_unit(department, district, school):
    operator = department.appoint(Role.OPERATOR, by=department.operator, unit_id=district.id).person_id
    commands = (
        MoveUnit(unit_id=district.id, parent_id=department.unit_id, on=REFORM),
        RenameUnit(unit_id=district.id, name="A", commune="", province="", on=REFORM),
        CloseUnit(unit_id=district.id, on=REFORM),
        MoveUnit(unit_id=school.id, parent_id=department.unit_id, on=REFORM),
    )

    for command in commands:
        with pytest.raises(Forbidden):
            department.identity.ask(command, operator)


@pytest.mark.parametrize("table", ["unit_parents", "unit_names"])
def test_a_unit_never_has_two_parents_or_two_names_on_one_day(department, table):
    columns = {"unit_parents": "parent_id, kind, version", "unit_names": "name, commune, province"}[table]
    again = f"INSERT INTO {table} SELECT unit_id, valid_from + 10, NULL, {columns} FROM {table} WHERE unit_id = :id"  # noqa: S608 - the two tables above

    with pytest.raises(Exception, match="one_at_a_time"), department.identity.db.transaction() as tx:
        tx.conn.execute(text(again), {"id": department.school.id})
