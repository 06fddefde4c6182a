"""How marks are entered: who may, when, which values, and with how little work (R07, R11–R13, R16, R19, R20)."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from deploy.demo.client import Client, Refusal
from tests.journeys.installation import until
from tests.journeys.requirements.schools import sheet_path

CLASS_OF_45 = 45


@pytest.fixture(scope="module")
def room(lower):
    return lower.classes["6A"]


def in_a_moment():
    return (datetime.now(UTC) + timedelta(seconds=2)).isoformat()


def test_a_teacher_of_another_class_is_refused_and_the_refusal_is_on_record(lower, room):
    """R07."""
    [stranger] = lower.department.appoint(lower.unit_id, "staff", by=lower.admin)
    lower.department.await_grants(lower.unit_id, people=6)

    with pytest.raises(Refusal, match=r"403 gradebook\.not_your_sheet"):
        room.save("VAN", "tx1", ["9.0"] * 3, by=stranger)

    assert room.values("VAN", "tx1") == [(None, 0)] * 3
    account = account_of(lower.department.platform, stranger)
    until(lambda: refusals(lower.department.platform, code="gradebook.not_your_sheet", account_id=account))


def account_of(platform, person):
    [(account,)] = platform.sql("identity", "SELECT id FROM accounts WHERE person_id = %s", person.id)
    return str(account)


def refusals(platform, **sought):
    """The lines of gradebook's logs that say this."""
    logs = platform.instance.logs.glob("gradebook-rpc*.log")
    lines = [json.loads(line) for log in logs for line in log.read_text().splitlines() if "request_refused" in line]
    return [line for line in lines if sought.items() <= line.items()]


def test_a_closed_window_refuses_marks_lets_them_be_read_and_opens_again_only_with_a_reason(lower, room):
    """R11."""
    room.save("TOAN", "tx1", ["7.0"] * 3)
    room.close_window(1, "MARKS")

    with pytest.raises(Refusal, match=r"409 gradebook\.window_closed: Cửa sổ nhập đã đóng"):
        room.save("TOAN", "tx1", ["8.0"] * 3, version=1)
    with pytest.raises(Refusal, match=r"400 gradebook\.reason_required"):
        room.open_window(1, "MARKS")
    reopened = room.open_window(1, "MARKS", in_a_moment(), reason="Giáo viên nghỉ ốm.")
    until(lambda: not room.read("TOAN")["is_open"])  # by itself, when its time has come

    with pytest.raises(Refusal, match=r"409 gradebook\.window_closed"):
        room.save("TOAN", "tx1", ["8.0"] * 3, version=1)
    assert room.values("TOAN", "tx1") == [("7.0", 1)] * 3
    listed = next(one for one in lower.admin.get(f"{lower.path}/windows")["windows"] if one["id"] == reopened["id"])
    assert (listed["reason"], listed["closes_at"]) == ("Giáo viên nghỉ ốm.", reopened["closes_at"])
    room.open_window(1, "MARKS", reason="Bổ sung điểm sau đợt ốm.")
    assert room.save("TOAN", "tx1", ["8.0"] * 3, version=1)["written"] == 3


def test_comments_have_a_window_of_their_own(room):
    """R12."""
    room.close_window(2, "MARKS")
    comments = [{"pupil_id": pupil, "text": "Có tiến bộ.", "version": 0} for pupil in room.pupils]

    saved = room.school.teacher.put(f"{sheet_path(room.sheets['VAN', 2])}/comments", {"comments": comments})

    assert saved["written"] == 3
    with pytest.raises(Refusal, match=r"409 gradebook\.window_closed"):
        room.save("VAN", "tx1", ["8.0"] * 3, term=2)
    room.close_window(2, "COMMENTS")
    room.open_window(2, "MARKS", reason="Nhập điểm học kỳ 2.")
    assert room.save("VAN", "tx1", ["8.0"] * 3, term=2)["written"] == 3
    with pytest.raises(Refusal, match=r"409 gradebook\.window_closed"):
        room.school.teacher.put(f"{sheet_path(room.sheets['VAN', 2])}/comments", {"comments": comments})


def test_marks_of_a_centralised_exam_are_written_by_admins_alone(lower):
    """R13."""
    room = lower.classes["6C"]
    exam = {"grade": 6, "subject": "KHTN", "term": 1, "key": "ck", "is_centralised": True}
    lower.admin.put(f"{lower.path}/centralised-columns", exam)

    with pytest.raises(Refusal, match=r"403 gradebook\.centralised"):
        room.save("KHTN", "ck", ["6.5", "7.5", "8.5"])
    room.save("KHTN", "ck", ["6.5", "7.5", "8.5"], by=lower.admin)

    assert room.values("KHTN", "ck") == [("6.5", 1), ("7.5", 1), ("8.5", 1)]
    lower.admin.put(f"{lower.path}/centralised-columns", exam | {"is_centralised": False})


@pytest.mark.parametrize("mark", ["10.5", "-1", "7.25", "abc"])
def test_what_is_no_mark_is_refused_and_nothing_of_its_column_is_written(room, mark):
    """R16."""
    with pytest.raises(Refusal, match=r"400 gradebook\.cells_invalid"):
        room.save("LSDL", "tx1", ["8.0", mark, "8.0"])

    assert room.values("LSDL", "tx1") == [(None, 0)] * 3


def test_a_primary_test_takes_no_half_marks(primary):
    """R16."""
    room = primary.classes["4A"]

    with pytest.raises(Refusal, match=r"400 gradebook\.cells_invalid"):
        room.save("toan", "ck_kt", ["7.5", "8", "8"])

    assert room.values("toan", "ck_kt") == [(None, 0)] * 3


def test_a_term_with_a_missing_column_has_no_results(lower):
    """R16."""
    room = lower.classes["9A"]
    room.save("VAN", "tx1", ["8.0"] * 3)
    room.say_conduct(1)

    with pytest.raises(Refusal, match=r"409 gradebook\.incomplete"):
        room.lock("TERM_1")

    with pytest.raises(Refusal, match=r"409 gradebook\.not_locked"):
        room.results()


def test_a_class_of_forty_five_gets_a_column_in_one_request(lower):
    """R19."""
    room = lower.classes["6B"]
    marks = [f"{number % 11}.{number % 10 if number % 11 < 10 else 0}" for number in range(CLASS_OF_45)]

    saved = room.save("TOAN", "tx1", marks)

    assert saved["written"] == CLASS_OF_45
    assert room.values("TOAN", "tx1") == [(mark, 1) for mark in marks]


def test_a_comment_is_typed_once_and_used_again(lower):
    """R19."""
    room = lower.classes["6B"]
    lower.teacher.post("/v1/me/phrases", {"subject": "TOAN", "texts": ["Nắm vững kiến thức."]})

    [phrase] = lower.teacher.get("/v1/me/phrases")["phrases"]
    comments = [{"pupil_id": pupil, "text": phrase["text"], "version": 0} for pupil in room.pupils]
    saved = lower.teacher.put(f"{sheet_path(room.sheets['TOAN', 1])}/comments", {"comments": comments})

    assert saved["written"] == CLASS_OF_45
    assert {row["comments"][0]["text"] for row in room.read("TOAN")["rows"]} == {"Nắm vững kiến thức."}


def test_a_grade_that_is_not_yet_in_the_pilot_keeps_paper_books(primary):
    """R20."""
    new = {"name": "5A", "grade": 5, "homeroom_id": primary.homeroom.id}
    made = primary.admin.post(f"{primary.path}/classes", {"classes": [new]})["classes"]
    paper = next(one for one in made if one["name"] == "5A")
    assignment = {"class_id": paper["id"], "subject": "toan", "teacher_id": primary.teacher.id}

    with pytest.raises(Refusal, match=r"409 gradebook\.paper_only"):
        primary.admin.post(f"{primary.path}/assignments", {"assignments": [assignment]})

    sheets = primary.admin.get(f"{primary.path}/sheets")["sheets"]
    assert "5A" not in {sheet["class_name"] for sheet in sheets}


def test_nobody_sees_a_sheet_without_having_logged_in(lower, room):
    """R07."""
    nobody = Client(lower.teacher.client.base_url)

    with pytest.raises(Refusal, match="401 unauthenticated"):
        nobody.get(sheet_path(room.sheets["VAN", 1]))
