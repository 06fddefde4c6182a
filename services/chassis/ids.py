"""Identifiers: time-ordered UUIDs for records, and codes that strangers may type."""

import secrets
from uuid import UUID

import uuid_utils.compat

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 26  # 26 × 5 bits hold 128 random bits


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562): unique without asking anybody, ordered by time."""
    return uuid_utils.compat.uuid7()


def new_code() -> str:
    """A code over 128 random bits; nobody finds one by trying."""
    return code_of(secrets.token_bytes(16))


def code_of(octets: bytes) -> str:
    """The code of these 16 bytes: 26 characters of Crockford's base32."""
    number = int.from_bytes(octets, "big")
    return "".join(CROCKFORD[(number >> shift) & 31] for shift in range(125, -1, -5))


def normalise_code(typed: str) -> str:
    """The code as we store it, from what a person typed: case, spaces, dashes and look-alike letters forgiven."""
    return typed.upper().replace("-", "").replace(" ", "").translate(str.maketrans("OIL", "011"))
