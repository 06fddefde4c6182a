"""Timestamps: only a right answer is believed, a second authority stands in, and a dead one costs one time-out."""

import os
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from asn1crypto import tsp

from services.signing import keys
from services.signing.connection import Connection, NoAnswer
from services.signing.resting import FIRST_SECONDS, Resting
from services.signing.timestamps import Stamp, errors, read
from services.signing.timestamps.authorities import LARGEST_ANSWER
from services.signing.timestamps.token import Asked
from tests.unit.signing import school_papers as papers
from tests.unit.signing.timestamp_servers import DIGEST, asking, honest, one, serving, speaking, timestamp_key

OTHER = sha256(b"another").digest()
FIRST_BYTES = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"


def changed(request, **fields):
    """The request as a liar reads it."""
    asked = tsp.TimeStampReq.load(request).copy()
    for name, value in fields.items():
        asked[name] = value
    return asked.dump(force=True)


def of_other_digest(request):
    imprint = tsp.TimeStampReq.load(request)["message_imprint"].copy()
    imprint["hashed_message"] = OTHER
    return changed(request, message_imprint=imprint)


def test_a_stamp_tells_its_time_and_can_be_read_again_without_anybody(todays_authority, good):
    stamp = one(todays_authority, good.url)

    assert isinstance(stamp, Stamp)
    assert abs(stamp.at - datetime.now(UTC)) < timedelta(minutes=1)
    assert read(stamp.token, DIGEST, roots=[todays_authority.root]) == stamp
    with pytest.raises(errors.TimestampOfOther):
        read(stamp.token, OTHER, roots=[todays_authority.root])


def test_many_signatures_get_their_own_stamps_over_one_connection(todays_authority, good):
    digests = [sha256(bytes([n])).digest() for n in range(40)]

    stamps = asking(todays_authority, good.url).stamp(digests, seconds=60)

    assert [
        read(one.token, digest, roots=[todays_authority.root]) for one, digest in zip(stamps, digests, strict=True)
    ] == stamps
    assert len(good.connections) == 1
    assert len({nonce_of(asked) for asked in good.asked}) == 40


@pytest.mark.parametrize(
    ("lie", "refusal"),
    [
        (lambda request: changed(request, nonce=1), errors.TimestampReplayed),
        (of_other_digest, errors.TimestampOfOther),
        (lambda request: changed(request, cert_req=False), errors.TimestampUnreadable),
        (lambda request: request[:-3], errors.TimestampRefused),
    ],
)
def test_an_answer_to_another_question_is_not_believed(todays_authority, timestamps, lie, refusal):
    with serving(lambda request: honest(timestamps)(lie(request))) as liar:
        assert type(one(todays_authority, liar.url)) is refusal


@pytest.mark.parametrize("late", [timedelta(minutes=5), -timedelta(minutes=5), timedelta(days=2)])
def test_an_authority_whose_clock_is_wrong_is_not_believed(todays_authority, timestamps, late):
    with serving(honest(timestamps, late=late)) as liar:
        assert type(one(todays_authority, liar.url)) is errors.TimestampWrongTime


def test_a_stamp_under_another_policy_is_refused_by_either_side(todays_authority, good):
    assert type(one(todays_authority, good.url, policy="1.2.3.4")) is errors.TimestampRefused

    with serving(lambda request: good.reply(Asked(digest=DIGEST, nonce=nonce_of(request), policy=None).der())) as liar:
        assert type(one(todays_authority, liar.url, policy="1.2.3.4")) is errors.TimestampPolicy


def nonce_of(request):
    return tsp.TimeStampReq.load(request)["nonce"].native


def test_the_certificate_of_a_stamp_was_valid_trusted_and_for_timestamps_alone(todays_authority, rogue_authority):
    expired = timestamp_key(todays_authority, days=(-90, -1))
    stranger = timestamp_key(rogue_authority)
    teacher = keys.generate()
    ordinary = todays_authority.issue(
        teacher.public_key(), holder=papers.holder("GVCN"), name="Nguyễn Thị Hoa",
        valid_from=datetime.now(UTC) - timedelta(days=1), valid_until=datetime.now(UTC) + timedelta(days=1),
    )  # fmt: skip
    cases = {
        errors.TimestampUntrusted: (expired, stranger),
        errors.TimestampPurpose: (timestamp_key(todays_authority, certificate=ordinary),),
    }

    for refusal, liars in cases.items():
        for liar in liars:
            with serving(honest(liar)) as server:
                assert type(one(todays_authority, server.url)) is refusal


def test_a_stamp_signed_by_another_key_than_its_certificates_is_not_believed(todays_authority, timestamps):
    forger = timestamp_key(todays_authority, certificate=timestamps.certificate)

    with serving(honest(forger)) as server:
        assert type(one(todays_authority, server.url)) is errors.TimestampUntrusted


def test_no_single_wrong_byte_of_a_stamp_is_believed_for_something_else(todays_authority, good):
    stamp = one(todays_authority, good.url)

    for place in range(0, len(stamp.token), 29):
        forged = bytearray(stamp.token)
        forged[place] ^= 1
        try:
            found = read(bytes(forged), DIGEST, roots=[todays_authority.root])
        except errors.TimestampFailed:
            continue
        assert (found.at, found.certificates[0]) == (stamp.at, stamp.certificates[0])


@pytest.mark.parametrize("answer", [b"", b"0", b"\x30\x03\x02\x01\x00", b"<html>", os.urandom(500), b"\x30\x80" * 5000])
def test_what_is_no_answer_is_refused(todays_authority, answer):
    with serving(lambda _request: answer) as server:
        assert type(one(todays_authority, server.url)) is errors.TimestampUnreadable


def test_the_second_authority_stands_in_for_one_that_lies(todays_authority, timestamps, good):
    with serving(lambda request: honest(timestamps)(changed(request, nonce=1))) as liar:
        stamps = asking(todays_authority, liar.url, good.url).stamp([DIGEST] * 5, seconds=60)

    assert [type(stamp) for stamp in stamps] == [Stamp] * 5
    assert len(liar.asked) == 1


def test_a_silent_authority_costs_one_time_out_and_is_asked_again_after_its_rest(todays_authority, good):
    now = [0.0]
    calls = []
    with speaking(lambda client: calls.append(client.recv(1))) as silent:
        several = asking(todays_authority, silent, good.url, seconds=0.3, resting=Resting(lambda: now[0]))
        first = several.stamp([DIGEST] * 6, seconds=60)
        now[0] = FIRST_SECONDS - 1
        several.stamp([DIGEST], seconds=60)
        times_before_the_rest_ended = len(calls)
        now[0] = FIRST_SECONDS + 1
        several.stamp([DIGEST], seconds=60)

    assert [type(stamp) for stamp in first] == [Stamp] * 6
    assert (times_before_the_rest_ended, len(calls)) == (1, 2)


def test_without_any_authority_every_digest_is_told_why(todays_authority):
    with serving(lambda _request: b"no") as dead:
        outcomes = asking(todays_authority, dead.url).stamp([DIGEST] * 3, seconds=60)

    assert [type(outcome) for outcome in outcomes] == [errors.TimestampUnreadable] * 3
    assert len(dead.asked) == 1


def test_after_its_time_a_call_asks_nobody_any_more(todays_authority, good):
    assert [type(one) for one in asking(todays_authority, good.url).stamp([DIGEST], seconds=0)] == [
        errors.TimestampFailed
    ]
    assert good.asked == []


def drip(client):
    client.sendall(FIRST_BYTES)
    while True:
        client.sendall(b"x")
        client.settimeout(0.05)
        try:
            if client.recv(1) == b"":
                return
        except TimeoutError:
            continue


@pytest.mark.parametrize(
    "talk",
    [
        drip,
        lambda client: client.sendall(b"HTTP/1.1 200 OK\r\n\r\nhalf of it") or client.recv(1),
        lambda client: client.sendall(FIRST_BYTES + b"x" * (LARGEST_ANSWER + 2)),
        lambda client: client.sendall(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"),
        lambda client: client.sendall(b"HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1/\r\n\r\n"),
        lambda client: client.sendall(b"\x16\x03\x01\x00"),
        lambda client: client.close(),
    ],
)
def test_slow_endless_and_broken_answers_are_no_answers(todays_authority, talk):
    with speaking(talk) as url:
        assert type(one(todays_authority, url, seconds=0.5)) is errors.TimestampSilent


def test_only_web_addresses_are_asked():
    with pytest.raises(NoAnswer):
        Connection("ldap://ca.example.vn/list", seconds=1, most=1)
