"""Keys in a PKCS#11 device of the server or of a school's office: a token or HSM, whose keys never leave it."""

import fcntl
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote

from services.chassis.errors import Problem
from services.signing.domain import Refusal
from services.signing.errors import KeyGone, PlaceUnknown, TokenGone, TokenLocked, TokenRefused, TokenSilent
from services.signing.keys import WrongPin
from services.signing.providers import Authorisation, Entry, Key
from services.signing.providers.pkcs11_child import Opened, Opening, Signed, Trouble
from services.signing.providers.pkcs11_driver import Died, Driver, Silent, running

SCHEME = "pkcs11:"
SECONDS = 20.0  # that a driver may take to open a key, or to make a signature; whoever waits is told within 30
TROUBLES: Mapping[Trouble, type[Problem]] = {
    Trouble.LOCKED: TokenLocked,
    Trouble.TOKEN_GONE: TokenGone,
    Trouble.KEY_GONE: KeyGone,
    Trouble.REFUSED: TokenRefused,
}
WHY: Mapping[type[Exception], Refusal] = {
    WrongPin: Refusal.AUTHORISATION_ENDED,
    TokenLocked: Refusal.AUTHORISATION_ENDED,
    TokenGone: Refusal.TOKEN_GONE,
    KeyGone: Refusal.KEY_GONE,
    TokenRefused: Refusal.PROVIDER_REFUSED,
    TokenSilent: Refusal.TOKEN_SILENT,
}


class Pkcs11Tokens:
    """The tokens behind one module (.so), one at a time, as some drivers bear no two; a session's secret is the PIN.

    The driver runs in a process of its own, which is killed when it has not answered for so many seconds.
    """

    def __init__(self, module: str, *, seconds: float = SECONDS) -> None:
        self._module = module
        self._seconds = seconds

    def open(self, key: Key, entry: Entry, *, signatures: int) -> Authorisation:  # noqa: ARG002 - a token counts nothing
        """Log in and try the key; raises what WHY lists."""
        with self._opened(key, entry.pin):
            return Authorisation(secret=entry.pin.encode())

    def sign(self, key: Key, secret: bytes, digests: Sequence[bytes]) -> Sequence[bytes | Refusal]:
        """One after the other; when the token is pulled out, or answers no more, what was signed until then counts."""
        values: list[bytes | Refusal] = []
        why = Refusal.TOKEN_GONE
        try:
            with self._opened(key, secret.decode()) as driver:
                for digest in digests:
                    signed = driver.ask(digest, Signed)
                    values.append(signed.value or signed.refusal or Refusal.PROVIDER_REFUSED)
                    if values[-1] is Refusal.TOKEN_GONE:
                        break
        except tuple(WHY) as error:
            why = WHY[type(error)]
        return [*values, *[why] * (len(digests) - len(values))]

    @contextmanager
    def _opened(self, key: Key, pin: str) -> Iterator[Driver]:
        """A driver that is ready to sign with the key, while its tokens are ours alone."""
        place = attributes(key.place or "")
        label, serial = place.get("token"), place.get("serial")
        opening = Opening(label=label, serial=serial, certificate=key.credential.certificate, pin=pin)
        token = label or serial
        try:
            with _alone(self._module), running(self._module, seconds=self._seconds) as driver:
                _check(driver.ask(opening, Opened), token)
                yield driver
        except Silent as error:
            raise TokenSilent(token=token) from error
        except Died as error:
            raise TokenRefused(token=token, why="its driver has died") from error


def attributes(uri: str) -> dict[str, str]:
    """The parts of a PKCS#11 URI (RFC 7512), such as `pkcs11:token=Con%20dau`; PlaceUnknown when it names no token."""
    pairs = (part.partition("=") for part in uri.removeprefix(SCHEME).split(";"))
    found = {name: unquote(value) for name, _, value in pairs}
    if not uri.startswith(SCHEME) or not (found.get("token") or found.get("serial")):
        raise PlaceUnknown(place=uri)
    return found


def _check(opened: Opened, token: str | None) -> None:
    if opened.trouble is Trouble.WRONG_PIN:
        raise WrongPin
    if opened.trouble:
        raise TROUBLES[opened.trouble](token=token, why=opened.why)


@contextmanager
def _alone(module: str) -> Iterator[None]:
    """A lock of the file system, which holds between threads of any kind and between processes."""
    name = sha256(f"{os.getuid()}:{module}".encode()).hexdigest()[:16]
    path = Path(tempfile.gettempdir()) / f"hocba-pkcs11-{name}.lock"
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
