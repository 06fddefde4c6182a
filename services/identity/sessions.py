"""Logging in and out: sessions with short-lived access tokens, and refresh tokens that work once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.chassis.database import Tx
from services.chassis.ids import new_id, normalise_code
from services.chassis.service import Outside
from services.contracts.identity import (
    AccountActivated,
    ActivateAccount,
    LoggedOut,
    LogIn,
    LogOut,
    ReadTokenKeys,
    RefreshSession,
    TokenKeys,
    Tokens,
)
from services.identity.credentials import TokenMaker, digest, hash_password, is_password, new_secret
from services.identity.errors import ActivationUnknown, PasswordTooShort, SessionEnded, WrongCredentials
from services.identity.repository import accounts

MAX_FAILURES = 10
LOCKED_FOR = timedelta(minutes=15)
LEAST_CHARACTERS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Whose credentials were right."""

    account_id: UUID
    person_id: UUID


def check_password(request: LogIn, outside: Outside) -> Known:
    """The account, if the password is right. A failure is counted in its own transaction, or refusal would undo it."""
    with outside.db.transaction() as tx:
        account, now = accounts.find_account(tx, request.username.strip().lower()), tx.now()
    locked = account is not None and account.locked_until is not None and account.locked_until > now
    right = outside.run(is_password, account.password_hash if account else None, request.password)
    if account is None or locked or not right:
        if account is not None and not locked:
            with outside.db.transaction() as tx:
                accounts.count_failure(tx, account.id, most=MAX_FAILURES, lock_until=now + LOCKED_FOR)
        raise WrongCredentials
    return Known(account_id=account.id, person_id=account.person_id)


class Sessions:
    """The use cases that need identity's token key."""

    def __init__(self, tokens: TokenMaker, length: timedelta) -> None:
        self._tokens = tokens
        self._length = length

    def read_token_keys(self, _tx: Tx, _query: ReadTokenKeys) -> TokenKeys:
        return TokenKeys(key_set=self._tokens.key_set())

    def log_in(self, tx: Tx, _request: LogIn, known: Known) -> Tokens:
        """Begin a session for the person whose password was right."""
        refresh, session_id, now = new_secret(), new_id(), tx.now()
        accounts.update_account(tx, known.account_id, failures=0, locked_until=None)
        accounts.insert_session(
            tx, id=session_id, account_id=known.account_id, refresh_hash=digest(refresh), expires_at=now + self._length
        )
        return self._answer(known.account_id, known.person_id, session_id, refresh, now)

    def refresh_session(self, tx: Tx, request: RefreshSession) -> Tokens:
        refresh = new_secret()
        session = accounts.rotate_session(tx, digest(request.refresh_token), digest(refresh))
        if session is None:
            raise SessionEnded
        return self._answer(session.account_id, session.person_id, session.id, refresh, tx.now())

    def _answer(self, account_id: UUID, person_id: UUID, session_id: UUID, refresh: str, now: datetime) -> Tokens:
        access = self._tokens.make(account_id=account_id, person_id=person_id, session_id=session_id, now=now)
        seconds = int(self._tokens.lifetime.total_seconds())
        return Tokens(access_token=access, refresh_token=refresh, expires_in=seconds, person_id=person_id)


def log_out(tx: Tx, request: LogOut) -> LoggedOut:
    return LoggedOut(sessions=accounts.end_session(tx, digest(request.refresh_token)))


def hash_new_password(request: ActivateAccount, outside: Outside) -> str:
    if len(request.password) < LEAST_CHARACTERS:
        raise PasswordTooShort(least=LEAST_CHARACTERS)
    hashed: str = outside.run(hash_password, request.password)
    return hashed


def activate_account(tx: Tx, request: ActivateAccount, password_hash: str) -> AccountActivated:
    """Set one's own password; the activation code works once."""
    username = accounts.use_activation(tx, digest(normalise_code(request.activation_code)), password_hash)
    if username is None:
        raise ActivationUnknown
    return AccountActivated(username=username)
