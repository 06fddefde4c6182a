"""Signing's own settings."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`server_key` is any secret, `authority` the authority's PEM file, `public_url` where people find the gateway.

    `remote_confirmation_seconds` is how long the holder of a key at a remote service has to confirm a session there.
    `timestamp_urls` are timestamp authorities in the order of asking, with spaces between; without any, signatures get
    no evidence. Where none of them answers, sealing goes on for `timestamp_grace_hours`.
    `remind_hours` is how long a document waits for somebody's signature before they are reminded.
    Of the transparency log: `log_key` its Ed25519 private key (PEM), `log_secret` any secret, from which the salts of
    its entries are made, `log_origin` its name for ever (as host/path), `log_witnesses` vkeys with spaces between.
    `summary_key` is the P-256 private key (PEM) of the codes on paper; public keys of those before it may follow it.
    `trust` is a folder of outside authorities' root certificates (PEM), `pkcs11_module` the path of a device's module,
    which is given up when it has not answered for `pkcs11_seconds`,
    `csc_services` JSON of the remote services by name: `{"name": {"url": …, "user": …, "password": …}}`.
    """

    server_key: str
    authority: str
    public_url: str
    summary_key: str
    log_key: str
    log_secret: str
    log_origin: str
    log_witnesses: str = ""
    session_minutes: int = 60
    remote_confirmation_seconds: int = 300
    certificate_days: int = 730
    trust: str = ""
    pkcs11_module: str = ""
    pkcs11_seconds: float = 20
    csc_services: str = "{}"
    timestamp_urls: str = ""
    timestamp_grace_hours: int = 72
    remind_hours: int = 24


def published_at(settings: Settings) -> str:
    """Where the gateway shows what the development authority has revoked."""
    return f"{settings.public_url}/pki"
