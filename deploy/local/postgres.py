"""A private PostgreSQL: own data, own superuser, loopback only, never run as root."""

import hashlib
import os
import pwd
import shutil
import signal
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar

import psutil
import psycopg

from deploy.local import packages, pids
from deploy.local.errors import InstallationError
from deploy.local.files import write_private
from deploy.local.pids import ProcessId
from deploy.local.ports import LOOPBACK

SUPERUSER = "hocba"
SYSTEM_USER = "postgres"  # Debian's, taken when we are root, which PostgreSQL refuses to be
SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",  # a socket's path may not pass 107 bytes, and nobody needs one
    "max_connections": "300",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgres:
    run_folder: Path
    log: Path
    port: int
    password: str

    title: ClassVar = "PostgreSQL"
    ports: ClassVar = ("postgres",)
    stop_signal: ClassVar = signal.SIGINT  # "fast": sessions are broken off, the data is closed cleanly

    @property
    def url(self) -> str:
        return f"postgresql://{SUPERUSER}:{self.password}@{LOOPBACK}:{self.port}/postgres"

    @property
    def home(self) -> Path:
        return _home_for(self.run_folder)

    @property
    def data(self) -> Path:
        return self.home / "data"

    def spawn(self) -> ProcessId:
        _make_home(self.home)
        if not self.data.exists():
            self._create_cluster()
        self._forget_false_pid()
        settings = SETTINGS | {"port": str(self.port)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        argv = [*_unprivileged(), str(packages.postgres_bin() / "postgres"), "-D", str(self.data), *options]
        return pids.spawn(argv, env=_environment(), log=self.log, folder=self.home)

    def is_ready(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def strays(self) -> list[psutil.Process]:
        # Every PostgreSQL process works from inside its data folder.
        data = str(self.data.resolve())
        return [
            p for p in psutil.process_iter(["name", "cwd"]) if p.info["name"] == "postgres" and p.info["cwd"] == data
        ]

    def _create_cluster(self) -> None:
        """Build beside the final place and rename, so that an interrupted attempt is never mistaken for a cluster."""
        draft, password = self.home / "data.draft", self.home / "password"
        shutil.rmtree(draft, ignore_errors=True)
        write_private(password, self.password)
        shutil.chown(password, *_owner())
        access = ["--auth-host=scram-sha-256", "--auth-local=scram-sha-256", f"--username={SUPERUSER}"]
        shape = ["--data-checksums", "--encoding=UTF8", "--locale=C.UTF-8", f"--pwfile={password}", f"--pgdata={draft}"]
        _run(str(packages.postgres_bin() / "initdb"), *access, *shape, folder=self.home)
        password.unlink()
        draft.rename(self.data)

    def _forget_false_pid(self) -> None:
        """After a power cut postmaster.pid may be empty or name a stranger; PostgreSQL would refuse to start."""
        record = self.data / "postmaster.pid"
        told = record.read_text().split() if record.exists() else ["0"]
        if not told or (psutil.pid_exists(int(told[0])) and not self.strays()):
            record.unlink(missing_ok=True)


@cache
def _home_for(run_folder: Path) -> Path:
    """Where the data goes: inside the run folder, unless PostgreSQL's user may not enter it."""
    preferred = run_folder / "pg"
    preferred.mkdir(parents=True, exist_ok=True)
    test = subprocess.run([*_unprivileged(), "test", "-x", str(preferred)], check=False, cwd="/")
    if test.returncode == 0:
        return preferred
    return Path("/var/tmp") / f"hocba-{hashlib.sha256(bytes(preferred)).hexdigest()[:8]}"  # noqa: S108  # _make_home checks whose it is


def _make_home(home: Path) -> None:
    home.mkdir(parents=True, exist_ok=True)
    uid, gid = _owner()
    if home.is_symlink() or home.stat().st_uid not in {os.geteuid(), uid}:
        raise InstallationError(f"{home} belongs to someone else: remove it, or move the checkout.")
    os.chown(home, uid, gid)
    home.chmod(0o700)


def _owner() -> tuple[int, int]:
    """User and group that own the data."""
    if os.geteuid():
        return os.geteuid(), os.getegid()
    try:
        account = pwd.getpwnam(SYSTEM_USER)
    except KeyError as error:
        raise InstallationError(f"PostgreSQL is not installed: {packages.command('postgresql')}") from error
    return account.pw_uid, account.pw_gid


def _unprivileged() -> list[str]:
    """What to put before a command so that it does not run as root."""
    if os.geteuid():
        return []
    uid, gid = _owner()
    return ["setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups", "--"]


def _environment() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}


def _run(*argv: str, folder: Path) -> None:
    done = subprocess.run(
        [*_unprivileged(), *argv], check=False, cwd=folder, env=_environment(), capture_output=True, text=True
    )
    if done.returncode:
        raise InstallationError(f"{Path(argv[0]).name} failed: {done.stderr.strip()}")
