"""Signing's own settings."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`server_key` is any secret, `authority` the authority's PEM file, `public_url` where people find the gateway.

    `timestamp_urls` are timestamp authorities in the order of asking, with spaces between; without any, signatures get
    no evidence.
    """

    server_key: str
    authority: str
    public_url: str
    session_minutes: int = 60
    certificate_days: int = 730
    timestamp_urls: str = ""


def published_at(settings: Settings) -> str:
    """Where the gateway shows what the development authority has revoked."""
    return f"{settings.public_url}/pki"
