"""What readers of CLR credentials look up: the keys that sign them (RFC 7517), and whether one was taken back."""

from typing import Any

import flask

from gateway.backend import admit, ask
from gateway.endpoints import published, reply, resource, serve
from gateway.resources.verifications import find_verdict
from services.chassis.errors import NotFound
from services.contracts.signing.checking import ReadTrust, SummaryKeyV1
from services.contracts.transcript import VerifyCode
from services.contracts.verdicts import Verdict

KEYS_SECONDS = 300
JSON = {"application/json": {"schema": {"type": "object"}}}
KEYS = "/.well-known/credential-keys"
api = resource("credentials", "Chứng chỉ CLR (credentials)")


@serve(api, "GET", f"{KEYS}.json", ReadTrust, content=JSON)
def read_credential_keys() -> flask.Response:
    return published(reply({"keys": _keys()}), KEYS_SECONDS)


@api.get(f"{KEYS}/<key_id>", summary="One of those keys, at the address that a credential names as its `kid`")
def read_credential_key() -> flask.Response:
    address = f"{_public_url()}{KEYS}/{(flask.request.view_args or {})['key_id']}"
    for key in _keys():
        if key["kid"] == address:
            return published(reply(key), KEYS_SECONDS)
    raise NotFound


@serve(api, "GET", "/v1/verifications/<code>/revocations", VerifyCode, content=JSON)
def read_revocations() -> flask.Response:
    """A 1EdTech revocation list of at most one credential: nobody learns of others from it."""
    found = find_verdict((flask.request.view_args or {})["code"])
    if found.issued_at is None:
        raise NotFound
    revoked = [{"id": f"{_public_url()}/verify/{found.code}", "revoked": True}]
    address = f"{_public_url()}/v1/verifications/{found.code}/revocations"
    is_revoked = found.verdict is Verdict.REVOKED
    return reply({"id": address, "issuer": _public_url(), "revokedCredential": revoked if is_revoked else []})


def _keys() -> list[dict[str, Any]]:
    return [_jwk(key) for key in ask(ReadTrust(), admit(ReadTrust)).summary_keys]


def _jwk(key: SummaryKeyV1) -> dict[str, Any]:
    kid = f"{_public_url()}{KEYS}/{key.key_id}"
    return {"kty": "EC", "crv": "P-256", "x": key.x, "y": key.y, "alg": "ES256", "use": "sig", "kid": kid}


def _public_url() -> str:
    return str(flask.current_app.config["PUBLIC_URL"])
