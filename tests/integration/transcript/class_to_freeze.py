"""A class whose year is locked, as transcript meets it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.contracts.gradebook.results import Period, ResultsLockedV1
from services.contracts.identity import Change
from services.contracts.signing.documents import (
    DocumentsSignedV1,
    ReadSignedDocuments,
    SignedDocument,
    SignedDocuments,
    SlotRole,
)
from services.contracts.transcript import (
    ClassTranscripts,
    FindClassTranscripts,
    FreezeClass,
    PublicVerdict,
    TranscriptV1,
    VerifyCode,
)
from tests.integration.acting import Acting
from tests.integration.locked_class import YEAR, LockedClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """A class as transcript meets it, with its school's admin."""

    transcript: Acting
    locked: LockedClass
    admin: UUID

    def announce(self, period: Period = Period.YEAR, *, change: Change = Change.NEW, version: int = 3) -> None:
        """Have the news come that the class's results are locked."""
        place: dict[str, Any] = {"record_id": self.locked.class_id, "unit_id": self.locked.unit_id, "school_year": YEAR}
        self.transcript.tell(
            ResultsLockedV1(**place, change=change, version=version, updated_at=datetime.now(UTC), period=period)
        )

    def freeze(self) -> ClassTranscripts:
        """Order the freezing and have it done."""
        command = FreezeClass(school_year=YEAR, class_id=self.locked.class_id)
        self.transcript.ask(command, self.admin)
        self.transcript.work()
        return self.found()

    def found(self) -> ClassTranscripts:
        question = FindClassTranscripts(school_year=YEAR, class_id=self.locked.class_id)
        return self.transcript.ask(question, self.admin)

    def of_pupil(self, place: int) -> TranscriptV1:
        return next(one for one in self.found().transcripts if one.pupil_id == self.locked.pupils[place])

    def told(self, event: type) -> list[dict[str, Any]]:
        """The events of this class's school that were announced."""
        return [one for one in self.transcript.told(event) if one["unit_id"] == str(self.locked.unit_id)]

    def sign(self, place: int, signatures: int, *, complete: bool = False) -> SignedDocument:
        """Have the news come that a pupil's document has so many signatures."""
        transcript = self.of_pupil(place)
        files = [
            self.transcript.objects.put(f"{kind} {transcript.id} {signatures}".encode()) for kind in ("xml", "pdf")
        ]
        document = SignedDocument(
            transcript_id=transcript.id,
            version=transcript.version,
            signatures=signatures,
            complete=complete,
            xml=files[0],
            pdf=files[1],
        )
        self.hear_of(document)
        return document

    def hear_of(self, *documents: SignedDocument) -> None:
        """Have news of signatures come, about which signing says this."""
        self.transcript.others.answers[ReadSignedDocuments] = SignedDocuments(documents=documents)
        news: dict[str, Any] = {
            "record_id": self.locked.class_id,
            "change": Change.UPDATE,
            "updated_at": datetime.now(UTC),
        }
        self.transcript.tell(DocumentsSignedV1(**news, version=1, school_year=YEAR, role=SlotRole.SEAL))

    def issue(self, place: int = 0) -> TranscriptV1:
        """The pupil's transcript, signed by all and sealed."""
        self.sign(place, self.of_pupil(place).slots, complete=True)
        return self.of_pupil(place)

    def verify(self, code: str) -> PublicVerdict:
        return self.transcript.ask(VerifyCode(code=code))

    def promoting(self, *promotions: str) -> "Class":
        """The same class after gradebook has come to other decisions."""
        locked = self.locked.promoting(*promotions)
        self.transcript.others.answers.update(locked.answers())
        return replace(self, locked=locked)
