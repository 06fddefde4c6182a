"""One installation runs schools of every stage, each under the law of its own (R10)."""

import json
import re

import pytest

from tests.journeys.requirements.conftest import SIX
from tests.journeys.requirements.issuing import freeze, make_keys, sign, sign_as, transcripts, xml_of
from tests.journeys.requirements.schools import PERIODS, YEAR, found_school, subject

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


@pytest.fixture(scope="module")
def upper_year(upper):
    return year_of(upper)


@pytest.fixture(scope="module")
def centre_year(centre):
    return year_of(centre)


@pytest.fixture(scope="module")
def primary_year(primary):
    return year_of(primary.classes["4B"], has_conduct=False)


def year_of(room, *, has_conduct=True):
    room.fill(1, 2)
    if has_conduct:
        room.say_conduct(1, 2)
    room.lock(*PERIODS)
    return {(one["regulation"], one["level"], one["promotion"]) for one in room.results()}


def test_a_lower_secondary_class_is_judged_by_the_circular_of_secondary_schools(before_summer):
    """R10."""
    assert {(one["regulation"], one["level"]) for one in before_summer.results()} == {("TT22/2021", "Tốt")}


def test_an_upper_secondary_class_is_judged_by_the_circular_of_secondary_schools(upper_year):
    """R10."""
    assert upper_year == {("TT22/2021", "Tốt", "PROMOTED")}


def test_a_class_of_continuing_education_is_judged_by_its_own_circular(centre_year):
    """R10."""
    assert centre_year == {("TT43/2021", "Tốt", "PROMOTED")}


def test_a_primary_class_is_judged_by_comments_levels_and_tests(primary_year):
    """R10."""
    assert primary_year == {("TT27/2020", "Hoàn thành xuất sắc", "PROMOTED")}


def issued(room, *, by_subjects=True):
    """The states of the class's transcripts after all have signed, and the XML of the first."""
    make_keys(room.school)
    freeze(room)
    sign(room, by_subjects=by_subjects)
    found = transcripts(room)
    return {(one["state"], one["signatures"]) for one in found}, xml_of(room, found[0])


def test_an_upper_secondary_class_gets_transcripts_that_all_its_teachers_signed(upper, upper_year):
    """R10, R41."""
    states, xml = issued(upper)

    assert states == {("ISSUED", len(UPPER) + 3)}
    assert "<CAP_HOC>THPT</CAP_HOC>" in xml


def test_a_class_of_continuing_education_gets_transcripts_on_the_form_of_its_circular(centre, centre_year):
    """R10, R41."""
    states, xml = issued(centre)

    assert states == {("ISSUED", len(UPPER) + 3)}
    assert "<QUY_DINH>TT43/2021</QUY_DINH>" in xml


@pytest.fixture(scope="module")
def primary_issued(primary, primary_year):
    return issued(primary.classes["4B"], by_subjects=False)


def test_primary_transcripts_are_signed_by_homeroom_teacher_principal_and_seal_alone(primary_issued):
    """R10, R41."""
    states, xml = primary_issued

    assert states == {("ISSUED", 3)}
    assert "<MA>yeu_nuoc</MA><MUC_DAT>T</MUC_DAT>" in xml


def test_a_primary_teacher_signs_a_sheet_for_the_class_in_each_subject(primary, primary_issued):
    """R41."""
    room = primary.classes["4B"]
    sign_as(room, "GVBM", primary.teacher)

    sheets = primary.homeroom.get(f"{room.path}/class-sheets")["sheets"]
    roots = re.findall("<GOC>([0-9a-f]{64})</GOC>", primary_issued[1])
    assert {one["size"] for one in sheets} == {len(room.pupils)}
    assert sorted(one["root"] for one in sheets) == sorted(roots)
    for one in sheets:
        file = json.loads(primary.homeroom.download(f"{YEAR}/class-sheets/{one['sheet_id']}/file"))
        assert file["statement"]["root"] == one["root"]
