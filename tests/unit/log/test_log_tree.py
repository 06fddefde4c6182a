"""The log's tree is that of RFC 9162: published figures, and every proof beside its definition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from naive_tree import NaiveLog, mth, path, proof

from services.chassis.merkle import inclusion_path, is_consistent, is_included, leaf_hash, root_of
from services.signing.log.tiles import TiledTree

LEAVES = [bytes.fromhex(leaf) for leaf in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = (  # of the first 0, 1, … 8 of these, as implementations of RFC 6962 publish them
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
INCLUSION = (  # index, size, hashes
    (0, 1, ()),
    (0, 8, ("96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4")),
    (5, 8, ("bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")),
    (2, 3, ("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",)),
)  # fmt: skip
CONSISTENCY = (  # old, new, hashes
    (1, 1, ()),
    (1, 8, ("96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4")),
    (6, 8, ("0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")),
)  # fmt: skip
SIZES = (1, 2, 255, 256, 257, 511, 512, 513, 700)
ENTRIES = [bytes([number % 256, number // 256]) * 16 for number in range(700)]

size = st.integers(1, 700)


def tree(count, entries=ENTRIES):
    return TiledTree(size=count, fetch=NaiveLog(entries[:count]).fetch)


def flipped(hashes, at):
    return [one if number != at else bytes([one[0] ^ 1]) + one[1:] for number, one in enumerate(hashes)]


@pytest.mark.parametrize("count", range(9))
def test_the_root_is_the_published_one(count):
    assert tree(count, LEAVES).root().hex() == ROOTS[count]


@pytest.mark.parametrize(("index", "count", "hashes"), INCLUSION)
def test_an_inclusion_proof_is_the_published_one(index, count, hashes):
    made = tree(count, LEAVES).inclusion(index)

    assert [one.hex() for one in made] == list(hashes)
    assert is_included(leaf_hash(LEAVES[index]), index, count, made, bytes.fromhex(ROOTS[count]))


@pytest.mark.parametrize(("old", "new", "hashes"), CONSISTENCY)
def test_a_consistency_proof_is_the_published_one(old, new, hashes):
    made = tree(new, LEAVES).consistency(old)

    assert [one.hex() for one in made] == list(hashes)
    assert is_consistent(old, new, made, bytes.fromhex(ROOTS[old]), bytes.fromhex(ROOTS[new]))


@given(count=st.one_of(size, st.sampled_from(SIZES)))
def test_the_root_from_tiles_is_the_root_by_definition(count):
    assert tree(count).root() == mth(ENTRIES[:count])


@given(data=st.data(), count=size)
def test_root_and_proof_from_leaves_at_hand_are_as_defined(data, count):
    index = data.draw(st.integers(0, count - 1))
    leaves = [leaf_hash(entry) for entry in ENTRIES[:count]]

    assert root_of(leaves, 0, count) == mth(ENTRIES[:count])
    assert [root_of(leaves, *each) for each in inclusion_path(index, count)] == path(index, ENTRIES[:count])


@given(data=st.data(), count=size)
def test_inclusion_from_tiles_is_as_defined_and_proves_this_leaf_at_this_place_alone(data, count):
    index = data.draw(st.integers(0, count - 1))
    made, root, leaf = tree(count).inclusion(index), mth(ENTRIES[:count]), leaf_hash(ENTRIES[index])
    other = data.draw(st.integers(0, count + 5).filter(lambda place: place != index))

    assert made == path(index, ENTRIES[:count])
    assert is_included(leaf, index, count, made, root)
    assert not is_included(leaf, other, count, made, root)
    assert not is_included(leaf_hash(b"another"), index, count, made, root)
    assert not is_included(leaf, index, count, [*made, root], root)
    if made:
        at = data.draw(st.integers(0, len(made) - 1))
        assert not is_included(leaf, index, count, flipped(made, at), root)
        assert not is_included(leaf, index, count, made[:-1], root)


@given(data=st.data(), new=size)
def test_consistency_from_tiles_is_as_defined_and_proves_these_two_trees_alone(data, new):
    old = data.draw(st.integers(1, new))
    made, roots = tree(new).consistency(old), (mth(ENTRIES[:old]), mth(ENTRIES[:new]))
    forked = mth([*ENTRIES[: old - 1], b"another", *ENTRIES[old:new]])

    assert made == proof(old, ENTRIES[:new])
    assert is_consistent(old, new, made, *roots)
    assert not is_consistent(old, new, made, roots[0], forked)
    assert not is_consistent(old, new, made, mth([b"another"]), roots[1])
    assert not is_consistent(old, new, [*made, roots[0]], *roots)
    if made:
        at = data.draw(st.integers(0, len(made) - 1))
        assert not is_consistent(old, new, flipped(made, at), *roots)
        assert not is_consistent(old, new, made[:-1], *roots)


def test_everything_begins_with_the_empty_log_and_nothing_with_a_larger_one():
    assert is_consistent(0, 3, [], mth([]), mth(LEAVES[:3]))
    assert not is_consistent(4, 3, [], mth(LEAVES[:4]), mth(LEAVES[:3]))
