"""Paper from signed data: an extract, the whole record, a class in one file, and the register of them (R26, R47)."""

import subprocess
from datetime import UTC, datetime, timedelta

import pytest

from tests.journeys.installation import until
from tests.journeys.requirements.issuing import transcripts

SAID = {"recipient": "Trần Văn Mẫu, phụ huynh", "reason": "Nộp hồ sơ dự tuyển."}


@pytest.fixture(scope="module")
def issued(before_summer):
    return next(one for one in transcripts(before_summer) if one["state"] == "ISSUED")


def words(principal, copy):
    pdf = principal.download(f"/v1/copies/{copy['id']}/pdf")
    return subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()


def test_a_year_is_handed_out_on_one_page_and_the_register_says_to_whom_and_why(before_summer, issued):
    """R26, R47."""
    school, principal = before_summer.school, before_summer.school.principal

    copy = principal.post(f"{of_pupil(school, issued)}/years/2025/extracts", SAID)

    text = words(principal, copy)
    assert issued["code"] in text
    assert "Trang 1/1" in text
    lines = principal.get(f"/v1/units/{school.unit_id}/copies")["copies"]
    assert (lines[0]["id"], lines[0]["recipient"], lines[0]["reason"]) == (copy["id"], *SAID.values())


def test_the_whole_record_and_the_whole_class_are_one_file_each(before_summer, issued):
    """R26."""
    school, principal = before_summer.school, before_summer.school.principal

    record = principal.post(f"{of_pupil(school, issued)}/record-copies", SAID)
    of_class = principal.post(f"{before_summer.path}/transcripts/copies", SAID)

    codes = {one["code"] for one in transcripts(before_summer) if one["state"] == "ISSUED"}
    assert record["codes"] == [issued["code"]]
    assert set(of_class["codes"]) == codes
    assert [code for code in codes if code not in words(principal, of_class)] == []


def test_a_copy_that_was_handed_out_is_in_the_access_log_that_guardians_see(before_summer, issued):
    """R26."""
    school, principal = before_summer.school, before_summer.school.principal
    principal.post(f"{of_pupil(school, issued)}/record-copies", SAID)
    now = datetime.now(UTC)
    day = {"since": (now - timedelta(days=1)).isoformat(), "until": (now + timedelta(days=1)).isoformat()}

    def looks():
        accesses = principal.get(f"/v1/pupils/{issued['pupil_id']}/accesses", **day)["accesses"]
        return [one for one in accesses if (one["what"], one["person_id"]) == ("TRANSCRIPT", principal.id)]

    until(looks)


def of_pupil(school, transcript):
    return f"/v1/units/{school.unit_id}/pupils/{transcript['pupil_id']}"
