"""The authority as a WSGI application: `HOCBA_TSA_KEY=… gunicorn 'deploy.tsa.app:from_environment()'`."""

import os
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from werkzeug import Request, Response

from deploy.tsa.tokens import TimestampKey, answer, load

LARGEST_REQUEST = 4_096  # bytes; a request takes about 80
SERIAL_BITS = 128  # so large that no count has to be kept
QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"
Clock = Callable[[], datetime]


def create_app(key: TimestampKey, clock: Clock = lambda: datetime.now(UTC)) -> Callable[..., object]:
    """Answers POSTs of timestamp queries at any path; a GET says that it is there."""

    @Request.application
    def app(request: Request) -> Response:
        request.max_content_length = LARGEST_REQUEST
        if request.method == "GET":
            return Response("A timestamp authority for development, without legal value.\n", mimetype="text/plain")
        if request.method != "POST" or request.mimetype != QUERY:
            return Response(status=415)
        octets = answer(request.get_data(), key, at=clock(), serial=secrets.randbits(SERIAL_BITS))
        return Response(octets, mimetype=REPLY)

    return app


def from_environment() -> Callable[..., object]:
    return create_app(load(Path(os.environ["HOCBA_TSA_KEY"])))
