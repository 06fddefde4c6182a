"""The tree as C2SP tlog-tiles serve it: hashes of every eighth level in files of 256, their names, proofs from them."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from services.chassis import merkle
from services.chassis.merkle import Node, Range

HEIGHT = 8
WIDTH = 1 << HEIGHT
HASH = 32
ENTRIES = -1  # as a level: the entries themselves
PATH = re.compile(r"(entries|\d{1,2})/((?:x\d{3}/){0,3}\d{3})(?:\.p/(\d{1,3}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """Hashes `256 * index` and those after it on a level of the tree that is a multiple of eight; `width` of them."""

    level: int
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """The name below `tile/`."""
        level = "entries" if self.level == ENTRIES else str(self.level)
        number, rest = f"{self.index % 1000:03d}", self.index // 1000
        while rest:
            number, rest = f"x{rest % 1000:03d}/{number}", rest // 1000
        return f"{level}/{number}" + ("" if self.width == WIDTH else f".p/{self.width}")

    @property
    def first(self) -> int:
        """The place of the tile's first hash on its level."""
        return self.index << HEIGHT

    def is_in(self, size: int) -> bool:
        """Whether a tree of that size has all its hashes."""
        return self.first + self.width <= size >> (HEIGHT * max(self.level, 0))


Fetch = Callable[[Tile], bytes]
"""Gives a tile's bytes."""


def tile_named(path: str) -> Tile | None:
    """The tile of that name; None for what names none, or not in the one right way."""
    match = PATH.fullmatch(path)
    if match is None:
        return None
    level, number, width = match.groups()
    tile = Tile(
        level=ENTRIES if level == "entries" else int(level),
        index=int(number.replace("x", "").replace("/", "")),
        width=int(width or WIDTH),
    )
    return tile if tile.path == path and 0 < tile.width <= WIDTH else None


def hashes_in(data: bytes) -> list[bytes]:
    return [data[at : at + HASH] for at in range(0, len(data), HASH)]


def bundle(entries: Sequence[bytes]) -> bytes:
    """Entries as an entry bundle: each after its length in two bytes."""
    return b"".join(len(entry).to_bytes(2) + entry for entry in entries)


def entries_in(data: bytes) -> list[bytes]:
    """The entries of a bundle; ValueError where it ends within one."""
    entries, at = [], 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 2])
        entries.append(data[at + 2 : at + 2 + length])
        at += 2 + length
    if at != len(data):
        raise ValueError("an entry bundle ends within an entry")
    return entries


def tiles_of(size: int, level: int) -> Iterator[Tile]:
    """All tiles of a level, `ENTRIES` included, in a tree of that size; the last may be partial."""
    count = size >> (HEIGHT * max(level, 0))
    for first in range(0, count, WIDTH):
        yield Tile(level=level, index=first >> HEIGHT, width=min(WIDTH, count - first))


@dataclass(frozen=True, slots=True, kw_only=True)
class TiledTree:
    """A tree of `size` leaves whose tiles `fetch` gives."""

    size: int
    fetch: Fetch

    def root(self) -> bytes:
        return self._hash((0, self.size))

    def inclusion(self, index: int) -> list[bytes]:
        """The proof that the leaf is in the tree."""
        return [self._hash(each) for each in merkle.inclusion_path(index, self.size)]

    def consistency(self, old: int) -> list[bytes]:
        """The proof that the tree begins with its own first `old` leaves; empty for none of them, or all."""
        if not 0 < old < self.size:
            return []
        return [self._hash(each) for each in merkle.consistency_path(old, self.size)]

    def _hash(self, leaves: Range) -> bytes:
        return merkle.joined_root([self._node(node) for node in merkle.nodes_of(*leaves)])

    def _node(self, node: Node) -> bytes:
        """The node's hash, over as many hashes of the next tile level below it as it spans."""
        level, height = divmod(node.level, HEIGHT)
        first = node.index << height
        index = first >> HEIGHT
        count = self.size >> (HEIGHT * level)
        tile = Tile(level=level, index=index, width=min(WIDTH, count - (index << HEIGHT)))
        at = (first - tile.first) * HASH
        return merkle.full_root(hashes_in(self.fetch(tile)[at : at + (HASH << height)]))
