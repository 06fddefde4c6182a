"""Figures come by themselves: progress, plan, statistics, readiness, warnings (R14, R17, R27, R31, R33, R35, R39)."""

import csv
import re
from collections import Counter

import pytest
import requests

from tests.journeys.installation import WAIT_SECONDS, until
from tests.journeys.requirements import issuing
from tests.journeys.requirements.conftest import LOWER
from tests.journeys.requirements.schools import YEAR, found_school

LEVELS = {"period": "TERM_1", "measure": "LEVEL"}


@pytest.fixture(scope="module")
def commune(department):
    return department.found("XA", "20003", "Xã Rạch Dừa")


@pytest.fixture(scope="module")
def schools(department, commune):
    """Two schools of the commune with a class each, the first pupil of each weak in maths; nothing is locked."""
    made = [found_school(department, name, class_sizes={"6A": 3}, below=commune) for name in ("Một", "Hai")]
    for school in made:
        school.open_year("THCS", LOWER)
        school.add_classes({"6A": 6}, LOWER)
        school.classes["6A"].fill(1, first={"TOAN": "3.0"})
        school.classes["6A"].say_conduct(1)
    return made


@pytest.fixture(scope="module")
def officer(department, schools):
    [officer] = department.appoint(department.unit_id, "officer")
    department.await_grants(department.unit_id, people=2)
    return officer


def figures(person, unit_id, **wanted):
    return person.get(f"{YEAR}/units/{unit_id}/statistics", **(LEVELS | wanted))


def pupils_counted(person, unit_id):
    return figures(person, unit_id)["total"]["pupils"]


def recount(room, term):
    """Expected and entered cells of each subject and column, counted one by one from what the teacher reads."""
    found = {}
    for subject, of_term in room.sheets:
        sheet = room.read(subject, of_term)
        for place, column in enumerate(sheet["head"]["columns"] if of_term == term else ()):
            states = [row["cells"][place]["state"] for row in sheet["rows"]]
            found[subject, column["key"]] = (len(states), len(states) - states.count("EMPTY"))
    return found


def test_progress_equals_a_recount_of_the_marks(lower):
    """R14."""
    room = lower.classes["9A"]
    room.save("NN1", "gk", ["6.0", "7.0"])  # the third pupil's is missing

    told = lower.admin.get(f"{lower.path}/progress", term=1, class_id=room.id)

    by_column = {
        (sheet["subject"], column["key"]): (column["tally"]["expected"], column["tally"]["entered"])
        for sheet in told["sheets"]
        for column in sheet["columns"]
    }
    columns = [column for sheet in told["sheets"] for column in sheet["columns"]]
    assert by_column == recount(room, 1)
    assert by_column["NN1", "gk"] == (3, 2)
    assert told["total"]["missing"] == sum(column["tally"]["missing"] for column in columns)
    assert next(c for c in columns if c["key"] == "gk" and c["tally"]["entered"])["last_entry_at"]


def test_those_above_see_the_plan_beside_what_was_entered_without_asking_a_teacher(officer, schools):
    """R17."""
    school = schools[0]
    plan = [{"grade": 6, "subject": "TOAN", "key": "ck", "due_on": "2025-12-20"}]
    school.principal.put(f"{school.path}/progress/plan", {"term": 1, "columns": plan})

    weeks = officer.get(f"{school.path}/progress/weeks", term=1)["weeks"]
    total = officer.get(f"{school.path}/progress", term=1)["total"]

    assert {week["begins_on"]: week["planned"] for week in weeks if week["planned"]} == {"2025-12-15": 3}
    assert sum(week["entered"] for week in weeks) == total["entered"] == total["expected"]


def test_when_a_school_locks_a_term_the_figures_above_it_change_by_themselves(department, commune, officer, schools):
    """R31."""
    units = (department.unit_id, commune)
    before = {unit: pupils_counted(officer, unit) for unit in units}

    for school in schools:
        school.classes["6A"].lock("TERM_1")
    until(lambda: {unit: pupils_counted(officer, unit) - before[unit] for unit in units} == dict.fromkeys(units, 6))

    parts = figures(officer, commune, by="UNIT")
    assert {row["unit_id"]: row["pupils"] for row in parts["rows"]} == {school.unit_id: 3 for school in schools}
    for unit in units:
        told = figures(officer, unit, by="UNIT")
        assert sum(row["pupils"] for row in told["rows"]) == told["total"]["pupils"]
        assert [sum(place) for place in zip(*(row["counts"] for row in told["rows"]), strict=True)] == told["total"][
            "counts"
        ]


@pytest.fixture
def locked(schools, officer):
    """The first of the two schools, its term locked and counted."""
    school = schools[0]
    if pupils_counted(officer, school.unit_id) == 0:
        school.classes["6A"].lock("TERM_1")
        until(lambda: pupils_counted(officer, school.unit_id))
    return school


def test_levels_are_told_apart_by_grade_gender_and_ethnicity_and_the_lag_is_said(locked):
    """R33."""
    told = {by: figures(locked.principal, locked.unit_id, by=by) for by in ("GRADE", "GENDER", "ETHNICITY")}

    genders = Counter(pupil.person.sex.value for pupil in locked.paper.pupils)
    assert {row["gender"]: row["pupils"] for row in told["GENDER"]["rows"]} == genders
    assert {row["grade"]: row["pupils"] for row in told["GRADE"]["rows"]} == {6: 3}
    for found in told.values():
        assert dict(zip(found["values"], found["total"]["counts"], strict=True)) == {
            "Tốt": 2, "Khá": 0, "Đạt": 0, "Chưa đạt": 1, "NONE": 0,
        }  # fmt: skip
        assert found["as_of"]


def test_the_figures_are_downloaded_as_a_table(locked):
    """R33."""
    place = f"{YEAR}/units/{locked.unit_id}/statistics.csv?period=TERM_1&measure=LEVEL&by=GRADE"

    table = locked.principal.download(place).decode("utf-8-sig")

    assert list(csv.reader(table.splitlines()))[1][:2] == ["6", "3"]


def test_statistics_are_one_click_from_the_first_page(locked):
    """R33."""
    url, client = locked.department.platform.url, locked.principal.client
    browser = requests.Session()
    form = re.search(r'name="form_token" value="([^"]+)"', browser.get(f"{url}/login", timeout=WAIT_SECONDS).text)[1]
    entered = {"username": client.username, "password": locked.department.entrance.password, "form_token": form}

    home = browser.post(f"{url}/login", entered, timeout=WAIT_SECONDS)
    page = browser.get(f"{url}/statistics", params=LEVELS | {"year": 2025}, timeout=WAIT_SECONDS)

    assert 'href="/statistics"' in home.text
    assert "Chưa đạt" in page.text
    assert "33,3" in page.text


def test_the_board_of_readiness_counts_issued_transcripts_and_says_why_the_rest_are_not(lower, before_summer):
    """R39."""
    issued = [one["state"] for one in issuing.transcripts(before_summer)].count("ISSUED")

    told = lower.readiness()

    assert (told["schools_total"], told["issued"], told["pupils"]) == (1, issued, 64)
    assert told["issued"] + sum(told["reasons"].values()) == told["pupils"]
    certificates = lower.principal.get(f"/v1/units/{lower.unit_id}/certificates")
    assert certificates["certified"] == 2 <= certificates["teachers"]  # the teacher and the homeroom teacher


def test_pupils_at_risk_and_late_classes_are_named(locked):
    """R27."""
    plan = [{"grade": 6, "subject": "VAN", "key": "ck", "due_on": "2025-12-20"}]
    locked.principal.put(f"{locked.path}/progress/plan", {"term": 2, "columns": plan})

    warnings = locked.principal.get(f"{locked.path}/warnings")

    assert [(one["code"], one["signs"]) for one in warnings["pupils"]] == [
        (locked.paper.pupils[0].code, ["NOT_ACHIEVED"])
    ]  # fmt: skip
    assert [one["class_name"] for one in warnings["late_classes"]] == ["6A"]
