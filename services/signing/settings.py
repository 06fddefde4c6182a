"""Signing's own settings."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`server_key` is any secret, `authority` the authority's PEM file, `public_url` where people find the gateway.

    `trust` is a folder of outside authorities' root certificates (PEM), `pkcs11_module` the path of a device's module,
    `csc_services` JSON of the remote services by name: `{"name": {"url": …, "user": …, "password": …}}`.
    """

    server_key: str
    authority: str
    public_url: str
    session_minutes: int = 60
    certificate_days: int = 730
    trust: str = ""
    pkcs11_module: str = ""
    csc_services: str = "{}"
