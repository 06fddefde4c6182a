"""Whose signature is waited for is told so by mail, once a day and only while it is waited for (R41)."""

from email import message_from_bytes, policy

import pytest

from services.contracts.signing.reminders import SignatureDueV1
from tests.journeys.installation import until
from tests.journeys.requirements import issuing
from tests.journeys.requirements.people import until_done
from tests.journeys.requirements.schools import PERIODS, found_school, subject

OLDER = (
    "UPDATE documents SET registered_at = registered_at - interval '25 hours' WHERE unit_id = %s RETURNING 1",
    "UPDATE signatures SET signed_at = signed_at - interval '25 hours' WHERE holder = ANY(%s::uuid[]) RETURNING 1",
    "UPDATE reminders SET told_at = told_at - interval '25 hours' WHERE person_id = ANY(%s::uuid[]) RETURNING 1",
)
SUBJECTS = tuple(subject(code, "SCORED", 7) for code in ("VAN", "TOAN", "NN1", "KHTN", "LSDL", "GDCD"))


@pytest.fixture(scope="module")
def room(department):
    """A class of a school of its own, frozen, with nobody's signature yet."""
    school = found_school(department, "Trường THCS Bến Nước", class_sizes={"7A": 2})
    school.open_year("THCS", SUBJECTS)
    school.add_classes({"7A": 7}, SUBJECTS)
    room = school.classes["7A"]
    room.fill(1, 2)
    for term in (1, 2):
        room.say_conduct(term)
    room.lock(*PERIODS)
    issuing.make_keys(school)
    issuing.freeze(room)
    until(lambda: waiting(room, school.teacher))
    return room


def waiting(room, person):
    return person.get("/v1/years/2025/signing/waiting")["classes"]


def letters_to(room, person):
    """The letters that the mailbox keeps for the person."""
    folder = room.school.department.platform.instance.home / "mail"
    letters = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in folder.glob("*.eml")]
    return [letter for letter in letters if letter["To"] == person.client.username]


def a_day_passes(room):
    """Let what waits and what was told in this school be a day and an hour older."""
    people = [room.school.teacher.id, room.school.homeroom.id]
    for statement, who in zip(OLDER, (room.school.unit_id, people, people), strict=True):
        room.school.department.platform.sql("signing", statement, who)


def sign(room, person, role):
    body = {"school_year": 2025, "class_ids": [room.id], "role": role, "pin": issuing.PIN}
    until_done(lambda: person.post("/v1/signing-sessions", body), unless=["signing.nothing_to_sign"])
    until(lambda: not waiting(room, person))


def test_a_teacher_who_has_not_signed_is_reminded_by_mail_signs_and_is_reminded_no_more(room):
    school = room.school
    platform = school.department.platform
    a_day_passes(room)
    until(lambda: letters_to(room, school.teacher))
    platform.kill("signing-worker")  # the process that begins anew knows what was told
    sign(room, school.teacher, "GVBM")
    a_day_passes(room)
    until(lambda: letters_to(room, school.homeroom))

    (letter,) = letters_to(room, school.teacher)
    text = letter.get_content()
    assert "Trường THCS Bến Nước: 2 học bạ, 6 bảng ký lớp của 1 lớp" in text
    assert f"{platform.url}/account" in text
    assert [pupil.person.full_name for pupil in school.paper.pupils if pupil.person.full_name in text] == []
    assert len(letters_to(room, school.homeroom)) == 1


def test_who_switches_reminders_off_gets_none(room):
    school = room.school
    school.homeroom.put("/v1/me/reminders", {"wanted": False})
    a_day_passes(room)
    told = "SELECT version FROM reminders WHERE person_id = %s"
    sql = school.department.platform.sql
    until(lambda: sql("signing", told, school.homeroom.id) == [(2,)])
    heard = "SELECT count(*) FROM inbox WHERE state = 'DONE' AND type = %s AND data->>'person_id' = %s"
    until(lambda: sql("notify", heard, SignatureDueV1.type, school.homeroom.id) == [(2,)])

    assert len(letters_to(room, school.homeroom)) == 1
    assert school.homeroom.get("/v1/me/reminders") == {"wanted": False}
