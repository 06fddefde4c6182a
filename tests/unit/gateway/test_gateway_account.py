"""A person's own page: what waits for staff and who reminds them, and what guardians see of their own children."""

import re

import pytest
from gateway_services import ID, example

from gateway.pages.desk import current_year
from services.chassis.errors import Forbidden, NotFound
from services.contracts.gradebook.school import Classes, ClassV1, FindClasses
from services.contracts.identity import (
    Child,
    Children,
    FindChildren,
    FindUnits,
    GrantV1,
    LogIn,
    Me,
    ReadMe,
    Tokens,
)
from services.contracts.notify import ChooseReminders, ReadReminderChoice, ReminderChoice
from services.contracts.signing.boards import FindWaiting, Waiting, WaitingClass
from services.contracts.signing.documents import SlotRole
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


def token_in(page):
    return re.search(r'name="form_token" value="([^"]+)"', page.text)[1]


@pytest.fixture
def mother(client, services):
    """A guardian who has logged in on the pages, with one child."""
    services.tell(LogIn, Tokens(access_token="A", refresh_token="R", expires_in=300, person_id=ID))
    client.post("/login", data={"username": "me", "password": "x", "form_token": token_in(client.get("/login"))})
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


@pytest.fixture
def teacher(mother, services):
    """A teacher on the pages, with a class that waits."""
    services.tell(FindChildren, Children(children=()))
    services.tell(ReadMe, Me(person_id=ID, name="Lê An", grants=(example(GrantV1),)))
    waiting = WaitingClass(class_id=ID, unit_id=ID, role=SlotRole.HOMEROOM, waiting=45, ready=44)
    services.tell(FindWaiting, Waiting(classes=(waiting,)))
    services.tell(FindClasses, Classes(classes=(example(ClassV1, id=ID, name="6A"),)))
    return mother


def test_a_teacher_sees_which_class_waits_and_how_much_of_it_now(teacher, services):
    text = teacher.get("/account").text

    for part in ("<td>6A</td>", "Giáo viên chủ nhiệm", '<td class="count">44</td>', '<td class="count">45</td>'):
        assert part in text
    asked = {request.school_year for request in services.asked if isinstance(request, FindWaiting)}
    assert asked == {current_year(), current_year() - 1}  # June's transcripts are signed until the summer is over


def test_who_has_left_the_school_sees_what_waits_without_the_names_of_classes(teacher, services):
    services.tell(FindClasses, Forbidden())

    page = teacher.get("/account")

    assert page.status_code == 200
    assert '<td class="count">45</td>' in page.text


@pytest.mark.parametrize(("now", "button", "wanted"), [(True, "Tắt thư nhắc", False), (False, "Bật thư nhắc", True)])
def test_reminders_are_switched_by_one_button(teacher, services, now, button, wanted):
    services.tell(ReadReminderChoice, ReminderChoice(wanted=now))
    page = teacher.get("/account")
    form = {"form_token": token_in(page), "wanted": re.search(r'name="wanted" value="(\w+)"', page.text)[1]}

    answer = teacher.post("/account/reminders", data=form)

    assert button in page.text
    assert answer.location == "/account"
    request, token, key = services.calls[-1]
    assert (request, token, bool(key)) == (ChooseReminders(wanted=wanted), "A", True)


def test_reminders_are_not_switched_by_another_sites_form(teacher, services):
    services.calls.clear()

    assert teacher.post("/account/reminders", data={"wanted": "no"}).status_code == 400
    assert services.asked == []


def test_a_guardian_is_not_asked_about_reminders_for_staff(mother):
    assert "thư nhắc" not in mother.get("/account").text
