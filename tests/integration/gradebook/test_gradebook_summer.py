"""A second chance in the summer: told by a teacher, accepted by the principal, and the year judged again."""

from dataclasses import replace

import pytest

from services.chassis.errors import Forbidden, Invalid, NotFound, Refused
from services.chassis.ids import new_id
from services.contracts.gradebook.enrolment import MovePupil
from services.contracts.gradebook.results import FindPromotions
from services.contracts.gradebook.school import EndSchoolYear, SubjectKind
from services.contracts.gradebook.summer import DecideSecondChance, FindSecondChances, ProposeSecondChance
from services.contracts.identity import Role
from tests.integration.gradebook.small_school import SCAN, YEAR
from tests.integration.gradebook.stages import open_stage, plan

SCORED, COMMENT, PRIMARY, QUALITIES = SubjectKind
SIX = ("VAN", "TOAN", "ANH", "SU", "DIA", "LI")


@pytest.fixture
def failing(gradebook):
    """Six subjects of grade 8; the first pupil fails maths, the second conduct, the third nothing."""
    school = open_stage(gradebook, "THCS", 8, [plan(code, SCORED, 8) for code in SIX])
    for (subject, term), head in school.sheets.items():
        for column in head.columns:
            weak = "3.0" if subject == "TOAN" else "7.0"
            school.save(subject, column.key, [weak, "7.0", "7.0"], term=term)
    school.say_conduct(1)
    school.say_conduct(2)
    school.gradebook.sql(
        "UPDATE conduct SET level = 'Chưa đạt' WHERE class_id = :id AND pupil_id = :pupil",
        id=school.class_id,
        pupil=school.pupils[1],
    )
    school.lock()
    return school


@pytest.fixture
def primary(gradebook):
    """A class of grade 3 whose first pupil has not completed maths."""
    school = open_stage(gradebook, "TH", 3, [plan("toan", PRIMARY, 3), plan("pcnl", QUALITIES, 3)])
    values = {"LEVEL": "H", "TEST": "7", "QUALITY": "Đ"}
    for (subject, term), head in school.sheets.items():
        for column in head.columns:
            first = {"LEVEL": "C", "TEST": "3"}.get(column.scale, values[column.scale])
            school.save(subject, column.key, [first, *[values[column.scale]] * 2], term=term)
    school.lock()
    return school


def proposal(school, pupil=0, subject="TOAN", result="6.0", **rest):
    return ProposeSecondChance(
        school_year=YEAR,
        class_id=school.class_id,
        pupil_id=school.pupils[pupil],
        subject=subject,
        result=result,
        note="Kiểm tra lại ngày 20/7/2026.",
        **rest,
    )


def decide(school, pupil=0, subject="TOAN", by=None):
    command = DecideSecondChance(
        school_year=YEAR, class_id=school.class_id, pupil_id=school.pupils[pupil], subject=subject
    )
    return school.gradebook.ask(command, by or school.principal)


def promotions(school):
    return [one.promotion for one in school.results()]


def test_before_the_summer_each_waits_for_the_chance_that_the_law_opens(failing):
    assert promotions(failing) == ["RETEST", "SUMMER_TRAINING", "PROMOTED"]


def test_a_subject_sat_again_counts_once_the_principal_has_accepted_it(failing):
    failing.gradebook.ask(proposal(failing), failing.teacher)
    assert promotions(failing)[0] == "RETEST"

    decide(failing)

    first = failing.results()[0]
    maths = next(one for one in first.subjects if one.code == "TOAN")
    assert (first.promotion, first.level, first.level_after, first.version) == ("PROMOTED", "Chưa đạt", "Đạt", 2)
    assert (maths.year, maths.retest) == ("3.0", "6.0")


def test_a_chance_that_was_not_enough_is_the_last(failing):
    failing.gradebook.ask(proposal(failing, result="3.2"), failing.teacher)

    decide(failing)

    assert promotions(failing)[0] == "NOT_PROMOTED"


def test_conduct_after_training_needs_the_report_that_the_parents_signed(failing):
    told = proposal(failing, pupil=1, subject="", result="Đạt")
    for report, why in ((None, "report_required"), ("đã ký", "evidence_required")):
        with pytest.raises(Invalid, match=why):
            failing.gradebook.ask(replace(told, report=report), failing.homeroom)
    failing.gradebook.ask(replace(told, report=SCAN), failing.homeroom)

    decide(failing, pupil=1, subject="")

    second = failing.results()[1]
    assert (second.promotion, second.conduct, second.conduct_after) == ("PROMOTED", "Chưa đạt", "Đạt")


def test_the_second_chance_is_there_after_the_school_year_has_ended_too(failing):
    failing.gradebook.ask(EndSchoolYear(school_year=YEAR, unit_id=failing.unit_id), failing.principal)
    failing.gradebook.ask(proposal(failing), failing.teacher)

    decide(failing)

    assert promotions(failing)[0] == "PROMOTED"


def test_who_was_promoted_has_no_second_chance(failing):
    with pytest.raises(Refused, match="no_second_chance"):
        failing.gradebook.ask(proposal(failing, pupil=2), failing.teacher)


def test_a_subject_that_was_passed_is_not_sat_again(failing):
    failing.gradebook.ask(proposal(failing, subject="VAN"), failing.teacher)

    with pytest.raises(Refused, match="summer_not_open"):
        decide(failing, subject="VAN")


def test_only_the_subjects_teacher_tells_its_result_and_only_the_principal_accepts_it(failing):
    with pytest.raises(Forbidden):
        failing.gradebook.ask(proposal(failing), failing.homeroom)
    failing.gradebook.ask(proposal(failing), failing.teacher)
    with pytest.raises(Forbidden):
        decide(failing, by=failing.admin)


def test_a_chance_accepted_after_the_transcript_was_issued_is_refused(failing):
    failing.gradebook.ask(proposal(failing), failing.teacher)
    failing.gradebook.sql(
        "INSERT INTO document_states VALUES (:year, :pupil, 1, 'ISSUED')", year=YEAR, pupil=failing.pupils[0]
    )

    with pytest.raises(Refused, match="transcript_issued"):
        decide(failing)

    assert promotions(failing)[0] == "RETEST"


def test_nobody_accepts_what_they_told_themselves(failing):
    failing.gradebook.grant(Role.PRINCIPAL, failing.unit_id, failing.teacher)
    failing.gradebook.ask(proposal(failing), failing.teacher)

    with pytest.raises(Forbidden, match="same_person"):
        decide(failing, by=failing.teacher)


def test_what_the_principal_accepted_stays(failing):
    failing.gradebook.ask(proposal(failing), failing.teacher)
    decide(failing)

    with pytest.raises(NotFound):
        decide(failing)
    with pytest.raises(Refused, match="no_second_chance"):
        failing.gradebook.ask(proposal(failing, result="9.0"), failing.teacher)


@pytest.mark.parametrize(("subject", "result"), [("TOAN", "11"), ("TOAN", "Đ"), ("", "Giỏi"), ("LATINH", "7.0")])
def test_a_result_that_cannot_be_is_refused(failing, subject, result):
    by = failing.teacher if subject == "TOAN" else failing.homeroom

    with pytest.raises(Invalid):
        failing.gradebook.ask(proposal(failing, subject=subject, result=result, report=SCAN), by)


def test_before_the_years_lock_there_is_no_summer(gradebook):
    school = open_stage(gradebook, "THCS", 8, [plan("TOAN", SCORED, 8)])

    with pytest.raises(Refused, match="not_locked"):
        school.gradebook.ask(proposal(school), school.teacher)


def test_a_primary_pupil_is_assessed_again_after_help(primary):
    assert promotions(primary) == ["RETEST", "PROMOTED", "PROMOTED"]
    primary.gradebook.ask(proposal(primary, subject="toan", result="H 6"), primary.teacher)

    decide(primary, subject="toan")

    first = primary.results()[0]
    assert (first.promotion, first.level, first.level_after) == ("PROMOTED", "Chưa hoàn thành", "Hoàn thành")


def test_on_a_primary_pupil_who_twice_fell_short_the_principal_decides(primary):
    primary.gradebook.ask(proposal(primary, subject="toan", result="C 4"), primary.teacher)
    decide(primary, subject="toan")
    assert promotions(primary)[0] == "RETEST"
    primary.gradebook.ask(proposal(primary, subject="", result="NOT_PROMOTED"), primary.homeroom)

    decide(primary, subject="")

    assert promotions(primary)[0] == "NOT_PROMOTED"


def test_what_was_told_of_a_class_is_found_by_its_homeroom_teacher(failing):
    failing.gradebook.ask(proposal(failing), failing.teacher)
    question = FindSecondChances(school_year=YEAR, class_id=failing.class_id)

    found = failing.gradebook.ask(question, failing.homeroom).second_chances

    assert [(one.subject, one.result, one.decided_by) for one in found] == [("TOAN", "6.0", None)]


def promoted(school, *, by=None, class_ids=None, pupil_ids=()):
    place = {"school_year": YEAR, "unit_id": school.unit_id}
    question = FindPromotions(**place, class_ids=class_ids or (school.class_id,), pupil_ids=pupil_ids)
    return school.gradebook.ask(question, by or school.admin).pupils


def test_who_sends_a_class_on_is_told_what_the_year_in_force_decides_of_each(failing):
    before = [one.promotion for one in promoted(failing)]
    failing.gradebook.ask(proposal(failing), failing.teacher)
    decide(failing)
    stranger = new_id()

    after = promoted(failing, pupil_ids=(failing.pupils[0], stranger))

    assert before == ["RETEST", "SUMMER_TRAINING", "PROMOTED"]
    assert [one.pupil_id for one in after] == [*failing.pupils, stranger]
    assert [one.promotion for one in after] == ["PROMOTED", "SUMMER_TRAINING", "PROMOTED", None]
    assert [one.is_enrolled for one in after] == [True, True, True, False]


def test_whom_the_years_end_has_left_in_the_class_can_be_sent_on_in_the_summer(failing):
    before = promoted(failing)
    failing.gradebook.ask(EndSchoolYear(school_year=YEAR, unit_id=failing.unit_id), failing.principal)
    after = promoted(failing)
    move = {"pupil_id": failing.pupils[2], "from_unit_id": failing.unit_id, "to_unit_id": new_id()}

    moved = failing.gradebook.ask_as("transfer", MovePupil(school_year=YEAR, **move))

    assert after == before
    assert (moved.unit_id, moved.ended_on) == (move["to_unit_id"], None)
    assert [one.is_enrolled for one in promoted(failing)] == [True, True, False]
    assert [one.pupil_id for one in promoted(failing)] == list(failing.pupils)
    with pytest.raises(Refused, match="not_enrolled_there"):
        failing.gradebook.ask_as("transfer", MovePupil(school_year=YEAR, **move))


def test_a_pupil_of_a_year_long_over_is_not_moved(failing):
    failing.gradebook.ask(EndSchoolYear(school_year=YEAR, unit_id=failing.unit_id), failing.principal)
    move = {"pupil_id": failing.pupils[2], "from_unit_id": failing.unit_id, "to_unit_id": new_id()}

    with pytest.raises(Refused, match="not_enrolled_there"):
        failing.gradebook.ask_as("transfer", MovePupil(school_year=YEAR + 1, **move))


def test_nothing_is_decided_of_a_class_that_is_not_locked(gradebook):
    school = open_stage(gradebook, "THCS", 8, [plan("TOAN", SCORED, 8)])

    assert {(one.is_enrolled, one.promotion) for one in promoted(school)} == {(True, None)}


def test_what_the_year_decides_is_told_to_leaders_of_the_classes_own_school(failing, gradebook):
    other = open_stage(gradebook, "THCS", 8, [plan("TOAN", SCORED, 8)])

    with pytest.raises(Forbidden):
        promoted(failing, by=failing.teacher)
    with pytest.raises(NotFound):
        promoted(failing, class_ids=(other.class_id,))
