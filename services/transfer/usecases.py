"""Offering, accepting, cancelling, reading and completing a transfer: a transaction each, and what comes before."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from services.chassis import authority, ids, logs
from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import NotFound, Problem, Refused, Unauthenticated
from services.chassis.service import Outside
from services.contracts.gradebook.enrolment import FindEnrolment, MovePupil
from services.contracts.identity import Change, FindUnits, Role
from services.contracts.signing.checking import CheckFiles, ReadTrust
from services.contracts.signing.class_sheets import FindRowSheets, SealedDocument
from services.contracts.transcript import FindPupilTranscripts, IssuedFile, ReceiveTranscripts
from services.contracts.transfer import (
    AcceptCohort,
    AcceptTransfer,
    CancelTransfer,
    OfferTransfer,
    ReadTransfer,
    TransferCompletedV1,
    TransferOffered,
    TransferState,
    TransferV1,
)
from services.transfer import bundle, domain, repository
from services.transfer.bundle import BundleIndex
from services.transfer.domain import Cohort, CompleteTransfer, Offer, Transfer
from services.transfer.errors import NotOffered, TransferOpen, YearNotIssued

F = TypeVar("F", Transfer, Cohort)

CHECK_SECONDS = 60.0  # two dozen files with five signatures each, on a busy machine


def prepare_offer(command: OfferTransfer, outside: Outside) -> Offer:
    """Have the owners say that pupil, school and transcripts are fit for a transfer, and store the bundle.

    Whoever may not know of the pupil is told so by gradebook; of those who may, only an admin of the school can offer.
    """
    enrolment = outside.ask(FindEnrolment(pupil_id=command.pupil_id))
    with outside.db.transaction() as tx:
        authority.require(tx, person(outside), (Role.ADMIN,), enrolment.unit_id)
    units = outside.ask(FindUnits(unit_ids=(command.to_unit_id,))).units
    files = outside.ask(FindPupilTranscripts(pupil_id=command.pupil_id, unit_id=enrolment.unit_id)).files
    domain.check_offer(command, enrolment, units=units, files=files)
    index = BundleIndex(
        pupil_id=command.pupil_id,
        from_unit_id=enrolment.unit_id,
        to_unit_id=command.to_unit_id,
        files=files,
        sheets=_sheets(files, outside),
    )
    return Offer(from_unit_id=enrolment.unit_id, bundle=_store_bundle(index, outside))


def offer_transfer(
    tx: Tx, command: OfferTransfer, actor: Actor, offer: Offer, *, valid_for: timedelta
) -> TransferOffered:
    """Open a transfer under a new one-time link, of which only the hash is kept."""
    transfer = Transfer(
        id=ids.new_id(),
        school_year=command.school_year,
        pupil_id=command.pupil_id,
        from_unit_id=offer.from_unit_id,
        to_unit_id=command.to_unit_id,
        state=TransferState.OFFERED,
        reason=None,
        reason_vi=None,
        bundle=offer.bundle,
        expires_at=tx.now() + valid_for,
        is_checked=False,
    )
    link_code = ids.new_code()
    repository.expire_offers(tx, [command.pupil_id], now=tx.now())
    if not repository.add(tx, transfer, link_hash=domain.hash_link(link_code), offered_by=actor.person_id):
        raise TransferOpen
    return TransferOffered(transfer=transfer.seen_at(tx.now()), link_code=link_code)


def open_link(command: AcceptTransfer | AcceptCohort, outside: Outside) -> UUID:
    """The transfer or cohort that the link leads this person to.

    Someone of another school is told what an unknown code is told; the try is committed before that refusal.
    """
    actor, opens = person(outside), repository.LINKED[type(command)]
    link_hash = domain.hash_link(command.link_code)
    with outside.db.transaction() as tx:
        found = repository.find_link(tx, opens, link_hash)
        if found and authority.holds(tx, actor, (Role.ADMIN,), found.to_unit_id):
            return UUID(str(found.id))
        if found:
            repository.count_stranger(tx, opens, link_hash)
            logs.get().warning(
                "transfer_link_tried_by_stranger", offer_id=str(found.id), person_id=str(actor.person_id)
            )
    raise NotFound


def accept_transfer(tx: Tx, _command: AcceptTransfer, actor: Actor, transfer_id: UUID) -> TransferV1:
    """Use the link, once; the bundle is checked and imported afterwards."""
    transfer = repository.accept(tx, transfer_id, by=actor.person_id)
    if transfer is None:
        raise domain.why_link_is_dead({_get(tx, transfer_id).state})
    tx.later(CompleteTransfer(transfer_id=transfer_id))
    return transfer.seen_at(tx.now())


def cancel_transfer(tx: Tx, command: CancelTransfer, actor: Actor) -> TransferV1:
    """Take an offer back before it is used."""
    transfer = visible(tx, actor, repository.find(tx, command.transfer_id))
    authority.require(tx, actor, (Role.ADMIN,), transfer.from_unit_id)
    cancelled = repository.cancel(tx, transfer.id)
    if cancelled is None:
        raise NotOffered(state=_get(tx, transfer.id).state_at(tx.now()).value)
    return cancelled.seen_at(tx.now())


def read_transfer(tx: Tx, query: ReadTransfer, actor: Actor) -> TransferV1:
    return visible(tx, actor, repository.find(tx, query.transfer_id)).seen_at(tx.now())


def import_bundle(task: CompleteTransfer, outside: Outside) -> Problem | None:
    """Check the bundle, move the pupil, hand the transcripts over; gives the reason why that cannot be, or None.

    May be broken off and repeated anywhere: both commands carry a key of the task, and files that have passed are not
    judged again, so a transfer whose pupil was moved never fails.
    """
    with outside.db.transaction() as tx:
        transfer = _get(tx, task.transfer_id)
    if transfer.state is not TransferState.ACCEPTED:
        return None
    try:
        packed = transfer.bundle or _pack_bundle(transfer, outside)
        if not transfer.is_checked:
            _check_bundle(transfer.id, packed, outside)
        outside.ask(_move(transfer))
    except (Refused, NotFound) as refusal:
        return refusal
    outside.ask(_handover(transfer, bundle.unpack(outside.objects.get(packed)).index.files))
    return None


def complete_transfer(tx: Tx, task: CompleteTransfer, failure: Problem | None) -> None:
    """Write down how the transfer ended, once, and announce that the pupil has arrived."""
    if failure is not None:
        repository.fail(tx, task.transfer_id, why=failure)
        logs.get().warning("transfer_failed", transfer_id=str(task.transfer_id))
        return
    transfer = repository.complete(tx, task.transfer_id)
    if transfer is None:
        return
    tx.emit(
        TransferCompletedV1(
            record_id=transfer.id,
            change=Change.NEW,
            version=1,
            updated_at=tx.now(),
            school_year=transfer.school_year,
            pupil_id=transfer.pupil_id,
            from_unit_id=transfer.from_unit_id,
            to_unit_id=transfer.to_unit_id,
        )
    )


def _store_bundle(index: BundleIndex, outside: Outside) -> str:
    contents = {name: outside.objects.get(name) for _, name in bundle.paths(index)}
    roots_pem = outside.ask(ReadTrust()).roots_pem
    return outside.objects.put(outside.run(bundle.pack, index, contents, roots_pem))


def _pack_bundle(transfer: Transfer, outside: Outside) -> str:
    """Store what has been issued of one of a cohort until now; broken off and repeated, it may be packed anew."""
    files = outside.ask(FindPupilTranscripts(pupil_id=transfer.pupil_id, unit_id=transfer.from_unit_id)).files
    if transfer.school_year not in {file.school_year for file in files}:  # revoked since it was offered
        raise YearNotIssued(school_year=transfer.school_year)
    index = BundleIndex(
        pupil_id=transfer.pupil_id,
        from_unit_id=transfer.from_unit_id,
        to_unit_id=transfer.to_unit_id,
        files=files,
        sheets=_sheets(files, outside),
    )
    stored = _store_bundle(index, outside)
    with outside.db.transaction() as tx:
        repository.keep_bundle(tx, transfer.id, stored)
    return stored


def _sheets(files: Sequence[IssuedFile], outside: Outside) -> tuple[str, ...]:
    """The signed class sheets that the files' rows stand on."""
    documents = tuple(
        SealedDocument(school_year=file.school_year, transcript_id=file.transcript_id, version=file.version)
        for file in files
    )
    return outside.ask(FindRowSheets(documents=documents)).files


def _check_bundle(transfer_id: UUID, packed: str, outside: Outside) -> None:
    """Judge every transcript by the receiving side's own roots, never by those that came along.

    Class sheets are not judged: what became of a teacher's certificate since must not keep a pupil from moving.
    """
    opened = bundle.unpack(outside.objects.get(packed))
    for data in opened.contents.values():
        outside.objects.put(data)
    files = opened.index.files
    reports = outside.ask(CheckFiles(files=domain.names_to_check(files)), timeout=CHECK_SECONDS).reports
    domain.check_reports(files, reports)
    with outside.db.transaction() as tx:
        repository.mark_checked(tx, transfer_id)


def _move(transfer: Transfer) -> MovePupil:
    return MovePupil(
        school_year=transfer.school_year,
        pupil_id=transfer.pupil_id,
        from_unit_id=transfer.from_unit_id,
        to_unit_id=transfer.to_unit_id,
    )


def _handover(transfer: Transfer, files: tuple[IssuedFile, ...]) -> ReceiveTranscripts:
    return ReceiveTranscripts(
        pupil_id=transfer.pupil_id, unit_id=transfer.to_unit_id, transfer_id=transfer.id, files=files
    )


def person(outside: Outside) -> Actor:
    if outside.actor is None:
        raise Unauthenticated
    return outside.actor


def visible(tx: Tx, actor: Actor, found: F | None) -> F:
    """The transfer or cohort, for an admin of either school; for all others there is none."""
    if found is None:
        raise NotFound
    if not any(authority.holds(tx, actor, (Role.ADMIN,), unit) for unit in (found.from_unit_id, found.to_unit_id)):
        raise NotFound
    return found


def _get(tx: Tx, transfer_id: UUID) -> Transfer:
    transfer = repository.find(tx, transfer_id)
    if transfer is None:
        raise NotFound
    return transfer
