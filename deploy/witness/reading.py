"""Reads a transparency log by HTTP, believing nothing: not the address, not the length of an answer."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Protocol

import requests

from services.chassis.codec import decode, from_json
from services.chassis.errors import Problem
from services.contracts.signing.log import InclusionV1
from services.signing.log.faults import LogFault
from services.signing.log.notes import Note, note_in
from services.signing.log.tiles import ENTRIES, HASH, Tile

TIMEOUT_SECONDS = 30
PATIENCE_SECONDS = 90  # how long "not now" is borne
NOT_NOW = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
MOST_BYTES = 64 * 1024


class ReadableLog(Protocol):
    """A log as strangers reach it; every method raises LogFault."""

    def checkpoint(self) -> Note: ...
    def tile(self, tile: Tile) -> bytes: ...
    def prove(self, what: str) -> InclusionV1:
        """The answer for `documents/<code>` or `files/<sha256>`."""
        ...

    def cosign(self, note: Note) -> None: ...


@dataclass(frozen=True, slots=True)
class RemoteLog:
    """The log behind a gateway."""

    url: str
    session: requests.Session = field(default_factory=requests.Session)

    def checkpoint(self) -> Note:
        return note_in(self._read("GET", "/log/checkpoint"))

    def tile(self, tile: Tile) -> bytes:
        data = self._read("GET", f"/log/tile/{tile.path}")
        if tile.level != ENTRIES and len(data) != tile.width * HASH:
            raise LogFault(f"The tile {tile.path} has {len(data)} bytes instead of {tile.width * HASH}.")
        return data

    def prove(self, what: str) -> InclusionV1:
        try:
            return decode(InclusionV1, from_json(self._read("GET", f"/v1/log/{what}")))
        except Problem as problem:
            raise LogFault(f"The log's answer on {what} is no proof.") from problem

    def cosign(self, note: Note) -> None:
        self._read("POST", "/v1/log/cosignatures", {"note": str(note)})

    def _read(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> bytes:
        give_up = time.monotonic() + PATIENCE_SECONDS
        while True:
            with self._ask(method, path, body) as response:
                if response.status_code not in NOT_NOW or time.monotonic() > give_up:
                    return _body(response)
                pause = _seconds(response.headers.get("Retry-After", ""))
            time.sleep(pause)

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None) -> requests.Response:
        address = self.url.rstrip("/") + path
        try:
            return self.session.request(
                method, address, json=body, timeout=TIMEOUT_SECONDS, stream=True, allow_redirects=False,
                headers={"Accept-Language": "en"},
            )  # fmt: skip
        except requests.RequestException as error:
            raise LogFault(f"The log at {self.url} does not answer ({type(error).__name__}).") from error


def _body(response: requests.Response) -> bytes:
    data = bytes(response.raw.read(MOST_BYTES + 1, decode_content=True))
    if len(data) > MOST_BYTES:
        raise LogFault(f"The answer from {response.url} is longer than any answer of a log.")
    if response.status_code != HTTPStatus.OK:
        raise LogFault(f"The log answered {response.status_code} for {response.url}{_reason(data)}.")
    return data


def _reason(data: bytes) -> str:
    """What the log says to it, where it says something."""
    try:
        told = from_json(data)
    except Problem:
        return ""
    return f": {str(told.get('detail')).rstrip('.')}" if isinstance(told, dict) else ""


def _seconds(retry_after: str) -> float:
    return min(float(retry_after), 30) if retry_after.isdigit() else 1
