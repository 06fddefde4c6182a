"""Who acts in the demonstration: the operator, and each school's people with their own accounts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from deploy.demo.client import Client, Refusal
from deploy.demo.school import School


@dataclass(slots=True)
class SchoolAccounts:
    """A school as it exists on the platform: its unit, and its people by staff code, each logged in."""

    school: School
    unit_id: str
    people: dict[str, Client] = field(default_factory=dict)
    person_ids: dict[str, str] = field(default_factory=dict)

    @property
    def admin(self) -> Client:
        return self.people[self.school.admin_code]

    @property
    def principal(self) -> Client:
        return self.people[self.school.principal_code]

    @property
    def clerk(self) -> Client:
        return self.people[self.school.clerk_code]


@dataclass(frozen=True, slots=True)
class Entrance:
    """Opens accounts: activates them with the one password of this demonstration, or logs in where that was done."""

    base_url: str
    password: str

    def enter(self, username: str, activation_code: str | None) -> Client:
        client = Client(self.base_url, username)
        if activation_code:
            body = {"activation_code": activation_code, "password": self.password}
            try:
                client.request("POST", "/v1/activations", json=body)
            except Refusal as refusal:
                if refusal.code != "identity.activation_unknown":  # used on an earlier run
                    raise
        return client.log_in(self.password)

    def enter_all(self, accounts: SchoolAccounts, members: Sequence[dict[str, Any]]) -> None:
        for member in members:
            accounts.people[member["code"]] = self.enter(member["username"], member["activation_code"])
            accounts.person_ids[member["code"]] = member["person_id"]


def found_school(operator: Client, entrance: Entrance, parent_id: str, school: School) -> SchoolAccounts:
    """The operator makes the school and appoints its principal and admin."""
    unit = operator.post(
        "/v1/units",
        {
            "kind": "TRUONG",
            "code": school.code,
            "name": school.name,
            "parent_id": parent_id,
            "commune": "Xã Sao Biển",
            "province": "Tỉnh Minh Họa",
        },
    )
    leaders = [_member(school, school.principal_code, "principal"), _member(school, school.admin_code, "admin")]
    accounts = SchoolAccounts(school, unit["id"])
    added = operator.post(f"/v1/units/{unit['id']}/staff", {"members": leaders})
    entrance.enter_all(accounts, added["members"])
    return accounts


def _member(school: School, code: str, role: str) -> dict[str, str]:
    member = next(member for member in school.staff if member.code == code)
    return {"code": code, "name": member.person.full_name, "email": member.email, "role": role}
