"""Invented appointments, and what became of them."""

from datetime import UTC, datetime
from uuid import UUID

from services.chassis.ids import new_id
from services.contracts.identity import Change, GrantChangedV1, Role
from tests.integration.acting import Acting

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)


def appointment(record_id: UUID | None = None, version: int = 1) -> GrantChangedV1:
    return GrantChangedV1(
        record_id=record_id or new_id(),
        change=Change.NEW,
        version=version,
        updated_at=NOW,
        person_id=new_id(),
        role=Role.STAFF,
        unit_id=new_id(),
        valid_from=NOW,
        valid_to=None,
    )


def heard(gradebook: Acting) -> list[tuple[UUID, int]]:
    """Of which appointments gradebook noted that it heard, in that order."""
    return [(row.record_id, row.version) for row in gradebook.sql("SELECT * FROM heard ORDER BY id")]


def received(gradebook: Acting) -> list[tuple[str, str]]:
    """The state and type of everything in gradebook's inbox."""
    return [(row.state, row.type) for row in gradebook.sql("SELECT state, type FROM inbox ORDER BY id")]
