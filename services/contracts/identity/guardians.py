"""What identity answers about guardians themselves: their accounts, and whose guardians they are."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from services.contracts.messages import Command, Query


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianAccount:
    """A guardian's account; the activation code is shown once."""

    guardian_id: UUID
    username: str
    activation_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenGuardianAccount(Command[GuardianAccount]):
    """Let a guardian of the own school's pupils in; asked again while no password is set, the old code is void.

    The user name is the address on record unless another is given.
    """

    operation: ClassVar[str] = "identity.open_guardian_account"
    guardian_id: UUID
    username: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A pupil whose guardian one is now, and the school."""

    pupil_id: UUID
    name: str
    relation: str
    unit_id: UUID
    unit_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Children:
    children: tuple[Child, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindChildren(Query[Children]):
    """The pupils whose guardian the acting person is now; nobody's for everybody else."""

    operation: ClassVar[str] = "identity.find_children"
