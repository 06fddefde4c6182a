"""Who sees what of a school's work, and that being looked at leaves a trace (R27, R34, R35, R38)."""

from datetime import UTC, datetime, timedelta

import pytest

from deploy.demo.client import Refusal
from tests.journeys.installation import until
from tests.journeys.requirements.people import until_done
from tests.journeys.requirements.schools import found_school

REASON = "Xác minh hồ sơ chuyển cấp."


@pytest.fixture(scope="module")
def commune(department):
    return department.found("XA", "20001", "Phường Bến Tre Xanh")


@pytest.fixture(scope="module")
def school(department, commune):
    """A school of the commune, whose pupils are only registered."""
    school = found_school(department, "Trường THCS Bờ Dừa", class_sizes={"6A": 3}, below=commune)
    pupils = [
        {
            "code": pupil.code,
            "name": pupil.person.full_name,
            "born_on": str(pupil.person.born_on),
            "gender": pupil.person.sex.value,
            "ethnicity": pupil.ethnicity,
            "personal_id": pupil.person.personal_id,
        }
        for pupil in school.paper.pupils
    ]
    school.admin.post(f"/v1/units/{school.unit_id}/pupils", {"pupils": pupils})
    return school


def look_up(person, unit_id, **wanted):
    return person.post(f"/v1/units/{unit_id}/pupil-searches", {"reason": REASON} | wanted)["pupils"]


def today():
    now = datetime.now(UTC)
    return {"since": (now - timedelta(hours=1)).isoformat(), "until": (now + timedelta(hours=1)).isoformat()}


def test_a_department_finds_any_pupil_of_its_schools_and_the_look_up_is_logged(department, school):
    """R34."""
    [officer] = department.appoint(department.unit_id, "officer")
    pupil = school.paper.pupils[0]
    name = {"name": pupil.person.full_name, "born_on": str(pupil.person.born_on)}

    ways = [{"code": pupil.code}, {"personal_id": pupil.person.personal_id}, name]
    found = [look_up(officer, department.unit_id, **way) for way in ways]

    assert [[one["code"] for one in each] for each in found] == [[pupil.code]] * 3
    accesses = school.principal.get(f"/v1/pupils/{found[0][0]['person_id']}/accesses", **today())["accesses"]
    assert [(one["person_id"], one["role"], one["reason"]) for one in accesses] == [
        (officer.id, "officer", REASON)
    ] * 3  # fmt: skip


def test_the_officer_of_another_commune_finds_nobody_and_cannot_search_where_they_have_no_role(department, school):
    """R34."""
    other = department.found("XA", "20002", "Xã Cồn Phụng Xanh")
    [officer] = department.appoint(other, "officer")
    code = school.paper.pupils[0].code

    assert look_up(officer, other, code=code) == []
    with pytest.raises(Refusal, match="403 forbidden"):
        look_up(officer, school.unit_id, code=code)


def test_an_inspector_has_a_case_and_a_term_sees_only_their_scope_and_changes_nothing(department, commune, school):
    """R27."""
    until_then = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    with pytest.raises(Refusal, match=r"409 identity\.case_missing"):
        department.appoint(commune, "inspector", valid_to=until_then)
    with pytest.raises(Refusal, match=r"409 identity\.case_missing"):
        department.appoint(commune, "inspector", case_no="15/QĐ-TTr")
    [inspector] = department.appoint(commune, "inspector", valid_to=until_then, case_no="15/QĐ-TTr")

    [found] = look_up(inspector, commune, code=school.paper.pupils[1].code)

    [access] = inspector.get("/v1/me/accesses", **today())["accesses"]
    assert (access["pupil_id"], access["case_no"]) == (found["person_id"], "15/QĐ-TTr")
    with pytest.raises(Refusal, match="403 forbidden"):
        look_up(inspector, department.unit_id, code=school.paper.pupils[1].code)
    with pytest.raises(Refusal, match="403 "):
        inspector.post(f"{school.path}/windows", {"term": 1, "kind": "MARKS", "closes_at": until_then})


def test_whoever_looks_into_a_record_from_above_is_in_the_log_with_their_case(department, before_summer):
    """R27, R34."""
    until_then = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    [inspector] = department.appoint(department.unit_id, "inspector", valid_to=until_then, case_no="16/QĐ-TTr")
    pupil, principal = before_summer.pupils[1], before_summer.school.principal

    record = until_done(lambda: inspector.get(f"/v1/pupils/{pupil}/record"), unless=["not_found"])

    def looks():
        accesses = principal.get(f"/v1/pupils/{pupil}/accesses", **today())["accesses"]
        return [(one["what"], one["case_no"]) for one in accesses if one["person_id"] == inspector.id]

    until(looks)
    assert [one["result"]["promotion"] for one in record["years"]] == ["PROMOTED"]
    assert looks() == [("RESULTS", "16/QĐ-TTr")]


def test_what_was_written_is_what_is_read_at_once(lower):
    """R35."""
    room = lower.classes["6C"]
    marks = ["7.3", "10.0", "0.0"]

    room.save("VAN", "tx1", marks)

    assert [value for value, _ in room.values("VAN", "tx1")] == marks


def test_a_pupils_file_holds_study_and_conduct(before_summer):
    """R38."""
    second = before_summer.results()[1]

    assert (second["level"], second["conduct"], second["absences"]) == ("Tốt", "Tốt", 2)
    assert [(one["term"], one["level"], one["conduct"]) for one in second["terms"]] == [
        (1, "Tốt", "Tốt"), (2, "Tốt", "Tốt"),
    ]  # fmt: skip


def test_health_is_only_a_link_and_hidden_from_teachers_and_admins(lower):
    """R38."""
    pupil, url = lower.classes["6C"].pupils[0], "https://suckhoe.example.vn/ho-so/1"
    place = f"/v1/pupils/{pupil}/health-link"

    lower.clerk.put(place, {"url": url})

    assert lower.principal.get(place)["url"] == url
    for other in (lower.admin, lower.teacher, lower.homeroom):
        with pytest.raises(Refusal, match="404 not_found"):
            other.get(place)
