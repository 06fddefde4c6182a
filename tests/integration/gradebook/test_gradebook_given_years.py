"""Years that a pupil spent elsewhere or long ago are kept as they were given."""

from dataclasses import replace

import pytest

from services.chassis.errors import Forbidden, Invalid, NotFound, Refused
from services.chassis.ids import new_id
from services.contracts.gradebook.given import FindGivenYears, GivenSubject, KeepGivenYear
from services.contracts.gradebook.record import ReadPupilRecord
from services.contracts.gradebook.results import Period
from tests.integration.gradebook.small_school import SCAN, YEAR

OLD = ("TOAN", "VAN", "ANH", "LI", "HOA", "SINH", "SU", "DIA", "GDCD", "CN", "TIN")


def subjects(result, codes=OLD):
    return tuple(GivenSubject(code=code, name=code, term1=None, term2=None, year=result) for code in codes)


def given(school, **changed):
    """Grade 5 in 2019, under a circular that no code judges."""
    command = KeepGivenYear(
        school_year=2019,
        pupil_id=school.pupils[0],
        stage="TH",
        grade=5,
        school_name="Trường Tiểu học Mây Trắng",
        class_name="5A",
        subjects=subjects("T", ("TOAN", "TV")),
        level="Hoàn thành",
        conduct=None,
        absences=2,
        promotion=None,
        title=None,
        remark="Chăm ngoan.",
        evidence=SCAN,
    )
    return replace(command, **changed)


def test_an_old_primary_year_is_kept_as_it_was_given(school):
    kept = school.gradebook.ask(given(school), school.admin)

    record = school.gradebook.ask(ReadPupilRecord(pupil_id=school.pupils[0]), school.principal)

    assert (kept.regulation, kept.level, kept.version, kept.warnings) == ("TT30/2014+TT22/2016", "Hoàn thành", 1, ())
    assert record.given == (kept,)


@pytest.mark.parametrize(
    ("result", "stated", "warned"),
    [("8.5", "Giỏi", []), ("8.5", "Khá", ["level_differs"]), ("tám", "Khá", []), (None, "Khá", [])],
    ids=["agrees", "differs", "unreadable", "nothing"],
)
def test_a_year_under_an_older_circular_is_computed_only_to_warn(school, result, stated, warned):
    year = {"school_year": 2020, "stage": "THCS", "grade": 6, "conduct": "Tốt"}

    kept = school.gradebook.ask(given(school, **year, subjects=subjects(result), level=stated), school.admin)

    assert (kept.regulation, kept.level) == ("TT58/2011+TT26/2020", stated)
    assert [one.code for one in kept.warnings] == warned


def test_a_year_of_the_present_circular_is_warned_about_too(school):
    year = {"school_year": 2024, "stage": "THCS", "grade": 8, "conduct": "Tốt"}

    kept = school.gradebook.ask(given(school, **year, subjects=subjects("8.5"), level="Khá"), school.admin)

    assert (kept.regulation, [one.code for one in kept.warnings]) == ("TT22/2021", ["level_differs"])


def test_a_better_copy_follows_as_a_newer_version(school):
    school.gradebook.ask(given(school), school.admin)

    again = school.gradebook.ask(given(school, absences=3), school.admin)

    record = school.gradebook.ask(ReadPupilRecord(pupil_id=school.pupils[0]), school.principal)
    assert (again.version, [one.absences for one in record.given]) == (2, [3])


def test_transcript_is_told_the_given_years_of_those_who_have_any_and_no_person_is(school):
    kept = school.gradebook.ask(given(school), school.admin)
    question = FindGivenYears(pupil_ids=tuple(school.pupils))

    (found,) = school.gradebook.ask_as("transcript", question).pupils

    assert (found.pupil_id, found.years) == (school.pupils[0], (kept,))
    with pytest.raises(Forbidden):
        school.gradebook.ask(question, school.admin)


@pytest.mark.parametrize(
    "wrong",
    [{"grade": 6}, {"stage": "Đại học"}, {"school_year": YEAR}, {"absences": -1}, {"evidence": "bản giấy"}],
    ids=str,
)
def test_a_year_that_cannot_have_been_is_refused(school, wrong):
    with pytest.raises(Invalid):
        school.gradebook.ask(given(school, **wrong), school.admin)


def test_only_an_admin_of_the_pupils_school_keeps_a_given_year(school, other_school):
    for stranger in (school.teacher, other_school.admin):
        with pytest.raises(Forbidden):
            school.gradebook.ask(given(school), stranger)
    with pytest.raises(NotFound):
        school.gradebook.ask(given(school, pupil_id=new_id()), school.admin)


def test_a_year_that_was_locked_here_is_not_given_from_outside(school):
    school.fill(1, 2)
    for period in Period:
        school.lock(period)
    school.gradebook.sql(
        "UPDATE enrolments SET ended_on = now(), ended_as = 'YEAR_ENDED' WHERE pupil_id = :id", id=school.pupils[0]
    )
    school.gradebook.sql(
        """
        INSERT INTO enrolments (id, school_year, unit_id, pupil_id, code, position, version, began_on)
        SELECT gen_random_uuid(), school_year + 1, unit_id, pupil_id, code, 0, 2, now() FROM enrolments
        WHERE pupil_id = :id
        """,
        id=school.pupils[0],
    )

    with pytest.raises(Refused, match="year_is_ours"):
        school.gradebook.ask(given(school, school_year=YEAR, stage="THCS", grade=6), school.admin)
