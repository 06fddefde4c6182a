"""What is issued is in a log that strangers watch: nobody takes it back or changes it unseen, the operator included."""

import json
import subprocess
import sys
from hashlib import sha256

import psycopg
import pytest
import requests
from click.testing import CliRunner
from sqlalchemy.engine import make_url

from deploy.hocba.cli import CHECKOUT, hocba
from deploy.local import platform as local
from deploy.witness import cosigning
from tests.journeys.installation import until
from tests.journeys.requirements import issuing
from tests.journeys.requirements.schools import YEAR


@pytest.fixture(scope="module")
def outsider(department, tmp_path_factory):
    """The folder of somebody who has the log's address and key, and whose witness the operator has named."""
    folder, instance = tmp_path_factory.mktemp("outsider"), department.platform.instance
    vkey = cosigning.make_key(folder / "witness.key", "nhanchung.example/1")
    (instance.home / local.WITNESSES).write_text(f"{vkey}\n")
    instance.start_processes(local.processes(instance))
    until(lambda: requests.get(f"{department.platform.url}/log/checkpoint", timeout=10).ok)
    return folder


@pytest.fixture(scope="module")
def keys(department, outsider):
    """The log's vkey and the witnesses', as the log tells them."""
    assert outsider.is_dir()
    return requests.get(f"{department.platform.url}/v1/log/keys", timeout=10).json()


@pytest.fixture(scope="module")
def witness(department, outsider, keys):
    """The witness's program, which runs somewhere else."""
    told = ("--log", department.platform.url, "--log-key", keys["log"], "--key", outsider / "witness.key")
    argv = [sys.executable, "-m", "deploy.hocba", "witness", *map(str, told), "--state", str(outsider / "witnessed")]
    running = subprocess.Popen(argv, cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    yield running
    running.terminate()  # what is started in the background may ignore an interrupt
    running.communicate()


@pytest.fixture(scope="module")
def paper(before_summer, outsider, department):
    """A pupil's transcript in the hands of the guardian: its PDF, and the code on it."""
    transcript = issuing.transcripts(before_summer)[1]
    path = outsider / "hocba.pdf"
    path.write_bytes(before_summer.school.principal.download(f"{YEAR}/transcripts/{transcript['id']}/pdf"))
    # Evidence is added meanwhile: a revision of a moment ago enters the log with the next checkpoint.
    for entry in (f"documents/{transcript['code']}", f"files/{sha256(path.read_bytes()).hexdigest()}"):
        until(lambda entry=entry: requests.get(f"{department.platform.url}/v1/log/{entry}", timeout=10).ok)
    return path, transcript["code"]


@pytest.fixture
def audit(department, outsider, keys):
    """The audit from outside; gives exit code and what it says."""

    def run(*arguments):
        known = ["--url", department.platform.url, "--key", keys["log"], "--state", str(outsider / "audited")]
        done = CliRunner().invoke(hocba, ["audit", "log", *known, *map(str, arguments)])
        return done.exit_code, done.output

    return run


def rule_database(department, statement, *values):
    """As the server's superuser could, with every guard switched off."""
    url = make_url(department.platform.instance.servers().postgres_url)
    signing = url.set(drivername="postgresql", database="hocba_signing")
    with psycopg.connect(signing.render_as_string(hide_password=False), autocommit=True) as conn:
        conn.execute("SET session_replication_role = replica")
        assert conn.execute(statement, values).rowcount == 1


def test_a_guardian_finds_the_transcript_in_a_log_that_a_witness_has_cosigned(audit, witness, paper, keys):
    path, code = paper

    exit_code, said = audit("--witness", keys["witnesses"][0], "--document", path, "--document", code)

    assert (exit_code, said.splitlines()[-1].endswith("nothing is wrong.")) == (0, True), said
    assert witness.poll() is None


def test_another_paper_is_not_in_the_log(audit, paper, outsider):
    (outsider / "forged.pdf").write_bytes(paper[0].read_bytes().replace(b"/Lang", b"/lang", 1))

    exit_code, said = audit("--document", outsider / "forged.pdf")

    assert exit_code == 1
    assert "The log answered 404" in said


def test_the_log_begins_with_what_it_was_at_the_last_visit(audit, paper, outsider):
    first = audit("--json")
    second = audit("--json")

    assert (first[0], second[0]) == (0, 0)
    assert json.loads(second[1])["size"] >= json.loads(first[1])["size"] >= 3
    assert (outsider / "audited").exists()


def test_an_entry_that_the_operator_changed_is_found_from_outside(department, audit, paper):
    [(entry,)] = department.platform.sql("signing", "SELECT encode(entry, 'hex') FROM log_entries WHERE index = 1")

    rule_database(department, "UPDATE log_entries SET entry = sha256(entry) WHERE index = 1")
    exit_code, said = audit()
    rule_database(department, "UPDATE log_entries SET entry = decode(%s, 'hex') WHERE index = 1", entry)

    assert exit_code == 1
    assert "do not give the root that it signed" in said
    until(lambda: audit()[0] == 0)
