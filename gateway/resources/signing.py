"""Keys, certificates and their revocation, signing sessions, reminders, class sheets, programs that sign at schools."""

import flask

from gateway.backend import HEAVY_SECONDS, admit, ask
from gateway.endpoints import BYTES, YEAR, offer, offer_query, read, resource, send_file, serve
from services.chassis.errors import NotFound
from services.contracts.notify import ChooseReminders, ReadReminderChoice
from services.contracts.signing.agents import (
    CreateAgent,
    FindAgents,
    FindAgentWork,
    GiveSignatures,
    ProveAgent,
    RevokeAgent,
)
from services.contracts.signing.boards import FindWaiting, ReadSigningProgress
from services.contracts.signing.certificates import CreateKey, FindCertificates, RegisterCertificate, UnblockKey
from services.contracts.signing.class_sheets import FindClassSheets, ReadClassSheet
from services.contracts.signing.evidence import ReadEvidenceProgress
from services.contracts.signing.revocation import ReadRevocationReach, RevokeCertificate
from services.contracts.signing.sessions import OpenSigningSession, ReadSigningSession

CLASS_SHEET = f"{YEAR}/class-sheets/<uuid:sheet_id>"
api = resource("signing", "Khóa và phiên ký số (keys, signing sessions)")

offer(api, "POST", "/v1/keys", CreateKey, status=201)
offer(api, "POST", "/v1/keys/<uuid:holder>/unblocking", UnblockKey)
offer(api, "POST", "/v1/certificates", RegisterCertificate, status=201, timeout=HEAVY_SECONDS)  # tokens are slow
offer_query(api, "/v1/certificates", FindCertificates)
SESSION = "/v1/signing-sessions/{answer.id}"
offer(api, "POST", "/v1/signing-sessions", OpenSigningSession, status=202, location=SESSION, timeout=HEAVY_SECONDS)
offer(api, "GET", "/v1/signing-sessions/<uuid:session_id>", ReadSigningSession)
REACH = "/v1/revocations/{answer.id}"
offer(api, "POST", "/v1/certificates/<serial>/revocation", RevokeCertificate, status=201, location=REACH)
offer(api, "GET", "/v1/revocations/<uuid:revocation_id>", ReadRevocationReach)
offer(api, "GET", f"{YEAR}/signing/waiting", FindWaiting)
offer(api, "GET", "/v1/me/reminders", ReadReminderChoice)
offer(api, "PUT", "/v1/me/reminders", ChooseReminders)
offer(api, "GET", f"{YEAR}/units/<uuid:unit_id>/signing/progress", ReadSigningProgress)
offer(api, "GET", f"{YEAR}/units/<uuid:unit_id>/signing/evidence", ReadEvidenceProgress)
offer(api, "POST", "/v1/signing-agents", CreateAgent, status=201)
offer_query(api, "/v1/signing-agents", FindAgents)
offer(api, "POST", "/v1/signing-agents/<uuid:agent_id>/revocation", RevokeAgent)
offer(api, "POST", "/v1/signing-agents/proof", ProveAgent, status=201)
offer(api, "POST", "/v1/signing-agents/work", FindAgentWork)
offer(api, "POST", "/v1/signing-agents/signatures", GiveSignatures)
offer(api, "GET", f"{YEAR}/classes/<uuid:class_id>/class-sheets", FindClassSheets)
offer(api, "GET", CLASS_SHEET, ReadClassSheet)


@serve(api, "GET", f"{CLASS_SHEET}/file", ReadClassSheet, content={"application/json": BYTES})
def read_class_sheet_file() -> flask.Response:
    """Statement and signature, as a download; NotFound while there is no signature."""
    caller = admit(ReadClassSheet)
    sheet = ask(read(ReadClassSheet, {}), caller)
    if sheet.file is None:
        raise NotFound
    return send_file(sheet.file, mimetype="application/json", name=f"bang-ky-lop-{sheet.subject}-{sheet.number}.json")
