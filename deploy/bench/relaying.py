"""Events from the outbox to the broker, against the same messages published with pipelined confirms alone."""

import time
from uuid import uuid4

import pika
from sqlalchemy import insert, text

from deploy.bench.figures import Figure
from deploy.local import platform
from deploy.local.instance import Instance
from services.chassis import events, tables
from services.chassis.database import Database
from services.chassis.listening import Bell
from services.chassis.publishing import publish_all
from services.chassis.relay import BATCH, Relay, message_of
from services.chassis.rpc_client import RpcClient

COUNT = 20_000
SERVICE = "signing"
TYPE = "vn.hocba.signing.documents_signed.v1"


def measure(instance: Instance) -> list[Figure]:
    """Only while the service's own relay and the consumers are down: the events of this measurement mean nothing."""
    db = Database(platform.database_url(instance, SERVICE))
    url = platform.broker_url(instance, SERVICE)
    connection = pika.BlockingConnection(pika.URLParameters(url))
    rpc, bell = RpcClient(url, SERVICE), Bell(db.url, "outbox")
    relay = Relay(SERVICE, db, url, bell=bell, rpc=rpc, consumers={})
    _fill(db)
    with db.transaction() as tx:
        rows = tx.conn.execute(text("SELECT * FROM outbox WHERE published_at IS NULL ORDER BY id")).all()
    started = time.perf_counter()
    published = 0
    while published < COUNT:
        published += relay.publish_once(connection)
    relayed = COUNT / (time.perf_counter() - started)
    messages = [message_of(row) for row in rows]
    started = time.perf_counter()
    for first in range(0, COUNT, BATCH):
        publish_all(connection, events.EXCHANGE, messages[first : first + BATCH])
    limit = COUNT / (time.perf_counter() - started)
    connection.close()
    bell.stop()
    return [
        Figure(
            name="relay, outbox to confirmed",
            value=relayed,
            unit="events/s",
            limit=limit,
            limit_name="publish with pipelined confirms",
            aim="",
        )
    ]


def _fill(db: Database) -> None:
    row = {"type": TYPE, "data": {"record_id": str(uuid4())}, "traceparent": f"00-{uuid4().hex}-{uuid4().hex[:16]}-01"}
    rows = [row | {"event_id": uuid4(), "aggregate": str(number % 500)} for number in range(COUNT)]
    with db.transaction() as tx:
        tx.conn.execute(text("DELETE FROM outbox"))
        tx.conn.execute(insert(tables.outbox), rows)
