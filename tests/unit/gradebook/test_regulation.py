"""Each class and year is governed by exactly one circular."""

import pytest

from services.gradebook.rules.regulation import (
    ROADMAP,
    SUCCESSION,
    Regulation,
    RegulationNotSupported,
    Stage,
    governing,
    regulation_of,
)

LOWER, UPPER = Stage.LOWER_SECONDARY, Stage.UPPER_SECONDARY


@pytest.mark.parametrize(
    ("stage", "grade", "last_year", "earlier", "current"),
    [
        (Stage.PRIMARY, 1, 2019, Regulation.TT30_2014, Regulation.TT27_2020),
        (Stage.PRIMARY, 2, 2020, Regulation.TT30_2014, Regulation.TT27_2020),
        (Stage.PRIMARY, 3, 2021, Regulation.TT30_2014, Regulation.TT27_2020),
        (Stage.PRIMARY, 4, 2022, Regulation.TT30_2014, Regulation.TT27_2020),
        (Stage.PRIMARY, 5, 2023, Regulation.TT30_2014, Regulation.TT27_2020),
        (LOWER, 6, 2020, Regulation.TT58_2011, Regulation.TT22_2021),
        (LOWER, 7, 2021, Regulation.TT58_2011, Regulation.TT22_2021),
        (LOWER, 8, 2022, Regulation.TT58_2011, Regulation.TT22_2021),
        (LOWER, 9, 2023, Regulation.TT58_2011, Regulation.TT22_2021),
        (UPPER, 10, 2021, Regulation.TT58_2011, Regulation.TT22_2021),
        (UPPER, 11, 2022, Regulation.TT58_2011, Regulation.TT22_2021),
        (UPPER, 12, 2023, Regulation.TT58_2011, Regulation.TT22_2021),
        (Stage.CONTINUING, 10, 2021, None, Regulation.TT43_2021),
    ],
)
def test_the_roadmap_changes_each_grade_in_its_own_year(stage, grade, last_year, earlier, current):
    assert regulation_of(stage, grade, last_year) is earlier
    assert regulation_of(stage, grade, last_year + 1) is current


def test_every_grade_of_every_stage_has_a_regulation_today():
    for stage, (grades, _, current) in SUCCESSION.items():
        assert {regulation_of(stage, grade, 2025) for grade in grades} == {current}
        assert set(grades) <= set(ROADMAP)


@pytest.mark.parametrize(("grade_nine_in", "regulation"), [(2024, Regulation.TT22_2021), (2023, Regulation.TT58_2011)])
def test_a_cohort_goes_through_lower_secondary_under_one_regulation(grade_nine_in, regulation):
    years = {grade: grade_nine_in - 9 + grade for grade in range(6, 10)}

    assert {regulation_of(LOWER, grade, year) for grade, year in years.items()} == {regulation}


def test_a_pupil_repeating_grade_six_meets_two_regulations():
    assert regulation_of(LOWER, 6, 2020) is Regulation.TT58_2011
    assert regulation_of(LOWER, 6, 2021) is Regulation.TT22_2021


def test_only_a_regulation_held_here_as_code_judges():
    assert governing("THPT", 12, 2025) is Regulation.TT22_2021
    with pytest.raises(RegulationNotSupported, match="TT27/2020"):
        governing(Stage.PRIMARY, 4, 2025)


@pytest.mark.parametrize(("stage", "grade"), [(LOWER, 10), (Stage.PRIMARY, 0), ("MN", 1)])
def test_a_grade_its_stage_does_not_have_is_governed_by_nothing(stage, grade):
    assert regulation_of(stage, grade, 2025) is None
    with pytest.raises(RegulationNotSupported):
        governing(stage, grade, 2025)
