"""Signed notes and their keys (C2SP signed-note), with Ed25519; cosignatures of witnesses (C2SP tlog-cosignature)."""

import base64
import binascii
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from services.signing.log.faults import LogFault

ED25519, COSIGNATURE = 0x01, 0x04  # signature types
MOST_BYTES = 16 * 1024
TIME = 8  # bytes of a cosignature that tell its second
DASH = "— "


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierKey:
    """A public key under a name, for one type of signature."""

    name: str
    kind: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def __str__(self) -> str:
        """The vkey: name, key id and key in one line."""
        return f"{self.name}+{self.key_id.hex()}+{_base64(bytes([self.kind]) + self.public)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One line below a note."""

    name: str
    key_id: bytes
    value: bytes

    def __str__(self) -> str:
        return f"{DASH}{self.name} {_base64(self.key_id + self.value)}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A text, which ends in a newline, and the signatures below it, none of which has been checked."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(map(str, self.signatures))

    def of(self, key: VerifierKey) -> Signature | None:
        """The line that says it is the key's."""
        mine = (key.name, key.key_id)
        return next((one for one in self.signatures if (one.name, one.key_id) == mine), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSigner:
    """A private key under a name, for one type of signature."""

    name: str
    kind: int
    private: Ed25519PrivateKey

    @property
    def verifier(self) -> VerifierKey:
        return VerifierKey(name=self.name, kind=self.kind, public=self.private.public_key().public_bytes_raw())

    def sign(self, text: str) -> Signature:
        return self._line(self.private.sign(text.encode()))

    def cosign(self, text: str, *, second: int) -> Signature:
        """A witness's statement that at this second (Unix time) it knew of no larger consistent tree."""
        return self._line(second.to_bytes(TIME) + self.private.sign(_cosigned(text, second)))

    def _line(self, value: bytes) -> Signature:
        return Signature(name=self.name, key_id=self.verifier.key_id, value=value)


def verifier_key(vkey: str) -> VerifierKey:
    """The key that a vkey is; LogFault for what is none."""
    name, _, rest = vkey.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    raw = _bytes(encoded)
    if not _is_name(name) or len(raw) != 1 + len(bytes(32)) or raw[0] not in (ED25519, COSIGNATURE):
        raise LogFault(f"“{vkey.strip()}” is no vkey of an Ed25519 key (name+id+key).")
    key = VerifierKey(name=name, kind=raw[0], public=raw[1:])
    if key.key_id.hex() != key_id:
        raise LogFault(f"The vkey “{vkey.strip()}” was miswritten: its parts do not belong together.")
    return key


def note_in(data: bytes) -> Note:
    """The note that the bytes are; LogFault for what is none."""
    try:
        whole = data.decode()
    except UnicodeDecodeError as error:
        raise LogFault("The note is not UTF-8 text.") from error
    text, blank, below = whole.rpartition("\n\n")
    is_plain = len(data) <= MOST_BYTES and all(letter >= " " or letter == "\n" for letter in whole)
    if not (blank and below.endswith("\n") and is_plain):
        raise LogFault("The note is not a signed note: text, an empty line, and lines of signatures.")
    return Note(text=text + "\n", signatures=tuple(_signature(line) for line in below[:-1].split("\n")))


def check(note: Note, key: VerifierKey) -> int | None:
    """Raises LogFault unless the key signed the note; gives the second (Unix time) that a cosignature tells."""
    found = note.of(key)
    if found is None:
        raise LogFault(f"The note bears no signature of {key.name} with the key {key.key_id.hex()}.")
    is_cosignature = key.kind == COSIGNATURE
    second = int.from_bytes(found.value[:TIME]) if is_cosignature else None
    value = found.value[TIME:] if is_cosignature else found.value
    signed = note.text.encode() if second is None else _cosigned(note.text, second)
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(value, signed)
    except InvalidSignature as error:
        raise LogFault(f"The signature of {key.name} on the note is wrong.") from error
    return second


def _signature(line: str) -> Signature:
    name, _, encoded = line.removeprefix(DASH).partition(" ")
    raw = _bytes(encoded)
    if not line.startswith(DASH) or not _is_name(name) or len(raw) <= len(bytes(4)):
        raise LogFault(f"“{line}” is no line of a signature.")
    return Signature(name=name, key_id=raw[:4], value=raw[4:])


def _cosigned(text: str, second: int) -> bytes:
    return f"cosignature/v1\ntime {second}\n{text}".encode()


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(map(str.isspace, name))


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _bytes(encoded: str) -> bytes:
    """Empty for what is not base64, or not as it is written: two texts must never be one signature."""
    try:
        raw = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return raw if _base64(raw) == encoded else b""
