"""What `hocba doctor` examines, one function each; a new one is added to CHECKS."""

import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import psycopg
import requests

from deploy.local import packages
from deploy.local.instance import POSTGRES, RABBITMQ, Instance
from deploy.local.ports import is_free

ROOM = 2 * 1024**3  # bytes for the data of a demonstration, its logs and documents


class Health(Enum):
    PASS = "pass"  # noqa: S105  # a state of health
    DEGRADED = "degraded"  # works, or is not meant to run now
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    subject: str
    health: Health
    detail: str


Check = Callable[[Instance], Finding]


def python(_instance: Instance) -> Finding:
    enough = sys.version_info >= (3, 11)
    return Finding(subject="Python", health=Health.PASS if enough else Health.FAIL, detail=platform.python_version())


def debian_packages(_instance: Instance) -> Finding:
    if lacking := packages.missing():
        return Finding(subject="Packages", health=Health.FAIL, detail=packages.command(*lacking))
    return Finding(subject="Packages", health=Health.PASS, detail="all installed")


def disk(instance: Instance) -> Finding:
    free = shutil.disk_usage(instance.root).free
    health = Health.PASS if free >= ROOM else Health.FAIL
    return Finding(subject="Disk", health=health, detail=f"{free / 1024**3:.1f} GiB free")


def postgres(instance: Instance) -> Finding:
    try:
        with psycopg.connect(instance.servers().postgres_url, connect_timeout=3) as connection:
            version = connection.info.parameter_status("server_version")
    except psycopg.OperationalError:
        return _silent("PostgreSQL", POSTGRES, instance)
    return Finding(subject="PostgreSQL", health=Health.PASS, detail=f"version {version}")


def rabbitmq(instance: Instance) -> Finding:
    try:
        overview = requests.get(f"{instance.servers().management_url}/api/overview", timeout=3)
        overview.raise_for_status()
    except requests.RequestException:
        return _silent("RabbitMQ", RABBITMQ, instance)
    return Finding(subject="RabbitMQ", health=Health.PASS, detail=f"version {overview.json()['rabbitmq_version']}")


def processes(instance: Instance) -> Finding:
    """Whether what should run does; a restart is worth a look at the log."""
    lines = instance.status()
    dead = [line.name for line in lines if line.pid is None]
    restarted = [f"{line.name} ({line.restarts})" for line in lines if line.restarts]
    if len(dead) == len(lines):
        return Finding(subject="Processes", health=Health.DEGRADED, detail="none runs; `./hocba up` starts them")
    if dead:
        return Finding(subject="Processes", health=Health.FAIL, detail=f"not running: {', '.join(dead)}")
    if restarted:
        return Finding(subject="Processes", health=Health.DEGRADED, detail=f"restarted: {', '.join(restarted)}")
    return Finding(subject="Processes", health=Health.PASS, detail=f"{len(lines)} run")


def ports(instance: Instance) -> Finding:
    """Whether every running process that was given a port listens on it."""
    deaf = [f"{line.name} ({line.port})" for line in instance.status() if line.pid and line.port and is_free(line.port)]
    if deaf:
        return Finding(subject="Ports", health=Health.FAIL, detail=f"nobody listens: {', '.join(deaf)}")
    return Finding(subject="Ports", health=Health.PASS, detail="as recorded")


def _silent(subject: str, name: str, instance: Instance) -> Finding:
    line = next((line for line in instance.status() if line.name == name), None)
    if line is None:
        return Finding(subject=subject, health=Health.FAIL, detail="no answer at the address in the environment")
    if line.pid is None:
        return Finding(subject=subject, health=Health.DEGRADED, detail="not running; `./hocba up` starts it")
    return Finding(subject=subject, health=Health.FAIL, detail=f"runs but does not answer: see {line.log}")


CHECKS: list[Check] = [python, debian_packages, disk, postgres, rabbitmq, processes, ports]
