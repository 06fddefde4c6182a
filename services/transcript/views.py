"""Telling the access log who looked at whose transcript."""

from collections.abc import Collection
from uuid import UUID

from services.chassis.authority import Actor, Basis
from services.chassis.database import Tx
from services.contracts.identity import Viewed
from services.contracts.messages import Change
from services.contracts.transcript import RecordViewedV1


def tell(
    tx: Tx, actor: Actor, basis: Basis | None, *, record_id: UUID, unit_id: UUID, pupil_ids: Collection[UUID]
) -> None:
    """Have the look logged: who, whose records, under which grant (None for guardians, who look under no grant)."""
    tx.emit(
        RecordViewedV1(
            record_id=record_id,
            change=Change.NEW,
            version=1,
            updated_at=tx.now(),
            account_id=actor.account_id,
            person_id=actor.person_id,
            grant_id=basis.grant_id if basis else None,
            unit_id=unit_id,
            pupil_ids=tuple(pupil_ids),
            what=Viewed.TRANSCRIPT,
        )
    )
