"""Passwords, one-time codes and tokens: made and checked here, stored nowhere in the clear."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from joserfc import jwt
from joserfc.jwk import OKPKey

from services.chassis.tokens import ALGORITHM, AUDIENCE, ISSUER

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # OWASP's argon2id figures
_NOBODY = _HASHER.hash("a password that nobody has")


def hash_password(password: str) -> str:
    return _HASHER.hash(password)


def is_password(stored: str | None, password: str) -> bool:
    """Whether the password is right; takes as long for an account that does not exist."""
    try:
        return _HASHER.verify(stored or _NOBODY, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def new_secret() -> str:
    """A refresh token: 256 random bits, URL-safe."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is stored of a code or refresh token; these are random, so a plain hash cannot be searched."""
    return hashlib.sha256(secret.encode()).hexdigest()


class TokenMaker:
    """Signs access tokens with identity's Ed25519 key."""

    def __init__(self, private_pem: str, lifetime: timedelta) -> None:
        self.lifetime = lifetime
        self._key = OKPKey.import_key(private_pem)
        self._key.ensure_kid()

    def key_set(self) -> dict[str, Any]:
        """The public key as a JWK set."""
        public = self._key.as_dict(private=False)
        return {"keys": [{**public, "alg": ALGORITHM, "use": "sig"}]}

    def make(self, *, account_id: UUID, person_id: UUID, session_id: UUID, now: datetime) -> str:
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(account_id),
            "pid": str(person_id),
            "sid": str(session_id),
            "iat": int(now.timestamp()),
            "exp": int((now + self.lifetime).timestamp()),
        }
        return jwt.encode({"alg": ALGORITHM, "kid": self._key.kid}, claims, self._key, algorithms=[ALGORITHM])
