"""What the small service answers that stands in a real one's place; `*` is the service whose place it takes."""

from dataclasses import dataclass
from typing import ClassVar

from services.contracts.messages import Query, Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Greet(Request[Greeting]):
    operation: ClassVar[str] = "*.greet"
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GreetOfficially(Query[Greeting]):
    """For people, and for the gateway itself."""

    operation: ClassVar[str] = "*.greet_officially"
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GreetThrough(Request[Greeting]):
    """Greet in the words of identity."""

    operation: ClassVar[str] = "*.greet_through"
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GreetLater(Request[Greeting]):
    """Greet when nobody holds the database's advisory lock of that number any more."""

    operation: ClassVar[str] = "*.greet_later"
    lock: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuse(Request[Greeting]):
    operation: ClassVar[str] = "*.refuse"
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stumble(Request[Greeting]):
    """Meet a bug."""

    operation: ClassVar[str] = "*.stumble"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unheard(Request[Greeting]):
    """Nobody serves this."""

    operation: ClassVar[str] = "*.unheard"
