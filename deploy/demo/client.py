"""One person at the gateway: logged in, repeating what was not answered under the same key, refused in plain words."""

import hashlib
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import requests

TIMEOUT_SECONDS = 60
PATIENCE_SECONDS = 120  # how long "not now" (429, 503, no answer) is borne
NOT_NOW = (429, 503)


class Refusal(Exception):  # noqa: N818 - an answer that the demonstration sometimes wants
    """The gateway refused; `status`, `code` and the whole problem tell why."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('code')}: {problem.get('detail')}")
        self.status = status
        self.code = str(problem.get("code"))
        self.problem = problem

    @property
    def is_decided(self) -> bool:
        """Whether it is a "no", and not a failure or a "not now"."""
        return self.status < HTTPStatus.INTERNAL_SERVER_ERROR


@dataclass(slots=True)
class Client:
    """A person's requests. Keys follow from what is asked, so that a second run asks the very same things."""

    base_url: str
    username: str = ""
    token: str | None = None
    session: requests.Session = field(default_factory=requests.Session)

    def log_in(self, password: str) -> "Client":
        body = {"username": self.username, "password": password}
        self.token = self.request("POST", "/v1/sessions", json=body)["access_token"]
        return self

    def get(self, path: str, **params: Any) -> Any:
        return self.request("GET", path, params=params)

    def post(self, path: str, body: Any) -> Any:
        return self.request("POST", path, json=body, key=path)

    def put(self, path: str, body: Any) -> Any:
        return self.request("PUT", path, json=body, key=path)

    def delete(self, path: str) -> Any:
        return self.request("DELETE", path, key=f"delete {path}")

    def upload(self, path: str, name: str, content: bytes, **fields: str) -> Any:
        key = f"{path} {hashlib.sha256(content).hexdigest()} {fields}"
        return self.request("POST", path, files={"file": (name, content)}, data=fields, key=key)

    def import_workbook(self, place: str, kind: str, name: str, content: bytes) -> Any:
        """What was written of a file of marks or a list of pupils (`kind` is mark or pupil), previewed and applied.

        `place` is the path of the school's year.
        """
        shown = self.upload(f"{place}/{kind}-previews", name, content)
        return self.post(f"/v1/years/{shown['school_year']}/imports/{shown['id']}/{kind}s", {})["applied"]

    def download(self, path: str) -> bytes:
        return self._answered("GET", path, {}, {}).content

    def request(self, method: str, path: str, *, key: str | None = None, **rest: Any) -> Any:
        """The JSON answer; Refusal where the answer is a problem that waiting does not mend."""
        headers = {"Idempotency-Key": _short(key, rest.get("json"))} if key else {}
        return self._answered(method, path, headers, rest).json()

    def _answered(self, method: str, path: str, headers: dict[str, str], rest: dict[str, Any]) -> requests.Response:
        if self.token:
            headers = {**headers, "Authorization": f"Bearer {self.token}"}
        give_up = time.monotonic() + PATIENCE_SECONDS
        while True:
            response, wait = self._try(method, path, headers, rest)
            if response is not None and response.status_code not in NOT_NOW:
                break
            if time.monotonic() + wait > give_up:
                break
            time.sleep(wait)
        if response is None:
            raise Refusal(503, {"code": "no_answer", "detail": f"The gateway at {self.base_url} does not answer."})
        if not response.ok:
            raise Refusal(response.status_code, response.json())
        return response

    def _try(
        self, method: str, path: str, headers: dict[str, str], rest: dict[str, Any]
    ) -> tuple[requests.Response | None, float]:
        """The answer, if there is one, and how long to wait before asking again."""
        try:
            response = self.session.request(
                method, self.base_url + path, headers=headers, timeout=TIMEOUT_SECONDS, **rest
            )
        except requests.ConnectionError:
            return None, 1.0
        return response, float(response.headers.get("Retry-After", 1))


def _short(key: str, body: Any) -> str:
    """A key of one length for what is asked: path and body."""
    return hashlib.sha256(f"{key} {body!r}".encode()).hexdigest()
