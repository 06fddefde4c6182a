"""A paper transcript of other times is scanned, signed and sealed, and a stranger sees that it is a copy (R47)."""

import hashlib
import os
from pathlib import Path

import pytest
import requests

from deploy.demo.client import Client, Refusal
from tests.journeys.installation import until
from tests.journeys.requirements.conftest import LOWER
from tests.journeys.requirements.issuing import copies_waiting, copy_order, digitise, ended, make_keys, open_session
from tests.journeys.requirements.schools import YEAR, found_school
from tests.unit.transcript.copies import leaf, packed

PAPER = packed("PDF", leaf("Trang I"), leaf("Trang II", (1754, 1240)), leaf("Trang III"))


@pytest.fixture(scope="module")
def school(department):
    school = found_school(department, "Trường THCS Bến Giấy", class_sizes={"6A": 2})
    school.open_year("THCS", LOWER)
    school.add_classes({"6A": 6}, LOWER)
    make_keys(school)
    return school


@pytest.fixture(scope="module")
def stranger(school):
    return Client(school.department.platform.url)


@pytest.fixture(scope="module")
def copy(school):
    """The first pupil's paper of primary school, scanned by the clerk, signed by the principal and sealed."""
    made = digitise(school, school.classes["6A"].pupils[0], PAPER)
    for role, signer in (("CBQL", school.principal), ("KY_PHAT_HANH", school.clerk)):
        sign(school, role, signer)
    until(lambda: read(school, made)["document"]["state"] == "ISSUED")
    return read(school, made)


def order(school, scan, *, pupil=0, **changes):
    return copy_order(school, school.classes["6A"].pupils[pupil], scan, **changes)


def sign(school, role, signer):
    """All copies of the school that wait for this signature."""
    assert ended(signer, open_session(signer, role, school.unit_id))["refused"] == 0


def read(school, copy):
    return school.clerk.get(f"{YEAR}/digitised-copies/{copy['document']['id']}")


def file_of(school, copy, kind):
    return school.principal.download(f"{YEAR}/transcripts/{copy['document']['id']}/{kind}")


def checked(stranger, file):
    return requests.post(f"{stranger.base_url}/v1/verifications", files={"file": ("x", file)}, timeout=60).json()


def test_a_clerk_scans_principal_and_seal_sign_and_a_stranger_sees_that_it_is_a_copy(school, stranger, copy):
    """R47."""
    code = copy["document"]["code"]

    answer = stranger.get(f"/v1/verifications/{code}")

    assert (answer["verdict"], answer["origin"]) == ("VALID", "DIGITISED_COPY")
    assert answer["reasons"][0]["code"] == "issued_copy"
    assert answer["printed_school"] == "Trường Tiểu học Bến Giấy A"
    assert (answer["school_year"], answer["last_year"]) == (2018, 2022)
    page = requests.get(f"{stranger.base_url}/verify/{code}", timeout=60).text
    assert "Bản sao điện tử hợp lệ, không phải bản gốc" in page
    assert "Học bạ hợp lệ" not in page


def test_the_files_say_by_themselves_that_they_are_copies_and_the_scan_is_the_one_they_name(school, stranger, copy):
    """R47."""
    files = {kind: file_of(school, copy, kind) for kind in ("pdf", "xml")}
    if folder := os.environ.get("HOCBA_LOOK"):
        (Path(folder) / "signed-copy.pdf").write_bytes(files["pdf"])

    for file in files.values():
        report = checked(stranger, file)
        assert (report["verdict"], report["origin"]) == ("VALID", "DIGITISED_COPY")
        assert [one["role"] for one in report["signatures"]] == ["CBQL", "KY_PHAT_HANH"]
    scan = school.clerk.download(f"{YEAR}/digitised-copies/{copy['document']['id']}/scan")
    assert scan == PAPER
    assert hashlib.sha256(scan).hexdigest().encode() in files["xml"]
    for changed in (files["xml"].replace(b"DIGITISED_COPY", b"BORN_DIGITAL"), files["pdf"][:-50]):
        assert checked(stranger, changed)["verdict"] == "BROKEN"


def test_a_second_copy_of_the_paper_waits_until_the_principal_has_revoked_the_first(school, stranger, copy):
    """R47."""
    another = school.clerk.upload(f"{school.path}/evidence", packed("JPEG", leaf("Trang I")), name="hoc-ba.jpg")["file"]
    with pytest.raises(Refusal) as refused:
        school.clerk.post(f"{school.path}/digitised-copies", order(school, another))
    assert (refused.value.status, refused.value.code) == (409, "transcript.already_digitised")

    school.principal.post(
        f"{YEAR}/transcripts/{copy['document']['id']}/revocation", {"reason": "Quét thiếu trang cuối."}
    )
    second = school.clerk.post(f"{school.path}/digitised-copies", order(school, another))

    assert second["document"]["version"] == 2
    code = copy["document"]["code"]
    assert stranger.get(f"/v1/verifications/{code}")["verdict"] == "REVOKED"
    listed = school.clerk.get(f"{school.path}/digitised-copies")["copies"]
    assert [one["document"]["state"] for one in listed] == ["FROZEN", "REVOKED"]
    until(lambda: copies_waiting(school) == 1)


def test_a_copy_that_is_wrong_is_taken_back_before_anybody_has_to_sign_it(school):
    """R47."""
    scan = school.clerk.upload(f"{school.path}/evidence", packed("PNG", leaf("Trang IV")), name="hoc-ba.png")["file"]
    before = copies_waiting(school)
    wrong = school.clerk.post(f"{school.path}/digitised-copies", order(school, scan, pupil=1))
    until(lambda: copies_waiting(school) == before + 1)

    place = f"{YEAR}/transcripts/{wrong['document']['id']}"
    school.principal.post(f"{place}/revocation", {"reason": "Nhầm học sinh."})

    until(lambda: copies_waiting(school) == before)
    assert read(school, wrong)["document"]["state"] == "REVOKED"


def test_a_file_that_only_calls_itself_a_pdf_is_refused_in_one_sentence(school):
    """R47."""
    scan = school.clerk.upload(f"{school.path}/evidence", b"%PDF-1.7\nrubbish", name="hoc-ba.pdf")["file"]

    with pytest.raises(Refusal) as refused:
        school.clerk.post(f"{school.path}/digitised-copies", order(school, scan, first_year=2017))

    assert (refused.value.status, refused.value.code) == (400, "transcript.scan_unfit")
