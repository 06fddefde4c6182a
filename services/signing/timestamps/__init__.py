"""Timestamps (RFC 3161): asked of two authorities in order, believed only when every word of an answer is right."""

from services.signing.timestamps.authorities import Authorities
from services.signing.timestamps.errors import TimestampFailed
from services.signing.timestamps.token import Stamp, read

__all__ = ["Authorities", "Stamp", "TimestampFailed", "read"]
