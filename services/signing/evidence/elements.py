"""Elements of DER as bytes: taken apart and put together without touching what is inside the others."""

from collections.abc import Callable

from asn1crypto import parser

Kind = tuple[int, int, int]
"""Class, whether constructed, and number of a tag."""
SEQUENCE, SET, OCTETS = (0, 1, 16), (0, 1, 17), (0, 0, 4)


def emit(kind: Kind, *content: bytes) -> bytes:
    octets: bytes = parser.emit(*kind, b"".join(content))
    return octets


def content(der: bytes) -> bytes:
    """What is inside one element; raises ValueError where something follows it."""
    inside: bytes = parser.parse(der, strict=True)[4]
    return inside


def children(der: bytes) -> list[bytes]:
    """The elements inside one element."""
    rest, found = content(der), []
    while rest:
        length = parser.peek(rest)
        found.append(rest[:length])
        rest = rest[length:]
    return found


def last(der: bytes, depth: int) -> bytes:
    """The element that is reached by going to the last child so many times."""
    for _ in range(depth):
        *_, der = children(der)
    return der


def changed(der: bytes, depth: int, change: Callable[[list[bytes]], list[bytes]]) -> bytes:
    """The whole with other children in `last(der, depth)`."""
    inside = children(der)
    inside = change(inside) if not depth else [*inside[:-1], changed(inside[-1], depth - 1, change)]
    kind = parser.parse(der)[:3]
    return emit(kind, *inside)
