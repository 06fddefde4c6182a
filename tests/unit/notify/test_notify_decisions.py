"""Whom a fact may be told to, and what a letter says and does not say."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.contracts.identity import Change, GuardianContact
from services.contracts.transcript import TranscriptIssuedV1
from services.contracts.transfer import TransferCompletedV1
from services.notify import letters
from services.notify.domain import Consent, Delivery, DeliveryState, Kind, plan
from services.notify.errors import MailRefused
from services.notify.settings import Settings

SETTINGS = Settings(
    smtp_url="smtp://127.0.0.1:25",
    sender="hocba@example.vn",
    message_domain="hocba.example.vn",
    public_url="https://hocba.example.vn",
)
NOW = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)
PUPIL, MOTHER, FATHER, OLD_SCHOOL, SCHOOL = (UUID(int=number) for number in range(1, 6))
CONTACTS = tuple(
    GuardianContact(pupil_id=PUPIL, guardian_id=guardian, name="Phụ huynh Ví Dụ", email="phuhuynh@example.vn")
    for guardian in (MOTHER, FATHER)
)
ISSUED = TranscriptIssuedV1(
    record_id=UUID(int=10),
    change=Change.NEW,
    version=1,
    updated_at=NOW,
    school_year=2025,
    pupil_id=PUPIL,
    unit_id=SCHOOL,
)
MOVED = TransferCompletedV1(
    record_id=UUID(int=11),
    change=Change.NEW,
    version=1,
    updated_at=NOW,
    school_year=2025,
    pupil_id=PUPIL,
    from_unit_id=OLD_SCHOOL,
    to_unit_id=SCHOOL,
)


def test_only_guardians_who_agreed_at_the_school_are_told():
    planned = plan([ISSUED], CONTACTS, {Consent(unit_id=SCHOOL, guardian_id=MOTHER)})

    assert [(delivery.guardian_id, delivery.unit_id) for delivery in planned] == [(MOTHER, SCHOOL)]


def test_agreeing_at_one_school_does_not_let_another_write():
    assert plan([ISSUED], CONTACTS, {Consent(unit_id=OLD_SCHOOL, guardian_id=MOTHER)}) == []


def test_after_a_transfer_agreeing_at_the_old_school_is_enough_to_be_told_by_the_new():
    (planned,) = plan([MOVED], CONTACTS, {Consent(unit_id=OLD_SCHOOL, guardian_id=FATHER)})

    assert (planned.unit_id, planned.consent_unit_id) == (SCHOOL, OLD_SCHOOL)


def test_guardians_of_other_pupils_are_not_told():
    others = [GuardianContact(pupil_id=UUID(int=99), guardian_id=MOTHER, name="Ví Dụ", email="vidu@example.vn")]

    assert plan([ISSUED], others, {Consent(unit_id=SCHOOL, guardian_id=MOTHER)}) == []


@pytest.mark.parametrize("kind", Kind)
def test_a_letter_is_vietnamese_then_english_without_names_or_links(kind):
    text = _letter(kind).get_content()

    assert text.index("Kính gửi") < text.index("Dear")
    assert "http" not in text
    assert "Ví Dụ" not in text


@pytest.mark.parametrize("kind", [Kind.TRANSCRIPT_ISSUED, Kind.TRANSCRIPT_REVOKED])
def test_a_letter_about_a_transcript_names_the_school_year(kind):
    letter = _letter(kind)

    assert "2025–2026" in letter["Subject"]
    assert letter.get_content().count("2025–2026") == 2


def test_a_letter_is_the_same_bytes_whenever_it_is_written():
    assert bytes(_letter(Kind.TRANSCRIPT_ISSUED)) == bytes(_letter(Kind.TRANSCRIPT_ISSUED))
    assert _letter(Kind.TRANSCRIPT_ISSUED)["Message-ID"] == f"<{UUID(int=20)}@hocba.example.vn>"


@pytest.mark.parametrize("address", ["", "ai đó", "a@b.vn\r\nBcc: c@d.vn", "a@b.vn, c@d.vn", "@b.vn"])
def test_a_letter_is_written_to_one_address_and_nothing_else(address):
    with pytest.raises(MailRefused):
        _letter(Kind.TRANSCRIPT_ISSUED, address)


def _letter(kind: Kind, address: str = "phuhuynh@example.vn"):
    delivery = Delivery(
        id=UUID(int=20),
        kind=kind,
        school_year=2025,
        pupil_id=PUPIL,
        guardian_id=MOTHER,
        state=DeliveryState.PENDING,
        created_at=NOW,
        has_consent=True,
    )
    return letters.compose(delivery, address, SETTINGS)
