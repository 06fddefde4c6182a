"""What transcript does, one function for each command, query and event."""

from collections.abc import Sequence
from typing import Any

from services.chassis import authority
from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import NotFound
from services.chassis.service import Outside
from services.contracts.gradebook.results import Period, ResultsLockedV1
from services.contracts.identity import Change, Role
from services.contracts.signing.documents import DocumentsSignedV1, ReadSignedDocuments, SignedDocument
from services.contracts.transcript import (
    ClassTranscripts,
    Documents,
    FindClassTranscripts,
    FindPupilTranscripts,
    FreezeAccepted,
    FreezeClass,
    Origin,
    PupilTranscripts,
    ReadDocuments,
    ReadTranscript,
    ReceivedTranscripts,
    ReceiveTranscripts,
    RevokeTranscript,
    TranscriptIssuedV1,
    TranscriptRevokedV1,
    TranscriptsFrozenV1,
    TranscriptState,
    TranscriptV1,
)
from services.contracts.transcript.digitised import (
    DigitisedCopies,
    DigitisedCopyIssuedV1,
    DigitisedCopyRevokedV1,
    DigitisedCopyV1,
    FindDigitisedCopies,
    ReadDigitisedCopy,
)
from services.contracts.transcript.issued import FindIssuedPupils, IssuedPupils
from services.transcript import batches, issued_rows, repository
from services.transcript.digitised import rows
from services.transcript.errors import NotIssued, ResultsNotLocked
from services.transcript.freezing import LEADERS, FreezeClassTask, Frozen

AT_SCHOOL = tuple(Role)
READERS_OF_COPIES = (*LEADERS, Role.CLERK)
_ISSUED = {Origin.BORN_DIGITAL: TranscriptIssuedV1, Origin.DIGITISED_COPY: DigitisedCopyIssuedV1}
_REVOKED = {Origin.BORN_DIGITAL: TranscriptRevokedV1, Origin.DIGITISED_COPY: DigitisedCopyRevokedV1}


def note_locked_results(tx: Tx, events: Sequence[ResultsLockedV1]) -> None:
    """A class whose year is locked can be frozen; who was parked is tried again, as a reason may be gone."""
    for event in events:
        if event.period is Period.YEAR:
            repository.note_ready(
                tx,
                school_year=event.school_year,
                class_id=event.record_id,
                unit_id=event.unit_id,
                version=event.version,
            )
            if repository.is_waiting(tx, event.school_year, event.record_id):
                again = FreezeClassTask(school_year=event.school_year, class_id=event.record_id, parked_only=True)
                tx.later(again)


def ask_freeze(tx: Tx, command: FreezeClass, actor: Actor, _form: None) -> FreezeAccepted:
    """Begin freezing; the work goes on in the background and can be repeated for pupils who were parked."""
    unit_id = repository.find_unit_of_class(tx, command.school_year, command.class_id)
    if unit_id is None:
        raise ResultsNotLocked
    authority.require(tx, actor, LEADERS, unit_id)
    year, class_id = command.school_year, command.class_id
    repository.ask_freeze(tx, school_year=year, class_id=class_id, account_id=actor.account_id)
    tx.later(FreezeClassTask(school_year=year, class_id=class_id))
    return FreezeAccepted(school_year=year, class_id=class_id)


def keep_frozen(tx: Tx, task: FreezeClassTask, frozen: Frozen) -> None:
    """Store what was frozen and tell signing; where another has kept the same batch meanwhile, begin again."""
    year, class_id = task.school_year, task.class_id
    if frozen.batch is not None and not batches.close_batch(tx, year, class_id, frozen.batch):
        tx.later(task)
        return
    batches.insert_sheets(tx, year, class_id, frozen.sheets)
    repository.put_transcripts(tx, frozen.rows)
    repository.set_expected(tx, year, class_id, frozen.expected)
    made = sum(row["state"] is TranscriptState.FROZEN for row in frozen.rows)
    if made:
        tx.emit(
            TranscriptsFrozenV1(
                record_id=task.class_id,
                change=Change.NEW,
                version=repository.count_frozen(tx, task.school_year, task.class_id),
                updated_at=tx.now(),
                school_year=task.school_year,
                unit_id=frozen.unit_id,
            )
        )


def find_class_transcripts(tx: Tx, query: FindClassTranscripts, actor: Actor) -> ClassTranscripts:
    """The class's transcripts, for the people of its school."""
    unit_id = repository.find_unit_of_class(tx, query.school_year, query.class_id)
    if unit_id is None or not authority.holds(tx, actor, AT_SCHOOL, unit_id):
        raise NotFound(class_id=query.class_id)
    expected = repository.find_expected(tx, query.school_year, query.class_id)
    found = repository.of_class(tx, query.school_year, query.class_id)
    return ClassTranscripts(expected=0 if expected is None else expected, transcripts=tuple(found))


def read_transcript(tx: Tx, query: ReadTranscript, actor: Actor) -> TranscriptV1:
    """One transcript, for the leaders of the school that made it and of those that received it.

    A digitised copy is shown to clerks too, who make it.
    """
    found = repository.find_one(tx, query.school_year, query.transcript_id)
    keepers = [] if found is None else [found.unit_id, *repository.units_receiving(tx, found.id)]
    readers = LEADERS if found is None or found.origin is Origin.BORN_DIGITAL else READERS_OF_COPIES
    if found is None or not any(authority.holds(tx, actor, readers, unit_id) for unit_id in keepers):
        raise NotFound(transcript_id=query.transcript_id)
    return found


def read_digitised_copy(tx: Tx, query: ReadDigitisedCopy, actor: Actor) -> DigitisedCopyV1:
    found = rows.find_copy(tx, query.school_year, query.transcript_id)
    keepers = [] if found is None else [found.document.unit_id, *repository.units_receiving(tx, found.document.id)]
    if found is None or not any(authority.holds(tx, actor, READERS_OF_COPIES, unit_id) for unit_id in keepers):
        raise NotFound(transcript_id=query.transcript_id)
    return found


def find_digitised_copies(tx: Tx, query: FindDigitisedCopies, actor: Actor) -> DigitisedCopies:
    if not authority.holds(tx, actor, READERS_OF_COPIES, query.unit_id):
        raise NotFound(unit_id=query.unit_id)
    return DigitisedCopies(copies=tuple(rows.copies_of(tx, query.school_year, query.unit_id)))


def read_documents(query: ReadDocuments, outside: Outside) -> Documents:
    """A class's documents, or a school's digitised copies, whose group has the school's own id.

    Documents with the class sheets that they were frozen with: the two are signed in one session.
    """
    year, class_id = query.school_year, query.class_id
    with outside.db.snapshot() as tx:
        unit_id = repository.find_unit_of_class(tx, year, class_id)
        if unit_id is None and rows.has_copies(tx, year, class_id):
            unit_id = class_id
        if unit_id is None:
            raise NotFound(class_id=class_id)
        documents, sheets = repository.documents_of(tx, year, class_id), batches.sheets_of(tx, year, class_id)
    return Documents(
        school_year=year, class_id=class_id, unit_id=unit_id, documents=tuple(documents), class_sheets=tuple(sheets)
    )


def give_documents(_tx: Tx, _query: ReadDocuments, _actor: Actor, found: Documents) -> Documents:
    return found


def fetch_signed(events: Sequence[DocumentsSignedV1], outside: Outside) -> list[tuple[int, Sequence[SignedDocument]]]:
    """What signing says of the classes, each asked once."""
    classes = sorted({(event.school_year, event.record_id) for event in events})
    return [
        (year, outside.ask(ReadSignedDocuments(school_year=year, class_id=class_id), timeout=30).documents)
        for year, class_id in classes
    ]


def follow_signatures(
    tx: Tx, _events: Sequence[DocumentsSignedV1], signed: Sequence[tuple[int, Sequence[SignedDocument]]]
) -> None:
    """Take the newest files over; what the seal has completed is issued."""
    issued = [
        transcript
        for school_year, documents in signed
        for document in documents
        if (transcript := repository.advance(tx, school_year, document))
    ]
    tx.emit_all([_ISSUED[transcript.origin](**_told(tx, transcript), change=Change.NEW) for transcript in issued])


def revoke_transcript(tx: Tx, command: RevokeTranscript, actor: Actor) -> TranscriptV1:
    """Take an issued transcript back; the principal decides, and every byte stays.

    A digitised copy may be taken back before it is issued too: nobody has to sign one that is wrong.
    """
    found = repository.lock_one(tx, command.school_year, command.transcript_id)
    if found is None or not authority.holds(tx, actor, AT_SCHOOL, found.unit_id):
        raise NotFound(transcript_id=command.transcript_id)
    authority.require(tx, actor, (Role.PRINCIPAL,), found.unit_id)
    is_open_copy = found.origin is Origin.DIGITISED_COPY and found.state in (
        TranscriptState.FROZEN,
        TranscriptState.SIGNING,
    )
    if found.state is not TranscriptState.ISSUED and not is_open_copy:
        raise NotIssued(state=found.state)
    revoked = repository.revoke(tx, command.school_year, command.transcript_id, command.reason)
    if is_open_copy:
        tx.emit(rows.to_be_signed(tx, command.school_year, revoked.unit_id))
    else:
        tx.emit(_REVOKED[revoked.origin](**_told(tx, revoked), change=Change.CANCEL))
    return revoked


def find_pupil_transcripts(tx: Tx, query: FindPupilTranscripts, _actor: Actor) -> PupilTranscripts:
    files = tuple(repository.issued_of_pupil(tx, query.pupil_id, query.unit_id))
    return PupilTranscripts(pupil_id=query.pupil_id, unit_id=query.unit_id, files=files)


def find_issued_pupils(tx: Tx, query: FindIssuedPupils, _actor: Actor) -> IssuedPupils:
    return IssuedPupils(pupil_ids=issued_rows.issued_pupils(tx, query))


def receive_transcripts(tx: Tx, command: ReceiveTranscripts, _actor: Actor) -> ReceivedTranscripts:
    """The receiving school keeps these files from now on, read-only."""
    place = {
        "unit_id": command.unit_id,
        "transfer_id": command.transfer_id,
        "pupil_id": command.pupil_id,
        "received_at": tx.now(),
    }
    names = ("transcript_id", "school_year", "version", "code", "xml", "pdf", "origin")
    repository.put_received(tx, [place | {name: getattr(file, name) for name in names} for file in command.files])
    return ReceivedTranscripts(received=len(command.files))


def _told(tx: Tx, transcript: TranscriptV1) -> dict[str, Any]:
    """What events tell of a transcript: ids, version and times."""
    return {
        "record_id": transcript.id,
        "version": transcript.version,
        "updated_at": tx.now(),
        "school_year": transcript.school_year,
        "pupil_id": transcript.pupil_id,
        "unit_id": transcript.unit_id,
    }
