"""What transfer is told by its environment."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    offer_days: int = 15
    """How long a link can be used."""
