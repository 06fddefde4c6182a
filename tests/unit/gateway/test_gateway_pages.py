"""What people see: a verdict is never shown better than it is, and nobody acts with another's cookie."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from gateway_services import ID, example, form

from gateway.pages.reasons import REASONS
from services.chassis.errors import Forbidden, NotFound, Refused, Unauthenticated, Unavailable
from services.contracts.gradebook.sheets import (
    CellState,
    CellV1,
    ColumnV1,
    FindSheets,
    ReadSheet,
    SheetHead,
    SheetRow,
    Sheets,
    SheetV1,
    SubjectComment,
)
from services.contracts.identity import FindPeople, GrantV1, LogIn, LogOut, Me, People, PersonV1, ReadMe, Tokens
from services.contracts.signing.checking import (
    CheckFiles,
    FileReport,
    FileReports,
    MemberReport,
    PaperSummary,
    RowReport,
)
from services.contracts.transcript import Origin, PublicVerdict, VerdictReason, VerifyCode
from services.contracts.verdicts import Verdict
from services.signing.validation import Reason

GREEN, AMBER, RED, GREY = "verdict valid", "verdict undecided", "verdict broken", "verdict unknown"
SHEET_PATH = f"/sheets/2025/{ID}"


class WrongPassword(Refused):
    """The user name or the password is wrong."""

    code = "identity.wrong_password"
    vi = "Sai tên đăng nhập hoặc mật khẩu."


def public(verdict, **known):
    return example(PublicVerdict, code="ABC", verdict=verdict, **{"school": "Trường Mẫu", "school_year": 2025} | known)


def token_in(page):
    return re.search(r'name="form_token" value="([^"]+)"', page.text)[1]


@pytest.fixture
def visitor(client, services):
    """A teacher who has logged in on the pages."""
    services.tell(LogIn, Tokens(access_token="A", refresh_token="R", expires_in=300, person_id=ID))
    page = client.get("/login")
    client.post("/login", data={"username": "an", "password": "x", "form_token": token_in(page)})
    services.calls.clear()
    return client


@pytest.fixture
def sheet():
    column = ColumnV1(id=ID, key="gk", kind="MIDTERM", scale="MARK")
    head = example(SheetHead, subject_name="Toán", class_name="6A", columns=(column,))
    pupils = [uuid4() for _ in range(3)]
    cells = [(CellState.VALUE, "7.5"), (CellState.MISSED_EXCUSED, None), (CellState.EXEMPT, None)]
    rows = tuple(
        SheetRow(
            pupil_id=pupil,
            code=f"0000{number}",
            cells=(CellV1(column_id=ID, state=state, value=value, version=1),),
            comments=(SubjectComment(pupil_id=pupil, text="<b>Cố gắng</b>", version=1),),
        )
        for number, (pupil, (state, value)) in enumerate(zip(pupils, cells, strict=True))
    )
    return SheetV1(head=head, rows=rows, history_rows=3, chain_head="", closes_at=None)


@pytest.mark.parametrize(
    ("verdict", "look"),
    [
        (Verdict.VALID, GREEN),
        (Verdict.UNDECIDED, AMBER),
        (Verdict.BROKEN, RED),
        (Verdict.REVOKED, "verdict revoked"),
    ],
)
def test_only_a_valid_transcript_is_green(client, services, verdict, look):
    services.tell(VerifyCode, public(verdict))

    page = client.get("/verify/ABC")

    assert page.status_code == 200
    assert re.findall(r'class="(verdict \w+)"', page.text) == [look]


def test_a_verdict_says_why_and_whose_without_a_name(client, services):
    reasons = (VerdictReason(code="revoked", vi="Sai họ tên.", en="The name was wrong."),)
    found = public(Verdict.REVOKED, reasons=reasons, pupil_initials="L.T.A.", pdf="ab" * 32, xml="cd" * 32)
    services.tell(VerifyCode, found)

    text = client.get("/verify/ABC").text

    for part in ("Sai họ tên.", "Trường Mẫu", "2025–2026", "L.T.A.", "ab" * 32, "cd" * 32):
        assert part in text


@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_digitised_copy_is_called_one_whatever_the_verdict(client, services, verdict):
    paper = {"last_year": 2028, "printed_school": "Trường cũ", "scan": "ef" * 32}
    services.tell(VerifyCode, public(verdict, origin=Origin.DIGITISED_COPY, **paper))

    text = client.get("/verify/ABC").text

    for part in ("bản sao điện tử số hóa từ học bạ giấy", "Trường cũ", "2025–2029", "ef" * 32):
        assert part in text
    assert "Học bạ hợp lệ" not in text


@pytest.mark.parametrize("is_known", [True, False])
def test_the_file_of_a_digitised_copy_is_called_one(client, services, is_known):
    report = example(FileReport, verdict=Verdict.VALID, code="ABC", origin=Origin.DIGITISED_COPY)
    services.tell(CheckFiles, FileReports(reports=(report,)))
    services.tell(VerifyCode, public(Verdict.VALID, origin=Origin.DIGITISED_COPY) if is_known else NotFound())

    text = client.post("/verify", **form(b"%PDF")).text

    assert "không phải bản gốc" in text
    assert "Học bạ hợp lệ" not in text


def test_the_code_on_a_copys_paper_is_called_that_of_a_copy(client, services):
    summary = example(PaperSummary, pupil="Vũ An", results=("Bản sao điện tử",))
    report = example(FileReport, kind="qr", verdict=Verdict.VALID, code="A", summary=summary, members=(), reasons=())
    services.tell(CheckFiles, FileReports(reports=(report,)))
    services.tell(VerifyCode, public(Verdict.VALID, origin=Origin.DIGITISED_COPY))

    text = client.post("/verify", **form(b"HB1:x")).text

    assert "không phải bản gốc" in text
    assert "Học bạ hợp lệ" not in text


def test_a_code_that_the_register_lacks_is_neither_green_nor_red(client, services):
    services.tell(VerifyCode, NotFound())

    page = client.get("/verify/ABC")

    assert page.status_code == 404
    assert re.findall(r'class="(verdict \w+)"', page.text) == [GREY]


def test_a_typed_code_is_forgiven_its_dashes_and_look_alikes(client, services):
    page = client.get("/verify?code=ab-ol+1", follow_redirects=True)

    assert page.request.path == "/verify/AB011"
    assert services.asked == [VerifyCode(code="AB011")]


@pytest.mark.parametrize(
    ("of_file", "of_register", "look"),
    [
        (Verdict.VALID, Verdict.VALID, GREEN),
        (Verdict.VALID, Verdict.REVOKED, "verdict revoked"),
        (Verdict.VALID, Verdict.UNDECIDED, AMBER),
        (Verdict.VALID, None, AMBER),
        (Verdict.UNDECIDED, Verdict.VALID, AMBER),
        (Verdict.BROKEN, Verdict.VALID, RED),
    ],
)
def test_a_file_is_as_good_as_its_signatures_and_the_register_say(client, services, of_file, of_register, look):
    report = example(FileReport, verdict=of_file, code="ABC", reasons=("digest_mismatch", "new_reason"))
    services.tell(CheckFiles, FileReports(reports=(report,)))
    services.tell(VerifyCode, public(of_register) if of_register else NotFound())

    page = client.post("/verify", **form(b"%PDF"))

    assert re.findall(r'class="(verdict \w+)"', page.text) == [look]
    assert ("Nội dung khác với nội dung đã ký." in page.text) is (of_file is not Verdict.VALID)
    assert ("new_reason" in page.text) is (of_file is not Verdict.VALID)


def test_what_is_no_transcript_is_not_shown_as_one_however_well_it_is_signed(client, services):
    services.tell(CheckFiles, FileReports(reports=(example(FileReport, verdict=Verdict.VALID, code=None),)))

    page = client.post("/verify", **form(b"%PDF"))

    assert re.findall(r'class="(verdict \w+)"', page.text) == [AMBER]
    assert "không phải học bạ của hệ thống này" in page.text


def test_a_package_is_as_good_as_the_worst_transcript_in_it(client, services):
    members = tuple(
        example(MemberReport, name=f"{code}.xml", code=code, verdict=Verdict.VALID, reasons=()) for code in ("A", "B")
    )
    report = example(FileReport, kind="zip", verdict=Verdict.VALID, code=None, members=members, reasons=())
    services.tell(CheckFiles, FileReports(reports=(report,)))
    services.tell(VerifyCode, public(Verdict.REVOKED))

    page = client.post("/verify", **form(b"PK"))
    told = client.post("/v1/verifications", **form(b"PK")).json

    assert re.findall(r'class="(verdict \w+)"', page.text) == ["verdict revoked"]
    assert page.text.count("Nhà trường đã thu hồi học bạ này.") == 3
    assert (told["verdict"], [each["verdict"] for each in told["members"]]) == ("REVOKED", ["REVOKED"] * 2)


@pytest.mark.parametrize(("kind", "shown"), [("pdf", AMBER), ("class_sheet", GREEN)])
def test_a_package_with_a_strangers_letter_is_not_shown_as_transcripts(client, services, kind, shown):
    """A class sheet has no code of its own either, but goes along with transcripts."""
    names = ({"code": "A", "kind": "xml"}, {"code": None, "kind": kind})
    members = tuple(example(MemberReport, name=one["kind"], verdict=Verdict.VALID, reasons=(), **one) for one in names)
    report = example(FileReport, kind="zip", verdict=Verdict.VALID, code=None, members=members, reasons=())
    services.tell(CheckFiles, FileReports(reports=(report,)))
    services.tell(VerifyCode, public(Verdict.VALID))

    page = client.post("/verify", **form(b"PK"))

    assert re.findall(r'class="(verdict \w+)"', page.text) == [shown]
    assert ("Không phải học bạ của hệ thống này." in page.text) is (shown == AMBER)


def test_a_transcript_in_a_package_says_how_many_subjects_stand_on_class_sheets(client, services):
    rows = (RowReport(subject="toan", sheet="bang_ky_lop/a.json"), RowReport(subject="ngu_van", sheet=None))
    member = example(MemberReport, name="A.xml", code="A", verdict=Verdict.VALID, reasons=(), rows=rows)
    report = example(FileReport, kind="zip", verdict=Verdict.VALID, code=None, members=(member,), reasons=())
    services.tell(CheckFiles, FileReports(reports=(report,)))
    services.tell(VerifyCode, public(Verdict.VALID))

    page = client.post("/verify", **form(b"PK"))
    told = client.post("/v1/verifications", **form(b"PK")).json

    assert "Bảng ký lớp trong gói: 1/2 môn." in page.text
    assert told["members"][0]["rows"] == [
        {"subject": "toan", "sheet": "bang_ky_lop/a.json"},
        {"subject": "ngu_van", "sheet": None},
    ]


def test_the_code_on_paper_is_shown_with_what_it_says(client, services):
    summary = example(PaperSummary, pupil="Vũ An", results=("Tốt", "Được lên lớp"))
    report = example(FileReport, kind="qr", verdict=Verdict.VALID, code="A", summary=summary, members=(), reasons=())
    services.tell(CheckFiles, FileReports(reports=(report,)))
    services.tell(VerifyCode, public(Verdict.VALID))

    page = client.post("/verify", **form(b"HB1:"))

    assert "Vũ An" in page.text
    assert "Tốt; Được lên lớp" in page.text


def test_every_reason_has_its_words():
    told = (one for member in Reason for one in REASONS[member])

    assert all(told)


def test_the_pages_are_vietnamese_until_english_is_chosen_and_then_stay_so(client):
    first = client.get("/verify")
    client.get("/verify?lang=en")
    later = client.get("/login")

    assert 'lang="vi"' in first.text
    assert "Verify a digital transcript" not in first.text
    assert '<html lang="en">' in later.text


def test_without_logging_in_one_is_sent_to_the_login(client, services):
    assert client.get("/").location == "/login"
    assert client.get(SHEET_PATH).location == "/login"
    assert services.asked == []


def test_a_visit_whose_token_has_expired_is_sent_to_the_login(visitor, services):
    services.tell(ReadMe, Unauthenticated())

    assert visitor.get("/").location == "/login"


def test_the_cookie_of_a_visit_is_for_our_server_alone(client, services):
    services.tell(LogIn, Tokens(access_token="A", refresh_token="R", expires_in=300, person_id=ID))
    page = client.get("/login")

    cookie = client.post("/login", data={"username": "an", "form_token": token_in(page)}).headers["Set-Cookie"]

    assert all(word in cookie for word in ("HttpOnly", "SameSite=Lax", "Secure", "Path=/"))


def test_a_wrong_password_is_told_and_keeps_the_user_name_only(client, services):
    services.tell(LogIn, WrongPassword())
    token = token_in(client.get("/login"))

    page = client.post("/login", data={"username": "an.le", "password": "bí mật", "form_token": token})

    assert page.status_code == 409
    assert "Sai tên đăng nhập hoặc mật khẩu." in page.text
    assert "an.le" in page.text
    assert "bí mật" not in page.text


@pytest.mark.parametrize("token", ["", "guess"])
def test_a_form_from_elsewhere_logs_nobody_in_or_out(client, visitor, services, token):
    for path in ("/login", "/logout"):
        page = visitor.post(path, data={"username": "a", "password": "b", "form_token": token})
        assert (page.status_code, page.json["code"]) == (400, "gateway.form_expired")
    assert services.asked == []


def test_logging_out_ends_the_session_even_when_the_services_are_away(visitor, services):
    services.tell(LogOut, Unavailable())
    token = token_in(visitor.get("/account"))

    page = visitor.post("/logout", data={"form_token": token})

    assert page.status_code == 503
    assert services.asked[-1] == LogOut(refresh_token="R")
    assert visitor.get("/").location == "/login"


def test_a_teacher_sees_the_sheets_of_the_first_unit_and_may_choose_another(visitor, services):
    other = uuid4()
    grants = tuple(example(GrantV1, unit_id=unit, unit_name=name) for unit, name in ((ID, "THCS A"), (other, "THPT B")))
    services.tell(ReadMe, Me(person_id=ID, name="Lê An", grants=grants))
    services.tell(FindSheets, Sheets(sheets=(example(SheetHead, subject_name="Ngữ văn"),)))

    page = visitor.get("/?year=2024")
    visitor.get(f"/?year=2023&unit={other}")

    assert "Ngữ văn" in page.text
    assert [request for request in services.asked if isinstance(request, FindSheets)] == [
        FindSheets(school_year=2024, unit_id=ID),
        FindSheets(school_year=2023, unit_id=other),
    ]


def test_a_unit_without_sheets_for_me_is_an_empty_page_not_an_error(visitor, services):
    services.tell(ReadMe, Me(person_id=ID, name="Lê An", grants=(example(GrantV1),)))
    services.tell(FindSheets, Forbidden())

    page = visitor.get("/")

    assert page.status_code == 200
    assert "chưa có bảng điểm nào" in page.text


def test_a_sheet_shows_names_marks_and_that_its_window_is_closed(visitor, services, sheet):
    services.tell(ReadSheet, sheet)
    people = [example(PersonV1, id=row.pupil_id, name=f"Em {row.code}") for row in sheet.rows[:2]]
    services.tell(FindPeople, People(people=tuple(people)))

    text = visitor.get(SHEET_PATH).text

    for part in ("Em 00000", "Em 00001", "00002", "7,5", "vắng P", "miễn", "chỉ để xem"):
        assert part in text
    assert "&lt;b&gt;Cố gắng&lt;/b&gt;" in text


@pytest.mark.parametrize(("is_open", "said"), [(True, "Đang mở nhập điểm, đến"), (False, "Đóng lúc")])
def test_a_sheet_says_until_when_it_is_open_or_since_when_it_is_closed(visitor, services, sheet, is_open, said):
    services.tell(ReadSheet, replace(sheet, closes_at=datetime(2026, 5, 20, 10, tzinfo=UTC), is_open=is_open))
    services.tell(FindPeople, People(people=()))

    assert f"{said} 20/05/2026 17:00" in visitor.get(SHEET_PATH).text


def test_a_browser_gets_a_page_where_a_program_gets_a_problem(visitor, services):
    services.tell(ReadSheet, NotFound())
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}

    page, problem = visitor.get(SHEET_PATH, headers=browser), visitor.get(SHEET_PATH)

    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert (problem.status_code, problem.mimetype) == (404, "application/problem+json")
