"""What a result counts as, how sums move when results change, and why a pupil has no transcript."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.gradebook.results import Period
from services.contracts.gradebook.statistics import VALUES, Measure, WaitingReason
from services.gradebook.models.statistics import MOST_VALUES
from services.gradebook.statistics_counting import (
    Group,
    PupilFacts,
    Scope,
    band_of,
    count,
    difference,
    facts_of,
    from_stored,
    measures_of,
    shares,
    stored,
    waiting_reason,
)

YEAR_OF_6, YEAR_OF_9 = (Scope(period=Period.YEAR, stage="THCS", grade=grade) for grade in (6, 9))
TERM = Scope(period=Period.TERM_1, stage="THCS", grade=6)
PRIMARY_YEAR, PRIMARY_TERM = (Scope(period=period, stage="TH", grade=5) for period in (Period.YEAR, Period.TERM_2))


def facts(result, scope=YEAR_OF_6):
    return facts_of(result, scope, gender="Nữ", ethnicity="Kinh")


pupils = st.builds(
    PupilFacts,
    gender=st.sampled_from(["Nam", "Nữ", ""]),
    ethnicity=st.sampled_from(["Kinh", "Tày"]),
    values=st.fixed_dictionaries(
        {one: st.sampled_from(VALUES[one]) for one in (Measure.LEVEL, Measure.CONDUCT, Measure.PROMOTION)}
    ),
    subjects=st.dictionaries(st.sampled_from(["TOAN", "GDTC"]), st.sampled_from(VALUES[Measure.SUBJECT])),
)


@pytest.mark.parametrize(
    ("result", "band"),
    [
        ("0.0", "UNDER_3_5"),
        ("3.4", "UNDER_3_5"),
        ("3.5", "FROM_3_5"),
        ("4.9", "FROM_3_5"),
        ("5.0", "FROM_5"),
        ("6.4", "FROM_5"),
        ("6.5", "FROM_6_5"),
        ("7.9", "FROM_6_5"),
        ("8.0", "FROM_8"),
        ("8.9", "FROM_8"),
        ("9.0", "FROM_9"),
        ("10.0", "FROM_9"),
        ("Đ", "Đ"),
        ("CĐ", "CĐ"),
        ("T", "T"),
        ("H", "H"),
        ("C", "C"),
        ("Giỏi", "NONE"),
        ("-1", "NONE"),
    ],
)
def test_a_subjects_result_falls_in_one_band_on_either_side_of_each_floor(result, band):
    assert band_of(result) == band


@pytest.mark.parametrize(("half_days", "value"), [(45, "UP_TO_45"), (46, "OVER_45"), (None, "UP_TO_45")])
def test_forty_five_half_days_are_still_borne(half_days, value):
    assert facts({"absences": half_days}).values[Measure.ABSENCE] == value


def test_a_years_result_counts_as_it_stands_after_the_summer():
    result = {
        "level": "Chưa đạt", "level_after": "Đạt", "conduct": "Chưa đạt", "conduct_after": "Đạt",
        "subjects": [{"code": "TOAN", "year": "4.5", "retest": "5.0"}, {"code": "VAN", "year": "8.0", "retest": None}],
    }  # fmt: skip

    found = facts(result)

    assert (found.values[Measure.LEVEL], found.values[Measure.CONDUCT]) == ("Đạt", "Đạt")
    assert found.subjects == {"TOAN": "FROM_5", "VAN": "FROM_8"}


def test_a_terms_result_names_its_subjects_otherwise_and_one_without_a_result_is_left_out():
    assert facts({"subjects": {"TOAN": "6.5", "GDTC": "Đ", "TIN": None}}, TERM).subjects == {
        "TOAN": "FROM_6_5",
        "GDTC": "Đ",
    }


def test_a_level_that_the_present_law_does_not_know_counts_as_none():
    assert facts({"level": "Giỏi"}).values[Measure.LEVEL] == "NONE"


@pytest.mark.parametrize(
    ("scope", "there", "missing"),
    [
        (TERM, Measure.CONDUCT, Measure.PROMOTION),
        (YEAR_OF_6, Measure.TITLE, Measure.COMPLETION),
        (YEAR_OF_9, Measure.COMPLETION, Measure.PRIMARY_LEVEL),
        (PRIMARY_YEAR, Measure.PRIMARY_LEVEL, Measure.CONDUCT),
        (PRIMARY_TERM, Measure.ABSENCE, Measure.PRIMARY_LEVEL),
    ],
)
def test_only_what_a_period_and_stage_have_is_measured(scope, there, missing):
    assert there in measures_of(scope)
    assert missing not in measures_of(scope)


@given(st.lists(pupils))
def test_every_pupil_is_counted_once_in_each_measure(school):
    counts = count(school)

    for measure in (Measure.LEVEL, Measure.CONDUCT, Measure.PROMOTION):
        assert sum(sum(numbers) for group, numbers in counts.items() if group.measure is measure) == len(school)
    by_subject = Counter(subject for pupil in school for subject in pupil.subjects)
    assert by_subject == Counter(
        {subject: sum(sum(n) for g, n in counts.items() if g.subject == subject) for subject in by_subject}
    )


@given(st.lists(pupils), st.lists(pupils), st.lists(pupils))
def test_a_sum_moved_by_the_difference_is_the_sum_with_the_class_replaced(others, before, after):
    moved = Counter()
    for counts in (count(others + before), difference(count(after), count(before))):
        moved.update({(group, place): n for group, ns in counts.items() for place, n in enumerate(ns)})

    anew = count(others + after)
    assert {key: n for key, n in moved.items() if n} == {
        (group, place): n for group, ns in anew.items() for place, n in enumerate(ns) if n
    }


@given(st.lists(pupils))
def test_what_is_kept_with_a_class_is_read_back_equal(school):
    assert from_stored(stored(count(school))) == count(school)


@given(st.lists(pupils))
def test_a_class_that_did_not_change_moves_nothing(school):
    assert difference(count(school), count(school)) == {}


@pytest.mark.parametrize(
    ("counts", "expected"),
    [((1, 2), ("33.3", "66.7")), ((1, 15), ("6.3", "93.8")), ((0, 0), ()), ((3, 0), ("100.0", "0.0"))],
)
def test_shares_are_percentages_to_one_decimal_half_up_and_of_nobody_there_are_none(counts, expected):
    assert shares(counts) == expected


def test_every_measure_has_room_for_its_values():
    assert max(map(len, VALUES.values())) <= MOST_VALUES
    assert all(len(set(values)) == len(values) for values in VALUES.values())


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ({"state": "ISSUED", "is_locked": False}, None),
        ({"state": "REVOKED", "is_locked": False}, WaitingReason.REVOKED),
        ({"is_locked": False, "lacks_id": True}, WaitingReason.NOT_LOCKED),
        ({"promotion": "RETEST", "lacks_id": True}, WaitingReason.RETEST),
        ({"promotion": "SUMMER_TRAINING"}, WaitingReason.PENDING_SUMMER),
        ({"promotion": "NOT_PROMOTED", "lacks_id": True}, WaitingReason.NO_PERSONAL_ID),
        ({"promotion": "PROMOTED"}, WaitingReason.NOT_ISSUED),
    ],
)
def test_the_first_obstacle_is_why_there_is_no_transcript(known, reason):
    told = {"state": None, "is_locked": True, "promotion": "PROMOTED", "lacks_id": False} | known

    assert waiting_reason(**told) is reason


def test_groups_of_different_measures_are_never_added():
    a, b = (Group(measure, "Nam", "Kinh", "") for measure in (Measure.LEVEL, Measure.CONDUCT))

    assert difference({a: (1, 0, 0, 0, 0)}, {b: (1, 0, 0, 0, 0)}) == {a: (1, 0, 0, 0, 0), b: (-1, 0, 0, 0, 0)}
