"""Signing's tables, by their matters."""

from services.signing.models import documents, keys, log, sessions
from services.signing.models.tables import metadata

__all__ = ["documents", "keys", "log", "metadata", "sessions"]
