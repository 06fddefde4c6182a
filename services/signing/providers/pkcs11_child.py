"""The process that a token's driver runs in: `python -m services.signing.providers.pkcs11_child MODULE`.

It is asked on its standard input, a socket, one line of JSON after the other: first to open a key, then for signatures.
Nothing can interrupt a driver that does not return, so whoever asks may kill this process.
"""

import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Any, BinaryIO

import msgspec
import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass, exceptions

from services.signing import algorithms
from services.signing.algorithms import Algorithm
from services.signing.domain import Refusal

DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")  # of SHA-256, RFC 8017, 9.2, note 1
GONE = (
    exceptions.DeviceRemoved,
    exceptions.GeneralError,
    exceptions.KeyHandleInvalid,
    exceptions.NoSuchToken,
    exceptions.ObjectHandleInvalid,
    exceptions.SessionClosed,
    exceptions.SessionHandleInvalid,
    exceptions.TokenNotPresent,
    exceptions.TokenNotRecognised,
)
WRONG = (exceptions.PinIncorrect, exceptions.PinInvalid, exceptions.PinLenRange)
Sign = Callable[[bytes], bytes]


class Trouble(StrEnum):
    """Why a key is not opened."""

    WRONG_PIN = "wrong_pin"
    LOCKED = "locked"
    TOKEN_GONE = "token_gone"  # noqa: S105 - a plug, not a password
    KEY_GONE = "key_gone"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Which key to open: of the token with this label or serial number, the one of the certificate (DER)."""

    label: str | None
    serial: str | None
    certificate: bytes
    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """No trouble when the key is at hand; `why` is the driver's own word for one."""

    trouble: Trouble | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A raw value, or why there is none."""

    value: bytes | None = None
    refusal: Refusal | None = None


class _KeyGone(Exception):  # noqa: N818 - a finding about a token, not a fault of the program
    """No key of the token is the certificate's."""


def main(module: str) -> int:
    with socket.socket(fileno=sys.stdin.fileno()) as asked, asked.makefile("rb") as lines:
        serve(module, lines, asked.sendall)
    return 0


def serve(module: str, lines: BinaryIO, send: Callable[[bytes], Any]) -> None:
    """Open the key that the first line names, and sign the digests (msgspec's base64) of the others."""
    opening = msgspec.json.decode(lines.readline(), type=Opening)
    try:
        with _key(module, opening) as sign:
            send(_line(Opened()))
            for line in lines:
                send(_line(_signed(sign, msgspec.json.decode(line, type=bytes))))
    except (_KeyGone, pkcs11.PKCS11Error) as error:
        send(_line(Opened(trouble=_trouble(error), why=type(error).__name__)))


def _line(answer: Opened | Signed) -> bytes:
    return msgspec.json.encode(answer) + b"\n"


def _trouble(error: Exception) -> Trouble:
    if isinstance(error, WRONG):
        return Trouble.WRONG_PIN
    if isinstance(error, exceptions.PinLocked):
        return Trouble.LOCKED
    if isinstance(error, _KeyGone):
        return Trouble.KEY_GONE
    return Trouble.TOKEN_GONE if isinstance(error, GONE) else Trouble.REFUSED


@contextmanager
def _key(module: str, opening: Opening) -> Iterator[Sign]:
    serial = opening.serial.encode() if opening.serial else None
    token: pkcs11.Token = pkcs11.lib(module).get_token(token_label=opening.label, token_serial=serial)
    with token.open(user_pin=opening.pin) as session:
        yield _find_key(session, opening.certificate)


def _find_key(session: Any, certificate: bytes) -> Sign:
    """The private key of the certificate: by its id where the token holds the certificate, and by a trial signature."""
    public, trial = algorithms.public_key(certificate), sha256(os.urandom(32)).digest()
    algorithm = algorithms.algorithm_of(public)
    wanted: dict[Attribute, Any] = {Attribute.CLASS: ObjectClass.PRIVATE_KEY}
    wanted[Attribute.KEY_TYPE] = KeyType.RSA if algorithm is Algorithm.RSA else KeyType.EC
    for found in session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE, Attribute.VALUE: certificate}):
        wanted[Attribute.ID] = found[Attribute.ID]
    for key in list(session.get_objects(wanted)):
        sign = _with(key, algorithm)
        if algorithms.accepted(public, trial, sign(trial)):
            return sign
    raise _KeyGone


def _with(key: Any, algorithm: Algorithm) -> Sign:
    if algorithm is Algorithm.RSA:
        return lambda digest: bytes(key.sign(DIGEST_INFO + digest, mechanism=Mechanism.RSA_PKCS))
    return lambda digest: bytes(key.sign(digest, mechanism=Mechanism.ECDSA))


def _signed(sign: Sign, digest: bytes) -> Signed:
    try:
        return Signed(value=sign(digest))
    except GONE:
        return Signed(refusal=Refusal.TOKEN_GONE)
    except pkcs11.PKCS11Error:
        return Signed(refusal=Refusal.PROVIDER_REFUSED)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
