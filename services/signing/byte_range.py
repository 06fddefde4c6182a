"""The place of a signature in the very file that it covers: all bytes but its own digits (ISO 32000-1, 12.8.1)."""

from hashlib import sha256

_WIDTH = 40  # bytes kept for "[0 a b c]"


def places(room: int) -> bytes:
    """The entries /ByteRange, still to be written, and /Contents with room for so many digits."""
    return b"/ByteRange%b/Contents<%b>" % (b" " * _WIDTH, b"0" * room)


def cut(whole: bytes, *, start: int, room: int) -> tuple[bytes, bytes]:
    """Write the range into the first `places` from `start` on; gives what stands before the digits, and after them."""
    opening = whole.index(b"/Contents<", start) + len(b"/Contents")
    closing = opening + room + 2
    written = b"[0 %d %d %d]" % (opening, closing, len(whole) - closing)
    place = whole.index(b"/ByteRange", start) + len(b"/ByteRange")
    head = whole[:place] + written.ljust(_WIDTH) + whole[place + _WIDTH : opening]
    return head, whole[closing:]


def digest(head: bytes, tail: bytes) -> bytes:
    """SHA-256 of both."""
    covered = sha256(head)
    covered.update(tail)
    return covered.digest()
