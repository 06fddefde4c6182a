"""RPC round trips through the platform's client and host, against an echo written with pika alone."""

import json
import multiprocessing
import threading
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pika

from deploy.bench.figures import Figure, percentiles
from deploy.bench.load import press
from deploy.local import platform
from deploy.local.instance import Instance
from services.chassis.rpc_client import RpcClient
from services.contracts.identity import ReadTokenKeys
from services.contracts.platform import GATEWAY

CALLERS = (1, 10, 50)
BODY = json.dumps({"args": [{}], "kwargs": {}}).encode()


def measure(instance: Instance) -> list[Figure]:
    url = instance.servers().broker_url
    client = RpcClient(platform.broker_url(instance, GATEWAY), GATEWAY).start()
    queue = f"bench-echo-{uuid4()}"
    echo = multiprocessing.get_context("spawn").Process(target=serve_echo, args=(url, queue), daemon=True)
    echo.start()
    try:
        return [_measure(client, url, queue, callers) for callers in CALLERS]
    finally:
        client.stop()
        echo.terminate()
        echo.join(10)


def serve_echo(url: str, queue: str) -> None:
    """Answer whatever comes, in a process of its own."""
    channel = pika.BlockingConnection(pika.URLParameters(url)).channel()
    channel.queue_declare(queue, exclusive=True)
    channel.basic_qos(prefetch_count=10)

    def answer(_channel: Any, method: Any, properties: Any, body: bytes) -> None:
        channel.basic_publish(
            "", properties.reply_to, body, pika.BasicProperties(correlation_id=properties.correlation_id)
        )
        channel.basic_ack(method.delivery_tag)

    channel.basic_consume(queue, answer)
    channel.start_consuming()


def _measure(client: RpcClient, url: str, queue: str, callers: int) -> Figure:
    load = press([lambda: client.call(ReadTokenKeys()) for _ in range(callers)])
    limit = press([_raw_caller(url, queue) for _ in range(callers)])
    p50, p99 = percentiles(load.latencies)
    return Figure(
        name=f"RPC round trips, {callers} callers",
        value=load.rate,
        unit="calls/s",
        limit=limit.rate,
        limit_name="pika echo, a connection a caller",
        aim="0.5 of the limit",
        p50_ms=p50,
        p99_ms=p99,
    )


def _raw_caller(url: str, queue: str) -> Callable[[], None]:
    connection = pika.BlockingConnection(pika.URLParameters(url))
    channel = connection.channel()
    replies = channel.queue_declare("", exclusive=True).method.queue
    done = threading.Event()
    channel.basic_consume(replies, lambda *_: done.set(), auto_ack=True)

    def call() -> None:
        done.clear()
        properties = pika.BasicProperties(reply_to=replies, correlation_id=str(uuid4()))
        channel.basic_publish("", queue, BODY, properties)
        while not done.is_set():
            connection.process_data_events(time_limit=5)

    return call
