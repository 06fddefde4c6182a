"""Who is acting: access tokens checked against identity's public keys, and the grants that identity told us of."""

import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID, uuid5

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from services.chassis.database import Tx
from services.chassis.errors import Forbidden, Unauthenticated
from services.chassis.tables import grants

ISSUER, AUDIENCE, ALGORITHM = "hocba-identity", "hocba", "Ed25519"
KEYS_SECONDS = 300  # how long a fetched key set is believed
CLAIMS = jwt.JWTClaimsRegistry(
    leeway=5,
    iss={"essential": True, "value": ISSUER},
    aud={"essential": True, "value": AUDIENCE},
    exp={"essential": True},
    sub={"essential": True},
    pid={"essential": True},
)
SYSTEM_NAMESPACE = UUID("6f0f9a1e-4c0e-5d4e-9a50-3d0f6a0c7b11")


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who a request is made for: a person by a token of theirs, or a service by its broker user (`system`)."""

    account_id: UUID
    person_id: UUID
    token: str | None = None
    system: str | None = None


def system_actor(service: str) -> Actor:
    """A service acting under a system grant of its own."""
    return Actor(
        account_id=uuid5(SYSTEM_NAMESPACE, service), person_id=uuid5(SYSTEM_NAMESPACE, service), system=service
    )


class TokenChecker:
    """Checks access tokens; asks identity for its public keys now and then, and at an unknown key."""

    def __init__(self, fetch_keys: Callable[[], dict[str, Any]]) -> None:
        self._fetch = fetch_keys
        self._keys: KeySet | None = None
        self._fetched_at = 0.0
        self._known: dict[str, tuple[float, Actor]] = {}
        self._lock = threading.Lock()

    def check(self, token: str | None) -> Actor:
        """The person acting; Unauthenticated for a token that is missing, expired, altered or another's."""
        if token is None:
            raise Unauthenticated
        known = self._known.get(token)
        if known is not None and known[0] > time.time():
            return known[1]
        claims = self._claims(token)
        actor = Actor(account_id=UUID(claims["sub"]), person_id=UUID(claims["pid"]), token=token)
        self._remember(token, float(claims["exp"]), actor)
        return actor

    def _claims(self, token: str) -> dict[str, Any]:
        try:
            claims = self._decode(token, self._current_keys())
            CLAIMS.validate(claims)
        except (JoseError, ValueError, TypeError) as error:
            raise Unauthenticated from error
        return claims

    def _decode(self, token: str, keys: KeySet) -> dict[str, Any]:
        try:
            return dict(jwt.decode(token, keys, algorithms=[ALGORITHM]).claims)
        except (JoseError, ValueError):
            if time.monotonic() - self._fetched_at < 5:  # noqa: PLR2004 - seconds between two looks for a new key
                raise
            return dict(jwt.decode(token, self._current_keys(fresh=True), algorithms=[ALGORITHM]).claims)

    def _current_keys(self, *, fresh: bool = False) -> KeySet:
        with self._lock:
            if self._keys is None or fresh or time.monotonic() - self._fetched_at > KEYS_SECONDS:
                self._keys = KeySet.import_key_set(self._fetch())  # type: ignore[arg-type]  # a JWK set as plain data
                self._fetched_at = time.monotonic()
            return self._keys

    def _remember(self, token: str, expires: float, actor: Actor) -> None:
        if len(self._known) > 10_000:  # noqa: PLR2004 - bounds the memory of one process
            self._known.clear()
        self._known[token] = (expires, actor)


class GrantChanged(Protocol):
    """The event that tells of a grant given, changed or ended."""

    record_id: UUID
    version: int
    person_id: UUID
    role: Any
    unit_id: UUID
    valid_from: datetime
    valid_to: datetime | None


def copy_grants(tx: Tx, events: Sequence[GrantChanged]) -> None:
    """Keep what identity tells about grants; a greater version wins, whatever the order of arrival."""
    for event in events:
        row = {
            "grant_id": event.record_id,
            "version": event.version,
            "person_id": event.person_id,
            "role": str(event.role),
            "unit_id": event.unit_id,
            "valid_from": event.valid_from,
            "valid_to": event.valid_to,
        }
        new = insert(grants).values(row)
        tx.conn.execute(
            new.on_conflict_do_update(
                index_elements=["grant_id"], set_=row, where=grants.c.version < new.excluded.version
            )
        )


def holds(tx: Tx, actor: Actor, roles: Collection[str], unit_id: UUID) -> bool:
    """Whether the person holds one of the roles at the unit at this moment."""
    now = tx.now()
    valid = (grants.c.valid_from <= now) & (grants.c.valid_to.is_(None) | (grants.c.valid_to > now))
    mine = (grants.c.person_id == actor.person_id) & (grants.c.unit_id == unit_id) & grants.c.role.in_(list(roles))
    return tx.conn.execute(select(grants.c.grant_id).where(mine & valid).limit(1)).first() is not None


def require(tx: Tx, actor: Actor, roles: Collection[str], unit_id: UUID) -> None:
    """Forbidden unless the person holds one of the roles at the unit at this moment."""
    if not holds(tx, actor, roles, unit_id):
        raise Forbidden
