"""Planning reminders to staff, sending them to whom they still concern, and switching them off for oneself."""

from collections.abc import Sequence
from uuid import UUID

from services.chassis import logs
from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import NotFound
from services.chassis.service import Outside
from services.contracts.identity import FindStaffContacts, FindUnits
from services.contracts.notify import ChooseReminders, ReadReminderChoice, ReminderChoice
from services.contracts.signing.reminders import CertificateExpiringV1, Duties, ReadDuties
from services.notify import mail
from services.notify.domain import DeliveryState, Outcome
from services.notify.errors import MailRefused
from services.notify.settings import Settings
from services.notify.staff import domain, letters, repository
from services.notify.staff.domain import News, Reminder, SendReminder


def plan_reminders(tx: Tx, events: Sequence[News]) -> None:
    """Plan one letter for each fact and person; an event that comes again plans nothing."""
    seals = [event.holder for event in events if isinstance(event, CertificateExpiringV1) and event.is_seal]
    planned = domain.plan(events, repository.clerks_of(tx, seals, tx.now()))
    unwilling = repository.unwilling(tx, {one.person_id for one in planned})
    for reminder_id in repository.add_new(tx, [one for one in planned if one.person_id not in unwilling]):
        tx.later(SendReminder(reminder_id=reminder_id))


def send_reminder(task: SendReminder, outside: Outside, *, settings: Settings) -> Outcome | None:
    """Write to the person about what waits for them at this moment; None when the reminder had ended before.

    A process that dies after the mail server took the letter and before that is written down sends another under the
    same Message-ID.
    """
    with outside.db.transaction() as tx:
        reminder = repository.find(tx, task.reminder_id)
    if reminder is None:
        raise NotFound(reminder=task.reminder_id)
    if reminder.state is not DeliveryState.PENDING:
        return None
    duties = outside.ask(ReadDuties(person_id=reminder.person_id))
    needless = domain.why_not(reminder, duties)
    if needless:
        return Outcome(state=DeliveryState.CANCELLED, reason=needless)
    contacts = outside.ask(FindStaffContacts(person_ids=(reminder.person_id,))).contacts
    if not contacts:
        return Outcome(state=DeliveryState.CANCELLED, reason="no_address")
    return _send(reminder, duties, contacts[0].email, outside=outside, settings=settings)


def record_outcome(tx: Tx, task: SendReminder, outcome: Outcome | None) -> None:
    if outcome is not None:
        repository.end(tx, task.reminder_id, outcome)


def choose_reminders(tx: Tx, command: ChooseReminders, actor: Actor) -> ReminderChoice:
    repository.choose(tx, actor.person_id, wanted=command.wanted)
    return ReminderChoice(wanted=command.wanted)


def read_choice(tx: Tx, _query: ReadReminderChoice, actor: Actor) -> ReminderChoice:
    return ReminderChoice(wanted=repository.is_wanted(tx, actor.person_id))


def _send(reminder: Reminder, duties: Duties, email: str, *, outside: Outside, settings: Settings) -> Outcome:
    try:
        letter = letters.compose(reminder, duties, _schools(duties, outside), email=email, settings=settings)
        mail.send(letter, settings.smtp_url)
    except MailRefused as refusal:
        logs.get().warning("reminder_refused", reminder_id=str(reminder.id))
        return Outcome(state=DeliveryState.FAILED, reason=str(refusal))
    return Outcome(state=DeliveryState.SENT)


def _schools(duties: Duties, outside: Outside) -> dict[UUID, str]:
    """The names of the schools that the letter is about."""
    ids = {one.unit_id for one in duties.due} | {one.unit_id for one in duties.ending if one.unit_id}
    return {unit.id: unit.name for unit in outside.ask(FindUnits(unit_ids=tuple(ids))).units} if ids else {}
