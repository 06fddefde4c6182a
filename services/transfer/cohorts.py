"""Offering, accepting, cancelling and reading a cohort: one link for many pupils, each with a transfer of their own."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from services.chassis import authority, ids
from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import NotFound, Refused
from services.chassis.service import Outside
from services.contracts.gradebook.results import FindPromotions
from services.contracts.identity import FindUnits, Role
from services.contracts.transcript.issued import FindIssuedPupils
from services.contracts.transfer import (
    AcceptCohort,
    CancelCohort,
    CohortOffered,
    CohortV1,
    OfferCohort,
    ReadCohort,
    TransferState,
)
from services.transfer import cohort_rows, domain, repository
from services.transfer.domain import Cohort, CompleteTransfer
from services.transfer.errors import NothingToTakeBack, TransferOpen
from services.transfer.usecases import person, visible

Chosen = Mapping[UUID, Refused | None]
"""The chosen pupils, each with the reason why they cannot be offered, or None."""


def gather_cohort(command: OfferCohort, outside: Outside) -> Chosen:
    """Have the owners say who is chosen, what the year decided of them, and whose transcript is issued."""
    with outside.db.transaction() as tx:
        authority.require(tx, person(outside), (Role.ADMIN,), command.from_unit_id)
    units = outside.ask(FindUnits(unit_ids=(command.to_unit_id,))).units
    domain.check_receiver(command.to_unit_id, command.from_unit_id, units)
    promotions = FindPromotions(
        school_year=command.school_year,
        unit_id=command.from_unit_id,
        class_ids=command.class_ids,
        pupil_ids=command.pupil_ids,
    )
    found = outside.ask(promotions).pupils
    chosen = {one.pupil_id: one for one in found if one.pupil_id not in command.except_ids}
    domain.check_size(chosen)
    year = FindIssuedPupils(school_year=command.school_year, unit_id=command.from_unit_id, pupil_ids=tuple(chosen))
    issued = outside.ask(year).pupil_ids
    return {
        pupil_id: domain.why_not_offered(one, command.school_year, is_issued=pupil_id in issued)
        for pupil_id, one in chosen.items()
    }


def offer_cohort(tx: Tx, command: OfferCohort, actor: Actor, chosen: Chosen, *, valid_for: timedelta) -> CohortOffered:
    """Open a transfer for each who can be offered, all under one new link; keep why the others cannot."""
    cohort = Cohort(
        id=ids.new_id(),
        school_year=command.school_year,
        from_unit_id=command.from_unit_id,
        to_unit_id=command.to_unit_id,
        expires_at=tx.now() + valid_for,
    )
    link_code = ids.new_code()
    cohort_rows.add(tx, cohort, link_hash=domain.hash_link(link_code), offered_by=actor.person_id)
    fit = [pupil_id for pupil_id, why in chosen.items() if why is None]
    repository.expire_offers(tx, fit, now=tx.now())
    offered = cohort_rows.offer(tx, cohort, fit, by=actor.person_id)
    refused = {pupil_id: why or TransferOpen() for pupil_id, why in chosen.items() if pupil_id not in offered}
    cohort_rows.refuse(tx, cohort, refused, by=actor.person_id)
    return CohortOffered(cohort=_seen(tx, cohort, actor), link_code=link_code)


def accept_cohort(tx: Tx, _command: AcceptCohort, actor: Actor, cohort_id: UUID) -> CohortV1:
    """Use the link, once; each pupil's transfer is completed by itself afterwards."""
    cohort = _hold(tx, cohort_id)
    accepted = cohort_rows.accept(tx, cohort_id, by=actor.person_id)
    if not accepted:
        raise domain.why_link_is_dead({one.state for one in cohort_rows.transfers_of(tx, cohort_id)})
    for transfer_id in accepted:
        tx.later(CompleteTransfer(transfer_id=transfer_id))
    return _seen(tx, cohort, actor)


def cancel_cohort(tx: Tx, command: CancelCohort, actor: Actor) -> CohortV1:
    """Take back what has not been used."""
    cohort = visible(tx, actor, cohort_rows.hold(tx, command.cohort_id))
    authority.require(tx, actor, (Role.ADMIN,), cohort.from_unit_id)
    if not cohort_rows.cancel(tx, cohort.id):
        raise NothingToTakeBack
    return _seen(tx, cohort, actor)


def read_cohort(tx: Tx, query: ReadCohort, actor: Actor) -> CohortV1:
    return _seen(tx, visible(tx, actor, cohort_rows.find(tx, query.cohort_id)), actor)


def _seen(tx: Tx, cohort: Cohort, actor: Actor) -> CohortV1:
    """The cohort; of pupils who were refused, and why, the school alone is told that sends the others."""
    found = cohort_rows.transfers_of(tx, cohort.id)
    if not authority.holds(tx, actor, (Role.ADMIN,), cohort.from_unit_id):
        found = [one for one in found if one.state is not TransferState.REFUSED]
    return cohort.seen_at(tx.now(), found)


def _hold(tx: Tx, cohort_id: UUID) -> Cohort:
    cohort = cohort_rows.hold(tx, cohort_id)
    if cohort is None:
        raise NotFound
    return cohort
