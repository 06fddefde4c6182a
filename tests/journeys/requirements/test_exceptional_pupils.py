"""Pupils who do not fit the rule: summer training, no personal ID yet, another nationality (R44–R46)."""

import re
from dataclasses import replace
from types import SimpleNamespace

import pytest

from tests.journeys.installation import until
from tests.journeys.requirements import issuing
from tests.journeys.requirements.conftest import LOWER
from tests.journeys.requirements.schools import PERIODS, YEAR, found_school

REPORT = b"%PDF-1.7 the report that the parents signed"


@pytest.fixture(scope="module")
def international(department):
    """A school of pupils one of whom has no personal ID yet and one of whom is a foreigner, their year locked."""
    school = found_school(department, "Trường THCS Quốc tế Biển Xanh", class_sizes={"6A": 3})
    first, second, third = school.paper.pupils
    without = [replace(one, person=replace(one.person, personal_id=None)) for one in (first, second)]
    school = replace(school, paper=replace(school.paper, pupils=(*without, third)))
    school.open_year("THCS", LOWER)
    return school


@pytest.fixture(scope="module")
def foreigner(international):
    """What identity answered when the second pupil was registered."""
    pupil = international.paper.pupils[1]
    body = {
        "code": pupil.code,
        "name": "Kim Min Seo",
        "born_on": str(pupil.person.born_on),
        "gender": pupil.person.sex.value,
        "ethnicity": "",
        "personal_id": None,
        "nationality": "Hàn Quốc",
        "passport": "M00000001",
        "programme": "Cambridge",
    }
    return international.admin.post(f"/v1/units/{international.unit_id}/pupils", {"pupils": [body]})


@pytest.fixture(scope="module")
def room(international, foreigner):
    international.add_classes({"6A": 6}, LOWER)
    room = international.classes["6A"]
    room.fill(1, 2)
    room.say_conduct(1, 2)
    room.lock(*PERIODS)
    return room


@pytest.fixture(scope="module")
def without_id(room):
    """What is said of the class while its first pupil has no personal ID."""
    return SimpleNamespace(results=room.results(), reasons=room.school.readiness()["reasons"], sending=send(room))


@pytest.fixture(scope="module")
def with_id(room, without_id):
    """The first pupil has got a personal ID."""
    room.school.admin.put(f"/v1/pupils/{room.pupils[0]}/personal-id", {"personal_id": "000314000001"})


def send(room):
    """A sending of the locked year to the national database, record by record."""
    school = room.school
    sending = school.admin.post(f"{school.path}/exchanges/YEAR")
    return school.principal.get(f"{YEAR}/exchanges/{sending['id']}")


def text_of(xml, tag):
    return re.findall(f"<{tag}>(.*?)</{tag}>", xml)


def test_who_must_train_in_the_summer_waits_with_the_reason_while_the_others_have_theirs(before_summer):
    """R44."""
    found = issuing.transcripts(before_summer)

    assert [(one["state"], one["reason"]) for one in found[:2]] == [("PARKED", "PENDING_SUMMER"), ("ISSUED", None)]
    assert found[0]["signatures"] == 0
    assert before_summer.school.readiness()["reasons"]["PENDING_SUMMER"] == 1


def test_after_the_summer_the_transcript_is_signed_and_shows_both_results(before_summer):
    """R44."""
    lower, pupil = before_summer.school, before_summer.pupils[0]
    place = f"{before_summer.path}/pupils/{pupil}/second-chances"
    report = lower.keep_scan(REPORT)
    told = {"subject": "", "result": "Đạt", "note": "Hoàn thành nhiệm vụ trong hè.", "report": report}

    lower.homeroom.post(place, told)
    lower.principal.post(f"{place}/decisions", {"subject": ""})
    until(lambda: issuing.transcripts(before_summer)[0]["state"] == "FROZEN")
    issuing.sign(before_summer)

    first = issuing.transcripts(before_summer)[0]
    xml = issuing.xml_of(before_summer, first)
    assert (first["state"], first["signatures"]) == ("ISSUED", first["slots"])
    assert text_of(xml, "REN_LUYEN")[-1] == "Chưa đạt"
    assert text_of(xml, "REN_LUYEN_SAU_HE") == ["Đạt"]
    assert "PENDING_SUMMER" not in lower.readiness()["reasons"]


def test_who_waits_for_a_personal_id_is_counted_with_this_reason_and_a_foreigner_is_not(without_id):
    """R45, R46."""
    assert without_id.reasons == {"NO_PERSONAL_ID": 1, "NOT_ISSUED": 2}


def test_results_of_a_pupil_without_personal_id_are_parked_and_leave_once_the_id_is_there(room, without_id, with_id):
    """R45, R36."""
    [parked] = [one for one in without_id.sending["records"] if one["state"] == "PARKED"]

    sent = send(room)

    assert (parked["pupil_id"], parked["errors"][0]["code"]) == (room.pupils[0], "NO_PERSONAL_ID")
    assert (without_id.sending["head"]["records"], without_id.sending["head"]["parked"]) == (2, 1)
    assert [(one["state"], one["version"]) for one in sent["records"]] == [("SENT", 1)] * 3
    assert room.school.readiness()["reasons"] == {"NOT_ISSUED": 3}


def test_a_pupil_without_personal_id_is_taught_and_judged_and_gets_the_id_without_entering_anything_again(
    room, without_id, with_id
):
    """R45."""
    frozen = issuing.freeze(room)

    assert [one["promotion"] for one in without_id.results] == ["PROMOTED"] * 3
    assert room.values("TOAN", "ck") == [("8.0", 1)] * 3
    assert text_of(issuing.xml_of(room, frozen[0]), "SO_DINH_DANH_CA_NHAN") == ["000314000001"]


def test_a_foreigner_with_a_passport_is_accepted_without_a_personal_id(foreigner, room):
    """R46."""
    [registered] = foreigner["pupils"]

    assert foreigner["doubts"] == []
    assert registered["person_id"] == room.pupils[1]
    assert room.results()[1]["promotion"] == "PROMOTED"


def test_a_foreigners_transcript_names_the_nationality(room):
    """R46."""
    second = issuing.freeze(room)[1]

    xml = issuing.xml_of(room, second)

    assert (text_of(xml, "HO_TEN")[0], text_of(xml, "QUOC_TICH")) == ("Kim Min Seo", ["Hàn Quốc"])
    assert text_of(xml, "SO_DINH_DANH_CA_NHAN") == [""]
    assert (len(text_of(xml, "SO_HO_CHIEU")[0]) > 0, text_of(xml, "CHUONG_TRINH")) == (True, ["Cambridge"])
