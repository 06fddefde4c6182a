"""A transcript as CLR credential says what its people signed; other programs believe it; nothing altered is valid."""

import hmac
import json
import os
import random
import subprocess
from base64 import urlsafe_b64decode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws
from joserfc.jwk import ECKey
from jsonschema import Draft201909Validator, FormatChecker

from services.signing import algorithms
from services.signing.clr.credential import Source, credential_of
from services.signing.clr.vc_jwt import encoded, write
from services.signing.summary import Issuer
from services.signing.validation import Reason, Verdict
from services.signing.validation.clr import validate_clr
from services.transcript.canonical import Kind, to_canonical
from tests.unit.transcript.papers import papers

SCHEMAS = Path(os.environ.get("HOCBA_SHARED", Path(__file__).parents[4] / "shared")) / "data/interop/clr/v2_0"
AT = "https://hocba.example.vn"
ISSUED = datetime(2026, 6, 1, 8, tzinfo=UTC)
ISSUER = Issuer(private=ec.generate_private_key(ec.SECP256R1()))
OTHER = Issuer(private=ec.generate_private_key(ec.SECP256R1()))
validate = partial(validate_clr, issuers=ISSUER.public_keys, at=ISSUED + timedelta(days=1))


def source_of(data):
    return Source(canonical=to_canonical(data), issued_at=ISSUED, public_url=AT)


def parts(token):
    """Header, payload and signature."""
    header, payload, value = (urlsafe_b64decode(part + b"==") for part in token.split(b"."))
    return json.loads(header), json.loads(payload), value


def remade(token, *, header=None, payload=None, sign=ISSUER.sign):
    """The token with other contents, signed as somebody could who has that function."""
    old_header, old_payload, _ = parts(token)
    both = (old_header | (header or {}), old_payload | (payload or {}))
    to_sign = b".".join(encoded(json.dumps(one).encode()) for one in both)
    return b".".join((to_sign, encoded(sign(to_sign))))


def verdict(token):
    report = validate(token)
    return report.verdict, report.reasons


@pytest.fixture(scope="module", params=list(papers()))
def data(request):
    return papers()[request.param]


@pytest.fixture(scope="module")
def credential(data):
    return credential_of(source_of(data))


@pytest.fixture(scope="module")
def token():
    return write(source_of(papers()["THCS"]), ISSUER)


def achievements(credential):
    return credential["credentialSubject"]["verifiableCredential"]


def results(achievement):
    """The values by the last part of what they are results of."""
    told = achievement["credentialSubject"]["result"]
    return {one["resultDescription"].rpartition("#")[2]: one["value"] for one in told}


@pytest.fixture(scope="module")
def schemas():
    """The published schemas by kind; they refer to nothing outside themselves."""
    if not SCHEMAS.exists():
        pytest.skip("the published schemas are not here; HOCBA_SHARED says where")
    kinds = ("clrcredential", "achievementcredential")
    texts = {kind: (SCHEMAS / f"clr_v2p0_{kind}_schema.json").read_text("utf-8") for kind in kinds}
    return {
        kind: Draft201909Validator(json.loads(text), format_checker=FormatChecker()) for kind, text in texts.items()
    }


def test_every_stage_fits_the_published_schemas(schemas, credential):
    schemas["clrcredential"].validate(credential)
    for one in achievements(credential):
        schemas["achievementcredential"].validate(one)


@pytest.mark.parametrize("name", ["@context", "type", "id", "name", "credentialSubject", "issuer", "validFrom"])
def test_the_published_schema_would_miss_what_is_left_out(schemas, credential, name):
    without = {key: value for key, value in credential.items() if key != name}

    assert not schemas["clrcredential"].is_valid(without)


def test_each_subject_has_its_marks_as_in_the_signed_data(data, credential):
    _, *courses = achievements(credential)

    assert [one["credentialSubject"]["achievement"]["humanCode"] for one in courses] == [s.code for s in data.subjects]
    for subject, course in zip(data.subjects, courses, strict=True):
        told = {name: getattr(subject, name) for name in ("term1", "term2", "year", "test", "retest")}
        if subject.cluster:
            told |= {"cluster-term1": subject.cluster.term1, "cluster-term2": subject.cluster.term2}
        assert results(course) == {name: value for name, value in told.items() if value}
        assert course["credentialSubject"]["narrative"] == subject.comment


def test_the_year_has_its_levels_and_what_was_decided(data, credential):
    told = results(achievements(credential)[0])

    assert told["level"] == data.year.level
    assert told.get("conduct") == data.year.conduct
    assert told["promotion"] == "Được lên lớp"
    assert told.get("completion") == ("Hoàn thành" if data.year.completion else None)
    assert {key: value for key, value in told.items() if key.startswith("quality-")} == {
        f"quality-{one.code}": one.level for one in data.qualities
    }


def test_each_result_is_one_of_those_that_its_description_allows(credential):
    for one in achievements(credential):
        described = {each["id"]: each for each in one["credentialSubject"]["achievement"]["resultDescription"]}
        for result in one["credentialSubject"]["result"]:
            scale = described[result["resultDescription"]]
            assert result["value"] in scale.get("allowedValue", [result["value"]])
            if scale["resultType"] == "RawScore":
                assert 0 <= float(result["value"]) <= 10


def test_an_exempted_subject_is_named_without_a_result():
    data = papers()["THCS"]
    free = replace(data.subjects[0], kind=Kind.SCORED, term1=None, term2=None, year=None, comment=None)

    _, first, *_ = achievements(credential_of(source_of(replace(data, subjects=(free, *data.subjects[1:])))))

    assert results(first) == {}


def test_no_number_of_the_pupil_can_be_read(data):
    payload = json.dumps(
        parts(write(source_of(replace(data, pupil=replace(data.pupil, passport="C0001234"))), ISSUER))[1]
    )

    assert data.pupil.personal_id not in payload
    assert sha256(data.pupil.personal_id.encode()).hexdigest() not in payload
    assert data.pupil.code not in payload
    assert "C0001234" not in payload
    assert not any(guardian.name in payload for guardian in data.pupil.guardians)


def test_who_knows_the_pupils_code_finds_it_in_the_credential(data, credential):
    hashed = next(one for one in credential["credentialSubject"]["identifier"] if one["hashed"])

    expected = sha256(f"{data.pupil.code}{hashed['salt']}".encode()).hexdigest()
    assert hashed["identityHash"] == f"sha256${expected}"


def test_the_credential_is_tied_to_its_document_and_says_where_to_ask(data, credential):
    digest = sha256(to_canonical(data)).hexdigest()

    assert credential["transcript"] == {"code": data.code, "version": data.version, "sha256": digest}
    assert credential["id"] == credential["evidence"][0]["id"] == f"{AT}/verify/{data.code}"
    assert digest in credential["evidence"][0]["description"]
    assert credential["credentialStatus"]["id"] == f"{AT}/v1/verifications/{data.code}/revocations"
    assert credential["validFrom"] == "2026-06-01T08:00:00Z"
    assert (credential["issuer"]["name"], credential["issuer"]["parentOrg"]["id"]) == (data.school.name, AT)


def test_the_token_has_the_header_and_claims_of_the_standard(token):
    header, payload, _ = parts(token)

    assert header == {"alg": "ES256", "typ": "JWT", "kid": f"{AT}/.well-known/credential-keys/{ISSUER.key_id.hex()}"}
    assert payload["iss"] == payload["issuer"]["id"]
    assert payload["jti"] == payload["id"]
    assert payload["sub"] == payload["credentialSubject"]["id"]
    assert payload["nbf"] == int(ISSUED.timestamp())


def test_the_same_document_gives_the_same_token(token):
    assert write(source_of(papers()["THCS"]), ISSUER) == token


def test_a_library_that_shares_no_code_with_us_accepts_the_signature(token):
    key = ECKey.import_key(ISSUER.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))

    assert json.loads(jws.deserialize_compact(token, key, algorithms=["ES256"]).payload) == parts(token)[1]


def test_openssl_accepts_the_signature(token, outside_programs, tmp_path):
    to_sign, _, _ = token.rpartition(b".")
    pem = ISSUER.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    files = {"key.pem": pem, "value": algorithms.der(parts(token)[2]), "message": to_sign}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)

    command = ["openssl", "dgst", "-sha256", "-verify", "key.pem", "-signature", "value", "message"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=True).stdout == b"Verified OK\n"


def test_a_credential_of_a_known_issuer_is_valid_and_says_of_which_transcript_it_is(data):
    report = validate(write(source_of(data), ISSUER))

    (signature,) = report.signatures
    assert (report.verdict, report.reasons) == (Verdict.VALID, ())
    assert (report.code, report.version) == (data.code, data.version)
    assert (signature.role, signature.name, signature.signed_at) == ("ISSUER", data.school.name, ISSUED)
    assert json.loads(report.data)["transcript"]["code"] == data.code


def test_a_credential_under_an_earlier_key_stays_valid(token):
    replaced = Issuer(private=OTHER.private, earlier=(ISSUER.private.public_key(),))

    assert validate_clr(token, replaced.public_keys, at=ISSUED).verdict is Verdict.VALID


def test_of_an_unknown_issuer_nothing_is_said(token):
    forged = write(source_of(papers()["THCS"]), OTHER)

    assert verdict(forged) == (Verdict.UNDECIDED, (Reason.ISSUER_UNKNOWN,))
    assert validate(forged).signatures[0].verdict is Verdict.UNDECIDED


@pytest.mark.parametrize(
    "change", [{"jwk": {}}, {"crit": ["b64"], "b64": True}, {"x5c": []}, {"jku": AT}, {"typ": "JWS"}]
)
def test_a_header_that_says_more_than_it_may_is_broken_even_signed(token, change):
    assert verdict(remade(token, header=change)) == (Verdict.BROKEN, (Reason.STRUCTURE,))


def test_a_key_that_the_token_brings_along_is_not_believed(token):
    brought = ECKey.import_key(OTHER.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))

    assert verdict(remade(token, header={"jwk": brought.as_dict()}, sign=OTHER.sign))[0] is Verdict.BROKEN


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "RS256", "ES384", "EdDSA", ""])
def test_another_algorithm_is_broken(token, algorithm):
    assert verdict(remade(token, header={"alg": algorithm})) == (Verdict.BROKEN, (Reason.STRUCTURE,))


def test_a_token_without_signature_is_no_credential(token):
    bare = remade(token, header={"alg": "none"}).rpartition(b".")[0] + b"."

    assert verdict(bare) == (Verdict.BROKEN, (Reason.UNREADABLE,))


def test_the_public_key_is_no_secret_for_hs256(token):
    secret = ISSUER.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    forged = remade(token, header={"alg": "HS256"}, sign=lambda message: hmac.digest(secret, message, "sha256"))

    assert verdict(forged) == (Verdict.BROKEN, (Reason.STRUCTURE,))


def test_a_key_id_swapped_for_another_known_one_is_broken(token):
    known = ISSUER.public_keys | OTHER.public_keys
    kid = parts(write(source_of(papers()["THCS"]), OTHER))[0]["kid"]
    swapped = remade(token, header={"kid": kid})

    assert validate_clr(swapped, known, at=ISSUED).reasons == (Reason.SIGNATURE_MISMATCH,)


@pytest.mark.parametrize(
    "kid",
    [ISSUER.key_id.hex(), f"{AT}/keys#{ISSUER.key_id.hex()}", f"{AT}/.well-known/credential-keys/00"],
    ids=["bare", "at another place", "of an unknown key"],
)
def test_a_key_id_in_another_form_is_broken(token, kid):
    assert verdict(remade(token, header={"kid": kid})) == (Verdict.BROKEN, (Reason.STRUCTURE,))


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://other.example.vn"},
        {"jti": f"{AT}/verify/01JZ8M4Q7W3K5X9C2V6T0BNRHE"},
        {"sub": "urn:uuid:0"},
        {"nbf": 0},
        {"type": ["VerifiableCredential"]},
        {"transcript": {"code": "01JZ8M4Q7W3K5X9C2V6T0BNRHE", "version": 1, "sha256": ""}},
        {"transcript": None},
        {"validFrom": "2026-06-01"},
    ],
)
def test_claims_that_do_not_agree_with_the_credential_are_broken(token, change):
    assert verdict(remade(token, payload=change)) == (Verdict.BROKEN, (Reason.STRUCTURE,))


def test_a_credential_from_the_future_is_broken(token):
    early = validate_clr(token, ISSUER.public_keys, at=ISSUED - timedelta(seconds=1))

    assert (early.verdict, early.reasons) == (Verdict.BROKEN, (Reason.SIGNED_IN_FUTURE,))


def test_the_other_half_of_a_signature_is_not_accepted(token):
    to_sign, _, _ = token.rpartition(b".")
    value = parts(token)[2]
    high = algorithms.P256_ORDER - int.from_bytes(value[32:])

    assert verdict(to_sign + b"." + encoded(value[:32] + high.to_bytes(32)))[0] is Verdict.BROKEN


@pytest.mark.parametrize(
    "text", [b"", b"eyJ", b"a.b.c", b"{}", b"eyJ.eyJ.eyJ", b"%PDF-1.7", b"\xff" * 50, b"e" * 1_000_001]
)
def test_what_is_no_credential_is_broken(text):
    assert verdict(text)[0] is Verdict.BROKEN


def test_a_payload_nested_without_end_is_broken(token):
    header, _, value = token.split(b".")

    assert verdict(b".".join((header, encoded(b'{"iss":' + b"[" * 500_000), value)))[0] is Verdict.BROKEN


def test_a_space_around_the_token_is_found(token):
    assert [verdict(text)[0] for text in (token + b"\n", b" " + token)] == [Verdict.BROKEN] * 2


def mutated(token, chance):
    """The token with something of it changed, left out, doubled or moved."""
    place, other = chance.randrange(len(token)), chance.randrange(len(token))
    low, high = sorted((place, other))
    match chance.randrange(6):
        case 0:
            return token[:place] + bytes([token[place] ^ (1 << chance.randrange(8))]) + token[place + 1 :]
        case 1:
            return token[:place] + bytes([chance.choice(b"ABCDxyz0189-_.=")]) + token[place + 1 :]
        case 2:
            return token[:low] + token[high:]
        case 3:
            return token[:high] + token[low:high] + token[high:]
        case 4:
            return token[:place] + bytes([chance.choice(b"Aa0-_.")]) + token[place:]
        case _:
            end = len(token) - chance.randrange(1, 5)
            return token[:end] + bytes(chance.choices(b"ABCDEFGHabcdefgh0123_-", k=len(token) - end))


def test_none_of_ten_thousand_altered_credentials_is_valid(token):
    chance = random.Random(20260601)  # noqa: S311 - the same each time
    altered = {text for text in (mutated(token, chance) for _ in range(10_000)) if text != token}

    assert len(altered) > 9_000
    assert [text for text in altered if validate(text).verdict is Verdict.VALID] == []
