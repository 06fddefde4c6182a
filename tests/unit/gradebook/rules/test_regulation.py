"""Each class and year is governed by exactly one circular."""

from itertools import pairwise, product

import pytest

from services.gradebook.rules.regulation import (
    GRADES,
    IN_CODE,
    REIGNS,
    Regulation,
    RegulationNotSupported,
    Stage,
    governing,
    regulation_of,
)

PRIMARY, LOWER, UPPER, GDTX = Stage.PRIMARY, Stage.LOWER_SECONDARY, Stage.UPPER_SECONDARY, Stage.CONTINUING
YEARS = range(2010, 2041)

FIRST_YEARS = [  # stage, grade, (first school year, regulation) in order
    *(
        (PRIMARY, grade, [(2010, "TT32/2009"), (2014, "TT30/2014"), (2016, "TT30/2014+TT22/2016"), (new, "TT27/2020")])
        for grade, new in ((1, 2020), (2, 2021), (3, 2022), (4, 2023), (5, 2024))
    ),
    *(
        (
            stage,
            grade,
            [(2010, "QĐ40/2006"), (2011, "TT58/2011"), (2020, "TT58/2011+TT26/2020"), (new, "TT22/2021")],
        )
        for stage, grade, new in (
            (LOWER, 6, 2021),
            (LOWER, 7, 2022),
            (LOWER, 8, 2023),
            (LOWER, 9, 2024),
            (UPPER, 10, 2022),
            (UPPER, 11, 2023),
            (UPPER, 12, 2024),
        )
    ),
    *(
        (GDTX, grade, [(new, "TT43/2021")])
        for grade, new in ((6, 2021), (7, 2022), (8, 2023), (9, 2024), (10, 2022), (11, 2023), (12, 2024))
    ),
]


@pytest.mark.parametrize(("stage", "grade", "reigns"), FIRST_YEARS)
def test_every_class_of_thirty_years_has_the_regulation_of_its_year_and_no_other(stage, grade, reigns):
    expected = dict.fromkeys(YEARS)
    for (first, regulation), (until, _) in pairwise([*reigns, (2041, "")]):
        expected |= {year: Regulation(regulation) for year in range(first, until)}

    assert {year: regulation_of(stage, grade, year) for year in YEARS} == expected


def test_the_table_of_examples_leaves_out_no_grade():
    assert {(stage, grade) for stage, grade, _ in FIRST_YEARS} == {
        (stage, grade) for stage, grades in GRADES.items() for grade in grades
    }


def test_no_two_regulations_begin_in_the_same_class_and_year():
    begun = [
        (stage, grade, reign.since)
        for reign in REIGNS
        for stage, grade in product(reign.stages, reign.grades)
        if grade in GRADES[stage]
    ]

    assert len(begun) == len(set(begun))


@pytest.mark.parametrize(
    ("grade_nine_in", "regulations"),
    [
        (2024, {"TT22/2021"}),
        (2023, {"TT58/2011+TT26/2020"}),
        (2021, {"TT58/2011", "TT58/2011+TT26/2020"}),
    ],
)
def test_a_cohort_carries_the_regulations_of_its_own_years(grade_nine_in, regulations):
    years = {grade: grade_nine_in - 9 + grade for grade in range(6, 10)}

    assert {regulation_of(LOWER, grade, year).value for grade, year in years.items()} == regulations


def test_a_pupil_repeating_grade_six_meets_two_regulations():
    assert regulation_of(LOWER, 6, 2020) is Regulation.TT26_2020
    assert regulation_of(LOWER, 6, 2021) is Regulation.TT22_2021


def test_who_was_in_grade_twelve_in_2024_did_upper_secondary_under_one_regulation_and_lower_under_another():
    upper = {regulation_of(UPPER, grade, 2012 + grade) for grade in (10, 11, 12)}
    lower = {regulation_of(LOWER, grade, 2012 + grade) for grade in (6, 7, 8, 9)}

    assert upper == {Regulation.TT22_2021}
    assert lower == {Regulation.TT58_2011, Regulation.TT26_2020}


@pytest.mark.parametrize(
    ("stage", "grade", "year"),
    [(LOWER, 10, 2025), (UPPER, 9, 2025), (PRIMARY, 0, 2025), (PRIMARY, 6, 2025), ("MN", 1, 2025), (LOWER, 6, 2009)],
)
def test_a_grade_its_stage_does_not_have_and_a_year_before_the_record_are_governed_by_nothing(stage, grade, year):
    assert regulation_of(stage, grade, year) is None
    with pytest.raises(RegulationNotSupported):
        governing(stage, grade, year)


@pytest.mark.parametrize(
    ("stage", "grade", "year", "regulation"),
    [
        (PRIMARY, 4, 2025, Regulation.TT27_2020),
        (LOWER, 9, 2015, Regulation.TT58_2011),
        (LOWER, 9, 2020, Regulation.TT26_2020),
        ("THPT", 12, 2025, Regulation.TT22_2021),
        (GDTX, 12, 2025, Regulation.TT43_2021),
    ],
)
def test_a_class_is_judged_by_the_regulation_of_its_year(stage, grade, year, regulation):
    assert governing(stage, grade, year) is regulation


@pytest.mark.parametrize(
    ("stage", "grade", "year", "named"),
    [(PRIMARY, 5, 2015, "TT30/2014"), (PRIMARY, 5, 2016, "TT30/2014.TT22/2016"), (GDTX, 12, 2020, "None")],
)
def test_results_under_a_regulation_without_code_are_kept_as_given(stage, grade, year, named):
    with pytest.raises(RegulationNotSupported, match=f"under {named}"):
        governing(stage, grade, year)


def test_who_can_judge_by_one_regulation_only_says_so():
    with pytest.raises(RegulationNotSupported, match="TT27/2020"):
        governing(PRIMARY, 4, 2025, among=frozenset({Regulation.TT22_2021}))


def test_the_regulations_held_as_code_are_those_named_here():
    assert {regulation.value for regulation in IN_CODE} == {
        "TT22/2021",
        "TT27/2020",
        "TT43/2021",
        "TT58/2011",
        "TT58/2011+TT26/2020",
    }
