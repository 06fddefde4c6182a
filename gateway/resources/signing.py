"""Keys, signing sessions, and the revocation of certificates."""

from gateway.endpoints import offer, resource
from services.contracts.signing import CreateKey, OpenSigningSession, ReadSigningSession
from services.contracts.signing.revocation import ReadRevocationReach, RevokeCertificate

api = resource("signing", "Khóa và phiên ký số (keys, signing sessions)")

offer(api, "POST", "/v1/keys", CreateKey, status=201)
offer(api, "POST", "/v1/signing-sessions", OpenSigningSession, status=202, location="/v1/signing-sessions/{answer.id}")
offer(api, "GET", "/v1/signing-sessions/<uuid:session_id>", ReadSigningSession)
REACH = "/v1/revocations/{answer.id}"
offer(api, "POST", "/v1/certificates/<serial>/revocation", RevokeCertificate, status=201, location=REACH)
offer(api, "GET", "/v1/revocations/<uuid:revocation_id>", ReadRevocationReach)
