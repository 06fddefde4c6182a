"""What identity answers about sessions: tokens, logging in and out, activating an account."""

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from services.contracts.messages import Query, Request


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenKeys:
    """The public keys of access tokens, as a JWK set (RFC 7517)."""

    key_set: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadTokenKeys(Query[TokenKeys]):
    operation: ClassVar[str] = "identity.read_token_keys"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """A short-lived access token (JWT, Ed25519) and the refresh token that gets the next; `expires_in` in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int
    person_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LogIn(Request[Tokens]):
    operation: ClassVar[str] = "identity.log_in"
    username: str
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshSession(Request[Tokens]):
    """The next tokens of a session; a refresh token works once."""

    operation: ClassVar[str] = "identity.refresh_session"
    refresh_token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedOut:
    sessions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LogOut(Request[LoggedOut]):
    operation: ClassVar[str] = "identity.log_out"
    refresh_token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountActivated:
    username: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivateAccount(Request[AccountActivated]):
    """Set one's own password with the one-time activation code that the school's admin handed out."""

    operation: ClassVar[str] = "identity.activate_account"
    activation_code: str
    password: str
