"""The rules for primary pupils one by one, each threshold on both sides."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gradebook.rules import tt27_2020 as law
from services.gradebook.rules.named_subjects import NamedSubject, named
from services.gradebook.rules.switches import PrimarySwitches
from services.gradebook.rules.tt27_2020 import Moment, Outcome, QualityLevel, SubjectLevel, Title, YearEnd, YearLevel

LEVEL_OF = {level.vi: level for level in YearLevel}
READING, MATHS = NamedSubject.LITERATURE, NamedSubject.MATHEMATICS
OF_GRADE_THREE = {READING, MATHS, NamedSubject.FOREIGN_LANGUAGE, NamedSubject.INFORMATICS_AND_TECHNOLOGY}
OF_GRADE_FOUR = OF_GRADE_THREE | {NamedSubject.HISTORY_AND_GEOGRAPHY, NamedSubject.SCIENCE}


def year_end(subjects, tests, qualities):
    """Values as they are written: levels by letters, tests as marks."""
    return YearEnd(
        subjects={f"mon{index}": SubjectLevel(letter) for index, letter in enumerate(subjects)},
        tests={f"mon{index}": int(mark) for index, mark in enumerate(tests.split())},
        qualities={f"pc{index}": QualityLevel(letter) for index, letter in enumerate(qualities)},
    )


@pytest.mark.parametrize(
    ("subjects", "tests", "qualities", "level"),
    [
        ("T" * 10, "9 9 10 9", "T" * 15, "Hoàn thành xuất sắc"),
        ("T" * 10, "8 9 9 9", "T" * 15, "Hoàn thành tốt"),
        ("T" * 10, "9 9 9 6", "T" * 15, "Hoàn thành"),
        ("T" * 9 + "H", "10 10 10 10", "T" * 15, "Hoàn thành"),
        ("T" * 10, "10 10 10 10", "T" * 14 + "Đ", "Hoàn thành"),
        ("H" * 10, "5 5 5 5", "Đ" * 15, "Hoàn thành"),
        ("H" * 10, "4 9 9 9", "Đ" * 15, "Chưa hoàn thành"),
        ("H" * 9 + "C", "9 9 9 9", "T" * 15, "Chưa hoàn thành"),
        ("H" * 10, "9 9 9 9", "T" * 14 + "C", "Chưa hoàn thành"),
        ("T" * 10, "7 7 7 7", "T" * 15, "Hoàn thành tốt"),
        ("T" * 7, "", "T" * 13, "Hoàn thành xuất sắc"),
    ],
)
def test_a_year_is_as_good_as_its_weakest_value(subjects, tests, qualities, level):
    assert law.year_level(year_end(subjects, tests, qualities)) is LEVEL_OF[level]


@pytest.mark.parametrize(
    ("grade", "at_end", "at_middle"),
    [
        (1, {READING, MATHS}, set()),
        (2, {READING, MATHS}, set()),
        (3, OF_GRADE_THREE, set()),
        (4, OF_GRADE_FOUR, {READING, MATHS}),
        (5, OF_GRADE_FOUR, {READING, MATHS}),
        (0, set(), set()),
        (6, set(), set()),
    ],
)
def test_each_grade_has_its_tests_at_each_moment(grade, at_end, at_middle):
    assert law.tested_subjects(grade, Moment.END_TERM_1) == law.tested_subjects(grade, Moment.YEAR_END) == at_end
    assert law.tested_subjects(grade, Moment.MID_TERM_1) == law.tested_subjects(grade, Moment.MID_TERM_2) == at_middle


@pytest.mark.parametrize(
    ("mark", "stands"),
    [
        ("0", True),
        ("10", True),
        ("7", True),
        ("7.5", False),
        ("7.2", False),
        ("-1", False),
        ("11", False),
        ("NaN", False),
    ],
)
def test_a_test_is_marked_with_a_whole_number_from_zero_to_ten(mark, stands):
    assert law.is_test_mark(Decimal(mark)) is stands


def test_there_are_five_qualities_three_general_and_seven_specific_competences():
    every = law.required_qualities(3, PrimarySwitches())

    assert (len(law.QUALITIES), len(law.GENERAL_COMPETENCES), len(law.SPECIFIC_COMPETENCES)) == (5, 3, 7)
    assert len(every) == len(set(every)) == 15


@pytest.mark.parametrize(("grade", "until", "required"), [(1, 2, 13), (2, 2, 13), (3, 2, 15), (2, 1, 15), (1, 0, 15)])
def test_the_first_grades_are_not_asked_for_technology_and_informatics(grade, until, required):
    qualities = law.required_qualities(grade, PrimarySwitches(competences_optional_until_grade=until))

    assert len(qualities) == required
    assert ({"cong_nghe", "tin_hoc"} <= set(qualities)) is (required == 15)


@pytest.mark.parametrize(
    ("level", "test", "is_contrary"),
    [("T", 4, True), ("T", 5, False), ("H", 4, True), ("H", 5, False), ("C", 5, True), ("C", 4, False)],
)
def test_a_test_that_says_the_contrary_of_the_level_is_noticed(level, test, is_contrary):
    found = law.contradictions({"toan": SubjectLevel(level), "gdtc": SubjectLevel.NOT_DONE}, {"toan": test, "x": 4})

    assert found == (("toan",) if is_contrary else ())


@pytest.mark.parametrize(
    ("level", "again", "outcome"),
    [
        (YearLevel.EXCELLENT, False, Outcome.PROMOTED),
        (YearLevel.WELL_COMPLETED, False, Outcome.PROMOTED),
        (YearLevel.COMPLETED, True, Outcome.PROMOTED),
        (YearLevel.NOT_COMPLETED, False, Outcome.ADDITIONAL_ASSESSMENT),
        (YearLevel.NOT_COMPLETED, True, Outcome.SCHOOL_DECIDES),
    ],
)
def test_a_pupil_who_falls_short_gets_help_and_then_the_schools_decision(level, again, outcome):
    assert law.outcome_of(level, was_assessed_again=again) is outcome


def test_only_grade_five_completes_primary_school():
    assert law.completes_primary(5, Outcome.PROMOTED)
    assert not law.completes_primary(4, Outcome.PROMOTED)
    assert not law.completes_primary(5, Outcome.ADDITIONAL_ASSESSMENT)


@pytest.mark.parametrize(
    ("level", "acknowledged", "title"),
    [
        (YearLevel.EXCELLENT, False, Title.EXCELLENT),
        (YearLevel.WELL_COMPLETED, True, Title.OUTSTANDING),
        (YearLevel.WELL_COMPLETED, False, None),
        (YearLevel.COMPLETED, True, None),
        (YearLevel.NOT_COMPLETED, True, None),
    ],
)
def test_a_commendation_needs_the_level_and_one_of_them_the_class(level, acknowledged, title):
    assert law.title_of(level, is_acknowledged=acknowledged) is title


def test_levels_and_titles_speak_vietnamese_and_rise_in_order():
    assert [level.vi for level in sorted(YearLevel)] == list(LEVEL_OF)
    assert list(LEVEL_OF) == ["Chưa hoàn thành", "Hoàn thành", "Hoàn thành tốt", "Hoàn thành xuất sắc"]
    assert [title.vi for title in Title] == [
        "Học sinh Xuất sắc",
        "Học sinh Tiêu biểu hoàn thành tốt trong học tập và rèn luyện",
    ]


@pytest.mark.parametrize(("code", "subject"), [("TOAN", MATHS), ("tieng_viet", READING), ("gdtc", None)])
def test_the_subjects_the_law_names_are_known_by_their_codes(code, subject):
    assert named(code) is subject


def test_no_code_stands_for_two_subjects():
    codes = [code for subject in NamedSubject for code in subject.value]

    assert len(codes) == len(set(codes))


def test_every_rule_quotes_its_clause():
    rules = [rule for rule in vars(law).values() if isinstance(getattr(rule, "clause", None), str)]

    assert len(rules) == 9
    assert all(re.fullmatch(r"\d+(\(\d\)(\([a-zđ]\))?)?", rule.clause) for rule in rules)


RISING = {SubjectLevel: "CHT", QualityLevel: "CĐT"}


@given(st.text("THC", min_size=1, max_size=10), st.text("TĐC", max_size=15), st.lists(st.integers(0, 10)), st.data())
def test_a_better_value_never_lowers_the_level(subjects, qualities, tests, data):
    at = data.draw(st.integers(0, len(subjects) - 1))
    written = " ".join(map(str, tests))
    better_tests = " ".join(str(min(10, mark + data.draw(st.integers(0, 3)))) for mark in tests)
    better = RISING[SubjectLevel][min(2, RISING[SubjectLevel].index(subjects[at]) + 1)]

    low = law.year_level(year_end(subjects, written, qualities))
    high = law.year_level(year_end(subjects[:at] + better + subjects[at + 1 :], better_tests, qualities))

    assert low <= high


@given(st.text("THC", min_size=1, max_size=10), st.text("TĐC", max_size=15), st.lists(st.integers(0, 10), max_size=6))
def test_the_level_agrees_with_the_four_sentences_of_the_law(subjects, qualities, tests):
    """Written the other way round: from what excludes a level."""
    expected = YearLevel.EXCELLENT
    if set(subjects) | set(qualities) | set("T") != set("T") or any(test < 7 for test in tests):
        expected = YearLevel.COMPLETED
    elif any(test < 9 for test in tests):
        expected = YearLevel.WELL_COMPLETED
    if "C" in subjects or "C" in qualities or any(test < 5 for test in tests):
        expected = YearLevel.NOT_COMPLETED

    assert law.year_level(year_end(subjects, " ".join(map(str, tests)), qualities)) is expected
