"""Keys in a PKCS#11 device of the server or of a school's office: a token or HSM, whose keys never leave it."""

import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass, exceptions

from services.signing import algorithms
from services.signing.algorithms import Algorithm
from services.signing.domain import Refusal
from services.signing.errors import KeyGone, PlaceUnknown, TokenGone, TokenLocked, TokenRefused
from services.signing.keys import Credential, WrongPin
from services.signing.providers import Authorisation, Entry, Key

SCHEME = "pkcs11:"
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


class Pkcs11Tokens:
    """The tokens behind one module (.so), one at a time, as a login is the process's; a session's secret is the PIN."""

    def __init__(self, module: str) -> None:
        self._module = module

    def open(self, key: Key, entry: Entry, *, signatures: int) -> Authorisation:  # noqa: ARG002 - a token counts nothing
        """Log in and try the key; raises TokenGone, TokenLocked, KeyGone or TokenRefused beside WrongPin."""
        with self._key(key, entry.pin):
            return Authorisation(secret=entry.pin.encode())

    def sign(self, key: Key, secret: bytes, digests: Sequence[bytes]) -> Sequence[bytes | Refusal]:
        """One after the other; when the token is pulled out, what was signed until then counts."""
        values: list[bytes | Refusal] = []
        try:
            with self._key(key, secret.decode()) as sign:
                for digest in digests:
                    values.append(_signed(sign, digest))
                    if values[-1] is Refusal.TOKEN_GONE:
                        break
        except (WrongPin, TokenLocked):
            return [Refusal.AUTHORISATION_ENDED] * len(digests)
        except KeyGone:
            return [Refusal.KEY_GONE] * len(digests)
        except TokenGone:
            pass
        except TokenRefused:
            return [*values, *[Refusal.PROVIDER_REFUSED] * (len(digests) - len(values))]
        return [*values, *[Refusal.TOKEN_GONE] * (len(digests) - len(values))]

    @contextmanager
    def _key(self, key: Key, pin: str) -> Iterator[Callable[[bytes], bytes]]:
        """A function that signs a digest with the key, while the token is ours alone."""
        token = attributes(key.place or "")
        name = token.get("token") or token.get("serial", "")
        with _alone(self._module):
            try:
                with self._token(token).open(user_pin=pin) as session:
                    yield _find_key(session, key.credential, name)
            except WRONG as error:
                raise WrongPin from error
            except exceptions.PinLocked as error:
                raise TokenLocked from error
            except GONE as error:
                raise TokenGone(token=name) from error
            except pkcs11.PKCS11Error as error:
                raise TokenRefused(token=name, why=type(error).__name__) from error

    def _token(self, wanted: dict[str, str]) -> pkcs11.Token:
        library = pkcs11.lib(self._module)
        try:
            return _only(library, wanted)
        except GONE:
            library.reinitialize()  # many modules see a token that was plugged in since only then
            return _only(library, wanted)


def attributes(uri: str) -> dict[str, str]:
    """The parts of a PKCS#11 URI (RFC 7512), such as `pkcs11:token=Con%20dau`; PlaceUnknown when it names no token."""
    pairs = (part.partition("=") for part in uri.removeprefix(SCHEME).split(";"))
    found = {name: unquote(value) for name, _, value in pairs}
    if not uri.startswith(SCHEME) or not (found.get("token") or found.get("serial")):
        raise PlaceUnknown(place=uri)
    return found


def _only(library: Any, wanted: dict[str, str]) -> pkcs11.Token:
    serial = wanted.get("serial")
    found: pkcs11.Token = library.get_token(
        token_label=wanted.get("token"), token_serial=serial.encode() if serial else None
    )
    return found


def _find_key(session: Any, credential: Credential, name: str) -> Callable[[bytes], bytes]:
    """The private key of the certificate: by its id where the token holds the certificate, and by a trial signature."""
    wanted: dict[Attribute, Any] = {Attribute.CLASS: ObjectClass.PRIVATE_KEY}
    is_rsa = credential.algorithm is Algorithm.RSA
    wanted[Attribute.KEY_TYPE] = KeyType.RSA if is_rsa else KeyType.EC
    certificate = {Attribute.CLASS: ObjectClass.CERTIFICATE, Attribute.VALUE: credential.certificate}
    for found in session.get_objects(certificate):
        wanted[Attribute.ID] = found[Attribute.ID]
    public, trial = algorithms.public_key(credential.certificate), sha256(os.urandom(32)).digest()
    for key in list(session.get_objects(wanted)):
        sign = _with(key, credential.algorithm)
        if algorithms.accepted(public, trial, sign(trial)):
            return sign
    raise KeyGone(token=name)


def _with(key: Any, algorithm: Algorithm) -> Callable[[bytes], bytes]:
    if algorithm is Algorithm.RSA:
        return lambda digest: bytes(key.sign(DIGEST_INFO + digest, mechanism=Mechanism.RSA_PKCS))
    return lambda digest: bytes(key.sign(digest, mechanism=Mechanism.ECDSA))


def _signed(sign: Callable[[bytes], bytes], digest: bytes) -> bytes | Refusal:
    try:
        return sign(digest)
    except GONE:
        return Refusal.TOKEN_GONE
    except pkcs11.PKCS11Error:
        return Refusal.PROVIDER_REFUSED


@contextmanager
def _alone(module: str) -> Iterator[None]:
    """A lock of the file system, which holds between threads of any kind and between processes."""
    name = sha256(f"{os.getuid()}:{module}".encode()).hexdigest()[:16]
    path = Path(tempfile.gettempdir()) / f"hocba-pkcs11-{name}.lock"
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
