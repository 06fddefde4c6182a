"""Keys and signing sessions."""

from gateway.endpoints import offer, resource
from services.contracts.signing import CreateKey, OpenSigningSession, ReadSigningSession

api = resource("signing", "Khóa và phiên ký số (keys, signing sessions)")

offer(api, "POST", "/v1/keys", CreateKey, status=201)
offer(api, "POST", "/v1/signing-sessions", OpenSigningSession, status=202, location="/v1/signing-sessions/{answer.id}")
offer(api, "GET", "/v1/signing-sessions/<uuid:session_id>", ReadSigningSession)
