"""Settings from the environment, read once: HOCBA_<SERVICE>_<KEY>, or a file named by HOCBA_<SERVICE>_<KEY>_FILE."""

import dataclasses
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec

S = TypeVar("S")


class MissingSetting(SystemExit):
    """A setting is missing or unreadable; the message names the variable, and the process stops."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessSettings:
    """What every process of a service is told."""

    database_url: str
    broker_url: str
    objects: str
    http_port: int = 0
    """Port for health and metrics; 0 for none."""
    http_host: str = "127.0.0.1"
    worker_threads: int = 2


def load(shape: type[S], service: str, environment: Mapping[str, str] = os.environ) -> S:
    """The service's settings as the frozen dataclass `shape`; fields without a default must be set."""
    values = {}
    for field in dataclasses.fields(shape):  # type: ignore[arg-type]  # every settings class is a dataclass
        text = _find(f"HOCBA_{service.upper()}_{field.name.upper()}", environment)
        if text is not None:
            values[field.name] = _typed(text, field)
        elif field.default is dataclasses.MISSING:
            raise MissingSetting(f"Set HOCBA_{service.upper()}_{field.name.upper()} (or …_FILE): {service} needs it.")
    return shape(**values)


def _find(name: str, environment: Mapping[str, str]) -> str | None:
    path = environment.get(f"{name}_FILE")
    if path is None:
        return environment.get(name)
    try:
        return Path(path).read_text(encoding="utf8").strip()
    except OSError as error:
        raise MissingSetting(f"{name}_FILE names {path}, which cannot be read: {error.strerror}.") from error


def _typed(text: str, field: "dataclasses.Field[Any]") -> Any:
    try:
        return msgspec.convert(text, field.type, strict=False)
    except msgspec.ValidationError as error:
        raise MissingSetting(f"The setting {field.name} has a wrong value: {error}.") from error
