"""The gateway as a process of its own, before a broker that is not there."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

CHECKOUT = Path(__file__).parents[3]
START_SECONDS = 120


def free_port():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return unused.getsockname()[1]


def answers(address):
    try:
        return requests.get(address, timeout=5).ok
    except requests.ConnectionError:
        return False


@pytest.fixture
def process(tmp_path):
    """A running gateway whose broker is away, and its address."""
    address = f"127.0.0.1:{free_port()}"
    settings = {
        "BROKER_URL": f"amqp://gateway:secret@127.0.0.1:{free_port()}/hocba",
        "OBJECTS": str(tmp_path / "objects"),
        "PUBLIC_URL": f"http://{address}",
        "SECRET_KEY": "of the test",
        "BIND": address,
    }
    environment = os.environ | {f"HOCBA_GATEWAY_{name}": value for name, value in settings.items()}
    argv = [sys.executable, "-m", "gunicorn", "-c", "gateway/gunicorn.conf.py"]
    with (tmp_path / "log").open("wb") as log:
        running = subprocess.Popen(argv, cwd=CHECKOUT, env=environment, stdout=log, stderr=log)
    deadline = time.monotonic() + START_SECONDS
    while not answers(f"http://{address}/livez"):
        assert running.poll() is None, (tmp_path / "log").read_text()
        assert time.monotonic() < deadline
    yield running, f"http://{address}"
    running.kill()
    running.wait()


def test_without_a_broker_the_gateway_lives_says_so_and_ends_when_told(process):
    running, address = process

    ready = requests.get(f"{address}/readyz", timeout=5)
    refusal = requests.get(f"{address}/v1/me", headers={"Authorization": "Bearer x"}, timeout=10)
    counts = requests.get(f"{address}/metrics", timeout=5)

    assert (ready.status_code, ready.json()["checks"]) == (503, {"broker": "fail"})
    assert (refusal.status_code, refusal.json()["code"]) == (503, "rpc.broker_unavailable")
    assert int(refusal.headers["Retry-After"]) > 0
    assert 'endpoint="sessions.read_me",status="503"' in counts.text
    running.send_signal(signal.SIGTERM)
    assert running.wait(timeout=40) == 0
