"""What can be known of images and compose file without a container engine."""

import dataclasses
import os
import re
import shutil
import subprocess
import sys
from importlib import import_module, util
from pathlib import Path

import pytest
import yaml
from compose_file import COMPOSE, PROGRAMS, service_of, told

from deploy import containers
from deploy.hocba.cli import CHECKOUT
from deploy.local import elsewhere, platform
from deploy.local.files import write_private
from deploy.local.instance import Instance
from deploy.local.ports import free_port
from services.chassis import health
from services.chassis.settings import ProcessSettings, load
from services.contracts.platform import GATEWAY, SERVICES

DOCKERFILE = (CHECKOUT / "deploy" / "Dockerfile").read_text().replace("\\\n", "")
OF_GUNICORN = {"HOCBA_GATEWAY_BIND", "HOCBA_GATEWAY_WORKERS"}
CONFIDENTIAL = Path("/run/hocba")


def instructions():
    """The instructions that make each stage, inherited ones first, as (word, rest)."""
    stages = {}
    for line in DOCKERFILE.splitlines():
        word, _, rest = line.partition(" ")
        if word == "FROM":
            base, _, name = rest.split()
            stages[name] = list(stages.get(base, ()))
        elif word.isupper():
            stages[name].append((word, rest))
    return stages


STAGES = instructions()


def last(target, word):
    return [rest for name, rest in STAGES[target] if name == word][-1]


def lay_out(target, service, folder):
    """Put into the folder what the image holds of the checkout."""
    for word, rest in STAGES[target]:
        if word != "COPY" or rest.startswith("--from"):
            continue
        here, there = rest.replace("${SERVICE}", service).split()
        source, place = CHECKOUT / here, folder / there
        if source.is_dir():
            shutil.copytree(source, place, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            place.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, place)


def run(command, environment, **rest):
    return subprocess.run(command, check=False, env=environment, capture_output=True, text=True, **rest)


def imports(module, folder):
    """What Python says about importing a module with nothing of ours but the folder's files."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(folder)}
    return run([sys.executable, "-P", "-c", f"import {module}"], environment, cwd=folder).stderr


def shapes_of(program):
    """The settings classes that a program reads."""
    if program == GATEWAY:
        return [import_module("gateway.settings").Settings]
    module = f"services.{service_of(program)}.settings"
    return [ProcessSettings, *([import_module(module).Settings] if util.find_spec(module) else [])]


@pytest.fixture
def instance(tmp_path, monkeypatch):
    for variable, value in containers.servers("of the test").items():
        monkeypatch.setenv(variable, value)
    instance = Instance("compose", tmp_path)
    for name in (platform.TOKEN_KEY, platform.LEDGER_KEY, platform.LOG_KEY, platform.SUMMARY_KEY, "authority.pem"):
        write_private(instance.home / "secrets" / name, name)
    return instance


@pytest.fixture
def unready():
    """The health port of a program that lives but is not ready."""
    port = free_port()
    health.serve(port, {"database": lambda: False})
    return port


@pytest.mark.parametrize("service", SERVICES)
def test_the_image_of_a_service_holds_all_that_it_imports_and_no_other_service(service, tmp_path):
    lay_out("service", service, tmp_path)

    assert not imports(f"services.{service}.service", tmp_path)
    assert {path.parent.name for path in tmp_path.glob("services/*/service.py")} == {"chassis", service}


def test_the_image_of_the_gateway_holds_all_that_it_imports_and_no_service(tmp_path):
    lay_out("gateway", "", tmp_path)

    assert not imports("gateway.wsgi", tmp_path)
    assert {path.parent.name for path in tmp_path.glob("services/*/service.py")} == {"chassis"}


def test_the_image_that_prepares_holds_all_that_it_imports(tmp_path):
    lay_out("prepare", "", tmp_path)

    assert not imports("deploy.containers", tmp_path)


@pytest.mark.parametrize("target", ["service", "gateway", "prepare"])
def test_nothing_runs_as_root(target):
    assert last(target, "USER") == "hocba"


@pytest.mark.parametrize(("probe", "healthy"), [("livez", True), ("readyz", False)])
def test_an_image_is_healthy_while_it_lives_or_if_asked_for_while_it_is_ready(unready, probe, healthy):
    command = yaml.safe_load(last("service", "HEALTHCHECK").partition("CMD ")[2])
    environment = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "SERVICE": "gradebook", "PROBE": probe}

    done = run(command, environment | {"HOCBA_GRADEBOOK_HTTP_PORT": str(unready)})

    assert (done.returncode == 0) is healthy


def test_an_image_runs_the_parts_of_its_service_that_it_is_told_to():
    shell, option, script, *rest = yaml.safe_load(last("service", "ENTRYPOINT"))

    said = run([shell, option, script.replace("exec", "echo"), *rest, "relay", "worker"], {"SERVICE": "notify"})

    assert said.stdout == "python -m services.chassis.run notify relay worker\n"


def test_every_service_answers_and_works():
    assert set(COMPOSE) >= set(PROGRAMS)
    assert {tuple(COMPOSE[f"{service}-worker"]["command"]) for service in SERVICES} == {("relay", "worker")}


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_is_told_every_setting_it_needs(program):
    for shape in shapes_of(program):
        assert load(shape, service_of(program), told(program))


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_is_told_nothing_that_it_does_not_read(program):
    fields = [field.name for shape in shapes_of(program) for field in dataclasses.fields(shape)]
    known = {f"HOCBA_{service_of(program).upper()}_{name.upper()}" for name in fields}

    assert set(told(program)) <= known | OF_GUNICORN


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_is_given_the_files_that_it_is_told_of_and_no_others(program, instance):
    files = {Path(value).name for value in told(program).values() if Path(value).parent == CONFIDENTIAL}

    assert f"given-{service_of(program)}:{CONFIDENTIAL}:ro" in COMPOSE[program]["volumes"]
    assert files == set(containers.given(instance, service_of(program)))


def test_who_prepares_reaches_the_volume_of_each_program():
    volumes = set(COMPOSE["prepare"]["volumes"])

    assert {f"given-{name}:{containers.GIVEN}/{name}" for name in (*SERVICES, GATEWAY)} < volumes
    assert f"state:/app/.run/{containers.NAME}" in volumes


def test_the_servers_are_those_that_the_compose_file_starts():
    hosts = {re.split("[@:/]+", address)[3] for address in containers.servers("secret").values()}

    assert hosts == {"postgres", "rabbitmq"} <= set(COMPOSE)
    assert COMPOSE["postgres"]["environment"]["POSTGRES_USER"] == "hocba"
    assert COMPOSE["rabbitmq"]["environment"]["RABBITMQ_DEFAULT_USER"] == "hocba"
    assert set(containers.servers("secret")) == {
        elsewhere.POSTGRES_URL,
        elsewhere.BROKER_URL,
        elsewhere.MANAGEMENT_URL,
    }


@pytest.mark.parametrize("program", [name for name in PROGRAMS if name != GATEWAY])
def test_a_program_of_a_service_may_run_in_copies(program):
    one_container_only = {"container_name", "hostname", "network_mode", "ports"}

    assert not one_container_only & set(COMPOSE[program])


def test_nobody_outside_this_machine_is_listened_to():
    published = {name: port for name, program in COMPOSE.items() for port in program.get("ports", ())}

    assert published == {GATEWAY: "127.0.0.1:8000:8000", "prometheus": "127.0.0.1:9090:9090"}


@pytest.mark.parametrize("program", PROGRAMS)
def test_no_secret_stands_in_the_open(program):
    endings = ("_DATABASE_URL", "_BROKER_URL", "_KEY", "_PASSWORD")

    assert not [name for name in COMPOSE[program]["environment"] if name.endswith(endings)]


def test_every_file_that_compose_mounts_or_builds_from_exists():
    deploy = CHECKOUT / "deploy"
    mounted = [
        volume.split(":")[0]
        for program in COMPOSE.values()
        for volume in program.get("volumes", [])
        if volume.startswith(".")
    ]
    contexts = {(build["context"], build["dockerfile"]) for p in COMPOSE.values() if (build := p.get("build"))}

    assert all((deploy / path).is_file() for path in mounted)
    assert all((deploy / context / dockerfile).is_file() for context, dockerfile in contexts)
