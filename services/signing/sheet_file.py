"""The file of a signed class sheet: JSON (RFC 8785) of a statement and of the CMS that is its signature."""

from base64 import b64decode, b64encode

_BEFORE, _BETWEEN, _AFTER = b'{"signature":"', b'","statement":', b"}"


def write(signature: bytes, statement: bytes) -> bytes:
    """The file of a DER SignedData and of the canonical JSON that it is over."""
    return b"".join((_BEFORE, b64encode(signature), _BETWEEN, statement, _AFTER))


def read(file: bytes) -> tuple[bytes, bytes]:
    """Signature and statement; raises ValueError for what `write` does not write."""
    encoded, _, rest = file.removeprefix(_BEFORE).partition(_BETWEEN)
    signature, statement = b64decode(encoded, validate=True), rest.removesuffix(_AFTER)
    if write(signature, statement) != file:
        raise ValueError("This is no file of a signed class sheet.")
    return signature, statement
