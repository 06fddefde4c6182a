"""What the broker must hold: exchanges, queues, bindings, users and permissions, computed from the contracts alone."""

from dataclasses import dataclass, field

from services.chassis import events, wire
from services.contracts.platform import CALLS, CONSUMERS, EVENTS, GATEWAY, PUBLIC, SERVICES, publisher_of

UUID_KEY = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
NOTHING = "^$"
STREAM_MAX_AGE = "90D"
SUBSCRIBER = "subscriber"  # the user that other government systems' readers are made after

Arguments = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Queue:
    name: str
    arguments: Arguments = ()


@dataclass(frozen=True, slots=True)
class Binding:
    exchange: str
    queue: str
    key: str


@dataclass(frozen=True, slots=True)
class Permission:
    """Regular expressions of the resources that a user may declare, write to and read from."""

    configure: str
    write: str
    read: str


@dataclass(frozen=True, slots=True)
class TopicPermission:
    """Regular expressions of the routing keys that a user may publish with (write) and bind with (read)."""

    exchange: str
    write: str
    read: str


@dataclass(frozen=True, slots=True)
class User:
    name: str
    permission: Permission
    topics: tuple[TopicPermission, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Topology:
    exchanges: tuple[str, ...]
    queues: tuple[Queue, ...]
    bindings: tuple[Binding, ...]
    users: tuple[User, ...]


def wanted() -> Topology:
    """The topology that the contracts ask for. Exchanges are durable topics, queues durable and classic, but one."""
    rpc = [Queue(wire.rpc_queue(service)) for service in SERVICES]
    inboxes = [Queue(events.events_queue(service)) for service in SERVICES]
    stream = Queue(events.STREAM, (("x-max-age", STREAM_MAX_AGE), ("x-queue-type", "stream")))
    return Topology(
        exchanges=(wire.EXCHANGE, events.EXCHANGE),
        queues=(*rpc, *inboxes, stream),
        bindings=(*_request_bindings(), *_event_bindings()),
        users=(*(_service_user(service) for service in SERVICES), _gateway_user(), _subscriber()),
    )


def _request_bindings() -> list[Binding]:
    return [Binding(wire.EXCHANGE, wire.rpc_queue(service), f"{service}.*") for service in SERVICES]


def _event_bindings() -> list[Binding]:
    inboxes = [
        Binding(events.EXCHANGE, events.events_queue(consumer), event_type)
        for event_type, consumers in CONSUMERS.items()
        for consumer in consumers
    ]
    return inboxes + [
        Binding(events.EXCHANGE, events.STREAM, event.type) for event in sorted(PUBLIC, key=lambda e: e.type)
    ]


def _service_user(service: str) -> User:
    replies = rf"rpc\.reply-{service}-.*"
    return User(
        service,
        Permission(
            configure=f"^{replies}$",
            write=f"^(nameko-rpc|hocba\\.events|{replies})$",
            read=f"^(nameko-rpc|rpc-{service}|events-{service}|{replies})$",
        ),
        (
            TopicPermission(wire.EXCHANGE, write=f"^({_callable(service)}|{UUID_KEY})$", read=f"^{UUID_KEY}$"),
            TopicPermission(events.EXCHANGE, write=rf"^vn\.hocba\.{service}\.[a-z_]+\.v[0-9]+$", read=NOTHING),
        ),
    )


def _callable(service: str) -> str:
    """The operations that a service may call: all of those it works with, and the few that every service needs."""
    whole = {rf"{callee}\.[a-z_]+" for callee in CALLS[service]}
    consumers = {name for event, names in EVENTS.items() if publisher_of(event.type) == service for name in names}
    single = {r"identity\.read_token_keys"} | {rf"{consumer}\.find_lacking" for consumer in consumers}
    return "|".join(sorted(whole | single))


def _gateway_user() -> User:
    replies = rf"rpc\.reply-{GATEWAY}-.*"
    callees = "|".join(CALLS[GATEWAY])
    return User(
        GATEWAY,
        Permission(configure=f"^{replies}$", write=f"^(nameko-rpc|{replies})$", read=f"^(nameko-rpc|{replies})$"),
        (
            TopicPermission(wire.EXCHANGE, write=rf"^({callees})\.[a-z_]+$", read=f"^{UUID_KEY}$"),
            TopicPermission(events.EXCHANGE, write=NOTHING, read=NOTHING),
        ),
    )


def _subscriber() -> User:
    return User(SUBSCRIBER, Permission(configure=NOTHING, write=NOTHING, read=f"^{events.STREAM}$"))
