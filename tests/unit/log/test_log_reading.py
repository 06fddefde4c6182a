"""Whoever reads a log by HTTP waits when asked to, and takes nothing for an answer that is none."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from deploy.witness.reading import RemoteLog
from services.signing.log.faults import LogFault
from services.signing.log.tiles import ENTRIES, Tile

PROBLEM = b'{"detail": "There is no such thing, or it is not yours to know of."}'
TILE = Tile(level=0, index=0, width=2)


@pytest.fixture
def served():
    """What the server answers, in turn: status, body, headers; and the log behind it."""
    answers, asked = [], []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            status, body, headers = answers.pop(0)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        log = RemoteLog(f"http://127.0.0.1:{server.server_port}/")
        with log.session:
            yield answers, asked, log
        server.shutdown()
        thread.join()


def test_a_tile_is_asked_for_by_its_name(served):
    answers, asked, log = served
    answers.append((200, bytes(64), {}))

    assert log.tile(TILE) == bytes(64)
    assert asked == ["/log/tile/0/000.p/2"]


@pytest.mark.parametrize("status", [429, 503])
def test_not_now_is_borne_and_asked_again(served, status):
    answers, asked, log = served
    answers += [(status, PROBLEM, {"Retry-After": "0"}), (200, bytes(64), {})]

    assert log.tile(TILE) == bytes(64)
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("status", "body", "headers", "fault"),
    [
        (404, PROBLEM, {}, r"answered 404 for .*/0/000\.p/2: There is no such thing, or it is not yours to know of\."),
        (500, b"x", {}, "answered 500"),
        (302, b"", {"Location": "http://127.0.0.1:1/"}, "answered 302"),
        (200, bytes(63), {}, r"The tile 0/000\.p/2 has 63 bytes instead of 64\."),
        (200, bytes(70_000), {}, "longer than any answer"),
    ],
)
def test_what_is_no_answer_is_told_in_one_sentence(served, status, body, headers, fault):
    answers, _, log = served
    answers.append((status, body, headers))

    with pytest.raises(LogFault, match=fault):
        log.tile(TILE)


def test_a_bundle_may_have_any_length_that_fits(served):
    answers, _, log = served
    answers.append((200, b"x", {}))

    assert log.tile(Tile(level=ENTRIES, index=0)) == b"x"


@pytest.mark.parametrize("body", [b"[]", b"{}", b"\xff", PROBLEM])
def test_a_proof_that_is_none_is_refused(served, body):
    answers, _, log = served
    answers.append((200, body, {}))

    with pytest.raises(LogFault, match="is no proof"):
        log.prove("documents/ABC")


def test_a_log_that_does_not_answer_is_named():
    with pytest.raises(LogFault, match=r"http://127\.0\.0\.1:1 does not answer"):
        RemoteLog("http://127.0.0.1:1").checkpoint()
