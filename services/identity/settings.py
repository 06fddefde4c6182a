"""Identity's own settings."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`token_key` is the Ed25519 private key of access tokens, PEM (best given as HOCBA_IDENTITY_TOKEN_KEY_FILE)."""

    token_key: str
    token_seconds: int = 900
    session_hours: int = 12
