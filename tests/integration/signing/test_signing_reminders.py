"""Who is told of that a signature waits or a certificate ends: once a day, once a step, and only who can still act."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.chassis.ids import new_id
from services.contracts.identity import Role
from services.contracts.signing.reminders import CertificateExpiringV1, ReadDuties, SignatureDueV1
from services.signing.usecases.reminding import Reminding
from tests.integration.signing.class_to_sign import HOMEROOM, SUBJECTS, announced, in_primary_at


@pytest.fixture
def a_class(school, new_class):
    """A class alone in the year, so that nothing else waits at the school; its teachers have their roles."""
    school.signing.sql("TRUNCATE signatures, documents, class_sheet_signatures, class_sheets, evidence, reminders")
    for person in (school.locked.maths_teacher, school.locked.sport_teacher, school.locked.homeroom):
        school.signing.sql("DELETE FROM grants WHERE person_id = :id", id=person)
        school.signing.grant(Role.STAFF, school.locked.unit_id, person)
    return new_class()


def days_pass(school, days=1, hours=1):
    """Let what is there be older."""
    ago = f"interval '{days} days {hours} hours'"
    school.signing.sql(f"UPDATE documents SET registered_at = registered_at - {ago}")  # noqa: S608 - fixed
    school.signing.sql(f"UPDATE class_sheets SET registered_at = registered_at - {ago}")  # noqa: S608 - fixed
    school.signing.sql(f"UPDATE signatures SET signed_at = signed_at - {ago}")  # noqa: S608 - fixed
    school.signing.sql(f"UPDATE reminders SET told_at = told_at - {ago}")  # noqa: S608 - fixed


def remind(school):
    """The round as a process makes it that has just begun; gives whom it told of, with the event."""
    before = len(school.signing.told(SignatureDueV1))
    with school.signing.db.transaction() as tx:
        assert Reminding(timedelta(hours=24)).remind(tx) is False
    return {one["person_id"]: one for one in school.signing.told(SignatureDueV1)[before:]}


def duties(school, person):
    return school.signing.ask_as("notify", ReadDuties(person_id=person))


def test_nobody_is_reminded_before_the_time_has_passed(school, a_class):
    assert remind(school) == {}


def test_after_a_day_those_whose_turn_it_is_are_reminded_of_how_much_waits(school, a_class):
    days_pass(school)

    told = remind(school)

    assert set(told) == {str(school.locked.maths_teacher), str(school.locked.sport_teacher)}
    mine = told[str(school.locked.maths_teacher)]
    assert (mine["unit_id"], mine["documents"], mine["classes"]) == (str(school.locked.unit_id), 3, 1)
    assert (mine["version"], mine["change"]) == (1, "NEW")


def test_a_second_process_or_a_restart_reminds_nobody_again_the_same_day(school, a_class):
    days_pass(school)

    assert remind(school)
    assert remind(school) == {}


def test_the_next_day_the_reminder_is_the_second_version_of_the_same_record(school, a_class):
    days_pass(school)
    first = remind(school)[str(school.locked.maths_teacher)]
    days_pass(school)
    second = remind(school)[str(school.locked.maths_teacher)]

    assert second["record_id"] == first["record_id"]
    assert (second["version"], second["change"]) == (2, "UPDATE")


def test_who_has_signed_is_not_reminded_and_the_next_only_after_a_day_of_their_own(school, a_class):
    a_class.sign(SUBJECTS)
    days_pass(school)
    assert set(remind(school)) == {str(school.locked.sport_teacher)}
    a_class.sign(SUBJECTS, school.locked.sport_teacher)

    assert remind(school) == {}  # it has been the homeroom teacher's turn for a moment
    days_pass(school)
    assert set(remind(school)) == {str(school.locked.homeroom)}


def test_a_clerk_is_reminded_of_the_seal(school, a_class):
    a_class.sign_until(*list(type(HOMEROOM))[:3])
    days_pass(school)

    assert set(remind(school)) == {str(school.clerk)}
    (mine,) = duties(school, school.clerk).due
    assert (mine.unit_id, mine.documents, mine.classes) == (school.locked.unit_id, 3, 1)


def test_who_no_longer_works_there_is_not_reminded_and_has_no_duties(school, a_class):
    days_pass(school)
    teacher = school.locked.maths_teacher
    school.signing.sql("UPDATE grants SET valid_to = now() WHERE person_id = :id", id=teacher)

    assert str(teacher) not in remind(school)
    assert duties(school, teacher).due == ()


def test_a_teacher_of_a_campus_below_the_school_is_reminded(school, a_class):
    days_pass(school)
    teacher, campus = school.locked.maths_teacher, new_id()
    school.signing.sql("UPDATE grants SET unit_id = :campus WHERE person_id = :id", campus=campus, id=teacher)
    place = (
        "INSERT INTO unit_parents (unit_id, valid_from, parent_id, kind, version) VALUES (:c, '2020-01-01', :p, 'x', 1)"
    )
    school.signing.sql(place, c=campus, p=school.locked.unit_id)

    assert str(teacher) in remind(school)


def test_a_sealed_class_waits_for_nobody(school, a_class):
    a_class.sign_until(*type(HOMEROOM))
    days_pass(school)

    assert remind(school) == {}


def test_a_class_sheet_that_waits_is_counted_beside_the_documents(school, a_class):
    announced(school, [replace(one, transcript_id=new_id()) for one in school.frozen])
    days_pass(school)
    (mine,) = duties(school, school.locked.maths_teacher).due

    assert (mine.documents, mine.class_sheets, mine.classes) == (6, 1, 2)
    assert remind(school)[str(school.locked.maths_teacher)]["classes"] == 2


def test_a_class_sheet_alone_is_reminded_of_until_it_is_signed(school, a_class):
    """In primary, where a subject's teacher signs nothing else; and after the documents are all sealed."""
    a_class.sign_until(*type(HOMEROOM))
    primary = in_primary_at(school)
    primary.sign_until(*list(type(HOMEROOM))[1:])
    assert remind(school) == {}
    days_pass(school)

    told = remind(school)
    (mine,) = duties(school, school.locked.maths_teacher).due
    primary.sign(SUBJECTS)

    assert set(told) == {str(school.locked.maths_teacher), str(school.locked.sport_teacher)}
    assert (mine.documents, mine.class_sheets, mine.classes) == (0, 1, 1)
    assert duties(school, school.locked.maths_teacher).due == ()
    days_pass(school)
    assert set(remind(school)) == {str(school.locked.sport_teacher)}


def test_what_its_owner_withdrew_is_reminded_of_no_more(school, a_class):
    days_pass(school)
    school.signing.sql("UPDATE documents SET withdrawn_at = now()")

    assert remind(school) == {}


def test_duties_are_told_to_notify_as_they_stand(school, a_class):
    days_pass(school)
    (before,) = duties(school, school.locked.maths_teacher).due
    a_class.sign(SUBJECTS)

    assert (before.documents, before.classes) == (3, 1)
    assert before.waiting_since < school.signing.sql("SELECT now() - interval '1 day' AS then")[0].then
    assert duties(school, school.locked.maths_teacher).due == ()


def warned(school, holder):
    """(version, within_days) of the warnings about the holder's key."""
    with school.signing.db.transaction() as tx:
        school.signing.round("warn").handler(tx)
    told = school.signing.told(CertificateExpiringV1)
    return [(one["version"], one["within_days"]) for one in told if one["holder"] == str(holder)]


@pytest.fixture
def ends_in(school, a_class):
    """Lets the certificate of the homeroom teacher end then; afterwards it is as it was."""
    holder = school.locked.homeroom
    was = school.signing.sql("SELECT valid_to FROM keys WHERE holder = :id", id=holder)[0].valid_to

    def end(left):
        school.signing.sql(f"UPDATE keys SET valid_to = now() + interval '{left}' WHERE holder = :id", id=holder)  # noqa: S608 - fixed
        return holder

    yield end
    school.signing.sql("UPDATE keys SET valid_to = :was, warned_days = NULL WHERE holder = :id", was=was, id=holder)
    school.signing.sql("DELETE FROM outbox WHERE type = :type", type=CertificateExpiringV1.type)


def test_a_certificate_is_told_of_once_at_each_step(school, ends_in):
    assert warned(school, ends_in("31 days")) == []
    assert warned(school, ends_in("29 days")) == [(1, 30)]
    assert warned(school, ends_in("20 days")) == [(1, 30)]
    assert warned(school, ends_in("6 days")) == [(1, 30), (2, 7)]
    assert warned(school, ends_in("5 hours")) == [(1, 30), (2, 7), (3, 1)]
    assert warned(school, ends_in("1 hours")) == [(1, 30), (2, 7), (3, 1)]


def test_a_step_that_was_missed_is_not_made_up_for(school, ends_in):
    assert warned(school, ends_in("3 hours")) == [(3, 1)]


def test_a_certificate_that_has_ended_is_told_of_no_more(school, ends_in):
    assert warned(school, ends_in("-1 hours")) == []


def test_an_ending_certificate_is_among_the_duties_of_its_holder(school, ends_in):
    homeroom = ends_in("29 days")

    (mine,) = duties(school, homeroom).ending
    assert mine.unit_id is None
    school.signing.sql("UPDATE grants SET valid_to = now() WHERE person_id = :id", id=homeroom)
    assert duties(school, homeroom).ending == ()
