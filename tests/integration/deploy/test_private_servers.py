import multiprocessing
import os
import shutil
import socket
import tempfile
from pathlib import Path

import pika
import psutil
import psycopg
import pytest
import requests

from deploy.local import pids, server, state
from deploy.local.instance import POSTGRES, RABBITMQ, Instance
from deploy.local.postgres import Postgres

NOBODY = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


@pytest.fixture(scope="module")
def running(checkout):
    running = Instance("running", checkout)
    running.start_servers()
    yield running
    running.erase()


def ask(url, question):
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(question).fetchone()[0]


def is_written_down(instance, queue):
    """The broker confirms messages once they are on disk, but declares queues a moment before."""
    kept = (instance.home / "rabbitmq" / "mnesia").glob("*/*")
    return any(queue in path.read_bytes() for path in kept if path.name in ("LATEST.LOG", "rabbit_durable_queue.DCL"))


def write_mark(url):
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE mark AS SELECT 8.5 AS value")


def processes_in(folder):
    """Whatever still runs from inside a folder, or has it as its home."""
    found = psutil.process_iter(["cwd", "environ"])
    return [p for p in found if str(folder) in f"{p.info['cwd']} {(p.info['environ'] or {}).get('HOME')}"]


def test_both_servers_let_their_administrator_in(running):
    servers = running.servers()

    assert ask(servers.postgres_url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    with pika.BlockingConnection(pika.URLParameters(servers.broker_url)) as connection:
        assert connection.is_open
    assert requests.get(f"{servers.management_url}/api/whoami", timeout=5).json()["tags"] == ["administrator"]


def test_nobody_is_let_in_with_a_wrong_password(running):
    servers = running.servers()
    guest = servers.management_url.replace(servers.management_url.split("@")[0], "http://guest:guest")

    assert requests.get(f"{guest}/api/whoami", timeout=5).status_code == 401
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(servers.postgres_url.replace(running.secret(POSTGRES), "wrong"))


def test_the_servers_listen_to_this_machine_alone(running):
    own = [psutil.Process(line.pid) for line in running.status() if line.pid]
    listening = [c for process in own for c in process.net_connections() if c.status == psutil.CONN_LISTEN]

    assert {connection.laddr.ip for connection in listening} == {"127.0.0.1"}


def test_the_database_checks_and_keeps_what_it_writes(running):
    url = running.servers().postgres_url

    assert ask(url, "SHOW data_checksums") == "on"
    assert ask(url, "SHOW fsync") == "on"


def test_servers_that_run_are_left_alone(running):
    before = running.status()

    running.start_servers()

    assert running.status() == before


def test_a_committed_mark_survives_a_kill_of_the_database(running):
    servers = running.servers()
    write_mark(servers.postgres_url)

    running.kill_server(POSTGRES)

    assert running.start_servers() == servers
    assert str(ask(servers.postgres_url, "SELECT value FROM mark")) == "8.5"


def test_a_confirmed_message_survives_a_kill_of_the_broker(running):
    servers = running.servers()
    with pika.BlockingConnection(pika.URLParameters(servers.broker_url)) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.queue_declare("marks", durable=True)
        assert pids.wait_until(lambda: is_written_down(running, b"marks"), seconds=30)
        channel.basic_publish("", "marks", b"8.5", pika.BasicProperties(delivery_mode=2), mandatory=True)

    running.kill_server(RABBITMQ)

    assert running.start_servers() == servers
    with pika.BlockingConnection(pika.URLParameters(servers.broker_url)) as connection:
        assert connection.channel().basic_get("marks")[2] == b"8.5"


def test_two_schools_run_beside_each_other_and_stop_apart(running, school, database_only):
    servers = school.start_servers()
    assert ask(servers.postgres_url, "SELECT 1") == 1

    school.stop()

    assert running.status()[0].pid
    assert state.read(school.home).ports == {}


def test_the_data_is_there_again_after_an_orderly_stop(school, database_only):
    write_mark(school.start_servers().postgres_url)

    school.stop()
    assert processes_in(school.home) == []

    assert str(ask(school.start_servers().postgres_url, "SELECT value FROM mark")) == "8.5"


def test_a_reboot_is_noticed_although_strangers_took_the_pid_and_the_port(school, database_only):
    write_mark(school.start_servers().postgres_url)
    record = school.home / "pg" / "data" / "postmaster.pid"
    told = record.read_text()
    school.kill_server(POSTGRES)
    server.clear(Postgres(run_folder=school.home, log=school.logs, port=0, password=""))
    record.write_text(told.replace(told.split()[0], str(os.getpid()), 1))

    taken = state.read(school.home).ports[POSTGRES]
    with socket.create_server(("127.0.0.1", taken)):
        servers = school.start_servers()

    assert f":{taken}/" not in servers.postgres_url
    assert str(ask(servers.postgres_url, "SELECT value FROM mark")) == "8.5"


def test_a_lost_record_and_a_half_made_cluster_are_mended(school, database_only):
    draft = school.home / "pg" / "data.draft"
    draft.mkdir(parents=True)
    (draft / "PG_VERSION").write_text("15")
    write_mark(school.start_servers().postgres_url)

    (school.home / "state.json").unlink()

    assert str(ask(school.start_servers().postgres_url, "SELECT value FROM mark")) == "8.5"


def test_servers_whose_record_was_lost_are_stopped_all_the_same(school, database_only):
    school.start_servers()
    (school.home / "state.json").unlink()

    school.stop()

    assert processes_in(school.home) == []


def test_a_database_record_left_empty_by_a_power_cut_is_mended(school, database_only):
    school.start_servers()
    school.kill_server(POSTGRES)
    (school.home / "pg" / "data" / "postmaster.pid").write_text("")

    assert ask(school.start_servers().postgres_url, "SELECT 1") == 1


@as_root
def test_a_checkout_closed_to_others_keeps_its_database_elsewhere(tmp_path, database_only):
    closed = Instance("closed", tmp_path)
    tmp_path.chmod(0o700)
    try:
        servers = closed.start_servers()
        place = Path(ask(servers.postgres_url, "SHOW data_directory"))
    finally:
        closed.erase()

    assert not place.is_relative_to(tmp_path)
    assert not place.exists()


@as_root
def test_an_ordinary_person_runs_both_servers():
    folder = Path(tempfile.mkdtemp(prefix="hocba-test-", dir="/var/tmp"))
    os.chown(folder, NOBODY, NOBODY)
    told = multiprocessing.get_context("fork").Queue()
    person = multiprocessing.get_context("fork").Process(target=_live_as_nobody, args=(folder, told))

    person.start()
    owners = told.get(timeout=120)
    person.join(timeout=60)

    assert owners == {NOBODY}
    assert person.exitcode == 0
    assert processes_in(folder) == []
    shutil.rmtree(folder)


def _live_as_nobody(folder, told):
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    school = Instance("school", folder)
    try:
        school.start_servers()
        told.put({psutil.Process(line.pid).uids().real for line in school.status() if line.pid})
    finally:
        school.erase()
