"""What `hocba doctor` examines, one function each; a new one is added to CHECKS."""

import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import psycopg
import requests
from sqlalchemy.exc import ProgrammingError

from deploy.broker.management import Management
from deploy.broker.topology import wanted
from deploy.hocba.databases import opened
from deploy.local import packages
from deploy.local.instance import POSTGRES, RABBITMQ, Instance
from deploy.local.platform import VHOST, gateway_url
from deploy.local.ports import is_free
from services.chassis import inbox, migrations
from services.chassis.database import DatabaseAway
from services.contracts.platform import SERVICES

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


def topology(instance: Instance) -> Finding:
    """Whether the broker holds what the contracts ask for, and nothing else."""
    try:
        differences = Management(instance.servers().management_url, VHOST).differences(wanted())
    except requests.ConnectionError:
        return _unexamined("Topology", "RabbitMQ")
    except requests.HTTPError as error:
        return Finding(subject="Topology", health=Health.FAIL, detail=str(error))
    if differences:
        return Finding(subject="Topology", health=Health.FAIL, detail="; ".join(differences))
    return Finding(subject="Topology", health=Health.PASS, detail="as in the contracts")


def newest_migrations(instance: Instance) -> Finding:
    """Whether each service's database is as its code expects it."""
    try:
        behind = [service for service in SERVICES if not _is_at_head(instance, service)]
    except DatabaseAway:
        return _unexamined("Migrations", "PostgreSQL")
    if behind:
        return Finding(subject="Migrations", health=Health.FAIL, detail=f"not at head: {', '.join(behind)}")
    return Finding(subject="Migrations", health=Health.PASS, detail="at head")


def dead_messages(instance: Instance) -> Finding:
    """Whether any service has set work aside: the platform goes on, and somebody must look."""
    try:
        found = {service: _count_dead(instance, service) for service in SERVICES}
    except (DatabaseAway, ProgrammingError):
        return _unexamined("Dead messages", "PostgreSQL")
    if any(found.values()):
        named = ", ".join(f"{service} {count}" for service, count in found.items() if count)
        return Finding(subject="Dead messages", health=Health.DEGRADED, detail=f"{named}; see `./hocba dead ls`")
    return Finding(subject="Dead messages", health=Health.PASS, detail="none")


def gateway(instance: Instance) -> Finding:
    try:
        answer = requests.get(f"{gateway_url(instance)}/readyz", timeout=3)
    except requests.RequestException:
        return _unexamined("Gateway", "The gateway")
    health = Health.PASS if answer.ok else Health.FAIL
    return Finding(subject="Gateway", health=health, detail="ready" if answer.ok else f"not ready: {answer.text}")


def _is_at_head(instance: Instance, service: str) -> bool:
    with opened(instance, service) as tx:
        return migrations.is_at_head(tx.conn, instance.root / "services" / service / "migrations")


def _count_dead(instance: Instance, service: str) -> int:
    with opened(instance, service) as tx:
        return inbox.count(tx, state="DEAD")


def _unexamined(subject: str, silent: str) -> Finding:
    """What cannot be seen is not called ill: a check of its own speaks of the server that is silent."""
    return Finding(subject=subject, health=Health.DEGRADED, detail=f"not examined: {silent} does not answer")


def _silent(subject: str, name: str, instance: Instance) -> Finding:
    line = next((line for line in instance.status() if line.name == name), None)
    if line is None:
        return Finding(subject=subject, health=Health.FAIL, detail="no answer at the address in the environment")
    if line.pid is None:
        return Finding(subject=subject, health=Health.DEGRADED, detail="not running; `./hocba up` starts it")
    return Finding(subject=subject, health=Health.FAIL, detail=f"runs but does not answer: see {line.log}")


CHECKS: list[Check] = [
    python,
    debian_packages,
    disk,
    postgres,
    rabbitmq,
    processes,
    ports,
    topology,
    newest_migrations,
    dead_messages,
    gateway,
]
