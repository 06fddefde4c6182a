"""What other systems learn, and that they may read it again from any place (R36, R37)."""

import json
from base64 import b64decode
from hashlib import sha256

import pytest
import requests
from joserfc import jws
from joserfc.jwk import ECKey
from kombu import Connection, Consumer, Queue
from lxml import etree

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


def sent_records(person, sending):
    lines = person.download(f"{YEAR}/exchanges/{sending['id']}/records").decode().splitlines()
    return {record["idbanghi"]: record for record in map(json.loads, lines)}


def test_results_go_to_the_national_database_in_versions_and_its_words_on_each_are_shown(lower, before_summer):
    """R36."""
    first, second = (lower.admin.post(f"{lower.path}/exchanges/YEAR") for _ in range(2))
    taken = {one: record["phienban"] for one, record in sent_records(lower.admin, first).items()}
    refused, *accepted = taken
    errors = [{"code": "MA_HS", "words": "Mã học sinh không có trong CSDL ngành."}]
    answers = [{"record_id": refused, "errors": errors}, *({"record_id": one} for one in accepted)]

    lower.admin.post(f"{YEAR}/exchanges/{first['id']}/answers", {"answers": answers})
    repeated = sent_records(lower.admin, second)

    shown = lower.principal.get(f"{YEAR}/exchanges/{first['id']}")["records"]
    assert {one["pupil_id"] for one in shown} >= set(before_summer.pupils)
    assert {one["record_id"]: one["errors"] for one in shown if one["state"] == "REFUSED"} == {refused: errors}
    assert {one["record_id"] for one in shown if one["state"] == "ACCEPTED"} == set(accepted)
    assert [one for one, record in repeated.items() if record["phienban"] > taken[one]] == []


def test_an_issued_transcript_is_read_by_other_programs_and_checked_by_what_is_published(before_summer, revoked):
    """R36."""
    principal, kept = before_summer.school.principal, issuing.transcripts(before_summer)
    path = f"{YEAR}/transcripts/{next(one['id'] for one in kept if one['state'] == 'ISSUED')}"
    forms = ("json", "clr", "elmo", "pdf", "xml")
    data, token, elmo, pdf, xml = (principal.download(f"{path}/{form}") for form in forms)
    shape = requests.get(f"{before_summer.school.department.platform.url}/schemas/hoc_ba.v1.xsd", timeout=10).content
    key = requests.get(jws.extract_compact(token).protected["kid"], timeout=10).json()

    credential = json.loads(jws.deserialize_compact(token, ECKey.import_key(key), algorithms=["ES256"]).payload)
    inside = etree.fromstring(elmo).findtext(".//{*}attachment/{*}content").partition(",")[2]
    status = credential["credentialStatus"]["id"]
    told = [
        requests.get(status.replace(credential["transcript"]["code"], code), timeout=10).json()["revokedCredential"]
        for code in (credential["transcript"]["code"], revoked["code"])
    ]
    etree.XMLSchema(etree.fromstring(shape)).assertValid(etree.fromstring(xml))
    assert credential["transcript"]["sha256"] == sha256(data).hexdigest()
    assert pdf.startswith(b64decode(inside))  # evidence may have come to it meanwhile
    assert told == [[], [{"id": credential["id"].rpartition("/")[0] + "/" + revoked["code"], "revoked": True}]]
