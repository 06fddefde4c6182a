"""An HTTP connection to a server that may be slow, silent or lying: every answer is bounded in time and in bytes."""

import threading
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from socket import SHUT_RDWR
from urllib.parse import urlsplit

from services.chassis.errors import Unavailable

ANSWERED = 200


class NoAnswer(Unavailable):
    """The server at {server} gave no usable answer: {why}."""

    code = "signing.no_answer"
    vi = "Máy chủ tại {server} không trả lời dùng được: {why}."


class Connection:
    """Asks one http or https address, again and again over one connection; follows no redirection.

    Each answer has `seconds` from the first byte sent to the last byte read, and may have `most` bytes. The time also
    binds a server that lets single bytes drip, which a socket's own time-out does not see.
    """

    def __init__(self, url: str, *, seconds: float, most: int) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise NoAnswer(server=url, why="it has no http or https address")
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._http = kind(parts.hostname, parts.port, timeout=seconds)
        self._path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._url, self._seconds, self._most = url, seconds, most

    def close(self) -> None:
        self._http.close()

    def get(self) -> bytes:
        return self._ask("GET", None, {})

    def post(self, body: bytes, *, kind: str) -> bytes:
        """The answer to a body of this media type."""
        return self._ask("POST", body, {"Content-Type": kind})

    def _ask(self, method: str, body: bytes | None, headers: dict[str, str]) -> bytes:
        """Raises NoAnswer; what failed on a kept connection, which the server may have closed, is asked once more."""
        kept, late = self._http.sock is not None, threading.Event()
        timer = threading.Timer(self._seconds, self._hang_up, [late])
        timer.start()
        try:
            try:
                return self._exchange(method, body, headers, late)
            except ConnectionError:
                self._http.close()
                if not kept or late.is_set():
                    raise
                return self._exchange(method, body, headers, late)
        except (OSError, HTTPException, ValueError) as error:
            self._http.close()
            why = f"not all of it came within {self._seconds:g} seconds" if late.is_set() else type(error).__name__
            raise NoAnswer(server=self._url, why=why) from error
        except NoAnswer:
            self._http.close()
            raise
        finally:
            timer.cancel()

    def _exchange(self, method: str, body: bytes | None, headers: dict[str, str], late: threading.Event) -> bytes:
        self._http.request(method, self._path, body, headers)
        response = self._http.getresponse()
        if response.status != ANSWERED:
            raise NoAnswer(server=self._url, why=f"status {response.status}")
        data = response.read(self._most + 1)
        if len(data) > self._most:
            raise NoAnswer(server=self._url, why=f"it is longer than {self._most} bytes")
        if late.is_set():  # an answer without a length ends where we hang up, as if it were whole
            raise TimeoutError
        return data

    def _hang_up(self, late: threading.Event) -> None:
        late.set()
        if (sock := self._http.sock) is not None:
            with suppress(OSError):
                sock.shutdown(SHUT_RDWR)
