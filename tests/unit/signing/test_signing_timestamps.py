"""Timestamps: only a right answer is believed, a second authority stands in, and a dead one costs one time-out."""

import os
import subprocess
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from services.signing import authority as authorities
from services.signing import keys
from services.signing.connection import Connection, NoAnswer
from services.signing.resting import FIRST_SECONDS, Resting
from services.signing.timestamps import Authorities, Stamp, errors, read
from services.signing.timestamps.authorities import LARGEST_ANSWER, Authority
from services.signing.timestamps.token import Asked
from tests.unit.signing import school_papers as papers
from tests.unit.signing.timestamp_servers import honest, serving, speaking, timestamp_key

DIGEST, OTHER = sha256(b"a signature").digest(), sha256(b"another").digest()
FIRST_BYTES = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"


@pytest.fixture(scope="module")
def authority():
    return authorities.establish(now=datetime.now(UTC) - timedelta(days=100))


@pytest.fixture(scope="module")
def key(authority):
    return timestamp_key(authority)


@pytest.fixture
def good(key):
    with serving(honest(key)) as server:
        yield server


def asking(authority, *urls, seconds=5.0, policy=None, resting=None):
    places = [Authority(url=url, policy=policy) for url in urls]
    return Authorities(places, roots=[authority.root], seconds=seconds, resting=resting)


def one(authority, *urls, **settings):
    (outcome,) = asking(authority, *urls, **settings).stamp([DIGEST], seconds=30)
    return outcome


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


def test_a_stamp_tells_its_time_and_can_be_read_again_without_anybody(authority, good):
    stamp = one(authority, good.url)

    assert isinstance(stamp, Stamp)
    assert abs(stamp.at - datetime.now(UTC)) < timedelta(minutes=1)
    assert read(stamp.token, DIGEST, roots=[authority.root]) == stamp
    with pytest.raises(errors.TimestampOfOther):
        read(stamp.token, OTHER, roots=[authority.root])


def test_many_signatures_get_their_own_stamps_over_one_connection(authority, good):
    digests = [sha256(bytes([n])).digest() for n in range(40)]

    stamps = asking(authority, good.url).stamp(digests, seconds=60)

    assert [
        read(one.token, digest, roots=[authority.root]) for one, digest in zip(stamps, digests, strict=True)
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
def test_an_answer_to_another_question_is_not_believed(authority, key, lie, refusal):
    with serving(lambda request: honest(key)(lie(request))) as liar:
        assert type(one(authority, liar.url)) is refusal


@pytest.mark.parametrize("late", [timedelta(minutes=5), -timedelta(minutes=5), timedelta(days=2)])
def test_an_authority_whose_clock_is_wrong_is_not_believed(authority, key, late):
    with serving(honest(key, late=late)) as liar:
        assert type(one(authority, liar.url)) is errors.TimestampWrongTime


def test_a_stamp_under_another_policy_is_refused_by_either_side(authority, good):
    assert type(one(authority, good.url, policy="1.2.3.4")) is errors.TimestampRefused

    with serving(lambda request: good.reply(Asked(digest=DIGEST, nonce=nonce_of(request), policy=None).der())) as liar:
        assert type(one(authority, liar.url, policy="1.2.3.4")) is errors.TimestampPolicy


def nonce_of(request):
    return tsp.TimeStampReq.load(request)["nonce"].native


def test_the_certificate_of_a_stamp_was_valid_trusted_and_for_timestamps_alone(authority, rogue_authority):
    expired = timestamp_key(authority, days=(-90, -1))
    stranger = timestamp_key(rogue_authority)
    teacher = keys.generate()
    ordinary = authority.issue(
        teacher.public_key(), holder=papers.holder("GVCN"), name="Nguyễn Thị Hoa",
        valid_from=datetime.now(UTC) - timedelta(days=1), valid_until=datetime.now(UTC) + timedelta(days=1),
    )  # fmt: skip
    cases = {
        errors.TimestampUntrusted: (expired, stranger),
        errors.TimestampPurpose: (timestamp_key(authority, certificate=ordinary),),
    }

    for refusal, liars in cases.items():
        for liar in liars:
            with serving(honest(liar)) as server:
                assert type(one(authority, server.url)) is refusal


def test_a_stamp_signed_by_another_key_than_its_certificates_is_not_believed(authority, key):
    forger = timestamp_key(authority, certificate=key.certificate)

    with serving(honest(forger)) as server:
        assert type(one(authority, server.url)) is errors.TimestampUntrusted


def test_no_single_wrong_byte_of_a_stamp_is_believed_for_something_else(authority, good):
    stamp = one(authority, good.url)

    for place in range(0, len(stamp.token), 29):
        forged = bytearray(stamp.token)
        forged[place] ^= 1
        try:
            found = read(bytes(forged), DIGEST, roots=[authority.root])
        except errors.TimestampFailed:
            continue
        assert (found.at, found.certificates[0]) == (stamp.at, stamp.certificates[0])


@pytest.mark.parametrize("answer", [b"", b"0", b"\x30\x03\x02\x01\x00", b"<html>", os.urandom(500), b"\x30\x80" * 5000])
def test_what_is_no_answer_is_refused(authority, answer):
    with serving(lambda _request: answer) as server:
        assert type(one(authority, server.url)) is errors.TimestampUnreadable


def test_the_second_authority_stands_in_for_one_that_lies(authority, key, good):
    with serving(lambda request: honest(key)(changed(request, nonce=1))) as liar:
        stamps = asking(authority, liar.url, good.url).stamp([DIGEST] * 5, seconds=60)

    assert [type(stamp) for stamp in stamps] == [Stamp] * 5
    assert len(liar.asked) == 1


def test_a_silent_authority_costs_one_time_out_and_is_asked_again_after_its_rest(authority, good):
    now = [0.0]
    calls = []
    with speaking(lambda client: calls.append(client.recv(1))) as silent:
        several = asking(authority, silent, good.url, seconds=0.3, resting=Resting(lambda: now[0]))
        first = several.stamp([DIGEST] * 6, seconds=60)
        now[0] = FIRST_SECONDS - 1
        several.stamp([DIGEST], seconds=60)
        times_before_the_rest_ended = len(calls)
        now[0] = FIRST_SECONDS + 1
        several.stamp([DIGEST], seconds=60)

    assert [type(stamp) for stamp in first] == [Stamp] * 6
    assert (times_before_the_rest_ended, len(calls)) == (1, 2)


def test_without_any_authority_every_digest_is_told_why(authority):
    with serving(lambda _request: b"no") as dead:
        outcomes = asking(authority, dead.url).stamp([DIGEST] * 3, seconds=60)

    assert [type(outcome) for outcome in outcomes] == [errors.TimestampUnreadable] * 3
    assert len(dead.asked) == 1


def test_after_its_time_a_call_asks_nobody_any_more(authority, good):
    assert [type(one) for one in asking(authority, good.url).stamp([DIGEST], seconds=0)] == [errors.TimestampFailed]
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
def test_slow_endless_and_broken_answers_are_no_answers(authority, talk):
    with speaking(talk) as url:
        assert type(one(authority, url, seconds=0.5)) is errors.TimestampSilent


def test_only_web_addresses_are_asked():
    with pytest.raises(NoAnswer):
        Connection("ldap://ca.example.vn/list", seconds=1, most=1)


OPENSSL = """
[tsa]
default_tsa = t
[t]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
certs = {folder}/chain.pem
signer_key = {folder}/key.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
other_policies = 1.2.3.4.5
digests = sha256
accuracy = secs:1
ess_cert_id_alg = {named}
"""


@pytest.fixture
def openssl(outside_programs, authority, key, tmp_path):
    """OpenSSL as an authority with our authority's certificate: gives what makes an answer, by how it names it."""
    own = keys_pem(key)
    for name, octets in own.items():
        (tmp_path / name).write_bytes(octets)
    (tmp_path / "chain.pem").write_bytes(authority.issuing.public_bytes(Encoding.PEM))

    def replying(named):
        (tmp_path / "openssl.cnf").write_text(OPENSSL.format(folder=tmp_path, named=named))

        def reply(request):
            (tmp_path / "query").write_bytes(request)
            run(
                "ts",
                "-reply",
                "-config",
                tmp_path / "openssl.cnf",
                "-queryfile",
                tmp_path / "query",
                "-out",
                tmp_path / "reply",
            )
            return (tmp_path / "reply").read_bytes()

        return reply

    return replying


def keys_pem(key):
    return {
        "tsa.pem": x509.load_der_x509_certificate(key.certificate).public_bytes(Encoding.PEM),
        "key.pem": key.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    }


def run(*command: str | Path) -> None:
    subprocess.run(["openssl", *map(str, command)], check=True, capture_output=True)


@pytest.mark.parametrize("named", ["sha1", "sha256", "sha512"])
def test_the_stamps_of_openssl_are_believed(authority, openssl, named):
    with serving(openssl(named)) as server:
        assert isinstance(one(authority, server.url), Stamp)


def test_openssl_believes_the_stamps_of_our_development_authority(authority, good, outside_programs, tmp_path):
    stamp = one(authority, good.url)
    (tmp_path / "token").write_bytes(stamp.token)
    (tmp_path / "root.pem").write_bytes(authority.root.public_bytes(Encoding.PEM))

    run(
        "ts",
        "-verify",
        "-digest",
        DIGEST.hex(),
        "-token_in",
        "-in",
        tmp_path / "token",
        "-CAfile",
        tmp_path / "root.pem",
    )
    with pytest.raises(subprocess.CalledProcessError):
        run(
            "ts",
            "-verify",
            "-digest",
            OTHER.hex(),
            "-token_in",
            "-in",
            tmp_path / "token",
            "-CAfile",
            tmp_path / "root.pem",
        )
