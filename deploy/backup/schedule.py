"""When the daily backup is due, and the settings that ask for one."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec

from services.chassis.settings import load

SCHOOL_TIME = ZoneInfo("Asia/Ho_Chi_Minh")
Hour = Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Place = Annotated[str, msgspec.Meta(pattern="^/")]  # the supervised process has another folder than who starts it
Number = Annotated[int, msgspec.Meta(ge=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """HOCBA_BACKUP_AT and so on; without them there is no daily backup."""

    at: Hour
    """The time in Vietnam, such as 02:30."""
    key_file: Place
    to: Place | None = None
    """A folder, best on another disk; else beside the installation."""
    keep: Number = 14
    """How many verified scheduled backups stay."""

    @property
    def time(self) -> time:
        return time.fromisoformat(self.at)


def find_settings(environment: Mapping[str, str] = os.environ) -> Settings | None:
    """None where no daily backup is asked for; MissingSetting names what is lacking or wrong."""
    return load(Settings, "backup", environment) if "HOCBA_BACKUP_AT" in environment else None


def is_due(now: datetime, at: time, *, last: datetime | None) -> bool:
    """Whether no scheduled backup has begun since the hour last struck in Vietnam; a missed one is made up for."""
    return last is None or last < _struck(now.astimezone(SCHOOL_TIME), at)


def _struck(now: datetime, at: time) -> datetime:
    today = datetime.combine(now.date(), at, tzinfo=SCHOOL_TIME)
    return today if today <= now else today - timedelta(days=1)
