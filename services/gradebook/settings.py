"""Gradebook's own settings."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`ledger_key` is the Ed25519 private key of the mark ledger, PEM (best given as HOCBA_GRADEBOOK_LEDGER_KEY_FILE).

    Public keys that sealed before this one follow it in the same text, PEM each: seals of theirs stay good.
    """

    ledger_key: str
