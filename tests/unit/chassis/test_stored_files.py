"""Files under the hash of their bytes: kept for good, or lent for a while."""

import os
import time

import pytest

from services.chassis.errors import NotFound
from services.chassis.objects import ObjectDamaged, Objects

TEXT = "Học bạ của một người xa lạ".encode()


@pytest.fixture
def objects(tmp_path):
    return Objects(tmp_path)


def test_what_is_kept_is_read_under_its_hash(objects):
    name = objects.put(TEXT)

    assert (objects.get(name), objects.borrow(name), objects.put(TEXT)) == (TEXT, TEXT, name)


def test_a_kept_file_that_was_changed_is_damaged(objects, tmp_path):
    name = objects.put(TEXT)
    (tmp_path / name[:2] / name).write_bytes(b"another")

    with pytest.raises(ObjectDamaged):
        objects.get(name)


def test_what_is_lent_is_there_for_borrowers_alone_and_then_for_nobody(objects, tmp_path):
    name = objects.lend(TEXT)
    objects.take_back(after_seconds=600)
    while_lent = objects.borrow(name)
    os.utime(tmp_path / "lent" / name, times=(0, time.time() - 601))

    with pytest.raises(NotFound):
        objects.get(name)
    objects.take_back(after_seconds=600)
    with pytest.raises(NotFound):
        objects.borrow(name)
    assert (while_lent, list((tmp_path / "lent").iterdir())) == (TEXT, [])


def test_what_is_lent_again_is_lent_from_then_on(objects, tmp_path):
    name = objects.lend(TEXT)
    os.utime(tmp_path / "lent" / name, times=(0, time.time() - 601))
    objects.lend(TEXT)

    objects.take_back(after_seconds=600)

    assert objects.borrow(name) == TEXT


def test_what_is_kept_stays_when_a_stranger_shows_the_same(objects):
    name = objects.put(TEXT)
    objects.lend(TEXT)

    objects.take_back(after_seconds=0)

    assert objects.get(name) == TEXT
