"""Access tokens: only identity's own, unaltered, in time and meant for us, say who is acting."""

import base64
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey

from services.chassis.errors import Unauthenticated
from services.chassis.tokens import ALGORITHM, TokenChecker
from services.identity.credentials import TokenMaker

ACCOUNT, PERSON, SESSION = UUID(int=1), UUID(int=2), UUID(int=3)


def private_pem():
    private = Ed25519PrivateKey.generate()
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.fixture(scope="module")
def pem():
    return private_pem()


@pytest.fixture
def maker(pem):
    return TokenMaker(pem, timedelta(minutes=15))


@pytest.fixture
def checker(maker):
    return TokenChecker(maker.key_set)


def token_of(maker, *, now=None):
    return maker.make(account_id=ACCOUNT, person_id=PERSON, session_id=SESSION, now=now or datetime.now(UTC))


def claims(**changed):
    now = int(datetime.now(UTC).timestamp())
    whole = {"iss": "hocba-identity", "aud": "hocba", "sub": str(ACCOUNT), "pid": str(PERSON), "exp": now + 60}
    return {name: value for name, value in (whole | changed).items() if value is not None}


def signed(pem, **changed):
    key = OKPKey.import_key(pem)
    key.ensure_kid()
    return jwt.encode({"alg": ALGORITHM, "kid": key.kid}, claims(**changed), key, algorithms=[ALGORITHM])


def part(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_a_token_of_identity_says_who_is_acting(maker, checker):
    token = token_of(maker)

    actor = checker.check(token)

    assert (actor.account_id, actor.person_id, actor.token, actor.system) == (ACCOUNT, PERSON, token, None)


def test_the_public_keys_hold_no_private_part(maker):
    (key,) = maker.key_set()["keys"]

    assert "d" not in key
    assert key["alg"] == ALGORITHM


@pytest.mark.parametrize("token", [None, "", "a.b.c", "không phải thẻ"])
def test_what_is_no_token_says_nothing(checker, token):
    with pytest.raises(Unauthenticated):
        checker.check(token)


def test_a_token_that_says_it_needs_no_signature_is_refused(maker, checker):
    kid = maker.key_set()["keys"][0]["kid"]

    for algorithm in ("none", "None", "NONE"):
        with pytest.raises(Unauthenticated):
            checker.check(f"{part({'alg': algorithm, 'kid': kid})}.{part(claims())}.")


def test_a_token_signed_with_the_public_key_as_a_secret_is_refused(maker, checker):
    public = maker.key_set()["keys"][0]
    for secret in (public["x"], json.dumps(public), base64.urlsafe_b64decode(public["x"] + "=")):
        key = OctKey.import_key(secret)
        header = {"alg": "HS256", "kid": public["kid"]}
        with pytest.raises(Unauthenticated):
            checker.check(jwt.encode(header, claims(), key, algorithms=["HS256"]))


@pytest.mark.parametrize(
    "wrong",
    [{"aud": "another"}, {"aud": None}, {"iss": "another"}, {"iss": None}, {"exp": None}, {"sub": None}, {"pid": None}],
    ids=str,
)
def test_a_token_meant_for_others_or_lacking_a_claim_is_refused(pem, checker, wrong):
    assert checker.check(signed(pem)).person_id == PERSON
    with pytest.raises(Unauthenticated):
        checker.check(signed(pem, **wrong))


def test_an_expired_token_is_refused(maker, checker):
    with pytest.raises(Unauthenticated):
        checker.check(token_of(maker, now=datetime.now(UTC) - timedelta(minutes=16)))


def test_a_token_known_already_is_refused_once_it_has_expired(maker, checker, monkeypatch):
    token = token_of(maker)
    checker.check(token)
    later = datetime.now(UTC).timestamp() + 1000
    monkeypatch.setattr("time.time", lambda: later)

    with pytest.raises(Unauthenticated):
        checker.check(token)


def test_a_token_of_an_unknown_key_is_refused(checker):
    with pytest.raises(Unauthenticated):
        checker.check(signed(private_pem()))


@pytest.mark.parametrize("place", [0, 1, 2])
def test_an_altered_token_is_refused(maker, checker, place):
    parts = token_of(maker).split(".")
    parts[place] = ("A" if parts[place][10] != "A" else "B").join((parts[place][:10], parts[place][11:]))

    with pytest.raises(Unauthenticated):
        checker.check(".".join(parts))


def test_another_persons_claims_under_a_good_signature_are_refused(maker, checker):
    head, _, signature = token_of(maker).split(".")

    with pytest.raises(Unauthenticated):
        checker.check(f"{head}.{part(claims(pid=str(UUID(int=9))))}.{signature}")
