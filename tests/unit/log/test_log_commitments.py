"""An entry tells nothing, and binds to one document."""

from hashlib import sha256

from services.contracts.signing.log import LogKind
from services.signing.log.commitments import Salts, commitment

SALTS, DIGEST = Salts(b"secret"), sha256(b"data").digest()


def test_an_entry_is_remade_by_anybody_with_the_document_and_its_salt():
    salt = SALTS.of(LogKind.DOCUMENT, "CODE")

    assert commitment(salt, LogKind.DOCUMENT, DIGEST) == sha256(salt + b"document" + DIGEST).digest()


def test_kind_reference_and_secret_each_make_another_salt():
    others = {Salts(b"another").of(LogKind.FILE, "a"), SALTS.of(LogKind.DOCUMENT, "a"), SALTS.of(LogKind.FILE, "b")}

    assert len({SALTS.of(LogKind.FILE, "a"), *others}) == 4
    assert SALTS.of(LogKind.FILE, "a") == SALTS.of(LogKind.FILE, "a")


def test_an_entry_of_one_kind_is_none_of_another():
    assert commitment(bytes(32), LogKind.FILE, DIGEST) != commitment(bytes(32), LogKind.DOCUMENT, DIGEST)
