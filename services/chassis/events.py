"""Events on the wire: CloudEvents 1.0 in AMQP's binary mode, routed by their type."""

from datetime import datetime
from typing import Any

import pika

from services.contracts.platform import publisher_of

EXCHANGE = "hocba.events"
STREAM = "public-events"


def events_queue(service: str) -> str:
    return f"events-{service}"


def properties(*, event_id: str, event_type: str, written_at: datetime, traceparent: str) -> pika.BasicProperties:
    """The message properties of a CloudEvent, persistent, signed for by the publishing service's broker user."""
    headers: dict[str, Any] = {
        "cloudEvents_specversion": "1.0",
        "cloudEvents_id": event_id,
        "cloudEvents_source": f"/hocba/{publisher_of(event_type)}",
        "cloudEvents_type": event_type,
        "cloudEvents_time": written_at.isoformat(),
        "traceparent": traceparent,
    }
    return pika.BasicProperties(
        content_type="application/json",
        delivery_mode=2,
        message_id=event_id,
        type=event_type,
        user_id=publisher_of(event_type),
        headers=headers,
    )
