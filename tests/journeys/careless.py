"""A service's process without one of its precautions, to see that tests would notice: arguments as the real one's."""
# ruff: noqa: PLC0415 - nothing is imported before eventlet has patched

import sys
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from services.chassis import run


def tell_after_commit() -> None:
    """No outbox: events go straight to the broker when the transaction is over."""
    from services.chassis import database, dispatch

    transaction: Any = database.Tx
    dispatcher: Any = dispatch.Dispatcher
    untold: list[dict[str, Any]] = []
    answer = dispatcher.answer

    def answer_and_tell(self: Any, method: str, envelope: Any) -> Any:
        reply = answer(self, method, envelope)
        if untold:
            _publish(untold)
            untold.clear()
        return reply

    transaction.emit_all = lambda _tx, told: untold.extend(database._outgoing(event) for event in told)  # noqa: SLF001
    dispatcher.answer = answer_and_tell


def _publish(untold: list[dict[str, Any]]) -> None:
    import pika

    from services.chassis import events, publishing, relay
    from services.chassis.settings import ProcessSettings, load

    rows: list[Any] = [SimpleNamespace(**row, written_at=datetime.now(UTC)) for row in untold]
    with pika.BlockingConnection(pika.URLParameters(load(ProcessSettings, "identity").broker_url)) as broker:
        publishing.publish_all(broker, events.EXCHANGE, [relay.message_of(row) for row in rows])


def forget_keys() -> None:
    """No record of commands: the same key is always new."""
    from services.chassis import idempotency

    records: Any = idempotency
    records.claim = lambda *_, **__: None


def forget_events() -> None:
    """No check for duplicates: every delivery is new."""
    from services.chassis import inbox
    from services.chassis.ids import new_id

    box: Any = inbox
    store = inbox.store
    box.store = lambda tx, **row: store(tx, **row | {"event_id": new_id()})


FLAWS = {"identity rpc": tell_after_commit, "gradebook rpc": forget_keys, "gradebook relay worker": forget_events}

if __name__ == "__main__":
    if "rpc" in sys.argv:
        run._go_green()  # noqa: SLF001 - before the flaw imports what must be patched first
    FLAWS[" ".join(sys.argv[1:])]()
    sys.exit(run.main(sys.argv[1:]))
