"""What is counted and timed in every process; labels are bounded, never a pupil or a school."""

from prometheus_client import Counter, Gauge, Histogram

BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

RPC_SECONDS = Histogram(
    "hocba_rpc_duration_seconds", "RPC handled, by outcome", ["operation", "outcome"], buckets=BUCKETS
)
RPC_CALL_SECONDS = Histogram("hocba_rpc_call_duration_seconds", "RPC called", ["operation", "outcome"], buckets=BUCKETS)
RPC_REPLIES_LOST = Counter("hocba_rpc_replies_lost_total", "Replies that could not be published", ["service"])
RPC_REPLIES_FORGED = Counter(
    "hocba_rpc_replies_forged_total", "Replies dropped because their MAC was wrong", ["service"]
)
RPC_EXPIRED = Counter("hocba_rpc_expired_total", "Requests dropped because their deadline had passed", ["service"])
EVENTS_PUBLISHED = Counter("hocba_events_published_total", "Events confirmed by the broker", ["service"])
EVENTS_RETURNED = Counter("hocba_events_returned_total", "Events that the broker could not route", ["service"])
EVENTS_RESENT = Counter("hocba_events_resent_total", "Events sent again after reconciliation", ["service"])
OUTBOX_OLDEST_SECONDS = Gauge("hocba_outbox_oldest_seconds", "Age of the oldest unpublished event", ["service"])
INBOX_DUPLICATES = Counter("hocba_inbox_duplicates_total", "Deliveries of an event already in the inbox", ["service"])
INBOX_SECONDS = Histogram("hocba_inbox_duration_seconds", "Work from the inbox", ["type", "outcome"], buckets=BUCKETS)
INBOX_DEAD = Gauge("hocba_inbox_dead_messages", "Rows set aside as dead", ["service"])
INBOX_PENDING = Gauge("hocba_inbox_pending_messages", "Rows waiting for work", ["service"])
