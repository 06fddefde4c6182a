"""What the agent at a school asks and gives."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.contracts.messages import Command, Query, Request
from services.contracts.signing.certificates import CertificateV1
from services.contracts.signing.documents import SlotRole


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAgent:
    """A program at the school that was let in: `token` is shown this once; its key signs `challenge` (hex) first."""

    agent_id: UUID
    token: str
    challenge: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateAgent(Command[NewAgent]):
    """Let a program at the school sign with a token plugged in there, whose certificates (PEM, own first) these are.

    With `unit_id` it is the seal of a unit whose clerk one is.
    """

    operation: ClassVar[str] = "signing.create_agent"
    certificates: str
    unit_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentV1:
    """A program at a school: `serial` is its certificate's, `holder` a person or the unit whose seal it is.

    It signs since `proved_at` and until `revoked_at`; `revoked_by` is the person.
    """

    id: UUID
    holder: UUID
    name: str
    is_seal: bool
    serial: str
    made_by: UUID
    made_at: datetime
    proved_at: datetime | None
    revoked_at: datetime | None
    revoked_by: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentList:
    """The newest first, those that were revoked too."""

    agents: tuple[AgentV1, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindAgents(Query[AgentList]):
    """The own programs with those of seals that one is clerk of; with `unit_id` all of a unit's staff and its seal."""

    operation: ClassVar[str] = "signing.find_agents"
    unit_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeAgent(Command[AgentV1]):
    """Let a program in no more, from this moment: by its holder, a clerk for the seal, principal or admin, an operator.

    Sessions that wait for it stop. Its certificate stays good: another program may be let in with the same token. Where
    the token itself is lost, revoke the certificate.
    """

    operation: ClassVar[str] = "signing.revoke_agent"
    agent_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ProveAgent(Request[CertificateV1]):
    """Bind the agent's certificate to its holder: `value` (hex) is its key's raw signature over the challenge."""

    operation: ClassVar[str] = "signing.prove_agent"
    token: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentItem:
    """A digest (hex) to be signed, of a document's XML or PDF, or of a class sheet (SHEET), coded by its subject."""

    digest: str
    code: str
    slot: str
    part: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentJob:
    """What waits of one session in one class, until `expires_at`."""

    session_id: UUID
    school_year: int
    class_id: UUID
    role: SlotRole
    expires_at: datetime
    items: tuple[AgentItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentWork:
    """`certificate` (base64 of DER) names the key to sign with; `challenge` (hex) is there until it was answered."""

    holder: UUID
    name: str
    certificate: str
    challenge: str | None
    jobs: tuple[AgentJob, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindAgentWork(Request[AgentWork]):
    operation: ClassVar[str] = "signing.find_agent_work"
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSignature:
    """A raw value over a digest, both hex."""

    digest: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentTaken:
    """How many signatures were taken; the others were wrong, not asked for, or came too late."""

    taken: int
    refused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveSignatures(Request[AgentTaken]):
    operation: ClassVar[str] = "signing.give_signatures"
    token: str
    session_id: UUID
    signatures: tuple[AgentSignature, ...]
