import io

import pytest

from deploy.backup import keys, sealing
from deploy.backup.errors import DamagedError
from deploy.local.errors import InstallationError

NAME = "databases/gradebook.dump"
PIECE = sealing.PIECE


@pytest.fixture
def path(tmp_path):
    return tmp_path / "sealed"


@pytest.fixture
def key_file(tmp_path):
    path = tmp_path / "key"
    path.touch(mode=0o600)
    path.write_text("ab" * 32 + "\n")
    return path


def opened(path, key, name=NAME):
    return b"".join(sealing.unseal(path, key=key, name=name))


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE])
def test_what_was_sealed_opens_whatever_its_size(path, key, size):
    plain = b"x" * size

    sealing.seal(io.BytesIO(plain), path, key=key, name=NAME)

    assert opened(path, key) == plain


def test_what_is_sealed_cannot_be_read_and_never_looks_the_same(tmp_path, key):
    plain = b"a mark of nobody" * 100

    first, second = (sealing.seal(io.BytesIO(plain), tmp_path / name, key=key, name=NAME) for name in ("1", "2"))

    assert b"nobody" not in (tmp_path / "1").read_bytes()
    assert first.sha256 != second.sha256
    assert first.size == (tmp_path / "1").stat().st_size


@pytest.mark.parametrize("place", [0, 10, 30, PIECE + 100, -1])
def test_one_changed_byte_is_noticed_wherever_it_is(path, key, place):
    sealing.seal(io.BytesIO(b"x" * (PIECE + 500)), path, key=key, name=NAME)
    sealed = bytearray(path.read_bytes())
    sealed[place] ^= 1
    path.write_bytes(sealed)

    with pytest.raises(DamagedError):
        opened(path, key)


@pytest.mark.parametrize("kept", [0, 24, 24 + PIECE + 16, -1])
def test_a_file_that_was_cut_is_noticed_even_between_two_pieces(path, key, kept):
    sealing.seal(io.BytesIO(b"x" * (PIECE + 500)), path, key=key, name=NAME)
    path.write_bytes(path.read_bytes()[:kept])

    with pytest.raises(DamagedError):
        opened(path, key)


def test_a_file_does_not_open_in_the_place_of_another(path, key):
    sealing.seal(io.BytesIO(b"x"), path, key=key, name=NAME)

    with pytest.raises(DamagedError, match="altered"):
        opened(path, key, "databases/identity.dump")


def test_a_file_does_not_open_with_another_key(path, key):
    sealing.seal(io.BytesIO(b"x"), path, key=key, name=NAME)

    with pytest.raises(DamagedError, match="another key"):
        opened(path, bytes(32))


def test_a_key_is_read_from_a_file_that_its_owner_alone_reads(key_file, tmp_path):
    assert keys.read(key_file, outside=tmp_path / "backups") == b"\xab" * 32

    key_file.chmod(0o640)
    with pytest.raises(InstallationError, match="chmod 600"):
        keys.read(key_file, outside=tmp_path / "backups")


def test_a_key_that_lies_among_the_backups_is_refused(key_file, tmp_path):
    with pytest.raises(InstallationError, match="in another place"):
        keys.read(key_file, outside=tmp_path)


def test_who_has_no_key_yet_is_told_how_to_make_one(tmp_path):
    with pytest.raises(InstallationError, match="openssl rand -hex 32"):
        keys.read(tmp_path / "key", outside=tmp_path / "backups")


@pytest.mark.parametrize("text", ["", "ab" * 31, "xy" * 32, "ä" * 64])
def test_what_is_no_key_is_not_taken_for_one(key_file, tmp_path, text):
    key_file.write_text(text)

    with pytest.raises(InstallationError, match="does not hold a key"):
        keys.read(key_file, outside=tmp_path / "backups")
