"""What a service offers, as a table of entrypoints: each names a contract and the one use case that serves it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

from services.chassis import authority
from services.chassis.database import Database
from services.chassis.objects import Objects
from services.chassis.rpc_client import RpcClient
from services.contracts.messages import Command, Event, Query, Request, Task

A = TypeVar("A")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What work may use before its transaction: other services, files, heavy computing, reads of its own database."""

    db: Database
    objects: Objects
    rpc: RpcClient
    run: Callable[..., Any]
    """Runs a function that would hold the processor: in a real thread where others share this one."""
    actor: authority.Actor | None = None
    key: str = ""

    def ask(self, request: Request[A], *, timeout: float | None = None) -> A:
        """Ask another service, forwarding the acting person's token; a command gets a key derived from ours."""
        token = self.actor.token if self.actor else None
        key = f"{self.key}/{request.operation}" if isinstance(request, Command) else None
        return self.rpc.call(request, token=token, key=key, timeout=timeout)


class Access(Enum):
    """Who may call an operation at all; the use case decides on the person."""

    PERSON = "person"
    ANYONE = "anyone"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """An RPC entrypoint. `before(request, outside)` works outside the transaction; the handler gets its result."""

    request: type[Request[Any]]
    handler: Callable[..., Any]
    before: Callable[[Any, Outside], Any] | None
    keyed: bool
    access: Access
    systems: frozenset[str]

    @property
    def method(self) -> str:
        return self.request.operation.split(".")[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What is done from the inbox for an event or task; up to `batch` rows of the type share one transaction.

    `threads` of each process do nothing else; with 0 it is done by those that do everything.
    """

    shape: type[Event | Task]
    handler: Callable[..., Any]
    before: Callable[[Any, Outside], Any] | None
    batch: int
    threads: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What is done every so many seconds, and at once again while the handler says that there is more."""

    seconds: float
    handler: Callable[..., bool]
    before: Callable[[Outside], Any] | None


@dataclass(slots=True)
class Service:
    """One service: its name, where its migrations lie, its operations, its work and its rounds."""

    name: str
    migrations: Path
    operations: dict[str, Operation] = field(default_factory=dict)
    work: dict[str, Work] = field(default_factory=dict)
    rounds: list[Round] = field(default_factory=list)

    @property
    def apart(self) -> dict[str, int]:
        """The kinds of work that have threads of their own, and how many."""
        return {kind: work.threads for kind, work in self.work.items() if work.threads}

    def query(
        self,
        request: type[Query[Any]],
        handler: Callable[..., Any],
        *,
        before: Callable[[Any, Outside], Any] | None = None,
        systems: Iterable[str] = (),
    ) -> None:
        """Serve a question of a person, or of the services named in `systems` acting for themselves."""
        self._add(request, handler, before, keyed=False, access=Access.PERSON, systems=systems)

    def command(
        self,
        request: type[Command[Any]],
        handler: Callable[..., Any],
        *,
        before: Callable[[Any, Outside], Any] | None = None,
    ) -> None:
        """Serve a person's order once for each idempotency key."""
        self._add(request, handler, before, keyed=True, access=Access.PERSON, systems=())

    def open(
        self,
        request: type[Request[Any]],
        handler: Callable[..., Any],
        *,
        before: Callable[[Any, Outside], Any] | None = None,
    ) -> None:
        """Serve anybody, without a token or key: logging in, public keys, public verification."""
        self._add(request, handler, before, keyed=False, access=Access.ANYONE, systems=())

    def internal(
        self,
        request: type[Request[Any]],
        handler: Callable[..., Any],
        *,
        before: Callable[[Any, Outside], Any] | None = None,
        systems: Iterable[str],
    ) -> None:
        """Serve only the services named, under their system grants; no person's token opens this."""
        keyed = issubclass(request, Command)
        self._add(request, handler, before, keyed=keyed, access=Access.SYSTEM, systems=systems)

    def consumes(
        self,
        event: type[Event],
        handler: Callable[..., Any],
        *,
        before: Callable[[Any, Outside], Any] | None = None,
        batch: int = 50,
    ) -> None:
        """Do this for events: handler(tx, events) or handler(tx, events, fetched)."""
        self.work[event.type] = Work(shape=event, handler=handler, before=before, batch=batch)

    def task(
        self,
        task: type[Task],
        handler: Callable[..., Any],
        *,
        before: Callable[[Any, Outside], Any] | None = None,
        threads: int = 0,
    ) -> None:
        """Do this for a task of this service: handler(tx, task) or handler(tx, task, fetched).

        What waits for people gets threads of its own, or it would hold up everything else.
        """

        def single(tx: Any, items: list[Any], *fetched: Any) -> None:
            handler(tx, items[0], *fetched)

        def fetch(items: list[Any], outside: Outside) -> Any:
            return before(items[0], outside) if before else None

        fetched = fetch if before else None
        self.work[task.type] = Work(shape=task, handler=single, before=fetched, batch=1, threads=threads)

    def every(
        self, seconds: float, handler: Callable[..., bool], *, before: Callable[[Outside], Any] | None = None
    ) -> None:
        """Do this by itself, in one process at a time: handler(tx) or handler(tx, fetched); true: there is more."""
        self.rounds.append(Round(seconds=seconds, handler=handler, before=before))

    def _add(
        self,
        request: type[Request[Any]],
        handler: Callable[..., Any],
        before: Callable[[Any, Outside], Any] | None,
        *,
        keyed: bool,
        access: Access,
        systems: Iterable[str],
    ) -> None:
        operation = Operation(
            request=request, handler=handler, before=before, keyed=keyed, access=access, systems=frozenset(systems)
        )
        self.operations[operation.method] = operation
