"""Signing's own settings."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`server_key` is hex, `authority` a PEM file with root, issuing certificate and issuing key, `public_url` the gateway's."""

    server_key: str
    authority: str
    public_url: str
    session_minutes: int = 60
    certificate_days: int = 730
