"""The transparency log as C2SP tlog-tiles, to be kept by any cache on the way; its proofs; its witnesses."""

import flask

from gateway.backend import Caller, admit, ask, backend
from gateway.endpoints import offer, offer_query, published, read, resource, serve
from services.contracts.signing.log import (
    Cosign,
    ProveConsistency,
    ProveDocument,
    ProveEntry,
    ProveFile,
    ReadCheckpoint,
    ReadLogKeys,
    ReadTile,
)

CHECKPOINT_SECONDS = 2
TILE_SECONDS = 365 * 24 * 3600
TEXT = {"text/plain": {"schema": {"type": "string"}}}
BYTES = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
api = resource("log", "Nhật ký minh bạch (transparency log)")

offer(api, "GET", "/v1/log/keys", ReadLogKeys)
offer(api, "GET", "/v1/log/documents/<code>", ProveDocument)
offer(api, "GET", "/v1/log/files/<sha256>", ProveFile)
offer(api, "GET", "/v1/log/entries/<entry>", ProveEntry)
offer_query(api, "/v1/log/consistency", ProveConsistency)
offer(api, "POST", "/v1/log/cosignatures", Cosign)


@serve(api, "GET", "/log/checkpoint", ReadCheckpoint, content=TEXT)
def read_checkpoint() -> flask.Response:
    caller = admit(ReadCheckpoint)
    return _cached(ask(ReadCheckpoint(), caller).note.encode(), "text/plain; charset=utf-8", CHECKPOINT_SECONDS)


@serve(api, "GET", "/log/tile/<path:path>", ReadTile, content=BYTES)
def read_tile() -> flask.Response:
    """Who reads the whole log needs many: tiles have a budget of their own."""
    backend().tile_budgets.spend(str(flask.request.remote_addr))
    response = _cached(ask(read(ReadTile, {}), Caller()).data, "application/octet-stream", TILE_SECONDS)
    response.cache_control.immutable = True
    return response


def _cached(data: bytes, kind: str, seconds: int) -> flask.Response:
    return published(flask.Response(data, content_type=kind), seconds)
