"""A service as people, other services and events meet it: on its own database, with recorded answers for the others."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import text

from services.chassis import inbox
from services.chassis.authority import Actor
from services.chassis.codec import answer_of, decode, encode
from services.chassis.database import Database
from services.chassis.dispatch import Dispatcher
from services.chassis.errors import Unauthenticated, from_wire
from services.chassis.ids import new_id
from services.chassis.objects import Objects
from services.chassis.service import Outside, Round, Service
from services.chassis.tables import grants
from services.chassis.wire import Envelope
from services.chassis.worker import Worker
from services.contracts.identity import Role
from services.contracts.messages import Event, Request

A = TypeVar("A")


@dataclass(slots=True)
class RecordedAnswers:
    """Stands where the bus is: answers by kind of request (a value, a function, or an exception), and remembers."""

    answers: dict[type, Any] = field(default_factory=dict)
    asked: list[tuple[Any, str | None, str | None]] = field(default_factory=list)

    def call(self, request: Request[Any], *, token: str | None = None, key: str | None = None, **_rest: Any) -> Any:
        self.asked.append((request, token, key))
        answer = self.answers[type(request)]
        if isinstance(answer, Exception):
            raise answer
        return answer(request) if callable(answer) else answer

    def of(self, kind: type) -> list[tuple[Any, str | None, str | None]]:
        """What was asked of that kind: the request, the person's token, the key."""
        return [asked for asked in self.asked if isinstance(asked[0], kind)]


class OwnTokens:
    """A person's token is their identifier."""

    def check(self, token: str | None) -> Actor:
        if token is None:
            raise Unauthenticated
        return Actor(account_id=UUID(token), person_id=UUID(token), token=token)


@dataclass(frozen=True, slots=True)
class Acting:
    """A service at work; `others` answers what it asks."""

    service: Service
    db: Database
    objects: Objects
    others: RecordedAnswers

    @property
    def outside(self) -> Outside:
        run = lambda function, *arguments: function(*arguments)  # noqa: E731 - as where no thread is shared
        return Outside(db=self.db, objects=self.objects, rpc=self.others, run=run)  # type: ignore[arg-type]  # its part

    def ask(self, request: Request[A], person: UUID | None = None, *, key: str | None = None) -> A:
        """The answer to a person's request; raises what the service refuses with."""
        return self._answer(request, str(person) if person else None, key or str(uuid4()), "gateway")

    def ask_as(self, service: str, request: Request[A], *, key: str | None = None) -> A:
        """The answer to another service's request under its system grant."""
        return self._answer(request, None, key or str(uuid4()), service)

    def hear(self, event: Event) -> None:
        """Have an event come, not yet worked on."""
        with self.db.transaction() as tx:
            inbox.store(tx, event_id=new_id(), event_type=event.type, data=encode(event), raw=None, traceparent=None)

    def tell(self, event: Event) -> None:
        self.hear(event)
        self.work()

    def work(self) -> None:
        """Do all background work, what was delayed included."""
        self.sql("UPDATE inbox SET due_at = now() WHERE state = 'PENDING'")
        workers = [self.worker(), *(self.worker(alone=kind) for kind in self.service.apart)]
        while any(worker.work_once() for worker in workers):
            pass

    def worker(self, *, alone: str | None = None) -> Worker:
        """A thread's work, to be done step by step."""
        return Worker(self.service, self.outside, None, alone=alone)  # type: ignore[arg-type]  # only `run` waits for a bell

    def round(self, name: str) -> Round:
        """The service's round of that handler."""
        return next(one for one in self.service.rounds if one.handler.__name__ == name)

    def unfinished(self) -> list[str]:
        """Why background work has not ended."""
        return [row.reason for row in self.sql("SELECT reason FROM inbox WHERE state <> 'DONE'")]

    def told(self, event: type[Event]) -> list[dict[str, Any]]:
        """The events of that type that were announced, oldest first."""
        return [row.data for row in self.sql("SELECT data FROM outbox WHERE type = :type ORDER BY id", type=event.type)]

    def grant(self, role: Role, unit_id: UUID, person_id: UUID | None = None) -> UUID:
        """The person, by default a new one, who holds the role at the unit since yesterday."""
        person_id = person_id or new_id()
        row = {"grant_id": new_id(), "version": 1, "person_id": person_id, "role": role, "unit_id": unit_id}
        with self.db.transaction() as tx:
            tx.conn.execute(grants.insert().values(row | {"valid_from": tx.now() - timedelta(days=1)}))
        return person_id

    def sql(self, statement: str, **values: Any) -> list[Any]:
        with self.db.transaction() as tx:
            result = tx.conn.execute(text(statement), values)
            return list(result) if result.returns_rows else []

    def _answer(self, request: Request[A], token: str | None, key: str, caller: str) -> A:
        envelope = Envelope(payload=encode(request), token=token, key=key, caller=caller, traceparent=None)
        dispatcher = Dispatcher(self.service, self.outside, OwnTokens())  # type: ignore[arg-type]  # its part
        reply = dispatcher.answer(request.operation.split(".")[1], envelope)
        if reply["error"]:
            raise from_wire(reply["error"])
        answer: A = decode(answer_of(type(request)), reply["result"])
        return answer
