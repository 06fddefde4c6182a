import os
import socket
import stat
from pathlib import Path

import psutil
import pytest

from deploy.local import elsewhere, packages, pids, state, supervisor
from deploy.local.errors import InstallationError
from deploy.local.files import write_private
from deploy.local.instance import Instance
from deploy.local.ports import CHOICE, free_port, is_free
from deploy.local.state import State


@pytest.fixture
def busy_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.fixture
def school(tmp_path, monkeypatch):
    for variable in (elsewhere.POSTGRES_URL, elsewhere.BROKER_URL, elsewhere.MANAGEMENT_URL):
        monkeypatch.delenv(variable, raising=False)
    return Instance("school", tmp_path)


def test_a_port_somebody_listens_on_is_not_free(busy_port):
    assert not is_free(busy_port)


def test_a_chosen_port_is_free_and_not_promised_twice():
    promised = set(CHOICE) - {CHOICE[7], CHOICE[8]}

    assert free_port(promised) in {CHOICE[7], CHOICE[8]}


def test_a_recorded_port_is_kept_while_it_is_free():
    port = free_port()

    assert State(ports={"gateway": port}).choose_port("gateway") == port


def test_a_recorded_port_that_a_stranger_took_is_chosen_anew(busy_port):
    current = State(ports={"gateway": busy_port})

    assert current.choose_port("gateway") != busy_port
    assert current.ports["gateway"] in CHOICE


def test_a_process_is_known_by_its_pid_and_its_start():
    myself = pids.identify(os.getpid())

    found = pids.find(myself)

    assert found
    assert found.pid == os.getpid()


def test_a_pid_given_to_a_later_process_is_not_mistaken_for_the_earlier_one():
    myself = psutil.Process()
    earlier = pids.ProcessId(pid=myself.pid, started_at=myself.create_time() - 60)

    assert pids.find(earlier) is None


def test_what_is_remembered_is_read_back(tmp_path):
    with state.editing(tmp_path) as current:
        current.ports["gateway"] = 20_100
        current.processes["gateway"] = pids.identify(os.getpid())

    assert state.read(tmp_path) == current


def test_what_was_begun_is_remembered_although_the_command_failed(tmp_path):
    def fail_half_way():
        with state.editing(tmp_path) as current:
            current.ports["gateway"] = 20_100
            raise InstallationError("The gateway does not start.")

    with pytest.raises(InstallationError):
        fail_half_way()
    assert state.read(tmp_path).ports == {"gateway": 20_100}


def test_an_unreadable_record_counts_as_none(tmp_path):
    write_private(tmp_path / "state.json", '{"ports": {"gatew')

    assert state.read(tmp_path) == State()


def test_only_the_owner_reads_what_is_private(tmp_path):
    write_private(tmp_path / "secret", "invented")

    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600


def test_a_secret_is_made_once_for_each_purpose(school):
    first = school.secret("gradebook")

    assert school.secret("gradebook") == first
    assert school.secret("transcript") != first


def test_a_port_is_promised_to_one_process_only(school):
    assert school.port("gateway") == school.port("gateway")
    assert school.port("gateway") != school.port("metrics")


@pytest.mark.parametrize("name", ["", "Demo", "../demo", "a b", "x" * 33])
def test_an_instance_name_can_lead_nowhere_else(name, tmp_path):
    with pytest.raises(InstallationError):
        Instance(name, tmp_path)


def test_servers_named_in_the_environment_are_used_and_not_started(school, monkeypatch):
    monkeypatch.setenv(elsewhere.POSTGRES_URL, "postgresql://hocba@db.example/postgres")
    monkeypatch.setenv(elsewhere.BROKER_URL, "amqp://hocba@mq.example/%2F")
    monkeypatch.setenv(elsewhere.MANAGEMENT_URL, "http://hocba@mq.example:15672")

    servers = school.start_servers()

    assert servers.postgres_url == "postgresql://hocba@db.example/postgres"
    assert servers.broker_url == "amqp://hocba@mq.example/%2F"
    assert servers.management_url == "http://hocba@mq.example:15672"
    assert [line.name for line in school.status()] == ["supervisor"]


def test_a_broker_without_its_management_address_is_refused(school, monkeypatch):
    monkeypatch.setenv(elsewhere.BROKER_URL, "amqp://hocba@mq.example/%2F")

    with pytest.raises(InstallationError, match="together"):
        school.start_servers()


@pytest.fixture
def bare_machine(tmp_path, monkeypatch, school):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(packages, "LIBRARIES", tmp_path)


def test_a_bare_machine_is_told_the_command_that_helps(bare_machine):
    with pytest.raises(InstallationError) as told:
        packages.ensure()

    assert str(told.value) == (
        "Packages are missing. Please run: sudo apt-get update && sudo apt-get install -y "
        "poppler-utils qpdf xmlsec1 openssl softhsm2 postgresql rabbitmq-server"
    )


def test_servers_that_exist_elsewhere_need_no_packages_here(bare_machine, monkeypatch):
    monkeypatch.setenv(elsewhere.POSTGRES_URL, "postgresql://hocba@db.example/postgres")

    assert "postgresql" not in packages.missing()
    assert "rabbitmq-server" in packages.missing()


def test_the_newest_database_is_taken(tmp_path, bare_machine):
    for version in ("9.6", "13", "15"):
        programs = tmp_path / "postgresql" / version / "bin"
        programs.mkdir(parents=True)
        (programs / "initdb").touch()

    assert packages.postgres_bin() == tmp_path / "postgresql" / "15" / "bin"


def test_a_database_too_old_counts_as_none(tmp_path, bare_machine):
    (tmp_path / "postgresql" / "12" / "bin").mkdir(parents=True)
    (tmp_path / "postgresql" / "12" / "bin" / "initdb").touch()

    assert "postgresql" in packages.missing()


def test_stopping_what_never_started_leaves_no_trace(school):
    school.stop()

    assert list(Path(school.root).iterdir()) == []


def test_a_process_that_keeps_dying_is_started_ever_more_slowly():
    delays = [0.0]
    for _ in range(6):
        delays.append(supervisor.next_delay(delays[-1], lived=0.1))

    assert delays[1:] == [0.2, 0.4, 0.8, 1.6, 2.0, 2.0]


@pytest.mark.parametrize(("lived", "delay"), [(29.9, 2.0), (30.0, 0.2)])
def test_a_process_that_lived_half_a_minute_is_trusted_again(lived, delay):
    assert supervisor.next_delay(2.0, lived=lived) == delay
