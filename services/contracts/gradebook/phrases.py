"""A teacher's own bank of comments (ngân hàng nhận xét)."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from services.contracts.messages import Command, Query


@dataclass(frozen=True, slots=True, kw_only=True)
class PhraseV1:
    """A comment to be used again; `subject` is null where it fits any."""

    id: UUID
    subject: str | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    phrases: tuple[PhraseV1, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddPhrases(Command[Phrases]):
    """Keep comments in one's own bank; answers the whole bank."""

    operation: ClassVar[str] = "gradebook.add_phrases"
    subject: str | None
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovePhrase(Command[Phrases]):
    operation: ClassVar[str] = "gradebook.remove_phrase"
    phrase_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class FindPhrases(Query[Phrases]):
    """One's own bank of comments."""

    operation: ClassVar[str] = "gradebook.find_phrases"
