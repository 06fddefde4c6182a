"""Keys, certificates and their revocation, signing sessions, programs that sign at schools."""

from gateway.endpoints import UNIT, YEAR, offer, resource
from services.contracts.signing.agents import CreateAgent, FindAgentWork, GiveSignatures, ProveAgent
from services.contracts.signing.boards import FindWaiting, ReadSigningProgress
from services.contracts.signing.certificates import CreateKey, FindCertificates, RegisterCertificate, UnblockKey
from services.contracts.signing.evidence import ReadEvidence
from services.contracts.signing.revocation import ReadRevocationReach, RevokeCertificate
from services.contracts.signing.sessions import OpenSigningSession, ReadSigningSession

api = resource("signing", "Khóa và phiên ký số (keys, signing sessions)")

offer(api, "POST", "/v1/keys", CreateKey, status=201)
offer(api, "POST", "/v1/keys/<uuid:holder>/unblocking", UnblockKey)
offer(api, "POST", "/v1/certificates", RegisterCertificate, status=201)
offer(api, "GET", f"{UNIT}/certificates/register", FindCertificates)
offer(api, "POST", "/v1/signing-sessions", OpenSigningSession, status=202, location="/v1/signing-sessions/{answer.id}")
offer(api, "GET", "/v1/signing-sessions/<uuid:session_id>", ReadSigningSession)
REACH = "/v1/revocations/{answer.id}"
offer(api, "POST", "/v1/certificates/<serial>/revocation", RevokeCertificate, status=201, location=REACH)
offer(api, "GET", "/v1/revocations/<uuid:revocation_id>", ReadRevocationReach)
offer(api, "GET", f"{YEAR}/signing/waiting", FindWaiting)
offer(api, "GET", f"{YEAR}/units/<uuid:unit_id>/signing/progress", ReadSigningProgress)
offer(api, "GET", f"{YEAR}/units/<uuid:unit_id>/signing/evidence", ReadEvidence)
offer(api, "POST", "/v1/signing-agents", CreateAgent, status=201)
offer(api, "POST", "/v1/signing-agents/proof", ProveAgent, status=201)
offer(api, "POST", "/v1/signing-agents/work", FindAgentWork)
offer(api, "POST", "/v1/signing-agents/signatures", GiveSignatures)
