"""Puts a process together: a service's table of entrypoints, its database, the bus, and the threads that serve them."""

import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from services.chassis import health, inbox, metrics, migrations, outbox
from services.chassis.database import Database, Tx
from services.chassis.dispatch import Dispatcher
from services.chassis.listening import Bell
from services.chassis.objects import Objects
from services.chassis.receiver import Receiver
from services.chassis.relay import Relay
from services.chassis.rounds import Rounds
from services.chassis.rpc_client import RpcClient
from services.chassis.service import Outside, Service
from services.chassis.settings import ProcessSettings, load
from services.chassis.tokens import TokenChecker
from services.chassis.worker import Worker
from services.contracts.identity import ReadTokenKeys
from services.contracts.platform import CONSUMERS, publishers_to

OF_REQUESTS = 12  # connections that the requests of a process share
BESIDE = 3  # for what comes in, health and metrics
STOP_SECONDS = 20.0  # for all threads together


def connections_of(service: Service, parts: set[str], worker_threads: int) -> int:
    """What a process may need at once: each thread one to lock with and one to work with, requests a share."""
    threads = worker_threads + sum(service.apart.values()) + len(service.rounds) if "worker" in parts else 0
    leading = 1 if "relay" in parts else 0
    return OF_REQUESTS * ("rpc" in parts) + 2 * (threads + leading) + BESIDE


class Process:
    """One process of a service, serving the parts named: rpc, relay, worker."""

    def __init__(self, service: Service, parts: set[str]) -> None:
        self._service = service
        self._parts = parts
        self._settings = load(ProcessSettings, service.name)
        self._db = Database(
            self._settings.database_url, pool=connections_of(service, parts, self._settings.worker_threads)
        )
        self._rpc = RpcClient(self._settings.broker_url, service.name)
        self._running: list[Any] = []
        self._threads: list[threading.Thread] = []
        self._container: Any = None
        service.internal(inbox.FindLacking, inbox.find_lacking, systems=publishers_to(service.name))

    def start(self) -> None:
        self._rpc.start()
        if "worker" in self._parts:
            self._start_worker()
        if "relay" in self._parts:
            self._start_relay()
        if "rpc" in self._parts:
            self._start_rpc()
        if self._settings.http_port:
            health.serve(self._settings.http_port, self._checks(), host=self._settings.http_host)

    def is_alive(self) -> bool:
        """Whether every thread that should run does; otherwise the process ends and is started anew."""
        return all(thread.is_alive() for thread in self._threads) and (
            self._container is None or not self._container._died.ready()  # noqa: SLF001 - nameko has no public word for it
        )

    def stop(self) -> None:
        """Finish what is under way, but not for ever."""
        for part in self._running:
            part.stop()
        until = time.monotonic() + STOP_SECONDS
        for thread in self._threads:
            thread.join(timeout=max(0.0, until - time.monotonic()))
        if self._container is not None:
            from services.chassis import nameko_host  # noqa: PLC0415 - only where eventlet has patched

            nameko_host.stop(self._container)
        self._rpc.stop()

    def _outside(self, run: Any) -> Outside:
        return Outside(db=self._db, objects=Objects(Path(self._settings.objects)), rpc=self._rpc, run=run)

    def _start_worker(self) -> None:
        bell = Bell(self._settings.database_url, "inbox")
        outside = self._outside(lambda function, *arguments: function(*arguments))
        for _ in range(self._settings.worker_threads):
            self._spawn(Worker(self._service, outside, bell))
        for kind, threads in self._service.apart.items():
            for _ in range(threads):
                self._spawn(Worker(self._service, outside, bell, alone=kind))
        for number, one in enumerate(self._service.rounds, start=1):  # a thread each: a long one holds up no other
            self._spawn(Rounds([one], outside, number=number))
        self._spawn(Receiver(self._service.name, self._db, self._settings.broker_url))
        self._running.append(bell)
        self._count_inbox()

    def _start_relay(self) -> None:
        bell = Bell(self._settings.database_url, "outbox")
        self._spawn(
            Relay(
                self._service.name, self._db, self._settings.broker_url, bell=bell, rpc=self._rpc, consumers=CONSUMERS
            )
        )
        self._running.append(bell)
        oldest = metrics.OUTBOX_OLDEST_SECONDS.labels(self._service.name)
        oldest.set_function(lambda: self._seen(outbox.oldest_seconds))

    def _start_rpc(self) -> None:
        from services.chassis import nameko_host  # noqa: PLC0415 - only where eventlet has patched

        tokens = TokenChecker(lambda: self._rpc.call(ReadTokenKeys()).key_set)
        dispatcher = Dispatcher(self._service, self._outside(nameko_host.run_in_thread), tokens)
        self._container = nameko_host.serve(self._service, dispatcher, self._settings.broker_url)

    def _spawn(self, part: Any) -> None:
        thread = threading.Thread(target=part.run, name=type(part).__name__, daemon=True)
        thread.start()
        self._running.append(part)
        self._threads.append(thread)

    def _count_inbox(self) -> None:
        """Counted when somebody asks for the metrics."""
        for state, gauge in (("PENDING", metrics.INBOX_PENDING), ("DEAD", metrics.INBOX_DEAD)):
            gauge.labels(self._service.name).set_function(partial(self._seen, partial(inbox.count, state=state)))

    def _seen(self, look: Callable[[Tx], float]) -> float:
        with self._db.transaction() as tx:
            return look(tx)

    def _checks(self) -> dict[str, health.Check]:
        return {"database": self._database_answers, "broker": self._rpc.is_connected}

    def _database_answers(self) -> bool:
        with self._db.transaction() as tx:
            return migrations.is_at_head(tx.conn, self._service.migrations)
