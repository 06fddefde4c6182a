"""Who can sign is listed, and one PIN entry signs what is fit though one of the list is not (R42, R43)."""

import pytest

from deploy.demo.client import Client, Refusal
from tests.journeys.installation import until
from tests.journeys.requirements import issuing
from tests.journeys.requirements.conftest import LOWER
from tests.journeys.requirements.schools import YEAR, found_school
from tests.unit.transcript.copies import leaf, packed

PAPER = packed("PDF", leaf("Trang I"))
SOON = "UPDATE keys SET valid_to = now() + interval '20 days' WHERE holder = %s"


@pytest.fixture(scope="module")
def school(department):
    school = found_school(department, "Trường THCS Bến Ký", class_sizes={"6A": 3})
    school.open_year("THCS", LOWER)
    school.add_classes({"6A": 6}, LOWER)
    return school


@pytest.fixture(scope="module")
def without_keys(school):
    """The register before anybody has a certificate."""
    return register(school.principal, school)


@pytest.fixture(scope="module")
def certificates(school, without_keys):
    """What each signer, and the clerk for the seal, was given."""
    return issuing.make_keys(school)


@pytest.fixture(scope="module")
def copies(school, certificates):
    """Copies of three pupils' papers, which wait for the principal."""
    made = [issuing.digitise(school, pupil, PAPER) for pupil in school.classes["6A"].pupils]
    until(lambda: issuing.copies_waiting(school) == len(made))
    return made


@pytest.fixture(scope="module")
def half_signed(school, copies):
    """The principal's session: while the PIN was entered, the news was on its way that a copy was taken back."""
    with school.department.platform.blocking("signing", "documents"):
        place = f"{YEAR}/transcripts/{copies[0]['document']['id']}/revocation"
        school.principal.post(place, {"reason": "Nhầm trang."})
        opened = issuing.open_session(school.principal, "CBQL", school.unit_id)
    return issuing.ended(school.principal, opened)


@pytest.fixture(scope="module")
def scanned_again(school, copies, half_signed):
    """The paper whose copy was taken back."""
    made = issuing.digitise(school, copies[0]["document"]["pupil_id"], PAPER)
    until(lambda: issuing.copies_waiting(school) == 1)
    return made


def register(person, school):
    return person.get("/v1/certificates", unit_id=school.unit_id)


def outcome(session):
    """Counts, and the reason for each document that was refused."""
    reasons = {one["transcript_id"]: one["reason"] for one in session["items"] if not one["signed"]}
    return session["expected"], session["signed"], session["refused"], reasons


def sign(school, role, signer):
    return outcome(issuing.ended(signer, issuing.open_session(signer, role, school.unit_id)))


def test_the_register_tells_whose_each_certificate_is_and_who_lacks_one(school, without_keys, certificates):
    """R42."""
    told = register(school.principal, school)

    signers = {one.id for one in (school.teacher, school.homeroom, school.principal)}
    assert (without_keys["certificates"], set(without_keys["lacking"])) == ([], signers)
    assert told["lacking"] == []
    assert {one["certificate"]["holder"] for one in told["certificates"]} == signers | {school.unit_id}
    by_serial = {one["serial"]: one for one in certificates}
    assert {one["certificate"]["serial"]: one["certificate"] for one in told["certificates"]} == by_serial
    assert [one for one in certificates if not one["issuer"] or one["valid_from"] >= one["valid_to"]] == []
    with pytest.raises(Refusal, match="403 forbidden"):
        register(school.teacher, school)


def test_a_certificate_that_ends_within_thirty_days_comes_first_and_gives_way_to_a_new_one(school, certificates):
    """R42."""
    school.department.platform.rule("signing", SOON, school.homeroom.id)

    first, *others = register(school.principal, school)["certificates"]
    new = school.homeroom.post("/v1/keys", {"pin": issuing.PIN})

    assert (first["certificate"]["holder"], first["ends_within_days"]) == (school.homeroom.id, 30)
    assert {one["ends_within_days"] for one in others} == {None}
    told = register(school.principal, school)
    serials = {one["certificate"]["holder"]: one["certificate"]["serial"] for one in told["certificates"]}
    assert serials[school.homeroom.id] == new["serial"] != first["certificate"]["serial"]
    assert {one["ends_within_days"] for one in told["certificates"]} == {None}
    assert [(one["certificate"]["serial"], one["why"]) for one in told["retired"]] == [
        (first["certificate"]["serial"], "REPLACED")
    ]


def test_who_finds_out_later_revokes_the_certificate_of_a_key_out_of_use_and_sees_what_it_touches(school):
    """R42."""
    [retired] = school.homeroom.get("/v1/certificates")["retired"]
    since = {"reason": "KEY_COMPROMISE", "compromised_at": retired["certificate"]["valid_from"]}

    made = school.homeroom.post(f"/v1/certificates/{retired['certificate']['serial']}/revocation", since)

    [listed] = register(school.principal, school)["retired"]
    assert listed["revocation"] == made
    assert school.homeroom.get(f"/v1/revocations/{made['id']}")["revocation"] == made
    assert [one["certificate"]["holder"] for one in school.homeroom.get("/v1/certificates")["certificates"]] == [
        school.homeroom.id
    ]


def test_one_that_is_taken_back_after_the_authorisation_is_listed_and_the_rest_is_signed(copies, half_signed):
    """R43."""
    assert outcome(half_signed) == (3, 2, 1, {copies[0]["document"]["id"]: "not_signable"})


def test_what_a_session_refused_is_signed_in_the_next_once_its_reason_is_gone(school, copies, scanned_again):
    """R43."""
    late = scanned_again["document"]

    assert sign(school, "KY_PHAT_HANH", school.clerk) == (3, 2, 1, {late["id"]: "not_its_turn"})
    assert sign(school, "CBQL", school.principal) == (1, 1, 0, {})
    assert sign(school, "KY_PHAT_HANH", school.clerk) == (1, 1, 0, {})

    stranger = Client(school.department.platform.url)
    issued = [late, *(one["document"] for one in copies[1:])]
    until(lambda: [stranger.get(f"/v1/verifications/{one['code']}")["verdict"] for one in issued] == ["VALID"] * 3)
