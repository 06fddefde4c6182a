"""A closed mark changes only in the open, and whatever is done behind the platform's back is found (R15, R21, R27)."""

import pytest

from deploy.demo.client import Refusal
from tests.journeys.requirements import issuing
from tests.journeys.requirements.schools import PERIODS, YEAR, sheet_path

MINUTES = b"%PDF-1.7 scanned minutes"


@pytest.fixture(scope="module")
def room(lower):
    """A class with the marks of its year, every window closed."""
    room = lower.classes["7A"]
    room.fill(1, 2)
    room.say_conduct(1, 2)
    for term, kind in room.windows:
        room.close_window(term, kind)
    return room


def ask_correction(room, pupil, value, *, term=1):
    """What the teacher asks of maths' final mark of a pupil, which nobody has changed yet."""
    body = {
        "column_id": room.column("TOAN", "ck", term)["id"],
        "pupil_id": pupil,
        "version": 1,
        "state": "VALUE",
        "value": value,
        "reason": "Cộng nhầm điểm bài 3.",
        "evidence": room.school.keep_scan(MINUTES),
    }
    path = f"{sheet_path(room.sheets['TOAN', term])}/corrections"
    return f"{YEAR}/corrections/{room.school.teacher.post(path, body)['id']}"


def test_a_closed_mark_is_corrected_by_three_people_and_the_transcript_counts_it(lower, room):
    """R15."""
    place = ask_correction(room, room.pupils[0], "9.0")
    with pytest.raises(Refusal, match="403 "):
        lower.teacher.post(f"{place}/verification")
    with pytest.raises(Refusal, match=r"409 gradebook\.wrong_step"):
        lower.principal.post(f"{place}/decision", {"is_approved": True})
    lower.homeroom.post(f"{place}/verification")
    assert room.values("TOAN", "ck")[0] == ("8.0", 1)

    lower.principal.post(f"{place}/decision", {"is_approved": True})

    assert room.values("TOAN", "ck")[0] == ("9.0", 2)
    all_of_school = lower.principal.get(f"{lower.path}/corrections")["corrections"]
    [kept] = [one for one in all_of_school if one["sheet_id"] == room.sheets["TOAN", 1]["id"]]
    assert (kept["old_value"], kept["new_value"], kept["reason"]) == ("8.0", "9.0", "Cộng nhầm điểm bài 3.")
    assert [kept["requested_by"], kept["verified_by"], kept["decided_by"]] == [
        lower.teacher.id, lower.homeroom.id, lower.principal.id,
    ]  # fmt: skip
    assert all(kept[moment] for moment in ("requested_at", "verified_at", "decided_at"))
    room.lock(*PERIODS)
    first, second, _ = issuing.freeze(room)
    assert "<SUA_CHUA><SO_CHO>1</SO_CHO><MON>TOAN</MON></SUA_CHUA>" in issuing.xml_of(room, first)
    assert "<SUA_CHUA><SO_CHO>0</SO_CHO></SUA_CHUA>" in issuing.xml_of(room, second)
    with pytest.raises(Refusal, match=r"409 gradebook\.transcript_frozen"):
        ask_correction(room, room.pupils[1], "9.0")


def test_a_mark_on_which_a_transcript_rests_is_not_corrected_under_it(lower, before_summer):
    """R15."""
    before_summer.close_window(1, "MARKS")

    with pytest.raises(Refusal, match=r"409 gradebook\.transcript_issued"):
        ask_correction(before_summer, before_summer.pupils[1], "9.0")


def test_a_cell_tells_its_whole_history_and_a_sheet_what_differs_between_two_moments(lower):
    """R21."""
    room = lower.classes["6C"]
    sheet, column, pupil = room.sheets["LSDL", 1], room.column("LSDL", "tx1"), room.pupils[0]
    room.save("LSDL", "tx1", ["5.0", "6.0", "7.0"])
    room.save("LSDL", "tx1", ["5.5"], version=1)

    place = f"{sheet_path(sheet)}/columns/{column['id']}/pupils/{pupil}/history"
    first, second = lower.homeroom.get(place)["changes"]
    between = {"from_at": first["recorded_at"], "to_at": second["recorded_at"]}
    [difference] = lower.homeroom.get(f"{sheet_path(sheet)}/differences", **between)["cells"]

    assert [(one["old"]["value"], one["new"]["value"]) for one in (first, second)] == [(None, "5.0"), ("5.0", "5.5")]
    assert {one["person_id"] for one in (first, second)} == {lower.teacher.id}
    assert (difference["pupil_id"], difference["before"]["value"], difference["after"]["value"]) == (
        pupil, "5.0", "5.5",
    )  # fmt: skip


def test_a_correction_that_raises_a_final_mark_by_two_is_signalled_to_the_principal_and_to_no_teacher(lower):
    """R27."""
    room = lower.classes["9B"]
    room.save("TOAN", "ck", ["5.0", "6.0", "7.0"], term=2)
    room.close_window(2, "MARKS")
    place = ask_correction(room, room.pupils[0], "8.0", term=2)
    lower.homeroom.post(f"{place}/verification")
    lower.principal.post(f"{place}/decision", {"is_approved": True})

    told = lower.principal.get(f"{lower.path}/signals")

    sheet = room.sheets["TOAN", 2]["id"]
    signals = {one["code"]: one["pupil_id"] for one in told["signals"] if one["sheet_id"] == sheet}
    assert signals["FINAL_RAISED"] == room.pupils[0]
    assert sheet in told["alarmed"]
    with pytest.raises(Refusal, match="403 forbidden"):
        lower.teacher.get(f"{lower.path}/signals")


def test_one_character_changed_in_the_stored_history_is_found(lower):
    """R21."""
    room = lower.classes["6C"]
    room.save("GDCD", "tx1", ["7.0", "8.0", "9.0"])
    sheet, platform = room.sheets["GDCD", 1], lower.department.platform
    before = lower.teacher.get(f"{sheet_path(sheet)}/audit")

    platform.rule("gradebook", "UPDATE mark_history SET value = '9.1' WHERE sheet_id = %s AND seq = 3", sheet["id"])
    after = lower.teacher.get(f"{sheet_path(sheet)}/audit")
    platform.rule("gradebook", "UPDATE mark_history SET value = '9.0' WHERE sheet_id = %s AND seq = 3", sheet["id"])

    assert before["intact"]
    assert (after["intact"], after["broken_at"]) == (False, 3)
