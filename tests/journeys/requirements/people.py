"""People at the gateway, each with an account of their own, and the department that founds schools."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from deploy.demo.client import Client, Refusal
from deploy.demo.people_at_school import Entrance
from tests.journeys.installation import Platform, until

SERVICES = ("gradebook", "transcript", "signing")  # those whose decisions rest on grants here


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is logged in; every request that changes something has a key of its own."""

    id: str
    client: Client

    def get(self, path: str, **params: Any) -> Any:
        return self.client.get(path, **params)

    def post(self, path: str, body: Any = None) -> Any:
        return self._change("POST", path, json={} if body is None else body)

    def put(self, path: str, body: Any) -> Any:
        return self._change("PUT", path, json=body)

    def delete(self, path: str) -> Any:
        return self._change("DELETE", path)

    def upload(self, path: str, content: bytes, *, name: str = "list.xlsx", **form: str) -> Any:
        return self._change("POST", path, files={"file": (name, content)}, data=form)

    def download(self, path: str) -> bytes:
        return self.client.download(path)

    def _change(self, method: str, path: str, **sent: Any) -> Any:
        return self.client.request(method, path, key=str(uuid4()), **sent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """A Sở with its operator; founds units and appoints people."""

    platform: Platform
    entrance: Entrance
    operator: Person
    unit_id: str

    def found(self, kind: str, code: str, name: str, *, below: str | None = None) -> str:
        """A new unit, by default right below the department."""
        place = {"parent_id": below or self.unit_id, "commune": "Xã Sao Biển", "province": "Tỉnh Minh Họa"}
        return str(self.operator.post("/v1/units", {"kind": kind, "code": code, "name": name} | place)["id"])

    def appoint(self, unit_id: str, *roles: str, by: Person | None = None, **term: Any) -> list[Person]:
        """New people who hold these roles at the unit, in this order; `term` is what else a grant says."""
        members = [_member(role) | term for role in roles]
        added = (by or self.operator).post(f"/v1/units/{unit_id}/staff", {"members": members})["members"]
        return [self._enter(member) for member in added]

    def await_grants(self, unit_id: str, people: int) -> None:
        """Wait until every service knows of so many grants at the unit."""
        for service in SERVICES:
            until(lambda service=service: self.grants_known(service, unit_id) >= people)  # type: ignore[misc]

    def grants_known(self, service: str, unit_id: str) -> int:
        return int(self.platform.sql(service, "SELECT count(*) FROM grants WHERE unit_id = %s", unit_id)[0][0])

    def _enter(self, member: Any) -> Person:
        return Person(member["person_id"], self.entrance.enter(member["username"], member["activation_code"]))


def until_done(work: Callable[[], Any], *, unless: Sequence[str]) -> Any:
    """Ask until news has arrived: refusals of these codes mean "not yet"; gives the answer."""
    done: list[Any] = []

    def is_done() -> bool:
        try:
            done.append(work())
        except Refusal as refusal:
            if refusal.code not in unless:
                raise
        return bool(done)

    until(is_done)
    return done[0]


def _member(role: str) -> dict[str, Any]:
    code = uuid4().hex[:12]
    return {"code": code, "name": f"Người Tưởng Tượng {code}", "email": f"{code}@example.vn", "role": role}
