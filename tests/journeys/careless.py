"""A service's process without one of its precautions, to see that tests would notice: arguments as the real one's."""

import sys
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from services.chassis import run


def tell_after_commit() -> None:
    """No outbox: events go straight to the broker when the transaction is over."""
    import pika  # noqa: PLC0415 - only after eventlet has patched

    from services.chassis import database, events, publishing, relay  # noqa: PLC0415 - likewise
    from services.chassis.dispatch import Dispatcher  # noqa: PLC0415 - likewise
    from services.chassis.settings import ProcessSettings, load  # noqa: PLC0415 - likewise

    untold: list[dict[str, Any]] = []
    answer = Dispatcher.answer

    def answer_and_tell(self: Dispatcher, method: str, envelope: Any) -> dict[str, Any]:
        reply = answer(self, method, envelope)
        rows = [SimpleNamespace(**row, written_at=datetime.now(UTC)) for row in untold]
        untold.clear()
        if rows:
            with pika.BlockingConnection(pika.URLParameters(load(ProcessSettings, "identity").broker_url)) as broker:
                publishing.publish_all(broker, events.EXCHANGE, [relay.message_of(row) for row in rows])
        return reply

    database.Tx.emit_all = lambda _tx, told: untold.extend(database._outgoing(event) for event in told)  # noqa: SLF001
    Dispatcher.answer = answer_and_tell


def forget_keys() -> None:
    """No record of commands: the same key is always new."""
    from services.chassis import idempotency  # noqa: PLC0415 - likewise

    idempotency.claim = lambda *_, **__: None


def forget_events() -> None:
    """No check for duplicates: every delivery is new."""
    from services.chassis import inbox  # noqa: PLC0415 - likewise
    from services.chassis.ids import new_id  # noqa: PLC0415 - likewise

    store = inbox.store
    inbox.store = lambda tx, **row: store(tx, **row | {"event_id": new_id()})


FLAWS = {"identity rpc": tell_after_commit, "gradebook rpc": forget_keys, "gradebook relay worker": forget_events}

if __name__ == "__main__":
    if "rpc" in sys.argv:
        run._go_green()  # noqa: SLF001 - before the flaw imports what must be patched first
    FLAWS[" ".join(sys.argv[1:])]()
    sys.exit(run.main(sys.argv[1:]))
