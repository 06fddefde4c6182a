"""Whom a reminder is planned for, why it is not sent after all, and what it says."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.contracts.messages import Change
from services.contracts.signing.reminders import (
    CertificateExpiringV1,
    DueAtUnit,
    Duties,
    EndingCertificate,
    SignatureDueV1,
)
from services.notify.domain import DeliveryState
from services.notify.settings import Settings
from services.notify.staff import letters
from services.notify.staff.domain import Kind, Reminder, plan, why_not

NOW = datetime(2026, 6, 1, 18, 0, tzinfo=UTC)  # the second of June in Vietnam
TEACHER, CLERK, SCHOOL, KEY = (UUID(int=number) for number in range(1, 5))
DUE = SignatureDueV1(
    record_id=UUID(int=10),
    change=Change.NEW,
    version=1,
    updated_at=NOW,
    person_id=TEACHER,
    unit_id=SCHOOL,
    documents=45,
    classes=2,
    waiting_since=NOW,
)
EXPIRING = CertificateExpiringV1(
    record_id=KEY,
    change=Change.UPDATE,
    version=1,
    updated_at=NOW,
    holder=TEACHER,
    is_seal=False,
    within_days=30,
    valid_to=NOW + timedelta(days=30),
)
WAITING = DueAtUnit(unit_id=SCHOOL, documents=45, classes=2, waiting_since=NOW)
ENDING = EndingCertificate(key_id=KEY, unit_id=None, valid_to=NOW)
NOTHING = Duties(due=(), ending=())
ALL = Duties(due=(WAITING,), ending=(ENDING, replace(ENDING, unit_id=SCHOOL)))
SETTINGS = Settings(
    smtp_url="smtp://127.0.0.1:25",
    sender="hocba@example.vn",
    message_domain="hocba.example.vn",
    public_url="https://hocba.example.vn",
)


def reminder(kind=Kind.SIGNATURE_DUE, **known):
    usual = {"id": UUID(int=20), "record_id": KEY, "person_id": TEACHER, "state": DeliveryState.PENDING}
    return Reminder(**usual | {"kind": kind, "created_at": NOW, "is_wanted": True, "is_newest": True} | known)


def letter(kind=Kind.SIGNATURE_DUE, duties=ALL):
    names = {SCHOOL: "Trường THCS Sông Mây"}
    return letters.compose(reminder(kind), duties, names, email="co@example.vn", settings=SETTINGS)


def test_a_teacher_is_planned_for_and_of_a_seal_its_clerks():
    seal = replace(EXPIRING, holder=SCHOOL, is_seal=True)

    planned = plan([DUE, EXPIRING, seal], {(CLERK, SCHOOL), (TEACHER, UUID(int=9))})

    assert [(one.kind, one.person_id, one.record_id) for one in planned] == [
        (Kind.SIGNATURE_DUE, TEACHER, DUE.record_id),
        (Kind.CERTIFICATE_EXPIRING, TEACHER, KEY),
        (Kind.CERTIFICATE_EXPIRING, CLERK, KEY),
    ]


@pytest.mark.parametrize(
    ("planned", "duties", "why"),
    [
        (reminder(), ALL, None),
        (reminder(), NOTHING, "nothing_waits"),
        (reminder(Kind.CERTIFICATE_EXPIRING), ALL, None),
        (reminder(Kind.CERTIFICATE_EXPIRING), NOTHING, "certificate_not_ending"),
        (reminder(Kind.CERTIFICATE_EXPIRING, record_id=TEACHER), ALL, "certificate_not_ending"),
        (reminder(is_wanted=False), ALL, "switched_off"),
        (reminder(is_newest=False), ALL, "newer_reminder"),
    ],
)
def test_what_no_longer_concerns_the_person_is_not_sent(planned, duties, why):
    assert why_not(planned, duties) == why


def test_a_letter_says_what_waits_where_since_when_and_on_which_page():
    text = letter().get_content()

    assert "- Trường THCS Sông Mây: 45 học bạ của 2 lớp, chờ từ 02/06/2026." in text
    assert "https://hocba.example.vn/account" in text


def test_a_letter_names_class_sheets_beside_transcripts_or_alone():
    for documents, told in ((45, "45 học bạ, 3 bảng ký lớp của 2 lớp"), (0, "Sông Mây: 3 bảng ký lớp của 2 lớp")):
        waiting = replace(WAITING, documents=documents, class_sheets=3)
        assert told in letter(duties=Duties(due=(waiting,), ending=())).get_content()


def test_a_letter_says_when_the_own_certificate_and_the_seals_end():
    text = letter(Kind.CERTIFICATE_EXPIRING).get_content()

    assert "- Chứng thư của thầy/cô: đến 01:00 ngày 02/06/2026." in text
    assert "- Con dấu của Trường THCS Sông Mây: đến 01:00 ngày 02/06/2026." in text


def test_a_letter_says_nothing_of_what_there_is_not():
    text = letter(duties=Duties(due=(WAITING,), ending=())).get_content()

    assert "hết hạn" not in text
    assert "\n\n\n" not in text
