"""Offering, accepting, cancelling, reading and completing a transfer: a transaction each, and what comes before."""

from datetime import timedelta
from uuid import UUID

from services.chassis import authority, ids, logs
from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import NotFound, Refused, Unauthenticated
from services.chassis.service import Outside
from services.contracts.gradebook.enrolment import FindEnrolment, MovePupil
from services.contracts.identity import Change, FindUnits, Role
from services.contracts.signing.checking import CheckFiles, ReadTrust
from services.contracts.signing.class_sheets import FindRowSheets, SealedDocument
from services.contracts.transcript import FindPupilTranscripts, IssuedFile, ReceiveTranscripts
from services.contracts.transfer import (
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
from services.transfer.domain import CompleteTransfer, Offer, Transfer
from services.transfer.errors import NotOffered, TransferOpen

CHECK_SECONDS = 60.0  # two dozen files with five signatures each, on a busy machine


def prepare_offer(command: OfferTransfer, outside: Outside) -> Offer:
    """Have the owners say that pupil, school and transcripts are fit for a transfer, and store the bundle.

    Whoever may not know of the pupil is told so by gradebook; of those who may, only an admin of the school can offer.
    """
    enrolment = outside.ask(FindEnrolment(pupil_id=command.pupil_id))
    with outside.db.transaction() as tx:
        authority.require(tx, _person(outside), (Role.ADMIN,), enrolment.unit_id)
    units = outside.ask(FindUnits(unit_ids=(command.to_unit_id,))).units
    files = outside.ask(FindPupilTranscripts(pupil_id=command.pupil_id, unit_id=enrolment.unit_id)).files
    domain.check_offer(command, enrolment, units=units, files=files)
    index = BundleIndex(
        pupil_id=command.pupil_id,
        from_unit_id=enrolment.unit_id,
        to_unit_id=command.to_unit_id,
        files=files,
        sheets=outside.ask(FindRowSheets(documents=tuple(map(_sealed, files)))).files,
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
        bundle=offer.bundle,
        expires_at=tx.now() + valid_for,
        is_checked=False,
    )
    link_code = ids.new_code()
    repository.expire_offers(tx, command.pupil_id, now=tx.now())
    if not repository.add(tx, transfer, link_hash=domain.hash_link(link_code), offered_by=actor.person_id):
        raise TransferOpen
    return TransferOffered(transfer=transfer.seen_at(tx.now()), link_code=link_code)


def open_link(command: AcceptTransfer, outside: Outside) -> UUID:
    """The transfer that the link leads this person to.

    Someone of another school is told what an unknown code is told; the try is committed before that refusal.
    """
    actor = _person(outside)
    with outside.db.transaction() as tx:
        transfer = repository.find_by_link(tx, domain.hash_link(command.link_code))
        if transfer and authority.holds(tx, actor, (Role.ADMIN,), transfer.to_unit_id):
            return transfer.id
        if transfer:
            repository.count_stranger(tx, transfer.id)
            logs.get().warning(
                "transfer_link_tried_by_stranger", transfer_id=str(transfer.id), person_id=str(actor.person_id)
            )
    raise NotFound


def accept_transfer(tx: Tx, _command: AcceptTransfer, actor: Actor, transfer_id: UUID) -> TransferV1:
    """Use the link, once; the bundle is checked and imported afterwards."""
    transfer = repository.accept(tx, transfer_id, by=actor.person_id)
    if transfer is None:
        raise _get(tx, transfer_id).why_link_is_dead()
    tx.later(CompleteTransfer(transfer_id=transfer_id))
    return transfer.seen_at(tx.now())


def cancel_transfer(tx: Tx, command: CancelTransfer, actor: Actor) -> TransferV1:
    """Take an offer back before it is used."""
    transfer = _get_visible(tx, command.transfer_id, actor)
    authority.require(tx, actor, (Role.ADMIN,), transfer.from_unit_id)
    cancelled = repository.cancel(tx, transfer.id)
    if cancelled is None:
        raise NotOffered(state=_get(tx, transfer.id).state_at(tx.now()).value)
    return cancelled.seen_at(tx.now())


def read_transfer(tx: Tx, query: ReadTransfer, actor: Actor) -> TransferV1:
    return _get_visible(tx, query.transfer_id, actor).seen_at(tx.now())


def import_bundle(task: CompleteTransfer, outside: Outside) -> str | None:
    """Check the bundle, move the pupil, hand the transcripts over; gives the reason why that cannot be, or None.

    May be broken off and repeated anywhere: both commands carry a key of the task, and files that have passed are not
    judged again, so a transfer whose pupil was moved never fails.
    """
    with outside.db.transaction() as tx:
        transfer = _get(tx, task.transfer_id)
    if transfer.state is not TransferState.ACCEPTED:
        return None
    try:
        if not transfer.is_checked:
            _check_bundle(transfer, outside)
        outside.ask(_move(transfer))
    except (Refused, NotFound) as refusal:
        return str(refusal)
    outside.ask(_handover(transfer, bundle.unpack(outside.objects.get(transfer.bundle)).index.files))
    return None


def complete_transfer(tx: Tx, task: CompleteTransfer, failure: str | None) -> None:
    """Write down how the transfer ended, once, and announce that the pupil has arrived."""
    if failure is not None:
        repository.fail(tx, task.transfer_id, reason=failure)
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


def _sealed(file: IssuedFile) -> SealedDocument:
    return SealedDocument(school_year=file.school_year, transcript_id=file.transcript_id, version=file.version)


def _check_bundle(transfer: Transfer, outside: Outside) -> None:
    """Judge every transcript by the receiving side's own roots, never by those that came along.

    Class sheets are not judged: what became of a teacher's certificate since must not keep a pupil from moving.
    """
    opened = bundle.unpack(outside.objects.get(transfer.bundle))
    for data in opened.contents.values():
        outside.objects.put(data)
    files = opened.index.files
    reports = outside.ask(CheckFiles(files=domain.names_to_check(files)), timeout=CHECK_SECONDS).reports
    domain.check_reports(files, reports)
    with outside.db.transaction() as tx:
        repository.mark_checked(tx, transfer.id)


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


def _person(outside: Outside) -> Actor:
    if outside.actor is None:
        raise Unauthenticated
    return outside.actor


def _get_visible(tx: Tx, transfer_id: UUID, actor: Actor) -> Transfer:
    """The transfer, for an admin of either school."""
    transfer = _get(tx, transfer_id)
    if not any(
        authority.holds(tx, actor, (Role.ADMIN,), unit) for unit in (transfer.from_unit_id, transfer.to_unit_id)
    ):
        raise NotFound
    return transfer


def _get(tx: Tx, transfer_id: UUID) -> Transfer:
    transfer = repository.find(tx, transfer_id)
    if transfer is None:
        raise NotFound
    return transfer
