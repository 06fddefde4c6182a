"""Applies the topology through RabbitMQ's management API, and finds where a broker differs from it."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

import requests

from deploy.broker.topology import Binding, Topology, User

TIMEOUT_SECONDS = 30


class Management:
    """One virtual host of a broker. `url` is the management API's, with an administrator's name and password."""

    def __init__(self, url: str, vhost: str) -> None:
        parts = urlsplit(url)
        self._base = f"{parts.scheme}://{parts.hostname}:{parts.port}/api"
        self._vhost = quote(vhost, safe="")
        self._session = requests.Session()
        self._session.auth = (parts.username or "", parts.password or "")
        self._session.trust_env = False
        self._administrator = parts.username or ""

    def apply(self, topology: Topology, passwords: Mapping[str, str]) -> None:
        """Make the virtual host hold the topology; what is there already stays, users get these passwords.

        One thing goes: an inbox that an event no longer concerns is given it no more, as nobody there could read it.
        """
        self._put(f"vhosts/{self._vhost}", {})
        everything = {"configure": ".*", "write": ".*", "read": ".*"}
        self._put(f"permissions/{self._vhost}/{quote(self._administrator, safe='')}", everything)
        self._send("POST", f"definitions/{self._vhost}", _definitions(topology))
        self._unbind(topology)
        for user in topology.users:
            self._apply_user(user, passwords[user.name])

    def delete_vhost(self) -> None:
        self._send("DELETE", f"vhosts/{self._vhost}")

    def differences(self, topology: Topology) -> list[str]:
        """One sentence for each thing that is missing, different, or there without being wanted."""
        wanted, found = _facts(topology), self._found_facts(topology)
        missing = [f"missing or different: {fact}" for fact in sorted(wanted - found)]
        return missing + [f"not in the contracts: {fact}" for fact in sorted(found - wanted)]

    def _unbind(self, topology: Topology) -> None:
        ours, wanted = {queue.name for queue in topology.queues}, set(topology.bindings)
        for found in self._get(f"bindings/{self._vhost}"):
            source, queue = found["source"], found["destination"]
            if source and queue in ours and Binding(source, queue, found["routing_key"]) not in wanted:
                ends = f"e/{quote(source, safe='')}/q/{quote(queue, safe='')}"
                self._send("DELETE", f"bindings/{self._vhost}/{ends}/{quote(found['properties_key'], safe='')}")

    def _apply_user(self, user: User, password: str) -> None:
        name = quote(user.name, safe="")
        self._put(f"users/{name}", {"password": password, "tags": ""})
        permission = user.permission
        body = {"configure": permission.configure, "write": permission.write, "read": permission.read}
        self._put(f"permissions/{self._vhost}/{name}", body)
        for topic in user.topics:
            body = {"exchange": topic.exchange, "write": topic.write, "read": topic.read}
            self._put(f"topic-permissions/{self._vhost}/{name}", body)

    def _found_facts(self, topology: Topology) -> set[str]:
        names = {user.name for user in topology.users}
        exchanges = {
            e["name"] for e in self._get(f"exchanges/{self._vhost}") if not e["name"].startswith("amq.") and e["name"]
        }
        queues = [q for q in self._get(f"queues/{self._vhost}") if not q["name"].startswith("rpc.reply-")]
        kept = {q["name"] for q in queues}
        return {
            *(f"exchange {name}" for name in exchanges),
            *(_queue_fact(q["name"], q["arguments"].items()) for q in queues),
            *(
                _binding_fact(b["source"], b["destination"], b["routing_key"])
                for b in self._get(f"bindings/{self._vhost}")
                if b["source"] and b["destination"] in kept
            ),
            *(
                _permission_fact(p["user"], p["configure"], p["write"], p["read"])
                for p in self._get(f"vhosts/{self._vhost}/permissions")
                if p["user"] in names
            ),
            *(
                _topic_fact(p["user"], p["exchange"], p["write"], p["read"])
                for p in self._get(f"vhosts/{self._vhost}/topic-permissions")
                if p["user"] in names
            ),
        }

    def _get(self, path: str) -> Any:
        return self._send("GET", path).json()

    def _put(self, path: str, body: Any) -> None:
        self._send("PUT", path, body)

    def _send(self, method: str, path: str, body: Any = None) -> requests.Response:
        response = self._session.request(method, f"{self._base}/{path}", json=body, timeout=TIMEOUT_SECONDS)
        response.raise_for_status()
        return response


def _definitions(topology: Topology) -> dict[str, list[dict[str, Any]]]:
    durable = {"durable": True, "auto_delete": False}
    return {
        "exchanges": [
            {"name": name, "type": "topic", "internal": False, "arguments": {}, **durable}
            for name in topology.exchanges
        ],
        "queues": [{"name": queue.name, "arguments": dict(queue.arguments), **durable} for queue in topology.queues],
        "bindings": [
            {
                "source": b.exchange,
                "destination": b.queue,
                "destination_type": "queue",
                "routing_key": b.key,
                "arguments": {},
            }
            for b in topology.bindings
        ],
    }


def _facts(topology: Topology) -> set[str]:
    return {
        *(f"exchange {name}" for name in topology.exchanges),
        *(_queue_fact(queue.name, queue.arguments) for queue in topology.queues),
        *(_binding_fact(b.exchange, b.queue, b.key) for b in topology.bindings),
        *(
            _permission_fact(u.name, u.permission.configure, u.permission.write, u.permission.read)
            for u in topology.users
        ),
        *(_topic_fact(u.name, t.exchange, t.write, t.read) for u in topology.users for t in u.topics),
    }


def _queue_fact(name: str, arguments: Iterable[tuple[str, Any]]) -> str:
    kept = sorted((key, value) for key, value in arguments if (key, value) != ("x-queue-type", "classic"))
    return f"queue {name} {kept}"


def _binding_fact(exchange: str, queue: str, key: str) -> str:
    return f"binding {exchange} → {queue} by {key}"


def _permission_fact(user: str, configure: str, write: str, read: str) -> str:
    return f"permission of {user}: configure {configure} write {write} read {read}"


def _topic_fact(user: str, exchange: str, write: str, read: str) -> str:
    return f"topic permission of {user} on {exchange}: write {write} read {read}"
