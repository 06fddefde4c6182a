"""Who is reminded that a signature waits or a certificate soon ends, and how that stands when somebody asks again."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.contracts.identity import Role
from services.contracts.messages import Change
from services.contracts.signing.reminders import (
    CertificateExpiringV1,
    DueAtUnit,
    Duties,
    EndingCertificate,
    ReadDuties,
    SignatureDueV1,
)
from services.signing import due_rows, keyring
from services.signing.due_rows import Due, Reminded

ROUND_SECONDS = 30.0
SCHOOLS = 25  # a round: two seconds in large schools at work, so that the other rounds are not held up
WARN_SECONDS = 600.0
WARNINGS = {30: 1, 7: 2, 1: 3}
"""Days before a certificate ends, with the version of the event that says so."""
Held = Collection[tuple[UUID, UUID]]
"""(person, unit) of those with a role there."""


class Reminding:
    """Goes through the schools where something waits, some each round; `wait` is how long nobody is reminded."""

    def __init__(self, wait: timedelta) -> None:
        self._wait = wait
        self._after: UUID | None = None

    def remind(self, tx: Tx) -> bool:
        """Tell of everybody for whom something has waited that long, nobody twice within a day."""
        units = due_rows.units_after(tx, self._after, SCHOOLS)
        self._after = units[-1] if len(units) == SCHOOLS else None
        overdue = [due for due in due_rows.due_at(tx, units) if due.since <= tx.now() - self._wait]
        people = first_for_each(overdue, due_rows.signers_at(tx, units), due_rows.clerks_at(tx, units))
        told = due_rows.note_reminders(tx, people.keys())
        tx.emit_all([_due_event(one, people[one.person_id]) for one in told])
        return False


def first_for_each(overdue: Sequence[Due], signers: Held, clerks: Held) -> dict[UUID, Due]:
    """For each person what comes first: the holder who still signs there, and for a seal the clerks of its school."""
    people: dict[UUID, Due] = {}
    for due in overdue:
        holders = [person for person, unit in clerks if unit == due.holder]
        if (due.holder, due.unit_id) in signers:
            holders.append(due.holder)
        for person in holders:
            people.setdefault(person, due)
    return people


def warn(tx: Tx) -> bool:
    """Tell of certificates that soon end: of each once at each of the steps, the last ones first."""
    for days in sorted(WARNINGS):
        warned = due_rows.note_warnings(tx, days)
        tx.emit_all(
            [
                CertificateExpiringV1(
                    record_id=row.id,
                    change=Change.UPDATE,
                    version=WARNINGS[days],
                    updated_at=tx.now(),
                    holder=row.holder,
                    is_seal=row.is_seal,
                    within_days=days,
                    valid_to=row.valid_to,
                )
                for row in warned
            ]
        )
    return False


def read_duties(tx: Tx, query: ReadDuties, _actor: Actor) -> Duties:
    """What waits for the person now, and what of theirs ends within 30 days; by the roles that they have now."""
    person = query.person_id
    seals = keyring.units_of(tx, person, Role.CLERK)
    found = due_rows.due_for(tx, [person, *seals])
    signs_at = due_rows.signers_at(tx, {due.unit_id for due in found})
    mine = [due for due in found if due.holder in seals or (person, due.unit_id) in signs_at]
    holders = [*seals, *([person] if keyring.units_of(tx, person, *Role) else [])]
    return Duties(
        due=tuple(_summed(unit_id, mine) for unit_id in dict.fromkeys(due.unit_id for due in mine)),
        ending=tuple(
            EndingCertificate(key_id=row.id, unit_id=row.holder if row.is_seal else None, valid_to=row.valid_to)
            for row in due_rows.ending_of(tx, holders, max(WARNINGS))
        ),
    )


def _summed(unit_id: UUID, mine: Sequence[Due]) -> DueAtUnit:
    """One's own and the seal's at a school."""
    here = [due for due in mine if due.unit_id == unit_id]
    return DueAtUnit(
        unit_id=unit_id,
        documents=sum(due.documents for due in here),
        class_sheets=sum(due.class_sheets for due in here),
        classes=max(due.classes for due in here),
        waiting_since=min(due.since for due in here),
    )


def _due_event(told: Reminded, due: Due) -> SignatureDueV1:
    return SignatureDueV1(
        record_id=told.id,
        change=Change.NEW if told.version == 1 else Change.UPDATE,
        version=told.version,
        updated_at=told.told_at,
        person_id=told.person_id,
        unit_id=due.unit_id,
        documents=due.documents,
        classes=due.classes,
        waiting_since=due.since,
    )
