"""What notify is told by its environment."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    smtp_url: str
    """The relay that takes our mail: smtp://host:port."""
    sender: str
    """The one address that people know our mail by."""
    message_domain: str
    """What follows the @ in Message-IDs."""
    public_url: str
    """Where staff find the platform; letters to them name their page there."""
