"""A person's own page: what guardians see of their children there, and nothing of anybody else's."""

import re

import pytest
from gateway_services import ID, example

from services.chassis.errors import NotFound
from services.contracts.identity import Child, Children, FindChildren, FindUnits, LogIn, Me, ReadMe, Tokens
from services.contracts.transcript import TranscriptState, TranscriptV1
from services.contracts.transcript.children import (
    ChildCopies,
    ChildCopy,
    ChildTranscript,
    ChildTranscripts,
    FindChildCopies,
    FindChildTranscripts,
    ReadChildTranscript,
)
from services.contracts.transcript.copies import CopyKind

PDF = f"/account/children/{ID}/transcripts/{ID}.pdf"


@pytest.fixture
def mother(client, services):
    """A guardian who has logged in on the pages, with one child."""
    services.tell(LogIn, Tokens(access_token="A", refresh_token="R", expires_in=300, person_id=ID))
    token = re.search(r'name="form_token" value="([^"]+)"', client.get("/login").text)[1]
    client.post("/login", data={"username": "me", "password": "x", "form_token": token})
    services.calls.clear()
    child = Child(pupil_id=ID, name="Lê Thị Ví Dụ", relation="Mẹ", unit_id=ID, unit_name="THCS Sông Mây")
    services.tell(FindChildren, Children(children=(child,)))
    services.tell(ReadMe, Me(person_id=ID, name="Trần Thị Mẫu", grants=()))
    return client


def test_a_guardian_comes_from_the_first_page_to_the_own_one(mother):
    page = mother.get("/", follow_redirects=True)

    assert page.request.path == "/account"
    assert "Lê Thị Ví Dụ" in page.text


def test_a_guardian_sees_what_was_handed_out_to_whom_and_why(mother, services):
    copy = example(
        ChildCopy, kind=CopyKind.EXTRACT, codes=("ABC",), recipient="Trường <b>Mới</b>", reason="Nộp hồ sơ dự tuyển."
    )
    services.tell(FindChildCopies, ChildCopies(copies=(copy,)))

    text = mother.get("/account").text

    for part in (
        "Trích sao một năm",
        "ABC",
        "Trường &lt;b&gt;Mới&lt;/b&gt;",
        "Nộp hồ sơ dự tuyển.",
        "30/05/2026 08:02",
    ):
        assert part in text
    assert FindUnits(unit_ids=(ID,)) in services.asked


def test_issued_transcripts_are_there_to_download_and_a_revoked_one_is_said_to_be(mother, services):
    issued, revoked = (
        example(ChildTranscript, state=state, code=code)
        for state, code in ((TranscriptState.ISSUED, "ABC"), (TranscriptState.REVOKED, "DEF"))
    )
    services.tell(FindChildTranscripts, ChildTranscripts(transcripts=(issued, revoked)))

    text = mother.get("/account").text

    assert PDF in text
    assert PDF.replace(".pdf", ".xml") in text
    assert (text.count("còn hiệu lực"), text.count("đã thu hồi")) == (1, 1)


def test_a_download_gives_the_signed_file_and_asks_in_the_guardians_name(mother, services, files):
    stored = files.put(b"%PDF-1.7 signed")
    services.tell(ReadChildTranscript, example(TranscriptV1, pdf=stored, code="ABC", version=2))

    page = mother.get(PDF)

    assert (page.data, page.mimetype) == (b"%PDF-1.7 signed", "application/pdf")
    assert "hocba-ABC-2.pdf" in page.headers["Content-Disposition"]
    assert services.calls[-1] == (ReadChildTranscript(pupil_id=ID, transcript_id=ID), "A", None)


def test_another_childs_transcript_is_not_there(mother, services):
    services.tell(ReadChildTranscript, NotFound())

    assert mother.get(PDF).status_code == 404


def test_a_stranger_is_sent_to_the_login(client, services):
    assert [client.get(path).location for path in ("/account", PDF)] == ["/login"] * 2
    assert services.asked == []
