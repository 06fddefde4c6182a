"""How gunicorn serves the gateway: threads that mostly wait for services, in one or two processes."""

import os
import tempfile
from typing import Any

# Set before prometheus_client is imported: workers add up their counts in files of this folder.
os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="hocba-gateway-"))

wsgi_app = "gateway.wsgi:build()"
bind = os.environ.get("HOCBA_GATEWAY_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("HOCBA_GATEWAY_WORKERS", "1"))
worker_class = "gthread"
threads = 32
graceful_timeout = 35  # longer than the longest call to a service
timeout = 60
keepalive = 30
reload = False


def child_exit(_server: Any, worker: Any) -> None:
    """Forget the gauges of a worker that has ended."""
    from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415 - after the folder is set

    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]  # prometheus_client leaves it unannotated
