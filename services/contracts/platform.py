"""Who exists, who calls whom, who consumes what: the source of the broker's topology and permissions."""

from collections.abc import Mapping, Sequence

from services.contracts.gradebook.enrolment import PupilMovedV1
from services.contracts.gradebook.history import MarkHeadsPublishedV1
from services.contracts.gradebook.results import ResultsLockedV1
from services.contracts.gradebook.views import RecordViewedV1 as GradesViewedV1
from services.contracts.identity import GrantChangedV1, UnitChangedV1
from services.contracts.messages import Event
from services.contracts.signing.documents import DocumentsSignedV1
from services.contracts.signing.reminders import CertificateExpiringV1, SignatureDueV1
from services.contracts.signing.revocation import CertificateRevokedV1
from services.contracts.transcript import RecordViewedV1 as TranscriptViewedV1
from services.contracts.transcript import TranscriptIssuedV1, TranscriptRevokedV1, TranscriptsFrozenV1
from services.contracts.transcript.digitised import DigitisedCopyIssuedV1, DigitisedCopyRevokedV1
from services.contracts.transfer import TransferCompletedV1

SERVICES = ("identity", "gradebook", "transcript", "signing", "transfer", "notify")
GATEWAY = "gateway"

CALLS: Mapping[str, Sequence[str]] = {
    "identity": (),
    "gradebook": ("identity",),
    "transcript": ("identity", "gradebook", "signing"),
    "signing": ("identity", "transcript"),
    "transfer": ("identity", "gradebook", "transcript", "signing"),
    "notify": ("identity", "signing"),
    GATEWAY: SERVICES,
}
"""Whose operations a service calls in its use cases; every service also asks identity for the token keys."""

EVENTS: Mapping[type[Event], Sequence[str]] = {
    GrantChangedV1: ("gradebook", "transcript", "signing", "transfer", "notify"),
    UnitChangedV1: ("gradebook", "transcript", "signing", "transfer", "notify"),
    ResultsLockedV1: ("transcript",),
    PupilMovedV1: ("identity",),
    GradesViewedV1: ("identity",),
    TranscriptViewedV1: ("identity",),
    MarkHeadsPublishedV1: ("signing",),
    TranscriptsFrozenV1: ("signing",),
    DocumentsSignedV1: ("transcript",),
    CertificateRevokedV1: (),
    SignatureDueV1: ("notify",),
    CertificateExpiringV1: ("notify",),
    TranscriptIssuedV1: ("notify", "gradebook"),
    TranscriptRevokedV1: ("notify", "gradebook"),
    DigitisedCopyIssuedV1: (),
    DigitisedCopyRevokedV1: (),
    TransferCompletedV1: ("notify",),
}
"""Every event, and the services that must have it; where there are none the event is public."""

PUBLIC: frozenset[type[Event]] = frozenset(
    {
        TranscriptIssuedV1,
        TranscriptRevokedV1,
        DigitisedCopyIssuedV1,
        DigitisedCopyRevokedV1,
        TransferCompletedV1,
        CertificateRevokedV1,
    }
)
"""The events that other government systems may read from the public stream."""

CONSUMERS: Mapping[str, Sequence[str]] = {event.type: names for event, names in EVENTS.items()}


def publisher_of(event_type: str) -> str:
    """The service that publishes a type: the third part of "vn.hocba.<service>.<fact>.v<N>"."""
    return event_type.split(".")[2]


def publishers_to(service: str) -> frozenset[str]:
    """The services whose events this one consumes; they may ask its inbox what it lacks."""
    return frozenset(publisher_of(event_type) for event_type, names in CONSUMERS.items() if service in names)
