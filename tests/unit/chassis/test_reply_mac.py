"""The MAC of a reply binds it to its request, its responder and its words."""

import pytest

from services.chassis.wire import reply_mac

SECRET = "ab" * 32
REPLY = {"correlation_id": "c-1", "responder": "gradebook", "request": b"read 6A", "reply": b"7.5"}


def test_the_same_reply_has_the_same_mac():
    assert reply_mac(SECRET, **REPLY) == reply_mac(SECRET, **REPLY)


@pytest.mark.parametrize(
    "changed",
    [{"correlation_id": "c-2"}, {"responder": "identity"}, {"request": b"read 6B"}, {"reply": b"10.0"}],
)
def test_any_change_gives_another_mac(changed):
    assert reply_mac(SECRET, **REPLY) != reply_mac(SECRET, **REPLY | changed)


def test_without_the_secret_of_the_request_nobody_makes_its_mac():
    assert reply_mac(SECRET, **REPLY) != reply_mac("cd" * 32, **REPLY)
