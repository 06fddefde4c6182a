"""Sessions whose holders confirm elsewhere in their own time: the service is asked once, and waited for apart."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from uuid import UUID

from services.chassis import logs
from services.chassis.database import Tx
from services.chassis.errors import Problem
from services.chassis.service import Outside
from services.contracts.messages import Task
from services.contracts.signing.sessions import StopReason
from services.signing import keyring, repository, stopping
from services.signing.custody import unwrap, wrap
from services.signing.errors import ConfirmationDeclined, ConfirmationLate, ServiceAway
from services.signing.keys import WrongPin
from services.signing.providers import Authorisation, Providers, confirm, provider_of
from services.signing.repository import Session
from services.signing.usecases.batches import sign_later

AT_ONCE = 16  # waited for in one process; more stand in line, and their time runs
STOPS = {
    ConfirmationDeclined: StopReason.CONFIRMATION_DECLINED,
    ConfirmationLate: StopReason.NOT_CONFIRMED,
    ServiceAway: StopReason.SERVICE_AWAY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmSessionTask(Task):
    """Wait for the holder's confirmation of a session."""

    type: ClassVar[str] = "signing.confirm_session"
    session_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Waited:
    """A session, and what came of waiting for its confirmation."""

    session: Session
    came: Authorisation | StopReason


class Confirmations:
    """The use cases that wait for people."""

    def __init__(self, available: Providers, *, server_key: bytes, length: timedelta) -> None:
        """`length` is how long a session goes on once it was confirmed."""
        self._providers = available
        self._server_key = server_key
        self._length = length

    def wait(self, task: ConfirmSessionTask, outside: Outside) -> Waited | None:
        """Ask the holder, and wait as long as the session does; None when it awaits nothing any more.

        Who repeats it after a crash has the holder asked again: what they answered then is lost.
        """
        with outside.db.transaction() as tx:
            session = repository.find_session(tx, task.session_id)
            if session is None or session.wrapped_secret is None or not session.awaits_confirmation:
                return None
            key, seconds = keyring.find_by_id(tx, session.key_id), (session.expires_at - tx.now()).total_seconds()
        if key is None or seconds <= 0:
            return Waited(session=session, came=StopReason.NOT_CONFIRMED)
        secret = unwrap(session.wrapped_secret, server_key=self._server_key, session_id=session.id)
        try:
            came = confirm(provider_of(self._providers, key.provider), key, secret, seconds=seconds)
        except (Problem, WrongPin) as problem:
            logs.get().info("confirmation_failed", session=str(session.id), why=repr(problem))
            return Waited(session=session, came=_stop_for(problem))
        return Waited(session=session, came=came)

    def keep(self, tx: Tx, _task: ConfirmSessionTask, waited: Waited | None) -> None:
        """The session goes on, or stops; what came too late, or a second time, is thrown away."""
        if waited is None or not stopping.is_awaited(tx, waited.session.id):
            return
        session, came = waited.session, waited.came
        if session.expires_at <= tx.now():
            came = StopReason.NOT_CONFIRMED
        if isinstance(came, StopReason):
            stopping.stop_one(tx, session.id, came)
            return
        wrapped = wrap(came.secret, server_key=self._server_key, session_id=session.id)
        ends = min(filter(None, [tx.now() + self._length, came.expires_at]))
        stopping.confirm(tx, session.id, wrapped_secret=wrapped, expires_at=ends)
        sign_later(tx, session)


def _stop_for(problem: Exception) -> StopReason:
    return next((stop for kind, stop in STOPS.items() if isinstance(problem, kind)), StopReason.SERVICE_REFUSED)
