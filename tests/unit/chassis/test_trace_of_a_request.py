"""One trace id follows a request through every process."""

import pytest

from services.chassis import trace

CAME = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_what_we_send_on_belongs_to_the_trace_that_the_work_came_with():
    with trace.follow(CAME) as trace_id:
        sent = trace.current()

    assert trace_id == CAME[3:35] == sent[3:35]
    assert sent != CAME


def test_the_trace_ends_with_its_work():
    with trace.follow(CAME):
        pass

    assert trace.current()[3:35] != CAME[3:35]


@pytest.mark.parametrize("malformed", [None, "", "00-xyz", CAME.upper(), f"{CAME}-more"])
def test_a_missing_or_malformed_trace_starts_anew(malformed):
    with trace.follow(malformed) as trace_id:
        assert trace_id != CAME[3:35]
        assert len(trace_id) == 32
