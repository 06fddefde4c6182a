"""Signing's own settings."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`server_key` is any secret, `authority` the authority's PEM file, `public_url` where people find the gateway.

    Of the transparency log: `log_key` its Ed25519 private key (PEM), `log_secret` any secret, from which the salts of
    its entries are made, `log_origin` its name for ever (as host/path), `log_witnesses` vkeys with spaces between.
    """

    server_key: str
    authority: str
    public_url: str
    log_key: str
    log_secret: str
    log_origin: str
    log_witnesses: str = ""
    session_minutes: int = 60
    certificate_days: int = 730
