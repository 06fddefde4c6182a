"""Each process's own small HTTP port: /livez, /readyz and /metrics, on loopback or between containers."""

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import make_wsgi_app

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Check = Callable[[], bool]


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Probes come every few seconds: not worth a line each."""


def serve(port: int, checks: Mapping[str, Check], host: str = "127.0.0.1") -> None:
    """Answer probes and metrics in a thread of their own."""
    server = make_server(host, port, _app(checks), server_class=_Server, handler_class=_Quiet)
    threading.Thread(target=server.serve_forever, name="health", daemon=True).start()


def report(checks: Mapping[str, Check]) -> tuple[bool, dict[str, str]]:
    """Whether all checks pass, and each one's word: pass or fail."""
    found = {name: "pass" if _passes(check) else "fail" for name, check in checks.items()}
    return all(word == "pass" for word in found.values()), found


def _passes(check: Check) -> bool:
    try:
        return check()
    except Exception:  # noqa: BLE001 - a check that cannot be made has failed
        return False


def _app(checks: Mapping[str, Check]) -> "Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]":
    metrics_app: Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]] = make_wsgi_app()

    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/metrics":
            return metrics_app(environ, start_response)
        ready, found = (True, {}) if environ["PATH_INFO"] == "/livez" else report(checks)
        start_response("200 OK" if ready else "503 Service Unavailable", [("Content-Type", "application/json")])
        return [json.dumps({"status": "pass" if ready else "fail", "checks": found}).encode()]

    return app
