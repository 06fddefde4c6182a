"""Secrets in custody: the authority's file for its owner alone, an opened key for one session alone."""

import stat
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from services.signing.custody import read_authority, server_key_of, unwrap, wrap, write_authority

SERVER_KEY = server_key_of("khóa máy chủ thử")
SESSION = UUID(int=1)


@pytest.fixture
def key(authority):
    return authority.issuing_key


@pytest.fixture
def opened(key):
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


@pytest.fixture
def wrapped(opened):
    return wrap(opened, server_key=SERVER_KEY, session_id=SESSION)


def test_the_authority_is_read_back_as_it_was_written(authority, tmp_path):
    write_authority(tmp_path / "authority.pem", authority)

    found = read_authority(tmp_path / "authority.pem")
    assert (found.root, found.issuing) == (authority.root, authority.issuing)
    assert found.issuing_key.private_numbers() == authority.issuing_key.private_numbers()


def test_the_authoritys_file_is_its_owners_alone_and_never_written_over(authority, tmp_path):
    path = tmp_path / "authority.pem"
    write_authority(path, authority)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        write_authority(path, authority)


def test_the_authoritys_key_is_never_printed(authority):
    assert "issuing_key" not in repr(authority)


def test_an_opened_key_comes_back_in_its_session(opened, wrapped):
    assert unwrap(wrapped, server_key=SERVER_KEY, session_id=SESSION) == opened


@pytest.mark.parametrize(
    "wrong", [{"session_id": UUID(int=2)}, {"server_key": server_key_of("khác")}], ids=["session", "server"]
)
def test_an_opened_key_is_useless_in_another_session_and_on_another_server(wrapped, wrong):
    with pytest.raises(InvalidTag):
        unwrap(wrapped, **({"server_key": SERVER_KEY, "session_id": SESSION} | wrong))


def test_an_altered_key_is_not_opened(wrapped):
    with pytest.raises(InvalidTag):
        unwrap(wrapped[:-1] + bytes([wrapped[-1] ^ 1]), server_key=SERVER_KEY, session_id=SESSION)


def test_a_wrapped_key_shows_nothing_of_the_key_and_is_never_the_same_twice(opened, wrapped):
    assert opened[:32] not in wrapped
    assert wrap(opened, server_key=SERVER_KEY, session_id=SESSION) != wrapped


def test_a_servers_secret_of_any_length_makes_a_key_of_32_bytes():
    assert {len(server_key_of(secret)) for secret in ("", "ngắn", "dài" * 100)} == {32}
