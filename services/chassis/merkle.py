"""The Merkle tree of RFC 9162, section 2.1: which hashes prove what, and whether they do; where they lie is not ours.

A range is (start, end) of leaves, the end left out; every range here is a subtree of the tree.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from hashlib import sha256

Range = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """The root of a full subtree of 2^level leaves, the index-th of its size from the left."""

    level: int
    index: int


def leaf_hash(entry: bytes) -> bytes:
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def full_root(hashes: Sequence[bytes]) -> bytes:
    """The root over 2^n hashes that stand side by side."""
    level = list(hashes)
    while len(level) > 1:
        level = [node_hash(left, right) for left, right in zip(level[::2], level[1::2], strict=True)]
    return level[0]


def joined_root(hashes: Sequence[bytes]) -> bytes:
    """The root over the full subtrees that `nodes_of` names; that of the empty tree where there is none."""
    if not hashes:
        return sha256().digest()
    return reduce(lambda right, left: node_hash(left, right), reversed(hashes))


def nodes_of(start: int, end: int) -> list[Node]:
    """The full subtrees that a range consists of, largest first."""
    nodes = []
    while start < end:
        level = (end - start).bit_length() - 1
        nodes.append(Node(level=level, index=start >> level))
        start += 1 << level
    return nodes


def root_of(leaves: Sequence[bytes], start: int, end: int) -> bytes:
    """The root over a range of leaf hashes that are all at hand."""
    nodes = [(node.index << node.level, (node.index + 1) << node.level) for node in nodes_of(start, end)]
    return joined_root([full_root(leaves[first:last]) for first, last in nodes])


def inclusion_path(index: int, size: int) -> list[Range]:
    """The ranges whose hashes prove that the leaf is in the tree (RFC 9162, 2.1.3.1), nearest first."""
    path, (start, end) = [], (0, size)
    while end - start > 1:
        middle = _middle(start, end)
        left, right = (start, middle), (middle, end)
        other, (start, end) = (right, left) if index < middle else (left, right)
        path.append(other)
    return path[::-1]


def consistency_path(old: int, new: int) -> list[Range]:
    """The ranges whose hashes prove that a tree of `new` leaves begins with that of `old` (RFC 9162, 2.1.4.1)."""
    path, (start, end) = [], (0, new)
    while end != old:
        middle = _middle(start, end)
        left, right = (start, middle), (middle, end)
        other, (start, end) = (right, left) if old <= middle else (left, right)
        path.append(other)
    return [*([(start, end)] if start else []), *path[::-1]]


def is_included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the proof shows the leaf's hash at that index of the tree (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    path, found = inclusion_path(index, size), leaf
    if len(path) != len(proof):
        return False
    for (start, _), other in zip(path, proof, strict=True):
        found = node_hash(found, other) if start > index else node_hash(other, found)
    return found == root


def is_consistent(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Whether the proof shows that the newer tree begins with the older one (RFC 9162, 2.1.4.2)."""
    if not 0 < old < new:
        return not proof and (old == 0 <= new or (old == new and old_root == new_root))
    path, given = consistency_path(old, new), list(proof)
    if len(path) != len(given):
        return False
    first = given[0] if path[0][1] == old else old_root
    older = newer = first
    for (start, end), other in zip(path, given, strict=True):
        if end == old:
            continue  # what both begin from
        if start >= old:
            newer = node_hash(newer, other)
        else:
            older, newer = node_hash(other, older), node_hash(other, newer)
    return (older, newer) == (old_root, new_root)


def _middle(start: int, end: int) -> int:
    """Where RFC 9162 splits a subtree: after the largest power of two leaves that is less than all."""
    return start + (1 << ((end - start - 1).bit_length() - 1))
