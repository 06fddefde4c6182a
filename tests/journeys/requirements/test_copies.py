"""Paper from signed data: an extract, the whole record, a class in one file, and the register of them (R26, R47)."""

import re
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
import requests

from deploy.demo.client import Refusal
from tests.journeys.installation import until
from tests.journeys.requirements.issuing import transcripts
from tests.journeys.requirements.people import Person

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


@pytest.fixture(scope="module")
def mother(before_summer, issued):
    """A guardian of the pupil, in with the code that the school's admin handed out."""
    school = before_summer.school
    code = next(row["code"] for row in before_summer.read("TOAN")["rows"] if row["pupil_id"] == issued["pupil_id"])
    entry = {"pupil_code": code, "name": "Trần Thị Mẫu", "email": "me-cua-em@example.vn", "relation": "Mẹ"}
    [added] = school.admin.post(f"/v1/units/{school.unit_id}/guardians", {"guardians": [entry]})["guardians"]
    account = school.admin.post(f"/v1/guardians/{added['guardian_id']}/account")
    client = school.department.entrance.enter(account["username"], account["activation_code"])
    return Person(added["guardian_id"], client)


def page_of(person, entrance):
    """What the person sees on the own page, in a browser's visit."""
    browser, url = requests.Session(), f"{person.client.base_url}/login"
    token = re.search(r'name="form_token" value="([^"]+)"', browser.get(url, timeout=30).text)[1]
    form = {"username": person.client.username, "password": entrance.password, "form_token": token}
    return browser, browser.post(url, data=form, timeout=30).text


def test_a_guardian_sees_the_copy_that_was_handed_out_to_whom_and_why(before_summer, issued, mother):
    """R26."""
    school = before_summer.school
    copy = school.principal.post(f"{of_pupil(school, issued)}/years/2025/extracts", SAID)

    lines = mother.get(f"/v1/pupils/{issued['pupil_id']}/copies")["copies"]
    _, page = page_of(mother, school.department.entrance)

    assert (lines[0]["id"], lines[0]["recipient"], lines[0]["reason"]) == (copy["id"], *SAID.values())
    assert {code for one in lines for code in one["codes"]} == {issued["code"]}
    assert SAID["recipient"] in page
    assert SAID["reason"] in page


def test_a_guardian_downloads_the_childs_signed_transcript_and_the_look_is_logged(before_summer, issued, mother):
    """R26."""
    principal, pupil = before_summer.school.principal, f"/v1/pupils/{issued['pupil_id']}"
    signed = principal.download(f"/v1/years/2025/transcripts/{issued['id']}/pdf")
    browser, page = page_of(mother, before_summer.school.department.entrance)
    [path] = re.findall(r'href="(/account/children/[^"]+\.pdf)"', page)

    [found] = mother.get(f"{pupil}/transcripts")["transcripts"]

    assert (found["code"], found["state"]) == (issued["code"], "ISSUED")
    assert mother.download(f"{pupil}/transcripts/{issued['id']}/pdf") == signed
    assert browser.get(mother.client.base_url + path, timeout=30).content == signed
    now = datetime.now(UTC)
    day = {"since": (now - timedelta(days=1)).isoformat(), "until": (now + timedelta(days=1)).isoformat()}
    until(lambda: mother.id in {one["person_id"] for one in principal.get(f"{pupil}/accesses", **day)["accesses"]})


def test_a_guardian_of_one_child_sees_nothing_of_another(before_summer, issued, mother):
    """R26."""
    other = next(one for one in transcripts(before_summer) if one["pupil_id"] != issued["pupil_id"])

    for what in ("copies", "transcripts", f"transcripts/{other['id']}/pdf", f"transcripts/{issued['id']}/pdf"):
        with pytest.raises(Refusal, match="404"):
            mother.get(f"/v1/pupils/{other['pupil_id']}/{what}")
