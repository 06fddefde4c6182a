"""One installation runs schools of every stage, each under the law of its own (R10)."""

import pytest

from tests.journeys.requirements.conftest import SIX
from tests.journeys.requirements.schools import PERIODS, found_school, subject

UPPER = tuple(subject(code, "SCORED", 10) for code in SIX)


@pytest.fixture(scope="module")
def upper(department):
    return at_work(department, "THPT", "Trường THPT Đồi Thông")


@pytest.fixture(scope="module")
def centre(department):
    return at_work(department, "GDTX", "Trung tâm GDTX Ven Sông")


def at_work(department, stage, name):
    school = found_school(department, name, class_sizes={"10A": 3})
    school.open_year(stage, UPPER)
    school.add_classes({"10A": 10}, UPPER)
    return school.classes["10A"]


def year_of(room, *, has_conduct=True):
    room.fill(1, 2)
    if has_conduct:
        room.say_conduct(1, 2)
    room.lock(*PERIODS)
    return {(one["regulation"], one["level"], one["promotion"]) for one in room.results()}


def test_a_lower_secondary_class_is_judged_by_the_circular_of_secondary_schools(before_summer):
    """R10."""
    assert {(one["regulation"], one["level"]) for one in before_summer.results()} == {("TT22/2021", "Tốt")}


def test_an_upper_secondary_class_is_judged_by_the_circular_of_secondary_schools(upper):
    """R10."""
    assert year_of(upper) == {("TT22/2021", "Tốt", "PROMOTED")}


def test_a_class_of_continuing_education_is_judged_by_its_own_circular(centre):
    """R10."""
    assert year_of(centre) == {("TT43/2021", "Tốt", "PROMOTED")}


def test_a_primary_class_is_judged_by_comments_levels_and_tests(primary):
    """R10."""
    assert year_of(primary.classes["4B"], has_conduct=False) == {("TT27/2020", "Hoàn thành xuất sắc", "PROMOTED")}
