"""Figures equal a count by hand at every level, follow the tree of the day, and keep small groups to their school."""

from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import combinations

import pytest

from services.chassis.errors import Forbidden, Invalid
from services.chassis.ids import new_id
from services.contracts.gradebook.results import Period
from services.contracts.gradebook.statistics import (
    VALUES,
    Dimension,
    Measure,
    ReadStatistics,
    RebuildStatistics,
)
from services.contracts.identity import FindPeople, People, Role, UnitKind
from services.gradebook.statistics_counting import band_of
from tests.integration.gradebook.locked_schools import FOUNDED, REFORM, YEAR, Province
from tests.integration.gradebook.small_school import YEAR as IN_2025

COUNTS = "SELECT * FROM school_counts WHERE unit_id = ANY(:units) ORDER BY {}"
KEYS = "period, measure, unit_id, stage, grade, gender, ethnicity, subject"
NOT_OF_ALL = (Measure.SUBJECT, Measure.PRIMARY_LEVEL, Measure.COMPLETION)
BY_PERSON = (Dimension.GENDER, Dimension.ETHNICITY)


@pytest.fixture
def province(gradebook):
    """A department with two communes of two schools each, whose classes are not locked yet."""
    made = Province(gradebook, 5)
    for _ in range(2):
        commune = made.unit_below(made.department, UnitKind.COMMUNE)
        for _ in range(2):
            made.school_below(commune)
    return made


@pytest.fixture
def officer(gradebook, province):
    return gradebook.grant(Role.OFFICER, province.department)


def ask(unit_id, measure=Measure.LEVEL, *by, **known):
    place = {"school_year": YEAR, "unit_id": unit_id, "period": Period.YEAR}
    return ReadStatistics(**place | known, measure=measure, by=by)


def schools_of(province):
    return sorted(set(province.classes.values()))


def communes_of(province):
    sql = "SELECT unit_id FROM unit_parents WHERE parent_id = :id ORDER BY unit_id"
    return [row.unit_id for row in province.gradebook.sql(sql, id=province.department)]


def commune_of(province, unit_id):
    sql = "SELECT parent_id FROM unit_parents WHERE unit_id = :id"
    return province.gradebook.sql(sql, id=unit_id)[0].parent_id


def value_of(pupil, measure):
    """What a pupil counts as, said anew: the words of the law, or nothing."""
    if measure is Measure.ABSENCE:
        return "OVER_45" if pupil.result["absences"] > 45 else "UP_TO_45"
    return pupil.result[measure.name.lower()] or "NONE"


def by_hand(province, pupils, measure, by):
    """The same figures, one pupil after the other."""
    found = {}
    for pupil in pupils:
        keys = {
            Dimension.UNIT: commune_of(province, pupil.unit_id) if Dimension.UNIT in by else None,
            Dimension.STAGE: pupil.stage,
            Dimension.GRADE: pupil.grade,
            Dimension.GENDER: pupil.gender or "",
            Dimension.ETHNICITY: pupil.ethnicity or "",
        }
        place = tuple(keys[one] for one in Dimension if one in by)
        found.setdefault(place, Counter())[value_of(pupil, measure)] += 1
    return {place: tuple(count[value] for value in VALUES[measure]) for place, count in found.items()}


def told(answer, by):
    names = {Dimension.UNIT: "unit_id"} | {one: one.name.lower() for one in Dimension if one is not Dimension.UNIT}
    return {tuple(getattr(row, names[one]) for one in Dimension if one in by): row.counts for row in answer.rows}


def added(rows):
    return tuple(map(sum, zip(*(row.counts for row in rows), strict=True)))


@pytest.mark.parametrize("measure", [one for one in Measure if one not in NOT_OF_ALL])
def test_a_departments_figures_equal_a_count_of_its_pupils_by_every_two_dimensions(province, officer, measure):
    province.lock_all()
    dimensions = (Dimension.UNIT, Dimension.STAGE, Dimension.GRADE, *BY_PERSON)

    for by in ((), *combinations(dimensions, 1), *combinations(dimensions, 2)):
        answer = province.gradebook.ask(ask(province.department, measure, *by), officer)

        assert told(answer, by) == by_hand(province, province.pupils.values(), measure, by)
        assert answer.total.counts == added(answer.rows)
        assert answer.total.pupils == len(province.pupils)


def test_subjects_are_counted_in_their_bands_and_words(province, officer):
    province.lock_all()

    answer = province.gradebook.ask(ask(province.department, Measure.SUBJECT, Dimension.SUBJECT), officer)

    for row in answer.rows:
        results = [
            one["year"]
            for pupil in province.pupils.values()
            for one in pupil.result["subjects"]
            if one["code"] == row.subject and one["year"]
        ]
        count = Counter(map(band_of, results))
        assert row.counts == tuple(count[value] for value in VALUES[Measure.SUBJECT])
        assert row.pupils == len(results)
    assert {row.subject for row in answer.rows} == {"TOAN", "GDTC"}


def test_subjects_are_named_as_some_school_names_them(province, officer):
    province.lock_all()
    province.gradebook.sql(
        "INSERT INTO subjects (school_year, unit_id, stage, grade, code, name, kind, periods, position) "
        "VALUES (:year, :unit, 'THCS', 6, 'TOAN', 'Toán', 'SCORED', 140, 1)",
        year=YEAR, unit=schools_of(province)[0],
    )  # fmt: skip

    answer = province.gradebook.ask(ask(province.department, Measure.SUBJECT, Dimension.SUBJECT), officer)

    assert answer.subject_names == {"TOAN": "Toán", "GDTC": "GDTC"}


def test_the_parts_make_the_whole_from_class_to_department(province, officer):
    province.lock_all()
    ask_for = lambda unit, *by: province.gradebook.ask(ask(unit, Measure.LEVEL, *by), officer)  # noqa: E731 - said thrice

    whole = ask_for(province.department)
    communes = [ask_for(commune) for commune in communes_of(province)]
    schools = [ask_for(school) for school in schools_of(province)]

    rows = province.gradebook.sql(
        "SELECT one FROM class_counts c, jsonb_array_elements(c.counts) AS one "
        "WHERE c.class_id = ANY(:ids) AND one ->> 0 = 'LEVEL'", ids=list(province.classes),
    )  # fmt: skip
    classes = tuple(map(sum, zip(*(row.one[4] for row in rows), strict=True)))
    assert classes == added([one.total for one in schools]) == added([one.total for one in communes])
    assert classes == whole.total.counts
    assert [row.unit_id for row in ask_for(province.department, Dimension.UNIT).rows] == communes_of(province)
    assert len(ask_for(communes_of(province)[0], Dimension.UNIT).rows) == 2


def test_figures_are_narrowed_as_they_are_told_apart(province, officer):
    province.lock_all()

    apart = province.gradebook.ask(ask(province.department, Measure.CONDUCT, Dimension.GRADE), officer)
    narrowed = [
        province.gradebook.ask(ask(province.department, Measure.CONDUCT, grade=grade), officer).total.counts
        for grade in (6, 9)
    ]

    assert [row.counts for row in apart.rows] == narrowed


def test_percentages_are_of_the_group_to_one_decimal_half_up(gradebook):
    made = Province(gradebook, 1)
    unit_id = made.unit_below(made.department, UnitKind.SCHOOL)
    class_id = made.add_class(unit_id, 6, "6A", 0) if made.open_school(unit_id) is None else None
    for level in ("Tốt", "Tốt", "Khá"):
        made.add_pupil(unit_id, class_id, 6, result=made.result(level=level))
    made.lock_all()

    answer = gradebook.ask(ask(unit_id), gradebook.grant(Role.PRINCIPAL, unit_id))

    assert answer.total.shares == ("66.7", "33.3", "0.0", "0.0", "0.0")


def test_a_changed_result_takes_the_place_of_the_first_and_a_repeated_count_changes_nothing(province, officer):
    province.lock_all()
    pupil = next(one for one in province.pupils.values() if one.result["level"] == "Khá")
    before = province.gradebook.ask(ask(province.department), officer).total.counts

    province.change(pupil, 2, level="Tốt")
    province.change(pupil, 3, level="Tốt")
    province.gradebook.work()

    good, fair, *rest = before
    assert province.gradebook.ask(ask(province.department), officer).total.counts == (good + 1, fair - 1, *rest)


def test_a_row_that_comes_to_nothing_is_gone(gradebook):
    made = Province(gradebook, 1)
    unit_id = made.school_below(made.department, classes_each=1, size=0)
    class_id = next(iter(made.classes))
    pupil = made.add_pupil(unit_id, class_id, 6, ethnicity="Tày")
    made.lock_all()

    made.pupils[pupil.id] = replace(pupil, ethnicity="Kinh")
    made.change(pupil, 2)
    gradebook.work()

    rows = gradebook.sql("SELECT DISTINCT ethnicity FROM school_counts WHERE unit_id = :unit", unit=unit_id)
    assert [row.ethnicity for row in rows] == ["Kinh"]


def test_counting_anew_gives_the_same_rows_and_mends_what_was_spoilt(province):
    province.lock_all()
    units, operator = schools_of(province), province.gradebook.grant(Role.OPERATOR, province.department)
    rows = lambda: province.gradebook.sql(COUNTS.format(KEYS), units=units)  # noqa: E731 - read three times
    first = rows()

    province.gradebook.ask(RebuildStatistics(school_year=YEAR, unit_id=province.department), operator)
    province.gradebook.work()
    again = rows()
    province.gradebook.sql("UPDATE school_counts SET n1 = n1 + 7, pupils = pupils + 7 WHERE grade = 6")
    province.gradebook.sql("UPDATE class_counts SET counts = '[]' WHERE grade = 9")
    province.gradebook.ask(RebuildStatistics(school_year=YEAR, unit_id=province.department), operator)
    province.gradebook.work()

    assert first
    assert again == first
    assert rows() == first
    assert province.gradebook.unfinished() == []


def test_who_runs_no_unit_above_has_nothing_counted_anew(province, officer):
    with pytest.raises(Forbidden):
        province.gradebook.ask(RebuildStatistics(school_year=YEAR, unit_id=province.department), officer)


def test_until_a_lock_is_counted_the_figures_say_since_when_something_is_lacking(province, officer):
    classes = list(province.classes)
    province.lock(classes[0])
    locked_at = province.gradebook.sql("SELECT max(received_at) AS at FROM inbox")[0].at

    late = province.gradebook.ask(ask(province.department), officer)
    elsewhere = province.gradebook.ask(ask(other := new_id()), province.gradebook.grant(Role.PRINCIPAL, other))
    province.gradebook.work()
    then = province.gradebook.ask(ask(province.department), officer)

    assert late.as_of == locked_at
    assert late.total.pupils == 0
    assert elsewhere.as_of > locked_at
    assert then.as_of > locked_at
    assert then.total.pupils == 8


def test_a_result_that_came_while_people_were_asked_for_is_counted_too(province):
    class_id = next(iter(province.classes))
    late = []

    def one_more_comes(asked: FindPeople) -> People:
        if not late:
            late.append(province.add_pupil(province.classes[class_id], class_id, 6))
            province.change(late[0], 1)
        return province.find_people(asked)

    province.gradebook.others.answers[FindPeople] = one_more_comes
    province.lock(class_id)
    province.gradebook.work()

    unit_id = province.classes[class_id]
    principal = province.gradebook.grant(Role.PRINCIPAL, unit_id)
    answer = province.gradebook.ask(ask(unit_id, Measure.LEVEL, *BY_PERSON), principal)
    assert answer.total.pupils == 9
    expected = by_hand(
        province, (one for one in province.pupils.values() if one.class_id == class_id), Measure.LEVEL, BY_PERSON
    )
    assert told(answer, BY_PERSON) == expected


def test_a_school_counts_for_its_district_until_the_reform_and_for_its_commune_from_that_day(gradebook):
    made = Province(gradebook, 2)
    district = made.unit_below(made.department, UnitKind.DISTRICT, FOUNDED, REFORM)
    commune = made.unit_below(made.department, UnitKind.COMMUNE, REFORM)
    unit_id = made.school_below(district)
    gradebook.sql("UPDATE unit_parents SET valid_to = :day WHERE unit_id = :id", day=REFORM, id=unit_id)
    made.place(unit_id, commune, UnitKind.SCHOOL, REFORM, None)
    made.lock_all()
    officer = gradebook.grant(Role.OFFICER, made.department)
    pupils = lambda unit, day: gradebook.ask(ask(unit, on=day), officer).total.pupils  # noqa: E731 - asked six times
    day_before = date(2025, 6, 30)

    assert (pupils(district, day_before), pupils(commune, REFORM)) == (32, 32)
    assert gradebook.ask(ask(district, on=REFORM), gradebook.grant(Role.OFFICER, district)).total.pupils == 0
    assert pupils(made.department, day_before) == pupils(made.department, REFORM) == 32
    assert [
        [
            row.unit_id
            for row in gradebook.ask(ask(made.department, Measure.LEVEL, Dimension.UNIT, on=day), officer).rows
        ]
        for day in (day_before, REFORM)
    ] == [[district], [commune]]


def test_a_merged_province_has_the_schools_of_both_and_each_had_its_own_before(gradebook):
    first, second = (Province(gradebook, seed) for seed in (3, 4))
    gradebook.others.answers[FindPeople] = lambda asked: People(
        people=first.find_people(asked).people + second.find_people(asked).people
    )
    moved = first.school_below(first.department)
    second.school_below(second.department)
    gradebook.sql("UPDATE unit_parents SET valid_to = :day WHERE unit_id = :id", day=REFORM, id=moved)
    first.place(moved, second.department, UnitKind.SCHOOL, REFORM, None)
    for one in (first, second):
        one.lock_all()
    of_first, of_second = (gradebook.grant(Role.OFFICER, one.department) for one in (first, second))
    pupils = lambda of, day, person: gradebook.ask(ask(of.department, on=day), person).total.pupils  # noqa: E731 - thrice

    assert pupils(first, date(2025, 6, 30), of_first) == 32
    assert pupils(second, date(2025, 6, 30), of_second) == 32
    assert pupils(second, REFORM, of_second) == 64


def test_a_closed_district_is_read_by_the_department_that_was_above_it_and_by_no_other(gradebook):
    made = Province(gradebook, 2)
    district = made.unit_below(made.department, UnitKind.DISTRICT, FOUNDED, REFORM)
    stranger = gradebook.grant(Role.OFFICER, new_id())

    answer = gradebook.ask(ask(district, on=date(2025, 6, 30)), gradebook.grant(Role.OFFICER, made.department))

    assert answer.on == date(2025, 6, 30)
    with pytest.raises(Forbidden):
        gradebook.ask(ask(district, on=date(2025, 6, 30)), stranger)


@pytest.mark.parametrize("day", [date(2024, 6, 30), date(9999, 1, 1)])
def test_the_tree_of_a_day_before_the_year_or_still_to_come_is_refused(province, officer, day):
    with pytest.raises(Invalid, match="01/07/2024"):
        province.gradebook.ask(ask(province.department, on=day), officer)


def test_a_group_of_fewer_than_five_is_shown_to_its_own_school_alone(gradebook):
    made = Province(gradebook, 2)
    unit_id = made.school_below(made.department, classes_each=1, size=0)
    class_id = next(iter(made.classes))
    for gender, ethnicity, pupils in (("Nữ", "Kinh", 5), ("Nam", "Tày", 4)):
        for _ in range(pupils):
            made.add_pupil(unit_id, class_id, 6, gender=gender, ethnicity=ethnicity)
    made.lock_all()
    question = ask(unit_id, Measure.LEVEL, *BY_PERSON)

    own = gradebook.ask(question, gradebook.grant(Role.PRINCIPAL, unit_id))
    above = gradebook.ask(question, gradebook.grant(Role.OFFICER, made.department))

    seen = {(row.gender, row.ethnicity): (row.pupils, row.is_hidden) for row in above.rows}
    assert seen == {("Nữ", "Kinh"): (5, False), ("Nam", "Tày"): (None, True)}
    assert next(row for row in above.rows if row.is_hidden).counts == ()
    assert [row.pupils for row in own.rows] == [4, 5]
    assert above.total.pupils == own.total.pupils == 9


def test_a_small_group_of_several_schools_and_one_told_apart_by_grade_alone_are_shown(gradebook):
    made = Province(gradebook, 2)
    for _ in range(2):
        unit_id = made.school_below(made.department, classes_each=1, size=0)
        made.add_pupil(unit_id, list(made.classes)[-1], 9, gender="Nam", ethnicity="Tày")
    made.lock_all()
    officer = gradebook.grant(Role.OFFICER, made.department)

    both = gradebook.ask(ask(made.department, Measure.LEVEL, *BY_PERSON), officer)
    apart = gradebook.ask(ask(made.department, Measure.LEVEL, Dimension.UNIT, Dimension.ETHNICITY), officer)
    narrowed = gradebook.ask(ask(made.department, Measure.LEVEL, Dimension.UNIT, ethnicity="Tày"), officer)
    grades = gradebook.ask(ask(unit_id, Measure.LEVEL, Dimension.GRADE), officer)

    assert [(row.pupils, row.is_hidden) for row in both.rows] == [(2, False)]
    assert [row.is_hidden for row in (*apart.rows, *narrowed.rows)] == [True] * 4
    assert [row.pupils for row in grades.rows] == [1]


@pytest.mark.parametrize("role", [Role.STAFF, Role.CLERK, Role.OPERATOR])
def test_figures_are_for_leaders_and_supervisors_alone(province, role):
    unit_id = schools_of(province)[0]
    person = province.gradebook.grant(role, unit_id)

    with pytest.raises(Forbidden):
        province.gradebook.ask(ask(unit_id), person)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.PRINCIPAL, Role.DEPUTY])
def test_a_leader_reads_the_own_school_and_neither_another_nor_the_commune(province, role):
    mine, other = schools_of(province)[:2]
    person = province.gradebook.grant(role, mine)

    province.gradebook.ask(ask(mine), person)

    for unit_id in (other, commune_of(province, mine), province.department):
        with pytest.raises(Forbidden):
            province.gradebook.ask(ask(unit_id), person)


def test_primary_pupils_are_counted_by_their_own_levels_and_have_no_conduct(gradebook):
    made = Province(gradebook, 2)
    unit_id = made.unit_below(made.department, UnitKind.SCHOOL)
    made.open_school(unit_id, "TH")
    class_id = made.add_class(unit_id, 4, "4A", 0, "TH")
    made.add_pupil(unit_id, class_id, 4, stage="TH", result={"level": "Hoàn thành tốt", "absences": 1})
    made.lock_all()
    principal = gradebook.grant(Role.PRINCIPAL, unit_id)

    levels, conduct = (gradebook.ask(ask(unit_id, one), principal) for one in (Measure.PRIMARY_LEVEL, Measure.CONDUCT))

    assert levels.total.counts == (0, 1, 0, 0, 0)
    assert conduct.total.pupils == 0


def test_figures_by_subject_are_refused_for_what_is_not_a_subjects(province, officer):
    with pytest.raises(Invalid, match="SUBJECT"):
        province.gradebook.ask(ask(province.department, Measure.LEVEL, Dimension.SUBJECT), officer)


def test_a_class_that_is_locked_is_in_the_figures_without_any_act_of_anybody(gradebook, school):
    gradebook.others.answers[FindPeople] = People(people=())
    school.fill(1)
    question = ReadStatistics(
        school_year=IN_2025, unit_id=school.unit_id, period=Period.TERM_1, measure=Measure.CONDUCT
    )

    school.lock(Period.TERM_1)
    waiting = gradebook.ask(question, school.principal)
    gradebook.work()

    then = gradebook.ask(question, school.principal)
    assert waiting.total.pupils == 0
    assert then.total.counts == (3, 0, 0, 0, 0)
    assert then.as_of > waiting.as_of
