"""Signing sessions: one authorisation for a counted list of documents."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from services.contracts.messages import Command, Query
from services.contracts.signing.documents import SlotRole


class SessionState(StrEnum):
    """AWAITING_CONFIRMATION until the holder has confirmed at the remote service; STOPPED for a `StopReason`."""

    AWAITING_CONFIRMATION = "AWAITING_CONFIRMATION"
    RUNNING = "RUNNING"
    ENDED = "ENDED"
    STOPPED = "STOPPED"


class StopReason(StrEnum):
    """Why a session stopped before its list was worked off; a new one takes up what is left."""

    NOT_CONFIRMED = "not_confirmed"
    CONFIRMATION_DECLINED = "confirmation_declined"
    SERVICE_AWAY = "service_away"
    SERVICE_REFUSED = "service_refused"
    KEY_REVOKED = "key_revoked"
    AGENT_REVOKED = "agent_revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionItem:
    """One slot of one document in a session: signed, or refused for a reason.

    A class sheet stands here under its own id, with the slot CLASS_SHEET-<subject>.
    """

    transcript_id: UUID
    slot: str
    signed: bool
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningSessionV1:
    """One authorisation for a counted list of items, until `expires_at`. `items` are those that have ended.

    While a confirmation is awaited, `expires_at` is until when it may come; `reason` is why the session is STOPPED.
    """

    id: UUID
    state: SessionState
    role: SlotRole
    expected: int
    signed: int
    refused: int
    expires_at: datetime
    items: tuple[SessionItem, ...]
    reason: StopReason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSigningSession(Command[SigningSessionV1]):
    """Sign every slot of the role that is mine in these classes, with one PIN entry; as GVBM my class sheets too.

    `otp` is the one-time password that some remote services want beside the PIN. Where the holder confirms on a phone,
    the session awaits that (AWAITING_CONFIRMATION) and then goes on by itself.
    """

    operation: ClassVar[str] = "signing.open_signing_session"
    secrets: ClassVar[frozenset[str]] = frozenset({"pin", "otp"})
    school_year: int
    class_ids: tuple[UUID, ...]
    role: SlotRole
    pin: str
    otp: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSigningSession(Query[SigningSessionV1]):
    operation: ClassVar[str] = "signing.read_signing_session"
    session_id: UUID
