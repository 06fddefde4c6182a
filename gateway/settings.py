"""What a gateway process is told by its environment: HOCBA_GATEWAY_<KEY>."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`public_url` is how people reach us; `secret_key` signs the cookies of the pages."""

    broker_url: str
    objects: str
    public_url: str
    secret_key: str
    anonymous_per_minute: int = 60
    """Requests a minute that one address may make of one operation without saying who it is."""
    tiles_per_minute: int = 6000
    """Tiles of the transparency log that one address may read a minute: 10 million entries in a quarter of an hour."""
