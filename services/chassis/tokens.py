"""Access tokens, checked against identity's public keys."""

import threading
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from services.chassis.authority import Actor
from services.chassis.errors import Unauthenticated

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
