"""Recording consents, telling guardians of facts, sending and counting messages: one transaction each."""

from collections.abc import Sequence

from services.chassis import authority, logs
from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import NotFound
from services.chassis.service import Outside
from services.contracts.identity import FindGuardians, GuardianContact, Role
from services.contracts.notify import ConsentsRecorded, CountDeliveries, DeliveryCounts, RecordConsents
from services.notify import domain, letters, mail, repository
from services.notify.domain import Delivery, DeliveryState, Outcome, SendMessage, Telling
from services.notify.errors import MailRefused
from services.notify.settings import Settings


def record_consents(tx: Tx, command: RecordConsents, actor: Actor) -> ConsentsRecorded:
    """Keep what guardians told their school about being written to."""
    authority.require(tx, actor, (Role.ADMIN,), command.unit_id)
    latest = {entry.guardian_id: entry for entry in command.consents}
    repository.record_consents(tx, command.unit_id, latest.values(), recorded_by=actor.person_id)
    return ConsentsRecorded(recorded=len(latest))


def count_deliveries(tx: Tx, query: CountDeliveries, actor: Actor) -> DeliveryCounts:
    authority.require(tx, actor, (Role.ADMIN, Role.PRINCIPAL), query.unit_id)
    counts = repository.count_by_state(tx, query.unit_id)
    return DeliveryCounts(
        pending=counts[DeliveryState.PENDING],
        sent=counts[DeliveryState.SENT],
        failed=counts[DeliveryState.FAILED],
        cancelled=counts[DeliveryState.CANCELLED],
    )


def find_guardians(events: Sequence[Telling], outside: Outside) -> tuple[GuardianContact, ...]:
    """The guardians of the events' pupils, in one question."""
    pupil_ids = tuple(sorted({event.pupil_id for event in events}))
    return outside.ask(FindGuardians(pupil_ids=pupil_ids)).contacts


def tell_guardians(tx: Tx, events: Sequence[Telling], contacts: Sequence[GuardianContact]) -> None:
    """Plan one message for each fact and consenting guardian; an event that comes again plans nothing."""
    consents = repository.consents_of(tx, {contact.guardian_id for contact in contacts})
    for delivery_id in repository.add_new(tx, domain.plan(events, contacts, consents)):
        tx.later(SendMessage(delivery_id=delivery_id))


def send_message(task: SendMessage, outside: Outside, *, settings: Settings) -> Outcome | None:
    """Send one message to whoever is the guardian now; None when it had ended before.

    A process that dies after the mail server took the message and before that is written down sends it again under the
    same Message-ID.
    """
    with outside.db.transaction() as tx:
        delivery = repository.find(tx, task.delivery_id)
    if delivery is None:
        raise NotFound(delivery=task.delivery_id)
    if delivery.state is not DeliveryState.PENDING:
        return None
    if not delivery.has_consent:
        return Outcome(state=DeliveryState.CANCELLED, reason="consent_withdrawn")
    email = _current_email(delivery, outside)
    return (
        _send(delivery, email, settings)
        if email
        else Outcome(state=DeliveryState.CANCELLED, reason="no_longer_guardian")
    )


def record_outcome(tx: Tx, task: SendMessage, outcome: Outcome | None) -> None:
    if outcome is not None:
        repository.end(tx, task.delivery_id, outcome)


def _current_email(delivery: Delivery, outside: Outside) -> str | None:
    contacts = outside.ask(FindGuardians(pupil_ids=(delivery.pupil_id,))).contacts
    return next((contact.email for contact in contacts if contact.guardian_id == delivery.guardian_id), None)


def _send(delivery: Delivery, email: str, settings: Settings) -> Outcome:
    try:
        mail.send(letters.compose(delivery, email, settings), settings.smtp_url)
    except MailRefused as refusal:
        logs.get().warning("message_refused", delivery_id=str(delivery.id))
        return Outcome(state=DeliveryState.FAILED, reason=str(refusal))
    return Outcome(state=DeliveryState.SENT)
