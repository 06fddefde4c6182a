"""The demo's mail server: a program that keeps what it is sent, counts repetitions, and ends when asked."""

import signal
import smtplib
import subprocess
import sys

import pytest


@pytest.fixture
def running_mailbox(free_port, tmp_path):
    argv = [sys.executable, "-m", "deploy.demo.mailbox", "--port", str(free_port), "--folder", str(tmp_path / "mail")]
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as process:
        process.stdout.readline()  # it says when it is ready
        yield process
        process.kill()


def test_a_message_sent_twice_is_kept_twice_and_the_server_ends_cleanly(running_mailbox, free_port, tmp_path):
    with smtplib.SMTP("127.0.0.1", free_port, timeout=10) as smtp:
        for _ in range(2):
            smtp.sendmail("a@example.vn", ["b@example.vn"], b"Message-ID: <1/../x@example.vn>\r\n\r\nXin chao\r\n")
    running_mailbox.send_signal(signal.SIGTERM)

    assert running_mailbox.wait(timeout=10) == 0
    kept = sorted(path.name for path in (tmp_path / "mail").iterdir())
    assert kept == ["1_.._x@example.vn.2.eml", "1_.._x@example.vn.eml"]
