"""Staff are reminded once of each fact, if it still concerns them when the letter goes out and they did not say no."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.chassis.errors import Unavailable
from services.chassis.ids import new_id
from services.contracts.identity import (
    FindStaffContacts,
    FindUnits,
    Role,
    StaffContact,
    StaffContacts,
    UnitKind,
    Units,
    UnitV1,
)
from services.contracts.messages import Change
from services.contracts.notify import ChooseReminders, ReadReminderChoice, ReminderChoice
from services.contracts.signing.reminders import (
    CertificateExpiringV1,
    DueAtUnit,
    Duties,
    EndingCertificate,
    ReadDuties,
    SignatureDueV1,
)
from tests.integration.acting import RecordedAnswers
from tests.integration.notify.conftest import Notifying

NOW = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)
NOTHING = Duties(due=(), ending=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminding:
    """Notify with a teacher for whom something waits, as signing and identity answer it."""

    notifying: Notifying
    answers: dict[type, Any]
    teacher: UUID = field(default_factory=new_id)

    def waits(self, documents: int = 45) -> None:
        due = DueAtUnit(unit_id=self.notifying.school, documents=documents, classes=2, waiting_since=NOW)
        self.answers[ReadDuties] = Duties(due=(due,), ending=())

    def is_signed(self) -> None:
        self.answers[ReadDuties] = NOTHING

    def due(self, version: int = 1) -> SignatureDueV1:
        return SignatureDueV1(
            record_id=self.teacher,
            change=Change.NEW,
            version=version,
            updated_at=NOW,
            person_id=self.teacher,
            unit_id=self.notifying.school,
            documents=45,
            classes=2,
            waiting_since=NOW,
        )

    def ends(self, key: UUID, *, seal: bool = False) -> CertificateExpiringV1:
        """The news that a certificate soon ends, of which signing knows."""
        school, end = self.notifying.school, NOW + timedelta(days=7)
        mine = EndingCertificate(key_id=key, unit_id=school if seal else None, valid_to=end)
        self.answers[ReadDuties] = Duties(due=(), ending=(mine,))
        return CertificateExpiringV1(
            record_id=key,
            change=Change.UPDATE,
            version=2,
            updated_at=NOW,
            holder=school if seal else self.teacher,
            is_seal=seal,
            within_days=7,
            valid_to=end,
        )

    def tell(self, event: SignatureDueV1 | CertificateExpiringV1) -> None:
        self.notifying.tell(event)

    def choose(self, *, wanted: bool) -> ReminderChoice:
        return self.notifying.ask(ChooseReminders(wanted=wanted), self.teacher)

    def letters(self) -> list[Any]:
        return self.notifying.mailbox.letters()

    def ended(self) -> list[tuple[str, str | None]]:
        rows = self.notifying.sql("SELECT state, reason FROM reminders ORDER BY version")
        return [(row.state, row.reason) for row in rows]


@pytest.fixture
def reminding(notifying):
    notifying.sql("TRUNCATE reminders, reminder_choices")
    school = UnitV1(
        id=notifying.school,
        kind=UnitKind.SCHOOL,
        code="1",
        name="Trường THCS Sông Mây",
        parent_id=None,
        commune="Xã Ví Dụ",
        province="Tỉnh Ví Dụ",
        department="Sở GDĐT tỉnh Ví Dụ",
    )
    contacts = lambda asked: StaffContacts(  # noqa: E731 - an answer
        contacts=tuple(StaffContact(person_id=one, email="co@example.vn") for one in asked.person_ids)
    )
    answers = {FindUnits: Units(units=(school,)), FindStaffContacts: contacts}
    told = Reminding(notifying=replace(notifying, others=RecordedAnswers(answers)), answers=answers)
    told.waits()
    return told


def test_a_teacher_is_told_what_waits_at_which_school_and_on_which_page(reminding):
    reminding.tell(reminding.due())

    (letter,) = reminding.letters()
    assert (letter["To"], letter["From"]) == ("co@example.vn", "hocba@example.vn")
    assert letter["Subject"] == "Học bạ, bảng ký lớp đang chờ thầy/cô ký số"
    text = letter.get_content()
    assert "Trường THCS Sông Mây: 45 học bạ của 2 lớp, chờ từ 01/06/2026." in text
    assert "https://hocba.example.vn/account" in text
    assert reminding.ended() == [("SENT", None)]


def test_the_letter_says_what_waits_when_it_is_sent(reminding):
    reminding.notifying.hear(reminding.due())
    reminding.waits(documents=3)
    reminding.notifying.work()

    assert "3 học bạ của 2 lớp" in reminding.letters()[0].get_content()


def test_the_same_reminder_told_twice_is_one_letter_and_the_next_day_brings_another(reminding):
    reminding.tell(reminding.due())
    reminding.tell(reminding.due())
    assert len(reminding.letters()) == 1

    reminding.tell(reminding.due(version=2))
    assert len(reminding.letters()) == 2


def test_who_has_signed_meanwhile_is_not_written_to(reminding):
    reminding.notifying.hear(reminding.due())
    reminding.is_signed()
    reminding.notifying.work()

    assert reminding.letters() == []
    assert reminding.ended() == [("CANCELLED", "nothing_waits")]


def test_who_is_no_longer_employed_has_no_address_here_and_is_not_written_to(reminding):
    reminding.answers[FindStaffContacts] = StaffContacts(contacts=())
    reminding.tell(reminding.due())

    assert reminding.letters() == []
    assert reminding.ended() == [("CANCELLED", "no_address")]


def test_reminders_are_on_until_one_switches_them_off_for_oneself(reminding):
    read = lambda: reminding.notifying.ask(ReadReminderChoice(), reminding.teacher).wanted  # noqa: E731 - a question
    assert read()

    reminding.choose(wanted=False)
    reminding.tell(reminding.due())
    assert (read(), reminding.letters(), reminding.ended()) == (False, [], [])

    reminding.choose(wanted=True)
    reminding.tell(reminding.due(version=2))
    assert (read(), len(reminding.letters())) == (True, 1)


def test_who_switches_reminders_off_before_sending_is_not_written_to(reminding):
    reminding.answers[ReadDuties] = Unavailable()
    reminding.tell(reminding.due())
    reminding.choose(wanted=False)
    reminding.waits()
    reminding.notifying.work()

    assert reminding.letters() == []
    assert reminding.ended() == [("CANCELLED", "switched_off")]


def test_after_days_without_a_mail_server_only_the_newest_reminder_is_sent(reminding):
    reminding.notifying.mailbox.says["DATA"] = "451 busy"
    for version in (1, 2, 3):
        reminding.tell(reminding.due(version))
    reminding.notifying.mailbox.says.clear()
    reminding.notifying.work()

    assert len(reminding.letters()) == 1
    assert reminding.ended() == [("CANCELLED", "newer_reminder")] * 2 + [("SENT", None)]


def test_an_ending_certificate_is_told_to_its_holder(reminding):
    reminding.tell(reminding.ends(new_id()))

    (letter,) = reminding.letters()
    assert letter["Subject"] == "Chứng thư số sắp hết hạn"
    assert "Chứng thư của thầy/cô: đến 10:00 ngày 08/06/2026." in letter.get_content()


def test_an_ending_seal_is_told_to_the_clerks_of_the_school_alone(reminding):
    clerks = {reminding.notifying.grant(Role.CLERK, reminding.notifying.school) for _ in range(2)}
    reminding.tell(reminding.ends(new_id(), seal=True))

    asked = reminding.notifying.others.of(FindStaffContacts)
    assert {one.person_ids[0] for one, _, _ in asked} == clerks
    assert "Con dấu của Trường THCS Sông Mây" in reminding.letters()[0].get_content()


def test_a_certificate_that_was_renewed_meanwhile_is_not_written_about(reminding):
    news = reminding.ends(new_id())
    reminding.ends(new_id())
    reminding.tell(news)

    assert reminding.letters() == []
    assert reminding.ended() == [("CANCELLED", "certificate_not_ending")]


def test_what_the_mail_server_will_never_take_fails_with_its_words(reminding):
    reminding.notifying.mailbox.says["RCPT"] = "550 no such mailbox"
    reminding.tell(reminding.due())

    ((state, reason),) = reminding.ended()
    assert state == "FAILED"
    assert "550 no such mailbox" in reason


def test_the_background_asks_signing_and_identity_under_the_services_own_grant(reminding):
    reminding.tell(reminding.due())

    assert {token for _, token, _ in reminding.notifying.others.asked} == {None}
