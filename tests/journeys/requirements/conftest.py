import json

import pytest

from deploy.demo import job
from deploy.demo.people_at_school import Entrance
from deploy.local import platform as local
from tests.journeys.requirements import issuing
from tests.journeys.requirements.people import Department, Person
from tests.journeys.requirements.schools import PERIODS, found_school, subject

SIX = ("VAN", "TOAN", "NN1", "KHTN", "LSDL", "GDCD")
LOWER = (*(subject(code, "SCORED", 6, 7, 8, 9) for code in SIX), subject("GDTC", "COMMENT", 6, 7, 8, 9))
PRIMARY = (
    subject("tieng_viet", "PRIMARY", 4),
    subject("toan", "PRIMARY", 4),
    subject("nghe_thuat", "PRIMARY", 4),
    subject("pcnl", "QUALITIES", 4),
)


@pytest.fixture(scope="session")
def department(installation):
    """The department of an installation with every process of the platform, and its operator."""
    instance = installation.instance
    instance.start_processes(local.processes(instance))
    made = json.loads(local.bootstrap(instance, job.OPERATOR, job.DEPARTMENT, job.PROVINCE))
    entrance = Entrance(installation.url, instance.secret("demo-password"))
    client = entrance.enter(job.OPERATOR, made["activation_code"])
    operator = Person(client.get("/v1/me")["person_id"], client)
    return Department(platform=installation, entrance=entrance, operator=operator, unit_id=made["unit_id"])


@pytest.fixture(scope="module", autouse=True)
def every_process(department):
    """Other journeys may have stopped what they had no use for."""
    instance = department.platform.instance
    instance.start_processes(local.processes(instance))


@pytest.fixture(scope="session")
def lower(department):
    """A lower-secondary school, a class for each story; 6B is as large as classes are."""
    grades = {"6A": 6, "6B": 6, "6C": 6, "7A": 7, "8A": 8, "9A": 9, "9B": 9}
    school = found_school(
        department, "Trường THCS Hàng Tre", class_sizes=dict.fromkeys(grades, 3) | {"6B": 45, "8A": 4}
    )
    school.open_year("THCS", LOWER)
    school.add_classes(grades, LOWER)
    return school


@pytest.fixture(scope="session")
def before_summer(lower):
    """A class whose transcripts are issued, but for the first pupil's, who must train in the summer."""
    room = lower.classes["8A"]
    room.fill(1, 2)
    room.say_conduct(1)
    room.say_conduct(2, first="Chưa đạt")
    room.lock(*PERIODS)
    issuing.make_keys(lower)
    issuing.freeze(room)
    issuing.sign(room)
    return room


@pytest.fixture(scope="session")
def primary(department):
    grades = {"4A": 4, "4B": 4, "4C": 4}
    school = found_school(department, "Trường Tiểu học Bến Đò", class_sizes=dict.fromkeys(grades, 3))
    school.open_year("TH", PRIMARY, paper_grades=[5])
    school.add_classes(grades, PRIMARY)
    return school
