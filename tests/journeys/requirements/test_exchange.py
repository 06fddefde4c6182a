"""What other systems learn, and that they may read it again from any place (R36, R37)."""

import pytest
from kombu import Connection, Consumer, Queue

from deploy.broker.topology import SUBSCRIBER
from deploy.local import platform as local
from services.chassis import events
from tests.journeys.installation import WAIT_SECONDS, until
from tests.journeys.requirements import issuing
from tests.journeys.requirements.schools import YEAR

ISSUED, REVOKED = "vn.hocba.transcript.transcript_issued.v1", "vn.hocba.transcript.transcript_revoked.v1"


@pytest.fixture(scope="module")
def revoked(before_summer):
    """The last pupil's transcript, issued and then taken back, of which gradebook has heard."""
    school, transcript = before_summer.school, issuing.transcripts(before_summer)[-1]
    path = f"{YEAR}/transcripts/{transcript['id']}/revocation"
    taken_back = school.principal.post(path, {"reason": "Sai ngày sinh."})
    heard = "SELECT 1 FROM document_states WHERE pupil_id = %s AND state = 'REVOKED'"
    until(lambda: school.department.platform.sql("gradebook", heard, taken_back["pupil_id"]))
    return taken_back


def listen(instance, *, offset, last):
    """The public stream from an offset on, as far as `last`: of each event its offset, type and pupil."""
    heard, kept = [], []

    def take(event, message):
        heard.append((message.headers["x-stream-offset"], message.properties["type"], event.get("pupil_id")))
        kept.extend([list(heard)] if heard[-1][1:] == last else [])
        message.ack()

    stream = Queue(events.STREAM, no_declare=True, consumer_arguments={"x-stream-offset": offset})
    with Connection(local.broker_url(instance, SUBSCRIBER)) as connection:
        Consumer(connection, [stream], callbacks=[take], prefetch_count=10).consume()
        while not kept:
            connection.drain_events(timeout=WAIT_SECONDS)
    return kept[0]


def test_a_subscriber_hears_of_each_transcript_in_order_and_replays_from_an_offset(before_summer, revoked):
    """R37."""
    instance, pupil = before_summer.school.department.platform.instance, revoked["pupil_id"]

    heard = listen(instance, offset="first", last=(REVOKED, pupil))
    *_, (place, _, _), _ = heard
    again = listen(instance, offset=place, last=(REVOKED, pupil))

    assert {one for _, kind, one in heard if kind == ISSUED} >= set(before_summer.pupils[1:])
    assert [kind for _, kind, one in heard if one == pupil] == [ISSUED, REVOKED]
    assert again == heard[-2:]
