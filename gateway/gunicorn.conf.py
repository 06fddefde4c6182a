"""How gunicorn serves the gateway: threads that mostly wait for services, in one or two processes."""
# ruff: noqa: N999 - gunicorn's own name for its configuration

import os
import shutil
import tempfile
from typing import Any

COUNTS = tempfile.mkdtemp(prefix="hocba-gateway-")
os.environ["PROMETHEUS_MULTIPROC_DIR"] = (
    COUNTS  # before prometheus_client is imported: workers add up their counts here
)

wsgi_app = "gateway.wsgi:build()"
bind = os.environ.get("HOCBA_GATEWAY_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("HOCBA_GATEWAY_WORKERS", "1"))
worker_class = "gthread"
threads = 32
timeout = 60
graceful_timeout = 65  # longer than the longest call to a service
keepalive = 30
reload = False
control_socket_disable = True  # a supervisor commands this process by signals


def child_exit(_server: Any, worker: Any) -> None:
    """Forget the gauges of a worker that has ended."""
    from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415 - only once the folder is named

    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]  # prometheus_client leaves it unannotated


def on_exit(_server: Any) -> None:
    shutil.rmtree(COUNTS, ignore_errors=True)
