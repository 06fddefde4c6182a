"""Notify's entrypoints."""

from functools import partial
from pathlib import Path

from services.chassis import authority
from services.chassis.service import Service
from services.chassis.settings import load
from services.contracts.identity import GrantChangedV1, UnitChangedV1
from services.contracts.notify import CountDeliveries, RecordConsents
from services.notify import usecases
from services.notify.domain import KINDS, SendMessage
from services.notify.settings import Settings


def build() -> Service:
    """The service as the environment sets it up."""
    send = partial(usecases.send_message, settings=load(Settings, "notify"))
    service = Service(name="notify", migrations=Path(__file__).parent / "migrations")
    service.command(RecordConsents, usecases.record_consents)
    service.query(CountDeliveries, usecases.count_deliveries)
    for event in KINDS:
        service.consumes(event, usecases.tell_guardians, before=usecases.find_guardians)
    service.task(SendMessage, usecases.record_outcome, before=send)
    service.consumes(GrantChangedV1, authority.copy_grants)
    service.consumes(UnitChangedV1, authority.copy_units)
    return service
