"""Guardians are told once of each fact, if they agreed and are guardians when the message goes out."""

from dataclasses import asdict

import pytest
from sqlalchemy.exc import IntegrityError

from services.chassis.errors import Forbidden
from services.chassis.ids import new_id
from services.contracts.identity import Change, GuardianContact, Role
from services.contracts.notify import ConsentEntry, CountDeliveries, DeliveryCounts, RecordConsents
from services.contracts.transcript import TranscriptRevokedV1
from services.contracts.transfer import TransferCompletedV1
from services.notify import domain, repository, usecases
from services.notify.domain import Consent, SendMessage
from services.notify.settings import Settings


def test_a_guardian_who_agreed_is_told_that_the_transcript_was_issued(notifying):
    notifying.guardian(email="me@example.vn")

    notifying.tell(notifying.issued())

    (letter,) = notifying.mailbox.letters()
    assert letter["To"] == "me@example.vn"
    assert letter["From"] == "hocba@example.vn"
    assert "2025–2026" in letter["Subject"]
    assert "Học bạ năm học 2025–2026" in letter.get_content()
    assert notifying.counts() == DeliveryCounts(pending=0, sent=1, failed=0)


def test_a_letter_names_nobody(notifying):
    notifying.guardian()

    notifying.tell(notifying.issued())

    (letter,) = notifying.mailbox.letters()
    assert "Ví Dụ" not in letter.as_string() + letter.get_content()
    assert str(notifying.pupil) not in letter.as_string() + letter.get_content()


def test_a_guardian_who_did_not_agree_is_not_written_to(notifying):
    notifying.guardian(agrees=False)

    notifying.tell(notifying.issued())

    assert notifying.mailbox.letters() == []
    assert notifying.counts() == DeliveryCounts(pending=0, sent=0, failed=0)


def test_both_parents_are_told_each(notifying):
    notifying.guardian(email="me@example.vn")
    notifying.guardian(email="bo@example.vn")

    notifying.tell(notifying.issued())

    assert {letter["To"] for letter in notifying.mailbox.letters()} == {"me@example.vn", "bo@example.vn"}


def test_an_event_that_comes_twice_is_told_once(notifying):
    notifying.guardian()
    event = notifying.issued()

    notifying.hear(event)
    notifying.tell(event)
    notifying.tell(event)

    assert len(notifying.mailbox.letters()) == 1
    assert notifying.unfinished() == []


def test_a_message_that_was_sent_is_not_sent_again(notifying):
    notifying.guardian()
    notifying.tell(notifying.issued())

    notifying.sql("UPDATE inbox SET state = 'PENDING' WHERE type = 'notify.send_message'")
    notifying.work()

    assert len(notifying.mailbox.letters()) == 1
    assert notifying.unfinished() == []


def test_issue_and_revocation_of_one_transcript_are_two_facts(notifying):
    notifying.guardian()
    issued = notifying.issued()
    fields = asdict(issued) | {"change": Change.CANCEL}

    notifying.tell(issued)
    notifying.tell(TranscriptRevokedV1(**fields))

    assert notifying.counts().sent == 2


def test_after_a_transfer_the_family_is_told_by_the_new_school(notifying):
    notifying.guardian()
    new_school = new_id()
    moved = TransferCompletedV1(
        record_id=new_id(),
        change=Change.NEW,
        version=1,
        updated_at=notifying.issued().updated_at,
        school_year=2025,
        pupil_id=notifying.pupil,
        from_unit_id=notifying.school,
        to_unit_id=new_school,
    )

    notifying.tell(moved)

    head = notifying.grant(Role.PRINCIPAL, new_school)
    assert notifying.ask(CountDeliveries(unit_id=new_school), head).sent == 1


def test_the_background_asks_for_guardians_under_the_services_own_grant(notifying):
    notifying.guardian()

    notifying.tell(notifying.issued())

    assert set(notifying.identity.tokens) == {None}


def test_a_guardian_who_lost_guardianship_before_sending_is_not_written_to(notifying):
    notifying.guardian()
    notifying.mailbox.says["DATA"] = "451 busy"
    notifying.tell(notifying.issued())
    notifying.identity.contacts.clear()
    notifying.mailbox.says.clear()
    notifying.work()

    assert notifying.mailbox.letters() == []
    assert notifying.reasons() == ["no_longer_guardian"]
    assert notifying.counts().cancelled == 1


def test_a_guardian_who_changed_his_mind_before_sending_is_not_written_to(notifying):
    guardian = notifying.guardian()
    notifying.mailbox.says["DATA"] = "451 busy"
    notifying.tell(notifying.issued())
    notifying.consent(guardian, given=False)
    notifying.mailbox.says.clear()
    notifying.work()

    assert notifying.mailbox.letters() == []
    assert notifying.reasons() == ["consent_withdrawn"]


@pytest.mark.parametrize("reply", ["450 mailbox busy", "421 closing"])
@pytest.mark.parametrize("step", ["RCPT", "DATA"])
def test_what_the_server_cannot_take_now_is_sent_later(notifying, step, reply):
    notifying.guardian()
    notifying.mailbox.says[step] = reply
    notifying.tell(notifying.issued())
    waiting = notifying.counts()
    notifying.mailbox.says.clear()
    notifying.work()

    assert waiting == DeliveryCounts(pending=1, sent=0, failed=0)
    assert notifying.counts().sent == 1
    assert len(notifying.mailbox.letters()) == 1


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
def test_what_the_server_will_never_take_fails_with_its_words(notifying, step):
    notifying.guardian()
    notifying.mailbox.says[step] = "550 no such mailbox as phuhuynh@example.vn"

    notifying.tell(notifying.issued())

    (reason,) = notifying.reasons()
    assert reason.startswith("notify.mail_refused")
    assert "550 no such mailbox" in reason
    assert "example.vn" not in reason  # addresses are identity's to keep
    assert notifying.counts().failed == 1


def test_an_address_that_is_none_fails(notifying):
    notifying.guardian(email="khong co")

    notifying.tell(notifying.issued())

    assert notifying.counts().failed == 1


def test_while_the_mail_server_is_away_messages_wait(stopped, mail_server):
    stopped.guardian()
    stopped.tell(stopped.issued())
    waiting, reasons = stopped.counts(), stopped.unfinished()
    mail_server.start()
    stopped.work()
    mail_server.stop()

    assert waiting.pending == 1
    assert [reason.split(":")[0] for reason in reasons] == ["notify.mail_unavailable"]
    assert stopped.counts().sent == 1


def test_a_message_sent_again_after_a_crash_is_the_same_message(notifying, mail_server):
    notifying.guardian()
    notifying.mailbox.says["DATA"] = "451 busy"
    notifying.tell(notifying.issued())
    notifying.mailbox.says.clear()
    ((delivery_id,),) = notifying.sql("SELECT id FROM deliveries WHERE unit_id = :school", school=notifying.school)
    settings = Settings(
        smtp_url=f"smtp://127.0.0.1:{mail_server.port}",
        sender="hocba@example.vn",
        message_domain="hocba.example.vn",
        public_url="https://hocba.example.vn",
    )

    usecases.send_message(SendMessage(delivery_id=delivery_id), notifying.outside, settings=settings)  # and dies here
    notifying.work()

    first, second = notifying.mailbox.letters()
    assert first["Message-ID"] == second["Message-ID"] == f"<{delivery_id}@hocba.example.vn>"
    assert first.as_bytes() == second.as_bytes()


def test_only_an_admin_of_the_school_records_consents(notifying):
    command = RecordConsents(unit_id=notifying.school, consents=(ConsentEntry(guardian_id=new_id(), given=True),))

    for stranger in (notifying.grant(Role.STAFF, notifying.school), notifying.grant(Role.ADMIN, new_id())):
        with pytest.raises(Forbidden):
            notifying.ask(command, stranger)


def test_only_those_who_lead_the_school_see_its_counts(notifying):
    with pytest.raises(Forbidden):
        notifying.ask(CountDeliveries(unit_id=notifying.school), notifying.grant(Role.STAFF, notifying.school))


def test_the_last_word_on_consent_counts(notifying):
    guardian = notifying.guardian(agrees=False)
    words = tuple(ConsentEntry(guardian_id=guardian, given=given) for given in (False, True))

    recorded = notifying.ask(RecordConsents(unit_id=notifying.school, consents=words), notifying.admin)
    notifying.tell(notifying.issued())

    assert recorded.recorded == 1
    assert notifying.counts().sent == 1


def test_the_database_keeps_no_message_without_a_consent_on_record(notifying):
    someone = Consent(unit_id=notifying.school, guardian_id=new_id())
    contact = GuardianContact(
        pupil_id=notifying.pupil, guardian_id=someone.guardian_id, name="Ví Dụ", email="x@example.vn"
    )
    planned = domain.plan([notifying.issued()], [contact], {someone})

    with pytest.raises(IntegrityError, match="deliveries_consent_fkey"), notifying.db.transaction() as tx:
        repository.add_new(tx, planned)
