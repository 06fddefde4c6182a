"""Notify's entrypoints."""

from functools import partial
from pathlib import Path

from services.chassis import authority
from services.chassis.service import Service
from services.chassis.settings import load
from services.contracts.identity import GrantChangedV1, UnitChangedV1
from services.contracts.notify import ChooseReminders, CountDeliveries, ReadReminderChoice, RecordConsents
from services.contracts.signing.reminders import CertificateExpiringV1, SignatureDueV1
from services.notify import usecases
from services.notify.domain import KINDS, SendMessage
from services.notify.settings import Settings
from services.notify.staff import usecases as staff
from services.notify.staff.domain import SendReminder


def build() -> Service:
    """The service as the environment sets it up."""
    settings = load(Settings, "notify")
    send = partial(usecases.send_message, settings=settings)
    service = Service(name="notify", migrations=Path(__file__).parent / "migrations")
    service.command(RecordConsents, usecases.record_consents)
    service.query(CountDeliveries, usecases.count_deliveries)
    for event in KINDS:
        service.consumes(event, usecases.tell_guardians, before=usecases.find_guardians)
    service.task(SendMessage, usecases.record_outcome, before=send)
    for news in (SignatureDueV1, CertificateExpiringV1):
        service.consumes(news, staff.plan_reminders)
    service.task(SendReminder, staff.record_outcome, before=partial(staff.send_reminder, settings=settings))
    service.command(ChooseReminders, staff.choose_reminders)
    service.query(ReadReminderChoice, staff.read_choice)
    service.consumes(GrantChangedV1, authority.copy_grants)
    service.consumes(UnitChangedV1, authority.copy_units)
    return service
