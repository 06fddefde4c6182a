"""What operators see of each request: its trace, its duration, one line in the log; and how this process does."""

import os
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

import flask
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from gateway.backend import backend
from services.chassis import logs, trace
from services.chassis.health import report
from services.chassis.metrics import BUCKETS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SECONDS = Histogram(
    "hocba_gateway_request_duration_seconds", "HTTP requests answered", ["endpoint", "status"], buckets=BUCKETS
)
probes = flask.Blueprint("probes", __name__)


def install(app: flask.Flask) -> None:
    """Follow, time and log every request of the application."""
    app.wsgi_app = _following(app.wsgi_app)  # type: ignore[assignment,method-assign]  # how Flask wants to be wrapped
    app.before_request(_start)
    app.after_request(_end)


@probes.get("/livez")
def livez() -> flask.Response:
    return flask.jsonify(status="pass")


@probes.get("/readyz")
def readyz() -> tuple[flask.Response, int]:
    """Ready while the broker is connected; without it nothing can be asked."""
    ready, checks = report({"broker": backend().rpc.is_connected})
    return flask.jsonify(status="pass" if ready else "fail", checks=checks), 200 if ready else 503


@probes.get("/metrics")
def metrics() -> flask.Response:
    return flask.Response(generate_latest(_registry()), content_type=CONTENT_TYPE_LATEST)


def _registry() -> CollectorRegistry:
    """The counts of this process; of all workers together where they share a folder."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # prometheus_client leaves it unannotated
    return registry


def _following(app: "WSGIApplication") -> "WSGIApplication":
    def followed(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        with trace.follow(environ.get("HTTP_TRACEPARENT")):
            return app(environ, start_response)

    return followed


def _start() -> None:
    flask.g.started = time.monotonic()


def _end(response: flask.Response) -> flask.Response:
    seconds = time.monotonic() - flask.g.started
    endpoint = flask.request.endpoint or "none"
    response.headers["X-Trace-Id"] = trace.current()[3:35]
    SECONDS.labels(endpoint, response.status_code).observe(seconds)
    if flask.request.blueprint != probes.name:
        logs.get().info("http_request", endpoint=endpoint, status=response.status_code, seconds=round(seconds, 4))
    return response
