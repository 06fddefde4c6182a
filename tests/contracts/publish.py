"""Writes down the schema of each event that is not published yet: `python -m tests.contracts.publish`."""

import json
from pathlib import Path
from typing import Any

from services.contracts.messages import Event
from services.contracts.schemas import messages, schemas

PUBLISHED = Path(__file__).parent / "published"


def event_schemas() -> dict[str, Any]:
    """Each event's schema by type, without the prose, which may be improved."""
    events = {name for name, shape in messages().items() if issubclass(shape, Event)}
    return {name: _without_prose(schema) for name, schema in schemas().items() if name in events}


def main() -> None:
    """What is published is never written again."""
    PUBLISHED.mkdir(exist_ok=True)
    for event_type, schema in event_schemas().items():
        path = PUBLISHED / f"{event_type}.json"
        if not path.exists():
            path.write_text(json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def _without_prose(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_without_prose(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: _without_prose(value) for key, value in schema.items() if key != "description" or not _is_prose(value)}


def _is_prose(value: Any) -> bool:
    return isinstance(value, str)  # a field of that name has a schema instead


if __name__ == "__main__":
    main()
