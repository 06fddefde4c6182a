import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from deploy.local import pids, state, supervisor
from deploy.local.errors import InstallationError
from deploy.local.instance import SUPERVISOR
from deploy.local.supervisor import CHECKOUT, Process

SLEEPER = Process("sleeper", ("sleep", "1000"))


def run_of(school, name="sleeper"):
    return supervisor.runs(school.home)[name]


def test_a_process_that_is_killed_is_started_again(school):
    school.start_processes([SLEEPER])
    first = run_of(school)

    os.kill(first.process.pid, signal.SIGKILL)

    assert pids.wait_until(lambda: run_of(school).restarts == 1, seconds=60)
    assert pids.find(run_of(school).process)


def test_what_a_dead_process_leaves_behind_is_ended_before_its_successor_starts(school):
    school.start_processes([Process("sleeper", ("sh", "-c", "sleep 1000 & echo $!; exec sleep 2000"))])
    log = school.logs / "sleeper.log"
    assert pids.wait_until(lambda: log.read_text() != "", seconds=60)
    helper = psutil.Process(int(log.read_text()))

    os.kill(run_of(school).process.pid, signal.SIGKILL)

    assert pids.wait_until(lambda: run_of(school).restarts == 1, seconds=60)
    assert pids.wait_until(lambda: pids.is_dead(helper), seconds=60)


def test_stopping_ends_the_processes_even_those_that_will_not(school):
    school.start_processes([SLEEPER, Process("stubborn", ("sh", "-c", "trap '' TERM; sleep 1000"))])
    processes = [psutil.Process(run.process.pid) for run in supervisor.runs(school.home).values()]

    school.stop()

    assert all(map(pids.is_dead, processes))
    assert [line.pid for line in school.status() if line.pid] == []


def test_processes_do_not_outlive_a_supervisor_that_is_killed(school):
    school.start_processes([SLEEPER])
    process = psutil.Process(run_of(school).process.pid)

    os.kill(state.read(school.home).processes[SUPERVISOR].pid, signal.SIGKILL)

    assert pids.wait_until(lambda: pids.is_dead(process), seconds=60)


def test_processes_whose_record_was_lost_are_stopped_all_the_same(school):
    school.start_processes([SLEEPER])
    process = psutil.Process(run_of(school).process.pid)
    (school.home / "state.json").unlink()
    (school.home / "runs.json").unlink()

    school.stop()

    assert pids.is_dead(process)
    assert pids.with_environment(supervisor.MARK, str(school.home)) == []


def test_processes_outlive_the_command_that_started_them(school):
    program = (
        "from deploy.local.instance import *; from deploy.local.supervisor import Process; from pathlib import Path;"
        f"Instance('school', Path({str(school.root)!r})).start_processes([Process('sleeper', ('sleep', '1000'))])"
    )

    subprocess.run([sys.executable, "-c", program], check=True, cwd=CHECKOUT)

    assert pids.find(run_of(school).process)


def test_processes_that_already_run_as_asked_are_left_alone(school):
    school.start_processes([SLEEPER])
    before = run_of(school)

    school.start_processes([SLEEPER])

    assert run_of(school) == before


def test_other_processes_replace_the_former_ones(school):
    school.start_processes([SLEEPER])
    before = run_of(school)

    school.start_processes([Process("gateway", ("sleep", "1001"))])

    assert pids.find(before.process) is None
    assert set(supervisor.runs(school.home)) == {"gateway"}


def test_a_process_gets_its_environment_and_keeps_a_log(school):
    log = school.logs / "teller.log"
    school.start_processes([Process("teller", ("sh", "-c", "echo $CLASS; exec sleep 1000"), {"CLASS": "10A1"})])

    assert pids.wait_until(lambda: log.read_text() == "10A1\n", seconds=60)


def test_a_process_that_never_gets_ready_is_named(school, monkeypatch):
    monkeypatch.setattr(supervisor, "READY_SECONDS", 0.2)

    with pytest.raises(InstallationError, match="gateway did not become ready"):
        school.start_processes([Process("gateway", ("sleep", "1000"), {}, lambda: False)])


def test_the_list_of_processes_with_their_secrets_is_read_by_its_owner_alone(school):
    school.start_processes([SLEEPER])

    assert Path(school.home / "processes.json").stat().st_mode & 0o077 == 0
