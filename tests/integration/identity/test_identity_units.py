"""Units and their places in the tree: who makes them, and what they were on a day."""

from datetime import date

import pytest
from sqlalchemy import text

from services.chassis.errors import Forbidden, Refused
from services.chassis.ids import new_id
from services.contracts.identity import CreateUnit, FindUnits, UnitChangedV1, UnitKind

OPENED = date(2020, 9, 1)


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
    root = date(2015, 1, 1)
    department.rows("UPDATE units SET opened_on = :day WHERE id = :id", day=root, id=department.unit_id)
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


@pytest.mark.parametrize("table", ["unit_parents", "unit_names"])
def test_a_unit_never_has_two_parents_or_two_names_on_one_day(department, table):
    columns = {"unit_parents": "parent_id, kind, version", "unit_names": "name, commune, province"}[table]
    again = f"INSERT INTO {table} SELECT unit_id, valid_from + 10, NULL, {columns} FROM {table} WHERE unit_id = :id"  # noqa: S608 - the two tables above

    with pytest.raises(Exception, match="one_at_a_time"), department.identity.db.transaction() as tx:
        tx.conn.execute(text(again), {"id": department.school.id})
