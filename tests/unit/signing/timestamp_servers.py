"""Timestamp authorities of this machine: honest ones, and such as fail or lie in one way."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from asn1crypto import tsp

from deploy.tsa.tokens import TimestampKey, answer
from services.signing import keys
from services.signing.authority import Authority
from services.signing.timestamps import Authorities
from services.signing.timestamps.authorities import Authority as TimestampAuthority
from services.signing.timestamps.token import Asked

DAY = timedelta(days=1)
DIGEST = sha256(b"a signature").digest()


@dataclass(slots=True)
class Server:
    """`url`, what it was asked, over which connections, and at which path just now.

    `reply` makes the answer's bytes of a request's, which are empty when something is just fetched.
    """

    reply: Callable[[bytes], bytes]
    url: str = ""
    asked: list[bytes] = field(default_factory=list)
    connections: set[int] = field(default_factory=set)
    path: str = ""

    def answer(self, request: bytes, port: int, path: str) -> bytes:
        self.path = path
        self.asked.append(request)
        self.connections.add(port)
        return self.reply(request)


@contextmanager
def serving(reply: Callable[[bytes], bytes]) -> Iterator[Server]:
    server = Server(reply)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # keeps connections, as real servers do

        def do_POST(self) -> None:
            request = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            octets = server.answer(request, self.client_address[1], self.path)
            with suppress(ConnectionError):  # whoever finds it too long hangs up
                self.send_response(200)
                self.send_header("Content-Length", str(len(octets)))
                self.end_headers()
                self.wfile.write(octets)

        do_GET = do_POST  # noqa: N815 - the name that the library looks for

        def log_message(self, *_anything) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{http.server_port}/"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        thread.join()
        http.server_close()


@contextmanager
def speaking(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that says what it likes to one connection after the other; gives its address."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                client, _ = listening.accept()
            except OSError:
                return
            with client:
                try:
                    client.recv(65536)
                    talk(client)
                except OSError:
                    continue  # the client has hung up, as it should

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


def timestamp_key(authority: Authority, *, days: tuple[int, int] = (-90, 90), certificate: bytes | None = None):
    """A key with a certificate from so many days before today to so many after."""
    key, now = keys.generate(), datetime.now(UTC)
    certificate = certificate or authority.issue_timestamping(
        key.public_key(), name="TSA thử", valid_from=now + days[0] * DAY, valid_until=now + days[1] * DAY
    )
    return TimestampKey(key=key, certificate=certificate, chain=authority.chain)


def honest(key: TimestampKey, *, late: timedelta = timedelta()) -> Callable[[bytes], bytes]:
    return lambda request: answer(request, key, at=datetime.now(UTC) - late, serial=7)


def asking(authority, *urls, seconds=5.0, policy=None, resting=None) -> Authorities:
    places = [TimestampAuthority(url=url, policy=policy) for url in urls]
    return Authorities(places, roots=[authority.root], seconds=seconds, resting=resting)


def one(authority, *urls, **settings):
    (outcome,) = asking(authority, *urls, **settings).stamp([DIGEST], seconds=30)
    return outcome


def token_on(digest: bytes, key: TimestampKey) -> bytes:
    """A token without asking a server."""
    reply = answer(Asked(digest=digest, nonce=5, policy=None).der(), key, at=datetime.now(UTC), serial=11)
    token: bytes = tsp.TimeStampResp.load(reply)["time_stamp_token"].dump()
    return token
