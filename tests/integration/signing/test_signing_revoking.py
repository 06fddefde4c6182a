"""Revoking a certificate: who may, what stops at once, what it touches, and what strangers are told of it."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from services.chassis.errors import Invalid, NotFound, Refused
from services.chassis.ids import new_id
from services.contracts.identity import Role
from services.contracts.signing.certificates import CreateKey, FindCertificates, RetiredWhy
from services.contracts.signing.documents import SlotRole
from services.contracts.signing.revocation import (
    AnswerOcsp,
    CertificateRevokedV1,
    Issuer,
    ReadRevocationList,
    ReadRevocationReach,
    RevocationReason,
    RevokeCertificate,
)
from services.signing.revocation import Status, crl, ocsp
from tests.integration.signing.class_to_sign import PIN, batch_of, read, slots, store, wrapped_secret

STOLEN = RevocationReason.KEY_COMPROMISE


@pytest.fixture
def keys_of_today(school):
    """Whoever lost the key in a test gets a new one for the next."""
    yield
    for person in (school.locked.maths_teacher, school.locked.homeroom):
        if not school.signing.sql("SELECT 1 FROM keys WHERE holder = :id AND retired_at IS NULL", id=person):
            school.create_key(person)
    if not school.signing.sql("SELECT 1 FROM keys WHERE holder = :id AND retired_at IS NULL", id=school.locked.unit_id):
        school.create_key(school.clerk, unit_id=school.locked.unit_id)


pytestmark = pytest.mark.usefixtures("keys_of_today")


def serial_of(school, holder):
    (row,) = school.signing.sql("SELECT serial FROM keys WHERE holder = :id AND retired_at IS NULL", id=holder)
    return row.serial


def certificate_of(school, holder):
    (row,) = school.signing.sql("SELECT certificate FROM keys WHERE holder = :id AND retired_at IS NULL", id=holder)
    return x509.load_der_x509_certificate(bytes(row.certificate))


def revoke(school, holder, by, **settings):
    command = RevokeCertificate(serial=serial_of(school, holder), reason=STOLEN, **settings)
    return school.signing.ask(command, by)


def test_a_teacher_revokes_their_own_certificate_and_it_is_told_without_a_name(school):
    teacher = school.locked.maths_teacher
    school.signing.sql("DELETE FROM outbox")

    revocation = revoke(school, teacher, teacher)

    assert (revocation.holder, revocation.reason) == (teacher, STOLEN)
    assert revocation.compromised_at == revocation.revoked_at
    (told,) = school.signing.told(CertificateRevokedV1)
    assert (told["record_id"], told["holder"]) == (str(revocation.id), str(teacher))


@pytest.mark.parametrize("role", [Role.ADMIN, Role.OPERATOR])
def test_an_admin_of_the_school_or_an_operator_revokes_for_a_member_of_staff(school, role):
    teacher = school.locked.maths_teacher
    school.signing.grant(Role.STAFF, school.locked.unit_id, teacher)

    assert revoke(school, teacher, school.signing.grant(role, school.locked.unit_id)).holder == teacher


def test_the_clerk_of_a_school_revokes_its_seal(school):
    assert revoke(school, school.locked.unit_id, school.clerk).holder == school.locked.unit_id


def test_for_anybody_else_the_certificate_does_not_exist(school):
    teacher = school.locked.maths_teacher
    school.signing.grant(Role.STAFF, school.locked.unit_id, teacher)
    strangers = [
        new_id(),
        school.locked.principal,
        school.signing.grant(Role.ADMIN, new_id()),
        school.signing.grant(Role.CLERK, school.locked.unit_id),
    ]

    for stranger in strangers:
        with pytest.raises(NotFound):
            revoke(school, teacher, stranger)
    with pytest.raises(NotFound):
        school.signing.ask(RevokeCertificate(serial="1", reason=STOLEN), teacher)


def test_a_certificate_is_revoked_once_and_for_ever(school):
    teacher = school.locked.maths_teacher
    serial = serial_of(school, teacher)
    revoke(school, teacher, teacher)

    with pytest.raises(Refused, match="already_revoked"):
        school.signing.ask(RevokeCertificate(serial=serial, reason=STOLEN), teacher)
    with pytest.raises(NotFound):
        school.signing.ask(RevokeCertificate(serial=serial, reason=STOLEN), new_id())


def test_a_session_under_way_stops_and_nothing_more_is_signed(a_class):
    school, teacher = a_class.school, a_class.school.locked.maths_teacher
    session = a_class.open(SlotRole.SUBJECT_TEACHER)

    revocation = revoke(school, teacher, teacher)
    a_class.signing.work()

    assert revocation.sessions_stopped == 1
    assert wrapped_secret(a_class, session) is None
    assert slots(a_class) == []
    assert read(a_class, session, teacher).signed == 0
    with pytest.raises(Refused, match="no_key"):
        a_class.open(SlotRole.SUBJECT_TEACHER)


def test_after_a_revocation_there_can_be_a_new_key(a_class):
    school, teacher = a_class.school, a_class.school.locked.maths_teacher
    before = serial_of(school, teacher)
    revoke(school, teacher, teacher)

    school.signing.ask(CreateKey(pin=PIN), teacher)

    assert serial_of(school, teacher) != before
    assert a_class.sign(SlotRole.SUBJECT_TEACHER).signed == 3


def test_a_revocation_touches_what_was_signed_from_the_moment_of_compromise_on(new_class):
    early, late = new_class(), new_class()
    school, teacher = early.school, early.school.locked.maths_teacher
    school.signing.sql("UPDATE keys SET valid_from = valid_from - interval '2 days' WHERE holder = :id", id=teacher)
    early.sign(SlotRole.SUBJECT_TEACHER)
    late.sign(SlotRole.SUBJECT_TEACHER)
    (row,) = school.signing.sql("SELECT max(signed_at) AS at FROM signatures JOIN documents USING (transcript_id) "
                                "WHERE class_id = :id", id=late.class_id)  # fmt: skip

    revocation = revoke(school, teacher, teacher, compromised_at=row.at)
    reach = school.signing.ask(ReadRevocationReach(revocation_id=revocation.id), teacher)

    assert {slot.transcript_id for slot in reach.slots} == {one.transcript_id for one in late.documents}
    assert not any(slot.complete for slot in reach.slots)
    with pytest.raises(NotFound):
        school.signing.ask(ReadRevocationReach(revocation_id=revocation.id), new_id())
    with pytest.raises(NotFound):
        school.signing.ask(ReadRevocationReach(revocation_id=new_id()), teacher)


def replace_key(school, holder):
    """The holder's key ends soon, and another takes its place; gives the serial of the first."""
    before = serial_of(school, holder)
    school.signing.sql("UPDATE keys SET valid_to = now() + interval '1 day' WHERE serial = :serial", serial=before)
    school.create_key(holder)
    return before


def test_a_certificate_whose_key_was_replaced_is_revoked_without_harm_to_the_new_one(new_class):
    early, late = new_class(), new_class()
    school, teacher = early.school, early.school.locked.maths_teacher
    early.sign(SlotRole.SUBJECT_TEACHER)
    replaced = replace_key(school, teacher)
    (row,) = school.signing.sql("SELECT valid_from FROM keys WHERE serial = :serial", serial=replaced)

    revocation = school.signing.ask(
        RevokeCertificate(serial=replaced, reason=STOLEN, compromised_at=row.valid_from), teacher
    )

    reach = school.signing.ask(ReadRevocationReach(revocation_id=revocation.id), teacher)
    assert {one.transcript_id for one in early.documents} <= {slot.transcript_id for slot in reach.slots}
    assert late.sign(SlotRole.SUBJECT_TEACHER).signed == 3
    with pytest.raises(Refused, match="already_revoked"):
        school.signing.ask(RevokeCertificate(serial=replaced, reason=STOLEN), teacher)


def test_the_register_keeps_what_is_out_of_use_and_which_of_it_was_revoked(school):
    teacher = school.locked.maths_teacher
    school.signing.grant(Role.STAFF, school.locked.unit_id, teacher)
    replaced = replace_key(school, teacher)
    current = serial_of(school, teacher)
    revocation = revoke(school, teacher, teacher)

    own = school.signing.ask(FindCertificates(), teacher)

    newest, before = own.retired[:2]
    assert (newest.certificate.serial, newest.why, newest.revocation) == (current, RetiredWhy.REVOKED, revocation)
    assert (before.certificate.serial, before.why, before.revocation) == (replaced, RetiredWhy.REPLACED, None)
    assert (own.certificates, own.lacking) == ((), (teacher,))
    assert school.signing.ask(FindCertificates(), new_id()).lacking == ()  # who signs nowhere lacks nothing


def test_what_somebody_signed_with_stays_in_the_schools_register_after_they_left(school):
    teacher = school.locked.maths_teacher
    school.signing.grant(Role.STAFF, school.locked.unit_id, teacher)
    replaced = replace_key(school, teacher)
    school.signing.sql("UPDATE grants SET valid_to = now() WHERE person_id = :id", id=teacher)

    found = school.signing.ask(
        FindCertificates(unit_id=school.locked.unit_id), school.signing.grant(Role.DEPUTY, school.locked.unit_id)
    )

    assert replaced in {one.certificate.serial for one in found.retired}
    assert teacher not in {one.certificate.holder for one in found.certificates}
    assert teacher not in found.lacking


@pytest.mark.parametrize("days", [-9000, 1])
def test_a_key_cannot_have_become_unsafe_before_it_was_or_later_than_now(school, days):
    teacher = school.locked.maths_teacher
    (row,) = school.signing.sql("SELECT now() AS now")

    with pytest.raises(Invalid, match="compromise_out_of_range"):
        revoke(school, teacher, teacher, compromised_at=row.now + timedelta(days=days))

    assert serial_of(school, teacher)


def test_strangers_learn_of_a_revocation_by_list_and_by_answer(school, authority):
    teacher = school.locked.homeroom
    certificate, signing = certificate_of(school, teacher), school.signing
    (row,) = signing.sql("SELECT now() AS now")

    def statuses():
        file = signing.ask(ReadRevocationList(issuer=Issuer.ISSUING)).file
        listed = crl.read(signing.objects.get(file), authority.issuing)
        question = ocsp.ask(certificate, authority.issuing)
        answer = signing.ask(AnswerOcsp(request=question.public_bytes(Encoding.DER))).response
        answered = ocsp.read(answer, certificate, authority.issuing, asked=question)
        return (
            crl.judge(listed, certificate, moment=row.now + timedelta(hours=1)).status,
            ocsp.judge(answered, certificate, authority.issuing, moment=row.now + timedelta(hours=1)).status,
        )

    before = statuses()
    revoke(school, teacher, teacher)

    assert before == (Status.GOOD, Status.GOOD)
    assert statuses() == (Status.REVOKED, Status.REVOKED)


def test_the_list_of_the_root_is_signed_by_the_root(school, authority):
    file = school.signing.ask(ReadRevocationList(issuer=Issuer.ROOT)).file

    listed = crl.read(school.signing.objects.get(file), authority.root)

    assert listed.next_update >= authority.issuing.not_valid_after_utc


def test_what_was_signed_while_the_key_was_revoked_is_not_kept(a_class):
    """The batch was made before the revocation, and comes to be stored after it."""
    school, teacher = a_class.school, a_class.school.locked.maths_teacher
    session = a_class.open(SlotRole.SUBJECT_TEACHER)
    batch = batch_of(a_class, session)

    revoke(school, teacher, teacher)
    store(a_class, session, batch)

    assert len(batch.signed) == 3
    assert slots(a_class) == []
