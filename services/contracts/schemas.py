"""Every message as JSON Schema (draft 2020-12), for whoever has to speak to the platform without its code."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

import msgspec

from services.contracts.messages import Event, Request
from services.contracts.platform import SERVICES


def schemas() -> dict[str, dict[str, Any]]:
    """The schema of each request by its operation, and of each event by its type."""
    return {name: msgspec.json.schema(shape) for name, shape in sorted(messages().items())}


def messages() -> dict[str, type[Request[Any] | Event]]:
    """The shape of each request by its operation, and of each event by its type."""
    return {name: shape for service in SERVICES for name, shape in _published(service).items()}


def _published(service: str) -> dict[str, type[Request[Any] | Event]]:
    """What the service's own contract modules define."""
    mine = [one for module in _modules(service) for one in vars(module).values() if _is_defined_in(module, one)]
    requests = {shape.operation: shape for shape in mine if issubclass(shape, Request)}
    return requests | {shape.type: shape for shape in mine if issubclass(shape, Event) and "type" in vars(shape)}


def _modules(service: str) -> Iterator[ModuleType]:
    """The service's contract module and, where it is a package, those within."""
    module = import_module(f"services.contracts.{service}")
    yield module
    for within in iter_modules(getattr(module, "__path__", ())):
        yield import_module(f"{module.__name__}.{within.name}")


def _is_defined_in(module: ModuleType, one: object) -> bool:
    return isinstance(one, type) and one.__module__ == module.__name__
