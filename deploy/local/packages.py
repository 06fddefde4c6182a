"""The Debian packages a local installation needs: found, and installed without starting the system's own services."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from deploy.local import elsewhere
from deploy.local.errors import InstallationError

INSTALL = Path(__file__).with_name("install-packages.sh")
LIBRARIES = Path("/usr/lib")  # where Debian keeps each server by version
OLDEST_POSTGRES = 13
PROGRAMS = {
    "poppler-utils": "pdftotext",
    "qpdf": "qpdf",
    "xmlsec1": "xmlsec1",
    "openssl": "openssl",
    "softhsm2": "softhsm2-util",
    "nodejs": "node",
}


def postgres_bin() -> Path:
    """The folder of the newest PostgreSQL's programs."""
    versions = [path for path in (LIBRARIES / "postgresql").glob("*/bin") if path.parent.name.isdecimal()]
    newest = max(versions, key=lambda path: int(path.parent.name), default=None)
    if newest is None or int(newest.parent.name) < OLDEST_POSTGRES or not (newest / "initdb").exists():
        raise InstallationError(f"PostgreSQL {OLDEST_POSTGRES} or newer is not installed: {command('postgresql')}")
    return newest


def rabbitmq_scripts() -> Path:
    """The broker's own scripts; those in /usr/sbin change the user and know one broker only."""
    found = sorted((LIBRARIES / "rabbitmq" / "lib").glob("rabbitmq_server-*/sbin"))
    if not found:
        raise InstallationError(f"RabbitMQ is not installed: {command('rabbitmq-server')}")
    return found[-1]


def missing() -> list[str]:
    """Names of the packages still to be installed."""
    lacking = [package for package, program in PROGRAMS.items() if not shutil.which(program)]
    if not (elsewhere.has_postgres() or _succeeds(postgres_bin)):
        lacking.append("postgresql")
    if not (elsewhere.has_rabbitmq() or _succeeds(rabbitmq_scripts)):
        lacking.append("rabbitmq-server")
    return lacking


def ensure() -> None:
    """Install what is missing; raises InstallationError with the command to type when that is not possible."""
    if not (lacking := missing()):
        return
    privilege = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if shutil.which("apt-get") and (not privilege or shutil.which("sudo")):
        print(f"Installing {', '.join(lacking)}.", file=sys.stderr)
        subprocess.run([*privilege, "sh", str(INSTALL), *lacking], check=False)
    if lacking := missing():
        raise InstallationError(f"Packages are missing. Please run: {command(*lacking)}")


def command(*packages: str) -> str:
    """What a person types to install them."""
    return f"sudo apt-get update && sudo apt-get install -y {' '.join(packages)}"


def _succeeds(find: Callable[[], Path]) -> bool:
    try:
        find()
    except InstallationError:
        return False
    return True
