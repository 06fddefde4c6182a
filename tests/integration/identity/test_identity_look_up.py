"""Pupils looked up by those above them: within the scope, by one way, with a reason, and never unseen."""

import unicodedata
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event, text

from services.chassis.authority import local_day
from services.chassis.errors import Forbidden, Invalid, NotFound, Refused
from services.chassis.ids import new_id
from services.contracts import transcript
from services.contracts.gradebook import views
from services.contracts.identity import (
    AddGuardians,
    AddPersonalId,
    Change,
    CloseUnit,
    Doubt,
    FindAccesses,
    FindPeople,
    FindPupils,
    NewGuardian,
    NewPupil,
    ReadHealthLink,
    RegisterPupils,
    Role,
    SetHealthLink,
    Viewed,
)
from services.identity.naming import name_key
from services.identity.repository import people

BORN = date(2014, 9, 1)
WHY = "Đơn phúc khảo số 5"
EVER = {"since": datetime(2020, 1, 1, tzinfo=UTC), "until": datetime.now(UTC) + timedelta(days=1)}


@pytest.fixture(scope="module")
def officer(department):
    """An officer of the department."""
    return department.appoint(Role.OFFICER, by=department.operator, unit_id=department.unit_id).person_id


@pytest.fixture(scope="module")
def principal(department):
    return department.appoint(Role.PRINCIPAL, by=department.operator).person_id


@pytest.fixture(scope="module")
def clerk(department):
    return department.appoint(Role.CLERK, by=department.admin).person_id


@pytest.fixture
def pupil(department):
    return register(department, name=f"Nguyễn Thị Hoà {new_id().hex[-6:]}")


@pytest.fixture
def elsewhere(department):
    """A pupil of another department's school."""
    school_id, admin = new_id(), new_id()
    department.rows(
        "INSERT INTO units (id, kind, code, opened_on) VALUES (:id, 'TRUONG', :code, '2020-09-01')",
        id=school_id,
        code=school_id.hex,
    )
    department.rows(
        "INSERT INTO unit_names (unit_id, valid_from, name, commune, province) VALUES (:id, '2020-09-01', 'A', '', '')",
        id=school_id,
    )
    department.identity.grant(Role.ADMIN, school_id, admin)
    return register(department, unit_id=school_id, by=admin)


def register(department, unit_id=None, by=None, **fields):
    """The new pupil as told, with the identifier."""
    known = {"name": "Trần Văn Ví Dụ", "born_on": BORN, "gender": "Nữ", "ethnicity": "Kinh", "personal_id": None}
    new = NewPupil(**({"code": new_id().hex[-10:]} | known | fields))
    command = RegisterPupils(unit_id=unit_id or department.school.id, pupils=(new,))
    return new, department.identity.ask(command, by or department.admin).pupils[0].person_id


def look_up(department, by, unit_id=None, reason=WHY, **how):
    query = FindPupils(unit_id=unit_id or department.unit_id, reason=reason, **how)
    return [found.person_id for found in department.identity.ask(query, by).pupils]


def lines(department, by):
    """What the log has of one's own looks, newest first."""
    return department.identity.ask(FindAccesses(**EVER), by).accesses


def test_an_officer_finds_a_pupil_of_the_department_by_each_way(department, officer):
    new, person_id = register(department, name="Lò Thị Thuý", personal_id="000314000009")

    ways = ({"code": new.code}, {"personal_id": new.personal_id}, {"name": "lò thị  THÚY", "born_on": BORN})

    assert [look_up(department, officer, **way) for way in ways] == [[person_id]] * 3


def test_a_pupil_outside_the_scope_is_not_found_as_one_who_does_not_exist(department, officer, elsewhere):
    new, _ = elsewhere

    assert look_up(department, officer, code=new.code) == look_up(department, officer, code="nobody") == []


def test_a_principal_finds_the_own_pupils_only(department, principal, pupil):
    other = department.create_school()
    admin = department.appoint(Role.ADMIN, by=department.operator, unit_id=other.id).person_id
    theirs, _ = register(department, unit_id=other.id, by=admin)

    assert look_up(department, principal, unit_id=department.school.id, code=pupil[0].code) == [pupil[1]]
    assert look_up(department, principal, unit_id=department.school.id, code=theirs.code) == []
    with pytest.raises(Forbidden):
        look_up(department, principal, unit_id=other.id, code=theirs.code)


@pytest.mark.parametrize("role", [Role.STAFF, Role.CLERK, Role.DEPUTY, Role.OPERATOR])
def test_other_roles_look_nobody_up(department, role, pupil):
    unit_id = department.unit_id if role is Role.OPERATOR else department.school.id
    person = department.appoint(role, by=department.operator, unit_id=unit_id).person_id

    with pytest.raises(Forbidden):
        look_up(department, person, unit_id=department.school.id, code=pupil[0].code)


@pytest.mark.parametrize(
    "how", [{}, {"code": "1", "personal_id": "2"}, {"code": "1", "name": "A"}, {"name": "A"}, {"born_on": BORN}]
)
def test_a_look_up_goes_by_exactly_one_way(department, officer, how):
    with pytest.raises(Invalid, match="look_up_unclear"):
        look_up(department, officer, **how)


def test_what_no_database_holds_is_not_well_formed(department, officer):
    with pytest.raises(Invalid, match="unstorable_value"):
        look_up(department, officer, code="1\x00")


def test_a_look_up_needs_a_reason(department, officer):
    with pytest.raises(Invalid, match="reason_missing"):
        look_up(department, officer, reason="  xem ", code="1")


def test_each_look_up_is_kept_with_its_reason_a_vain_one_too(department, pupil):
    officer = department.appoint(Role.OFFICER, by=department.operator, unit_id=department.unit_id).person_id
    look_up(department, officer, code=pupil[0].code)
    look_up(department, officer, code="nobody")

    vain, found = lines(department, officer)

    assert (found.pupil_id, found.reason, found.role, found.what) == (pupil[1], WHY, Role.OFFICER, Viewed.PERSON)
    assert (vain.pupil_id, vain.reason, vain.unit_id) == (None, WHY, department.unit_id)


def test_an_inspectors_look_is_kept_with_the_case(department, pupil):
    inspector = department.appoint(Role.INSPECTOR, by=department.operator).person_id
    look_up(department, inspector, unit_id=department.school.id, code=pupil[0].code)

    (line,) = lines(department, inspector)

    assert (line.case_no, line.role) == ("12/QĐ-TTr", Role.INSPECTOR)


@pytest.mark.parametrize("shape", [views.RecordViewedV1, transcript.RecordViewedV1])
def test_looks_elsewhere_are_kept_under_the_grant_that_let_them(department, pupil, shape):
    inspector = department.appoint(Role.INSPECTOR, by=department.operator).person_id
    (row,) = department.rows("SELECT grant_id FROM grants WHERE person_id = :id", id=inspector)
    seen = shape(
        record_id=new_id(),
        change=Change.NEW,
        version=1,
        updated_at=datetime(2026, 1, 5, 8, tzinfo=UTC),
        account_id=new_id(),
        person_id=inspector,
        grant_id=row.grant_id,
        unit_id=department.school.id,
        pupil_ids=(pupil[1], new_id()),
        what=Viewed.RESULTS,
    )

    department.identity.tell(seen)

    assert {line.pupil_id for line in lines(department, inspector)} == set(seen.pupil_ids)
    assert {(line.case_no, line.what) for line in lines(department, inspector)} == {("12/QĐ-TTr", Viewed.RESULTS)}


def test_the_principal_and_the_guardian_see_who_looked_at_a_pupil(department, officer, principal, pupil):
    look_up(department, officer, code=pupil[0].code)
    parent = NewGuardian(pupil_code=pupil[0].code, name="Nguyễn Văn Ví Dụ", email="bo2@example.vn", relation="Cha")
    adding = AddGuardians(unit_id=department.school.id, guardians=(parent,))
    (guardian,) = department.identity.ask(adding, department.admin).guardians
    question = FindAccesses(**EVER, pupil_id=pupil[1])

    for person in (principal, guardian.guardian_id):
        (seen,) = department.identity.ask(question, person).accesses
        assert (seen.person_id, seen.person_name) == (officer, "Lê Thị Ví Dụ")
    for stranger in (officer, department.admin):
        with pytest.raises(NotFound):
            department.identity.ask(question, stranger)


def test_the_principal_sees_the_looks_at_the_own_school_and_nobody_else_does(department, principal, officer, pupil):
    look_up(department, officer, unit_id=department.school.id, code=pupil[0].code)
    question = FindAccesses(**EVER, unit_id=department.school.id)

    assert pupil[1] in {line.pupil_id for line in department.identity.ask(question, principal).accesses}
    with pytest.raises(Forbidden):
        department.identity.ask(question, officer)


def test_the_principal_sees_at_the_own_school_who_found_a_pupil_from_above(department, principal, officer, pupil):
    look_up(department, officer, code=pupil[0].code)

    seen = department.identity.ask(FindAccesses(**EVER, unit_id=department.school.id), principal).accesses

    assert (seen[0].pupil_id, seen[0].person_id, seen[0].reason) == (pupil[1], officer, WHY)


def test_the_next_page_of_the_log_begins_where_the_last_one_ended(department, principal):
    inspector = department.appoint(Role.INSPECTOR, by=department.operator).person_id
    department.rows(
        """
        INSERT INTO access_log (at, account_id, person_id, unit_id, pupil_id, what)
        SELECT timestamptz '2026-01-05' + (n / 600) * interval '1 hour', :person, :person, :unit, gen_random_uuid(),
               'MARKS'
        FROM generate_series(0, 1499) AS n
        """,
        person=inspector,
        unit=department.school.id,
    )

    first = department.identity.ask(FindAccesses(**EVER), inspector).accesses
    rest = department.identity.ask(FindAccesses(**EVER | {"until": first[-1].at}), inspector).accesses

    assert len({line.pupil_id for line in (*first, *rest)}) == 1500


def test_a_pupil_of_a_closed_school_is_still_found_by_the_department(department, officer):
    school = department.create_school()
    admin = department.appoint(Role.ADMIN, by=department.operator, unit_id=school.id).person_id
    new, person_id = register(department, unit_id=school.id, by=admin)
    department.age(school)

    department.identity.ask(CloseUnit(unit_id=school.id, on=local_day(datetime.now(UTC))), department.operator)

    assert look_up(department, officer, code=new.code) == [person_id]


@pytest.fixture(scope="module")
def crowd(department):
    """Enough pupils that reading them all would be slower than any index."""
    department.rows(
        """
        INSERT INTO people (id, kind, unit_id, code, name, name_key, born_on, personal_id)
        SELECT gen_random_uuid(), 'PUPIL', :unit, 'c' || n, 'Trần ' || n, 'trần ' || n, date '2010-01-01' + n % 3000,
               lpad(n::text, 12, '0')
        FROM generate_series(1, 20000) AS n
        """,
        unit=department.school.id,
    )
    department.rows("ANALYZE people")
    return department.identity.db


@pytest.mark.parametrize(
    "how", [{"code": "c77"}, {"personal_id": "000000000077"}, {"key": name_key("Trần 77"), "born_on": BORN}]
)
def test_a_look_up_reads_an_index_and_never_everybody(crowd, how):
    with crowd.transaction() as tx:
        question = people.look_up(**how).compile(tx.conn, compile_kwargs={"literal_binds": True})
        plan = "\n".join(tx.conn.scalars(text(f"EXPLAIN {question}")))

    assert "Index Scan" in plan
    assert "Seq Scan" not in plan


def test_two_thousand_people_are_read_by_one_question(crowd, department):
    ids = tuple(row.id for row in department.rows("SELECT id FROM people WHERE code LIKE 'c%' LIMIT 2000"))
    asked = []
    event.listen(crowd.engine, "before_cursor_execute", lambda *arguments: asked.append(arguments[2]))

    found = department.identity.ask_as("gradebook", FindPeople(person_ids=ids)).people

    assert len(found) == 2000
    assert len([statement for statement in asked if "FROM people" in statement]) == 1


def test_a_foreign_pupil_is_registered_with_a_passport_and_another_programme(department):
    _, person_id = register(department, nationality="Hàn Quốc", passport="M00000000", programme="IB")

    (found,) = department.identity.ask_as("transcript", FindPeople(person_ids=(person_id,))).people

    assert (found.nationality, found.passport, found.programme) == ("Hàn Quốc", "M00000000", "IB")


def test_a_pupil_told_in_decomposed_letters_is_the_same_pupil(department):
    told = {field: unicodedata.normalize("NFD", text) for field, text in (("name", "Lò Thị Thủy"), ("gender", "Nữ"))}
    nationality = unicodedata.normalize("NFD", "Việt Nam")
    new = NewPupil(
        **told, code=new_id().hex[-10:], born_on=BORN, ethnicity="Kinh", personal_id="000314000078",
        nationality=nationality,
    )  # fmt: skip

    registered = department.identity.ask(RegisterPupils(unit_id=department.school.id, pupils=(new,)), department.admin)
    (kept,) = department.rows("SELECT gender, nationality FROM people WHERE code = :code", code=new.code)

    assert registered.doubts == ()
    assert (kept.gender, kept.nationality) == ("Nữ", "Việt Nam")


def test_a_personal_id_that_does_not_fit_is_told_and_not_refused(department):
    new = NewPupil(
        code=new_id().hex[-10:],
        name="Trần Thị Ví Dụ",
        born_on=BORN,
        gender="Nữ",
        ethnicity="Kinh",
        personal_id="000214000077",
    )

    registered = department.identity.ask(RegisterPupils(unit_id=department.school.id, pupils=(new,)), department.admin)

    assert [(doubt.code, doubt.doubt) for doubt in registered.doubts] == [(new.code, Doubt.PERSONAL_ID_SEX)]


def test_a_pupil_without_a_personal_id_gets_one_later_by_the_school(department, pupil):
    adding = AddPersonalId(pupil_id=pupil[1], personal_id="000314000123")

    added = department.identity.ask(adding, department.admin)

    assert added.personal_id == "000314000123"
    assert department.identity.ask(adding, department.admin) == added
    with pytest.raises(Refused, match="personal_id_known"):
        department.identity.ask(AddPersonalId(pupil_id=pupil[1], personal_id="000314000124"), department.admin)
    other = register(department)[1]
    with pytest.raises(Refused, match="personal_id_taken"):
        department.identity.ask(AddPersonalId(pupil_id=other, personal_id="000314000123"), department.admin)


def test_a_personal_id_has_twelve_digits(department, pupil):
    with pytest.raises(Invalid, match="personal_id_malformed"):
        department.identity.ask(AddPersonalId(pupil_id=pupil[1], personal_id="00031400012"), department.admin)


def test_nobody_else_adds_a_personal_id(department, pupil, principal, elsewhere):
    for person, pupil_id in ((principal, pupil[1]), (department.admin, elsewhere[1]), (department.admin, new_id())):
        with pytest.raises(NotFound):
            department.identity.ask(AddPersonalId(pupil_id=pupil_id, personal_id="000314000125"), person)


def test_the_health_link_is_for_the_clerk_and_the_principal_and_their_looks_are_kept(
    department, pupil, clerk, principal, officer
):
    setting = SetHealthLink(pupil_id=pupil[1], url="https://suckhoe.example.vn/1")
    department.identity.ask(setting, clerk)

    seen = department.identity.ask(ReadHealthLink(pupil_id=pupil[1]), principal)

    assert seen.url == "https://suckhoe.example.vn/1"
    assert lines(department, principal)[0].what is Viewed.HEALTH_LINK
    for stranger in (officer, department.admin):
        with pytest.raises(NotFound):
            department.identity.ask(ReadHealthLink(pupil_id=pupil[1]), stranger)
    with pytest.raises(NotFound):
        department.identity.ask(setting, principal)
    with pytest.raises(Invalid, match="link_unsafe"):
        department.identity.ask(SetHealthLink(pupil_id=pupil[1], url="http://suckhoe.example.vn"), clerk)


def test_a_health_link_is_dropped(department, pupil, clerk):
    department.identity.ask(SetHealthLink(pupil_id=pupil[1], url="https://suckhoe.example.vn/1"), clerk)

    department.identity.ask(SetHealthLink(pupil_id=pupil[1], url=None), clerk)

    assert department.identity.ask(ReadHealthLink(pupil_id=pupil[1]), clerk).url is None
