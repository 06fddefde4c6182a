"""Every message as JSON Schema (draft 2020-12), for whoever has to speak to the platform without its code."""

from importlib import import_module
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
    """What the service's own contract module defines."""
    module = import_module(f"services.contracts.{service}")
    mine = [one for one in vars(module).values() if isinstance(one, type) and one.__module__ == module.__name__]
    requests = {shape.operation: shape for shape in mine if issubclass(shape, Request)}
    return requests | {shape.type: shape for shape in mine if issubclass(shape, Event)}
