"""What was there before: units are kept and told of once, people are found by name."""

from uuid import uuid4

from sqlalchemy import text

from services.chassis.codec import decode
from services.contracts.identity import UnitChangedV1, UnitParent
from services.identity.naming import name_key

MADE = text("""
    INSERT INTO units (id, kind, code, name, parent_id, commune, province, valid_from)
    VALUES (:id, :kind, :code, :name, :parent, '', 'Tỉnh Ví Dụ', '2025-08-31 18:00Z')
""")


def test_a_department_and_its_school_stay_what_they_were_and_are_told_once(database_of_before):
    department, school = uuid4(), uuid4()
    with database_of_before("identity", "0001") as (conn, upgrade):
        conn.execute(MADE, {"id": department, "kind": "SO", "code": "SO", "name": "Sở Ví Dụ", "parent": None})
        conn.execute(MADE, {"id": school, "kind": "TRUONG", "code": "T", "name": "Trường Ví Dụ", "parent": department})

        upgrade()

        told = [decode(UnitChangedV1, row.data) for row in conn.execute(text("SELECT data FROM outbox ORDER BY id"))]
        places = {event.record_id: event.parents for event in told}
        since = conn.execute(text("SELECT opened_on FROM units WHERE id = :id"), {"id": school}).scalar_one()
        names = set(conn.scalars(text("SELECT name FROM unit_names WHERE valid_to IS NULL")))
    assert str(since) == "2025-09-01"  # one in the morning in Vietnam
    assert places == {department: (), school: (UnitParent(parent_id=department, valid_from=since, valid_to=None),)}
    assert names == {"Sở Ví Dụ", "Trường Ví Dụ"}


def test_people_of_before_are_found_by_name(database_of_before):
    with database_of_before("identity", "0001") as (conn, upgrade):
        person = "INSERT INTO people (id, kind, code, name) VALUES (:id, 'PUPIL', '1', 'Lò Thị Thuý')"
        conn.execute(text(person), {"id": uuid4()})

        upgrade()

        assert conn.execute(text("SELECT name_key FROM people")).scalar_one() == name_key("lò thị thúy")
