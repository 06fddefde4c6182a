"""The supervised process that makes a backup every day: `python -m deploy.backup.daily ROOT INSTANCE`."""

import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from deploy.backup import folder, keys, making, schedule
from deploy.backup.making import Wish
from deploy.backup.manifest import Kind
from deploy.backup.schedule import Settings
from deploy.local.errors import InstallationError
from deploy.local.instance import Instance
from deploy.local.supervisor import Process
from services.chassis.settings import load

NAME = "backup"
LOOK_SECONDS = 60.0
AFTER_FAILURE_SECONDS = 900.0


def processes(instance: Instance) -> list[Process]:
    """The daily backup, where HOCBA_BACKUP_AT asks for one; InstallationError when its key file will not do."""
    if (settings := schedule.find_settings()) is None:
        return []
    keys.read(Path(settings.key_file), outside=_folder(instance, settings))
    told = {name: value for name, value in os.environ.items() if name.startswith("HOCBA_BACKUP_")}
    argv = [sys.executable, "-m", "deploy.backup.daily", str(instance.root), instance.name]
    return [Process(NAME, argv, told)]


def attend(instance: Instance, settings: Settings, *, now: datetime) -> list[str]:
    """Make the day's backup if it is due, and remove what is surplus; gives what was done, in words."""
    to = _folder(instance, settings)
    begun = [run.manifest.started_at for run in folder.scheduled(to, instance.name) if run.manifest]
    if not schedule.is_due(now, settings.time, last=max(begun, default=None)):
        return []
    wish = Wish(kind=Kind.SCHEDULED, to=to, key=keys.read(Path(settings.key_file), outside=to))
    made = making.make(instance, wish, clock=lambda: datetime.now(UTC))
    gone = folder.prune(to, instance.name, keep=settings.keep)
    return [made.warning or f"made {made.path}", *(f"removed {run.path}" for run in gone)]


def _folder(instance: Instance, settings: Settings) -> Path:
    return Path(settings.to) if settings.to else making.default_folder(instance)


def main() -> None:
    root, name = sys.argv[1:]
    settings = load(Settings, "backup")
    while True:
        time.sleep(_look(Instance(name, Path(root)), settings))


def _look(instance: Instance, settings: Settings) -> float:
    """Seconds until the next look."""
    now = datetime.now(UTC)
    try:
        done = attend(instance, settings, now=now)
    except (InstallationError, OSError, psycopg.Error) as error:
        print(f"{now.isoformat()} failed: {error}", flush=True)
        return AFTER_FAILURE_SECONDS
    for line in done:
        print(f"{now.isoformat()} {line}", flush=True)
    return LOOK_SECONDS


if __name__ == "__main__":
    main()
