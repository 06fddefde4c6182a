"""The platform on this machine: databases, migrations, the broker's topology, and the processes that serve it."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg import sql

from deploy.broker.management import Management
from deploy.broker.topology import wanted
from deploy.local import elsewhere
from deploy.local.errors import InstallationError
from deploy.local.files import write_private
from deploy.local.instance import Instance, Servers
from deploy.local.supervisor import Process
from services.contracts.platform import GATEWAY, SERVICES
from services.signing.bootstrap import TIMESTAMP_AUTHORITIES

VHOST = "hocba"
RPC_COPIES = {"gradebook": 2}  # processes that answer a service's requests; one where nothing is said
MAILBOX = "mailbox"
TOKEN_KEY, LEDGER_KEY, LOG_KEY = "identity-token-key.pem", "gradebook-ledger-key.pem", "signing-log-key.pem"
AUTHORITY, SUMMARY_KEY = "authority.pem", "signing-summary-key.pem"
LOG_ORIGIN = "hocba.local/log"  # where people reach the gateway may change, and the log's name must not
WITNESSES = "witnesses"
Ready = Callable[[], bool]


def prepare(instance: Instance, servers: Servers) -> None:
    """Databases with their roles, migrations at head, keys, and the broker's topology; harmless when repeated."""
    for name in (TOKEN_KEY, LEDGER_KEY, LOG_KEY):
        _make_key(instance, name, Ed25519PrivateKey.generate)
    _make_key(instance, SUMMARY_KEY, lambda: ec.generate_private_key(ec.SECP256R1()))
    _make_databases(instance, servers)
    for service in SERVICES:
        _migrate(instance, service)
    _run(instance, "signing", ["-m", "services.signing.bootstrap"])
    _apply_topology(instance, servers)


def processes(instance: Instance) -> list[Process]:
    """Every process of the platform: each service's RPC and worker, and the gateway.

    Beside them a mailbox that keeps mail, and two timestamp authorities.
    """
    services = [process for service in SERVICES for process in _service_processes(instance, service)]
    outside = [_mailbox(instance), *(_timestamp_authority(instance, name) for name in TIMESTAMP_AUTHORITIES)]
    return [*outside, *services, _gateway(instance)]


def environment(instance: Instance, service: str) -> dict[str, str]:
    """What a service's processes are told."""
    prefix = f"HOCBA_{service.upper()}_"
    return {
        f"{prefix}DATABASE_URL": database_url(instance, service),
        f"{prefix}BROKER_URL": broker_url(instance, service),
        f"{prefix}OBJECTS": str(objects_folder(instance)),
        **(_OWN[service](instance) if service in _OWN else {}),
    }


def objects_folder(instance: Instance) -> Path:
    """Where all services keep files by content."""
    return instance.home / "objects"


def database_url(instance: Instance, service: str) -> str:
    parts = urlsplit(instance.servers().postgres_url)
    address = f"hocba_{service}:{instance.secret(f'{service}-database')}@{parts.hostname}:{parts.port}"
    return urlunsplit(("postgresql+psycopg", address, f"/hocba_{service}", "", ""))


def broker_url(instance: Instance, user: str) -> str:
    parts = urlsplit(instance.servers().broker_url)
    password = instance.secret(f"{user}-broker")
    return f"{parts.scheme}://{user}:{password}@{parts.hostname}:{parts.port}/{quote(VHOST, safe='')}"


def gateway_url(instance: Instance) -> str:
    return f"http://127.0.0.1:{instance.port(GATEWAY)}"


def key_path(instance: Instance, name: str) -> Path:
    """Where a key that the installation made for itself is kept."""
    return instance.home / "secrets" / name


def log_secret(instance: Instance) -> str:
    """From what the salts of the transparency log are made."""
    return instance.secret("signing-log-secret")


def bootstrap(instance: Instance, username: str, unit_name: str, province: str) -> str:
    """Make the first operator; gives what identity printed (JSON)."""
    module = "services.identity.bootstrap"
    return _run(instance, "identity", ["-m", module, username, unit_name, province])


def _make_databases(instance: Instance, servers: Servers) -> None:
    try:
        with psycopg.connect(servers.postgres_url, autocommit=True, connect_timeout=10) as conn:
            for service in SERVICES:
                _make_database(conn, instance, service)
    except psycopg.OperationalError as error:
        place = urlsplit(servers.postgres_url)
        why = str(error).splitlines()[0]
        raise InstallationError(
            f"PostgreSQL at {place.hostname}:{place.port} does not let us in ({why}): "
            f"start it, or correct or unset {elsewhere.POSTGRES_URL}."
        ) from error


def _apply_topology(instance: Instance, servers: Servers) -> None:
    passwords = {user.name: instance.secret(f"{user.name}-broker") for user in wanted().users}
    try:
        Management(servers.management_url, VHOST).apply(wanted(), passwords)
    except requests.RequestException as error:
        place = urlsplit(servers.management_url)
        raise InstallationError(
            f"RabbitMQ's management at {place.hostname}:{place.port} does not do what it is asked "
            f"({type(error).__name__}): start it, or correct or unset {elsewhere.MANAGEMENT_URL}."
        ) from error


def _make_database(conn: psycopg.Connection, instance: Instance, service: str) -> None:
    make_role(conn, instance, service)
    if not conn.execute("SELECT 1 FROM pg_database WHERE datname = %s", [f"hocba_{service}"]).fetchone():
        make_database(conn, f"hocba_{service}", owner=f"hocba_{service}")


def make_role(conn: psycopg.Connection, instance: Instance, service: str) -> None:
    """The role that a service comes in as, with this installation's password; harmless when repeated."""
    name, password = sql.Identifier(f"hocba_{service}"), sql.Literal(instance.secret(f"{service}-database"))
    if not conn.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [f"hocba_{service}"]).fetchone():
        conn.execute(sql.SQL("CREATE ROLE {} LOGIN").format(name))
    conn.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(name, password))


def make_database(conn: psycopg.Connection, name: str, *, owner: str) -> None:
    """An empty database that nobody but its owner enters."""
    names = sql.Identifier(name), sql.Identifier(owner)
    conn.execute(sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(*names))
    conn.execute(sql.SQL("REVOKE CONNECT ON DATABASE {} FROM PUBLIC").format(names[0]))


def _migrate(instance: Instance, service: str) -> None:
    _run(instance, service, ["-m", "services.chassis.run", service, "migrate"])


def _run(instance: Instance, service: str, arguments: list[str]) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        env=os.environ | environment(instance, service),
        cwd=instance.root,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        (instance.logs / f"{service}-preparation.log").write_text(done.stdout + done.stderr)
        raise InstallationError(f"Preparing {service} failed: see {instance.logs}/{service}-preparation.log.")
    return done.stdout


def _service_processes(instance: Instance, service: str) -> list[Process]:
    copies = RPC_COPIES.get(service, 1)
    names = [f"{service}-rpc"] + [f"{service}-rpc-{number}" for number in range(2, copies + 1)]
    parts = [(name, ["rpc"]) for name in names] + [(f"{service}-worker", ["relay", "worker"])]
    return [_service_process(instance, service, name, arguments) for name, arguments in parts]


def _service_process(instance: Instance, service: str, name: str, arguments: list[str]) -> Process:
    port = instance.port(name)
    told = environment(instance, service) | {f"HOCBA_{service.upper()}_HTTP_PORT": str(port)}
    argv = [sys.executable, "-m", "services.chassis.run", service, *arguments]
    return Process(name, argv, told, _answers(f"http://127.0.0.1:{port}/readyz"))


def _gateway(instance: Instance) -> Process:
    port = instance.port(GATEWAY)
    told = {
        "HOCBA_GATEWAY_BROKER_URL": broker_url(instance, GATEWAY),
        "HOCBA_GATEWAY_OBJECTS": str(objects_folder(instance)),
        "HOCBA_GATEWAY_PUBLIC_URL": gateway_url(instance),
        "HOCBA_GATEWAY_SECRET_KEY": instance.secret("gateway-cookies"),
        "HOCBA_GATEWAY_BIND": f"127.0.0.1:{port}",
    }
    argv = [sys.executable, "-m", "gunicorn", "-c", "gateway/gunicorn.conf.py"]
    return Process(GATEWAY, argv, told, _answers(f"http://127.0.0.1:{port}/readyz"))


def _mailbox(instance: Instance) -> Process:
    folder = instance.home / "mail"
    argv = [sys.executable, "-m", "deploy.demo.mailbox", "--port", str(instance.port(MAILBOX)), "--folder", str(folder)]
    return Process(MAILBOX, argv, {})


def _timestamp_authority(instance: Instance, name: str) -> Process:
    port, key = instance.port(name), key_path(instance, f"{name}.pem")
    argv = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread"]
    argv += ["--threads", "4", "deploy.tsa.app:from_environment()"]  # threads, for connections that are kept
    return Process(name, argv, {"HOCBA_TSA_KEY": str(key)}, _answers(_timestamp_url(instance, name)))


def _timestamp_url(instance: Instance, name: str) -> str:
    return f"http://127.0.0.1:{instance.port(name)}/"


def _answers(url: str) -> Ready:
    def ready() -> bool:
        try:
            return requests.get(url, timeout=2).ok
        except requests.RequestException:
            return False

    return ready


def _make_key(
    instance: Instance, name: str, generate: Callable[[], Ed25519PrivateKey | ec.EllipticCurvePrivateKey]
) -> None:
    """A key, made once."""
    path = key_path(instance, name)
    if not path.exists():
        pem = generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        write_private(path, pem.decode())


def _identity(instance: Instance) -> dict[str, str]:
    return {"HOCBA_IDENTITY_TOKEN_KEY_FILE": str(key_path(instance, TOKEN_KEY))}


def _gradebook(instance: Instance) -> dict[str, str]:
    return {"HOCBA_GRADEBOOK_LEDGER_KEY_FILE": str(key_path(instance, LEDGER_KEY))}


def _transcript(instance: Instance) -> dict[str, str]:
    return {"HOCBA_TRANSCRIPT_PUBLIC_URL": gateway_url(instance)}


def _signing(instance: Instance) -> dict[str, str]:
    secret = instance.secret("signing-server-key")
    return {
        "HOCBA_SIGNING_SERVER_KEY": secret,
        "HOCBA_SIGNING_AUTHORITY": str(key_path(instance, AUTHORITY)),
        "HOCBA_SIGNING_PUBLIC_URL": gateway_url(instance),
        "HOCBA_SIGNING_TIMESTAMP_URLS": " ".join(_timestamp_url(instance, name) for name in TIMESTAMP_AUTHORITIES),
        "HOCBA_SIGNING_SUMMARY_KEY_FILE": str(key_path(instance, SUMMARY_KEY)),
        "HOCBA_SIGNING_LOG_KEY_FILE": str(key_path(instance, LOG_KEY)),
        "HOCBA_SIGNING_LOG_SECRET": log_secret(instance),
        "HOCBA_SIGNING_LOG_ORIGIN": LOG_ORIGIN,
        "HOCBA_SIGNING_LOG_WITNESSES": _witnesses(instance),
        "HOCBA_SIGNING_TRUST": str(instance.home / "trust"),
    }


def _witnesses(instance: Instance) -> str:
    """The vkeys that whoever runs the installation wrote down, a line each."""
    path = instance.home / WITNESSES
    return path.read_text() if path.exists() else ""


def _notify(instance: Instance) -> dict[str, str]:
    return {
        "HOCBA_NOTIFY_SMTP_URL": f"smtp://127.0.0.1:{instance.port(MAILBOX)}",
        "HOCBA_NOTIFY_SENDER": "hocba@example.vn",
        "HOCBA_NOTIFY_MESSAGE_DOMAIN": "hocba.example.vn",
    }


_OWN: dict[str, Callable[[Instance], dict[str, str]]] = {
    "identity": _identity,
    "gradebook": _gradebook,
    "transcript": _transcript,
    "signing": _signing,
    "notify": _notify,
}
"""Settings that only one service has."""
