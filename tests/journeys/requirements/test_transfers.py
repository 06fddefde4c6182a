"""A pupil who leaves takes along all that was issued, by a link that one school can use once (R48, R49)."""

from itertools import product

import pytest

from deploy.demo.client import Client, Refusal
from tests.journeys.installation import until
from tests.journeys.requirements import issuing
from tests.journeys.requirements.people import until_done
from tests.journeys.requirements.schools import PERIODS, YEAR, found_school, subject
from tests.unit.transcript.copies import leaf, packed

ACCEPT = "/v1/transfers/acceptances"
LAST_GRADE = (
    subject("tieng_viet", "PRIMARY", 5),
    subject("nghe_thuat", "PRIMARY", 5),
    subject("pcnl", "QUALITIES", 5),
)


@pytest.fixture(scope="module")
def record(before_summer):
    """All that was issued of a pupil: the year's transcript, and the copy of a paper of primary school."""
    school, transcript = before_summer.school, issuing.transcripts(before_summer)[2]
    copy = issuing.digitise(school, transcript["pupil_id"], packed("PDF", leaf("Trang I")))
    for role, signer in (("CBQL", school.principal), ("KY_PHAT_HANH", school.clerk)):
        issuing.ended(signer, issuing.open_session(signer, role, school.unit_id))
    place = f"{YEAR}/digitised-copies/{copy['document']['id']}"
    until(lambda: school.clerk.get(place)["document"]["state"] == "ISSUED")
    return [transcript, copy["document"]]


@pytest.fixture(scope="module")
def receiving(department):
    """A school in another place, and its admin."""
    unit_id = department.found("TRUONG", "00000990", "Trường THCS Bờ Bên Kia")
    [admin] = department.appoint(unit_id, "admin")
    return unit_id, admin


@pytest.fixture(scope="module")
def offered(before_summer, record, receiving):
    body = {"school_year": 2025, "pupil_id": record[0]["pupil_id"], "to_unit_id": receiving[0]}
    return before_summer.school.admin.post("/v1/transfers", body)


@pytest.fixture(scope="module")
def refused_elsewhere(primary, offered):
    """What an admin of a third school is told, who got hold of the link."""
    with pytest.raises(Refusal) as refused:
        primary.admin.post(ACCEPT, {"link_code": offered["link_code"]})
    return refused.value


@pytest.fixture(scope="module")
def moved(receiving, offered, refused_elsewhere):
    """The receiving school has used the link, and the transfer has ended."""
    _, admin = receiving
    link = {"link_code": offered["link_code"]}
    accepted = until_done(lambda: admin.post(ACCEPT, link), unless=["not_found"])  # until its grant is heard of
    place = f"/v1/transfers/{accepted['id']}"
    until(lambda: admin.get(place)["state"] in ("COMPLETED", "FAILED"))
    return admin.get(place)


def test_the_link_opens_nothing_for_another_school(refused_elsewhere):
    """R48."""
    assert (refused_elsewhere.status, refused_elsewhere.code) == (404, "not_found")


def test_the_receiving_school_reads_all_that_was_issued_and_every_signature_is_right(record, receiving, moved):
    """R48."""
    _, admin = receiving
    stranger = Client(admin.client.base_url)

    assert (moved["state"], moved["reason"]) == ("COMPLETED", None)
    for document, kind in product(record, ("pdf", "xml")):
        received = admin.download(f"{YEAR}/transcripts/{document['id']}/{kind}")
        report = stranger.request("POST", "/v1/verifications", files={"file": (kind, received)})
        assert (report["verdict"], report["code"]) == ("VALID", document["code"])
        assert {one["verdict"] for one in report["signatures"]} == {"VALID"}
        assert report["signatures"][-1]["role"] == "KY_PHAT_HANH"


def test_the_bundle_is_checked_whole_and_says_which_rows_teachers_signed_for_their_class(record, receiving, moved):
    """R48."""
    _, admin = receiving
    packed_up = admin.download(f"/v1/transfers/{moved['id']}/bundle.zip")
    report = Client(admin.client.base_url).request("POST", "/v1/verifications", files={"file": ("goi.zip", packed_up)})

    rows = [row for member in report["members"] if member["code"] == record[0]["code"] for row in member["rows"]]
    assert report["verdict"] == "VALID"
    assert rows
    assert [row["subject"] for row in rows if row["sheet"] is None] == []


def test_a_link_that_was_used_opens_nothing_again(receiving, offered, moved):
    """R48."""
    with pytest.raises(Refusal) as refused:
        receiving[1].post(ACCEPT, {"link_code": offered["link_code"]})

    assert (refused.value.status, refused.value.code) == (409, "transfer.link_used")


@pytest.fixture(scope="module")
def last_class(department):
    """A class at the end of primary school; all are issued their transcripts but the first, who is assessed again."""
    school = found_school(department, "Trường Tiểu học Cuối Dốc", class_sizes={"5A": 4})
    school.open_year("TH", LAST_GRADE)
    school.add_classes({"5A": 5}, LAST_GRADE)
    room = school.classes["5A"]
    room.fill(1, 2, first={"nghe_thuat": "C"})
    room.lock(*PERIODS)
    issuing.make_keys(school)
    issuing.freeze(room)
    issuing.sign(room, by_subjects=False)
    return room


@pytest.fixture(scope="module")
def cohort(last_class, receiving):
    """What the old school sees: the class was offered in one act, its link used once, and every transfer has ended."""
    school, (unit_id, admin) = last_class.school, receiving
    body = {"school_year": 2025, "from_unit_id": school.unit_id, "to_unit_id": unit_id, "class_ids": [last_class.id]}
    offered = until_done(lambda: school.admin.post("/v1/cohorts", body), unless=["forbidden"])
    link = {"link_code": offered["link_code"]}
    accepted = until_done(lambda: admin.post("/v1/cohorts/acceptances", link), unless=["not_found"])
    place = f"/v1/cohorts/{accepted['id']}"
    until(lambda: "ACCEPTED" not in admin.get(place)["counts"])
    return school.admin.get(place)


def test_a_class_goes_on_in_one_act_and_each_pupil_is_listed_with_the_outcome(last_class, receiving, cohort):
    """R49."""
    first, *others = last_class.pupils
    found = {one["pupil_id"]: one for one in cohort["pupils"]}

    assert cohort["counts"] == {"COMPLETED": 3, "REFUSED": 1}
    assert {found[pupil]["state"] for pupil in others} == {"COMPLETED"}
    assert found[first]["state"] == "REFUSED"
    assert found[first]["reason"].startswith("transfer.not_promoted")
    assert "lên lớp" in found[first]["reason_vi"]
    assert receiving[1].get(f"/v1/cohorts/{cohort['id']}")["counts"] == {"COMPLETED": 3}


def test_the_next_school_reads_the_transcripts_of_the_whole_class_and_each_is_valid(last_class, receiving, cohort):
    """R49."""
    admin, stranger = receiving[1], Client(receiving[1].client.base_url)
    issued = [one for one in issuing.transcripts(last_class) if one["state"] == "ISSUED"]

    assert {one["pupil_id"] for one in issued} == set(last_class.pupils[1:])
    for transcript in issued:
        received = admin.download(f"{YEAR}/transcripts/{transcript['id']}/pdf")
        report = stranger.request("POST", "/v1/verifications", files={"file": ("pdf", received)})
        assert (report["verdict"], report["code"]) == ("VALID", transcript["code"])
