"""Transcript's own settings."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`public_url` is where people find the gateway: files for other programs say where they can be checked."""

    public_url: str
