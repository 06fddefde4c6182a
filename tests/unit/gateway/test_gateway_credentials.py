"""Files for other programs, and what their readers look up without being anybody: keys, and what was taken back."""

from datetime import UTC, datetime

import pytest
from gateway_services import ID, example

from services.chassis.errors import Refused
from services.contracts.signing.checking import ReadTrust, SummaryKeyV1, Trust
from services.contracts.transcript import PublicVerdict, VerdictReason, VerifyCode
from services.contracts.transcript.files import FileForm, ReadTranscriptFile, TranscriptFile
from services.contracts.verdicts import Verdict

AT = "https://hocba.example"
KEYS = (SummaryKeyV1(key_id="ab" * 8, x="X", y="Y"), SummaryKeyV1(key_id="cd" * 8, x="V", y="W"))
FORMS = [
    ("json", FileForm.JSON, "application/json", "json"),
    ("clr", FileForm.CLR, "application/vc+jwt", "clr.jwt"),
    ("elmo", FileForm.ELMO, "application/xml", "elmo.xml"),
]


@pytest.fixture
def keys(services):
    services.tell(ReadTrust, Trust(roots_pem="", summary_keys=KEYS, told_at=datetime(2026, 6, 1, tzinfo=UTC)))


def public(verdict, **known):
    reasons = (VerdictReason(code="x", vi="x", en="x"),)
    return example(PublicVerdict, code="AB01", verdict=verdict, reasons=reasons, **known)


@pytest.mark.parametrize(("path", "form", "mimetype", "ending"), FORMS)
def test_a_form_of_a_transcript_is_a_download_with_a_telling_name(  # noqa: PLR0917 - a table's columns
    client, services, teacher, files, path, form, mimetype, ending
):
    services.tell(ReadTranscriptFile, TranscriptFile(code="AB01", version=2, file=files.put(b"a form")))

    response = client.get(f"/v1/years/2025/transcripts/{ID}/{path}", headers=teacher)

    assert (response.data, response.mimetype) == (b"a form", mimetype)
    assert response.headers["Content-Disposition"] == f"attachment; filename=hocba-AB01-2.{ending}"
    asked = ReadTranscriptFile(school_year=2025, transcript_id=ID, form=form)
    assert services.calls == [(asked, "token-of-a-teacher", None)]


def test_a_refusal_to_give_a_form_is_told(client, services, teacher):
    services.tell(ReadTranscriptFile, Refused())

    assert client.get(f"/v1/years/2025/transcripts/{ID}/clr", headers=teacher).status_code == 409


def test_the_keys_of_credentials_are_a_key_set_for_everybody(client, keys):
    response = client.get("/.well-known/credential-keys.json")

    first, second = response.json["keys"]
    assert first == {
        "kty": "EC",
        "crv": "P-256",
        "x": "X",
        "y": "Y",
        "alg": "ES256",
        "use": "sig",
        "kid": f"{AT}/.well-known/credential-keys/{'ab' * 8}",
    }
    assert second["x"] == "V"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.cache_control.max_age == 300


def test_a_key_is_found_at_its_own_address(client, keys):
    for key in client.get("/.well-known/credential-keys.json").json["keys"]:
        assert client.get(key["kid"].removeprefix(AT)).json == key
    assert client.get("/.well-known/credential-keys/00").status_code == 404


@pytest.mark.parametrize("verdict", [Verdict.VALID, Verdict.UNDECIDED, Verdict.BROKEN])
def test_a_credential_in_force_is_in_no_revocation_list(client, services, verdict):
    services.tell(VerifyCode, public(verdict, issued_at=datetime(2026, 6, 1, tzinfo=UTC)))

    told = client.get("/v1/verifications/ab-01/revocations").json

    assert told == {"id": f"{AT}/v1/verifications/AB01/revocations", "issuer": AT, "revokedCredential": []}


def test_a_credential_that_was_taken_back_is_in_the_list_under_its_id(client, services):
    services.tell(VerifyCode, public(Verdict.REVOKED, issued_at=datetime(2026, 6, 1, tzinfo=UTC)))

    told = client.get("/v1/verifications/AB01/revocations").json

    assert told["revokedCredential"] == [{"id": f"{AT}/verify/AB01", "revoked": True}]


def test_of_a_code_that_was_never_issued_there_is_no_list(client, services):
    services.tell(VerifyCode, public(Verdict.UNDECIDED))

    assert client.get("/v1/verifications/AB01/revocations").status_code == 404
