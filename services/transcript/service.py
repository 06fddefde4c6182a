"""Transcript's entrypoints: which use case serves which message."""

from pathlib import Path

from services.chassis import authority
from services.chassis.service import Service
from services.chassis.settings import load
from services.contracts import transcript as contracts
from services.contracts.gradebook.results import ResultsLockedV1
from services.contracts.identity import GrantChangedV1, UnitChangedV1
from services.contracts.signing.documents import DocumentsSignedV1
from services.contracts.transcript import children as of_child
from services.contracts.transcript import copies, digitised, files, hub, issued
from services.transcript import children, exporting, freezing, handing_out, packing, usecases, verification
from services.transcript.digitised import making
from services.transcript.settings import Settings


def build() -> Service:
    service = Service("transcript", Path(__file__).parent / "migrations")
    service.command(contracts.FreezeClass, usecases.ask_freeze, before=freezing.check_form)
    service.query(contracts.FindClassTranscripts, usecases.find_class_transcripts)
    service.query(contracts.ReadTranscript, usecases.read_transcript)
    service.command(contracts.RevokeTranscript, usecases.revoke_transcript)
    service.internal(
        contracts.ReadDocuments, usecases.give_documents, before=usecases.read_documents, systems=("signing",)
    )
    service.internal(contracts.FindPupilTranscripts, usecases.find_pupil_transcripts, systems=("transfer",))
    service.internal(issued.FindIssuedPupils, usecases.find_issued_pupils, systems=("transfer",))
    service.internal(contracts.ReceiveTranscripts, usecases.receive_transcripts, systems=("transfer",))
    service.open(contracts.VerifyCode, verification.verify_code, before=verification.look_up)
    _digitise(service)
    _give_out(service, exporting.Exporting(public_url=load(Settings, "transcript").public_url))
    service.task(freezing.FreezeClassTask, usecases.keep_frozen, before=freezing.freeze_class)
    service.consumes(GrantChangedV1, authority.copy_grants)
    service.consumes(UnitChangedV1, authority.copy_units)
    service.consumes(ResultsLockedV1, usecases.note_locked_results)
    service.consumes(DocumentsSignedV1, usecases.follow_signatures, before=usecases.fetch_signed)
    return service


def _digitise(service: Service) -> None:
    service.command(digitised.Digitise, making.keep, before=making.make)
    service.query(digitised.FindDigitisedCopies, usecases.find_digitised_copies)
    service.query(digitised.ReadDigitisedCopy, usecases.read_digitised_copy)


def _give_out(service: Service, exports: exporting.Exporting) -> None:
    """What leaves the school: on paper, as files for other programs, to guardians, to the ministry's hub."""
    service.command(copies.HandOutRecord, handing_out.hand_out, before=handing_out.press_record)
    service.command(copies.HandOutExtract, handing_out.hand_out, before=handing_out.press_extract)
    service.command(copies.HandOutClass, handing_out.hand_out, before=handing_out.press_class)
    service.query(copies.FindCopies, handing_out.find_copies)
    service.query(copies.ReadCopy, handing_out.read_copy)
    service.query(files.ReadTranscriptFile, exporting.give_file, before=exports.make)
    service.open(files.ReadXmlSchema, exporting.read_xml_schema)
    for shape, answer in (
        (of_child.FindChildCopies, children.find_copies),
        (of_child.FindChildTranscripts, children.find_transcripts),
        (of_child.ReadChildTranscript, children.read_transcript),
    ):
        service.query(shape, answer, before=children.require_guardian)
    service.query(hub.PackForHub, packing.give_package, before=packing.pack_class)
