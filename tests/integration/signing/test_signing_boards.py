"""What waits for whom, how far a school is, and whose certificate soon ends."""

from dataclasses import replace

import pytest

from services.chassis.errors import Forbidden
from services.chassis.ids import new_id
from services.contracts.identity import Role
from services.contracts.signing.boards import FindWaiting, ReadSigningProgress
from services.contracts.signing.certificates import FindCertificates
from services.signing.pins import MAX_PIN_FAILURES
from tests.integration.locked_class import YEAR
from tests.integration.signing.class_to_sign import HOMEROOM, PRINCIPAL, SEAL, SUBJECTS


def leader(school):
    return school.signing.grant(Role.DEPUTY, school.locked.unit_id)


def waiting(a_class, person):
    """(role, waiting, ready) in this class."""
    found = a_class.signing.ask(FindWaiting(school_year=YEAR), person).classes
    return [(one.role, one.waiting, one.ready) for one in found if one.class_id == a_class.class_id]


def progress(a_class, person):
    question = ReadSigningProgress(school_year=YEAR, unit_id=a_class.school.locked.unit_id)
    return a_class.signing.ask(question, person)


def of_class(a_class, person):
    found = progress(a_class, person).classes
    return {one.role: (one.signed, one.slots) for one in found if one.class_id == a_class.class_id}


def test_what_waits_for_me_says_whether_my_turn_has_come(school, a_class):
    locked = school.locked

    assert waiting(a_class, locked.maths_teacher) == [(SUBJECTS, 3, 3)]
    assert waiting(a_class, locked.homeroom) == [(HOMEROOM, 3, 0)]
    a_class.sign_until(SUBJECTS)
    assert waiting(a_class, locked.maths_teacher) == []
    assert waiting(a_class, locked.homeroom) == [(HOMEROOM, 3, 3)]
    assert waiting(a_class, locked.principal) == [(PRINCIPAL, 3, 0)]


def test_the_seal_waits_for_the_clerk_of_its_school(school, a_class):
    a_class.sign_until(SUBJECTS, HOMEROOM, PRINCIPAL)

    assert waiting(a_class, school.clerk) == [(SEAL, 3, 3)]
    assert waiting(a_class, school.signing.grant(Role.CLERK, new_id())) == []


def test_a_version_that_was_replaced_waits_for_nobody(school, a_class):
    newer = [replace(one, version=2) for one in a_class.documents[:1]]
    a_class.confirm(*newer, *a_class.documents[1:])
    a_class.announce()

    assert waiting(a_class, school.locked.maths_teacher) == [(SUBJECTS, 3, 3)]


def test_progress_is_seen_by_class_by_signer_and_by_school(school, a_class):
    before = progress(a_class, leader(school))
    a_class.sign(SUBJECTS)
    after = progress(a_class, leader(school))

    assert of_class(a_class, leader(school))[SUBJECTS] == (3, 6)
    (was,) = before.schools
    (now,) = after.schools
    assert (now.signed - was.signed, now.slots, now.documents) == (3, was.slots, was.documents)
    mine = [one for one in after.signers if one.holder == school.locked.maths_teacher]
    assert [(one.role, one.name) for one in mine] == [(SUBJECTS, school.locked.people[mine[0].holder].name)]


def test_a_sealed_class_is_complete(school, sealed):
    found = of_class(sealed, leader(school))

    assert {role: one for role, one in found.items() if one[0] != one[1]} == {}


def test_progress_and_register_are_for_those_who_answer_for_the_school(school, a_class):
    with pytest.raises(Forbidden):
        progress(a_class, school.locked.maths_teacher)
    with pytest.raises(Forbidden):
        school.signing.ask(FindCertificates(unit_id=school.locked.unit_id), school.locked.maths_teacher)


def register(school):
    return school.signing.ask(FindCertificates(unit_id=school.locked.unit_id), leader(school))


@pytest.mark.parametrize(
    ("left", "within"),
    [("31 days", None), ("29 days", 30), ("6 days", 7), ("23 hours", 1), ("-1 minutes", 0)],
)
def test_a_certificate_that_soon_ends_is_named_with_how_soon(school, left, within):
    homeroom = school.locked.homeroom
    school.signing.grant(Role.STAFF, school.locked.unit_id, homeroom)
    was = school.signing.sql("SELECT valid_to FROM keys WHERE holder = :id", id=homeroom)[0].valid_to
    school.signing.sql(f"UPDATE keys SET valid_to = now() + interval '{left}' WHERE holder = :id", id=homeroom)  # noqa: S608 - fixed
    found = register(school)
    school.signing.sql("UPDATE keys SET valid_to = :was WHERE holder = :id", was=was, id=homeroom)

    (one,) = (one for one in found.certificates if one.certificate.holder == homeroom)
    assert one.ends_within_days == within
    assert (homeroom in found.lacking) == (within == 0)


def test_who_lacks_a_certificate_or_has_a_blocked_key_is_listed(school):
    newcomer = school.signing.grant(Role.STAFF, school.locked.unit_id)
    school.signing.grant(Role.STAFF, school.locked.unit_id, school.locked.homeroom)
    block = "UPDATE keys SET pin_failures = :n WHERE holder = :id"
    school.signing.sql(block, n=MAX_PIN_FAILURES, id=school.locked.homeroom)
    found = register(school)
    school.signing.sql(block, n=0, id=school.locked.homeroom)

    assert {newcomer, school.locked.homeroom} <= set(found.lacking)
    (seal,) = (one for one in found.certificates if one.certificate.holder == school.locked.unit_id)
    assert (seal.certificate.provider, seal.blocked) == ("SOFTWARE", False)
