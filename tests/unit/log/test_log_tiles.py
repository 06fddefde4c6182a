"""Tiles have the names and bytes that C2SP tlog-tiles gives them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.signing.log.tiles import ENTRIES, Tile, bundle, entries_in, tile_named, tiles_of

NAMES = (
    (Tile(level=0, index=0), "0/000"),
    (Tile(level=0, index=1_234_067), "0/x001/x234/067"),
    (Tile(level=3, index=999), "3/999"),
    (Tile(level=1, index=1_000, width=17), "1/x001/000.p/17"),
    (Tile(level=ENTRIES, index=5, width=1), "entries/005.p/1"),
)
WRONG = (
    "", "0", "0/0", "0/0000", "00/000", "64/x/000", "0/x000/005", "0/x12/345", "0/000.p/0", "0/000.p/01", "0/000.p/256",
    "0/000.p/", "-1/000", "entries", "entries/5", "0/000/", "0/000.p/300", "0/x001/x234/x567/x890/x123/067",
)  # fmt: skip

tile = st.builds(Tile, level=st.integers(ENTRIES, 63), index=st.integers(0, 10**12 - 1), width=st.integers(1, 256))


@pytest.mark.parametrize(("one", "name"), NAMES)
def test_a_tile_has_its_name(one, name):
    assert (one.path, tile_named(name)) == (name, one)


@given(tile)
def test_every_name_leads_back_to_its_tile(one):
    assert tile_named(one.path) == one


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_name_of_a_tile_is_none(name):
    assert tile_named(name) is None


def test_a_log_of_seventy_thousand_has_the_tiles_of_the_specification():
    levels = [list(tiles_of(70_000, level)) for level in range(4)]

    assert [len(level) for level in levels] == [274, 2, 1, 0]
    assert [level[-1].width for level in levels[:3]] == [112, 17, 1]
    assert [one.width for one in (*tiles_of(256, 0), *tiles_of(256, 1))] == [256, 1]


@given(st.lists(st.binary(max_size=64), max_size=300))
def test_a_bundle_gives_back_its_entries(entries):
    assert entries_in(bundle(entries)) == entries


def test_a_bundle_that_was_cut_is_refused():
    with pytest.raises(ValueError, match="within an entry"):
        entries_in(bundle([b"one", b"two"])[:-1])
