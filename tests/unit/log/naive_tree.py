"""The tree as RFC 9162 defines it, recursively and from all leaves: slow, and hard to get wrong."""

from hashlib import sha256

from services.signing.log.tiles import ENTRIES, HEIGHT, WIDTH, bundle


def mth(entries):
    """MTH(D_n) of section 2.1.1."""
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    k = split(len(entries))
    return sha256(b"\x01" + mth(entries[:k]) + mth(entries[k:])).digest()


def path(m, entries):
    """PATH(m, D_n) of section 2.1.3.1."""
    n = len(entries)
    if n == 1:
        return []
    k = split(n)
    if m < k:
        return [*path(m, entries[:k]), mth(entries[k:])]
    return [*path(m - k, entries[k:]), mth(entries[:k])]


def proof(m, entries):
    """PROOF(m, D_n) of section 2.1.4.1."""
    return _subproof(m, entries, whole=True)


def split(n):
    k = 1
    while k * 2 < n:
        k *= 2
    return k


class NaiveLog:
    """A log whose tiles are computed from all its entries each time."""

    def __init__(self, entries):
        self.entries = list(entries)

    def fetch(self, tile):
        assert tile.is_in(len(self.entries))
        if tile.level == ENTRIES:
            return bundle(self.entries[tile.first : tile.first + tile.width])
        span = WIDTH**tile.level
        starts = range(tile.first * span, (tile.first + tile.width) * span, span)
        assert span == 1 << (HEIGHT * tile.level)
        return b"".join(mth(self.entries[start : start + span]) for start in starts)


def _subproof(m, entries, *, whole):
    n = len(entries)
    if m == n:
        return [] if whole else [mth(entries)]
    k = split(n)
    if m <= k:
        return [*_subproof(m, entries[:k], whole=whole), mth(entries[k:])]
    return [*_subproof(m - k, entries[k:], whole=False), mth(entries[:k])]
