"""Who may sign which slot now: the order of roles, the holder, and what the owner of the documents confirms."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest

from services.contracts.signing.documents import SlotRole
from services.contracts.transcript import DocumentV1, SlotV1
from services.signing.domain import Document, Refusal, Validity, is_complete, refusal

NOW = datetime(2026, 5, 30, 2, tzinfo=UTC)
VALIDITY = Validity(valid_from=NOW - timedelta(days=1), valid_to=NOW + timedelta(days=1))
MAI, HOA, BINH, SCHOOL = (UUID(int=number) for number in range(1, 5))
SUBJECTS, HOMEROOM, PRINCIPAL, SEAL = SlotRole
TEACHERS = ("GVBM-TOAN", "GVBM-GDTC")


def slot(name, holder):
    role = name.split("-", maxsplit=1)[0]
    return SlotV1(slot=name, role=role, reference="data", holder=holder, name="", on_pdf=role != SUBJECTS)


SLOTS = (
    slot("GVBM-TOAN", MAI),
    slot("GVBM-GDTC", HOA),
    slot("GVCN", MAI),
    slot("CBQL", BINH),
    slot("KY_PHAT_HANH", SCHOOL),
)


def document(*signed):
    return Document(
        school_year=2025,
        transcript_id=UUID(int=9),
        version=1,
        class_id=UUID(int=8),
        unit_id=SCHOOL,
        code="",
        canonical="data",
        frozen_xml="xml",
        frozen_pdf="pdf",
        pdf="pdf",
        slots=SLOTS,
        signed=frozenset(signed),
    )


CONFIRMED = DocumentV1(
    transcript_id=UUID(int=9), version=1, code="", canonical="data", xml="xml", pdf="pdf", slots=SLOTS, boxes=()
)  # fmt: skip


def why(of, role, *, confirmed=(CONFIRMED,), now=NOW):
    return refusal(of, role, confirmed, VALIDITY, now)


def test_one_person_may_hold_slots_of_several_roles_and_signs_each_in_its_role():
    assert [one.slot for one in document().waiting_for(SUBJECTS, MAI)] == ["GVBM-TOAN"]
    assert [one.slot for one in document().waiting_for(HOMEROOM, MAI)] == ["GVCN"]


def test_a_signed_slot_and_anothers_slot_do_not_wait():
    assert document("GVBM-TOAN").waiting_for(SUBJECTS, MAI) == []
    assert document().waiting_for(PRINCIPAL, MAI) == []


def test_subject_teachers_sign_in_any_order():
    assert all(why(document(*signed), SUBJECTS) is None for signed in ((), ("GVBM-TOAN",), ("GVBM-GDTC",)))


@pytest.mark.parametrize(
    ("role", "before"),
    [(HOMEROOM, TEACHERS), (PRINCIPAL, (*TEACHERS, "GVCN")), (SEAL, (*TEACHERS, "GVCN", "CBQL"))],
)
def test_a_role_signs_when_all_before_have_signed_and_not_while_one_is_missing(role, before):
    assert why(document(*before), role) is None
    for missing in before:
        assert why(document(*(set(before) - {missing})), role) is Refusal.NOT_ITS_TURN


def test_the_roles_sign_in_the_order_of_the_form():
    assert list(pairwise(SlotRole)) == [(SUBJECTS, HOMEROOM), (HOMEROOM, PRINCIPAL), (PRINCIPAL, SEAL)]


@pytest.mark.parametrize(
    "changed", [{"transcript_id": UUID(int=7)}, {"version": 2}, {"xml": "other"}, {"pdf": "other"}], ids=str
)
def test_only_what_the_owner_confirms_byte_for_byte_is_signed(changed):
    assert why(document(), SUBJECTS, confirmed=[replace(CONFIRMED, **changed)]) is Refusal.NOT_SIGNABLE
    assert why(document(), SUBJECTS, confirmed=[]) is Refusal.NOT_SIGNABLE


@pytest.mark.parametrize(
    ("now", "refused"),
    [
        (VALIDITY.valid_from, None),
        (VALIDITY.valid_from - timedelta(seconds=1), Refusal.CERTIFICATE_NOT_VALID),
        (VALIDITY.valid_to - timedelta(seconds=1), None),
        (VALIDITY.valid_to, Refusal.CERTIFICATE_NOT_VALID),
    ],
)
def test_a_certificate_signs_from_its_first_moment_until_just_before_its_last(now, refused):
    assert why(document(), SUBJECTS, now=now) is refused


def test_a_document_is_complete_with_its_last_slot():
    four = (*TEACHERS, "GVCN", "CBQL")

    assert is_complete(document(*four), ["KY_PHAT_HANH"])
    assert not is_complete(document(*four), [])
    assert not is_complete(document(*TEACHERS), ["KY_PHAT_HANH"])
