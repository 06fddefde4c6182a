"""Each address asks one service for one thing, for the person who asks."""

import hashlib
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from gateway_services import ID, example, form

from services.chassis.codec import decode
from services.chassis.errors import NotFound, Unauthenticated
from services.contracts import identity, notify, transcript, transfer
from services.contracts.gradebook.assignments import AssignTeachers
from services.contracts.gradebook.conduct import SaveConduct
from services.contracts.gradebook.exams import (
    CopyExamMarks,
    ExamRowState,
    FindExamMarks,
    FindExams,
    ImportExamMarks,
    OpenExam,
    ReadExamImport,
    RegisterCandidates,
)
from services.contracts.gradebook.exchange import (
    ExchangeHead,
    ExchangeV1,
    ExportResults,
    FindExchange,
    FindExchanges,
    HubAnswer,
    HubError,
    RecordAnswers,
)
from services.contracts.gradebook.exports import ExportClass, ExportedFile, ExportPupils, ExportSheet
from services.contracts.gradebook.history import AuditSheet, CompareSheet, ReadCellHistory, ReadLedgerKeys
from services.contracts.gradebook.imports import (
    ApplyImport,
    ApplyPupils,
    ConfirmedMatch,
    PreviewImport,
    PreviewPupils,
    ReadImport,
)
from services.contracts.gradebook.results import LockResults, Period
from services.contracts.gradebook.school import CreateClasses, FindClasses, OpenSchoolYear
from services.contracts.gradebook.sheets import (
    CellEntry,
    CellState,
    FindSheets,
    ReadSheet,
    SaveColumn,
    SaveComments,
)
from services.contracts.gradebook.signals import FindSignals
from services.contracts.gradebook.windows import CloseWindow, OpenWindow, WindowKind
from services.contracts.messages import Command
from services.contracts.signing import (
    agents,
    boards,
    certificates,
    checking,
    class_sheets,
    documents,
    evidence,
    log,
    sessions,
)
from services.contracts.transcript import digitised
from services.contracts.transcript.files import ReadXmlSchema, XmlSchema
from services.contracts.verdicts import Verdict

YEAR, UNIT = "/v1/years/2025", f"/v1/units/{ID}"
CLOSES_AT = datetime(2026, 5, 30, tzinfo=UTC)
LAST_DAY, REFORM = date(2025, 6, 30), date(2025, 7, 1)
TIMES = "since=2026-01-01T00:00:00Z&until=2026-05-30T00:00:00Z"
BETWEEN = {"since": datetime(2026, 1, 1, tzinfo=UTC), "until": CLOSES_AT}
DOCUMENT = b"a file"
SHA = hashlib.sha256(DOCUMENT).hexdigest()
IN_YEAR = {"school_year": 2025, "unit_id": ID}
SHEET = {"school_year": 2025, "sheet_id": ID}
PAPER = {
    "pupil_id": str(ID),
    "scan": "5c" * 32,
    "first_year": 2010,
    "last_year": 2014,
    "grades": [1, 2, 3, 4, 5],
    "printed_school": "Trường Phổ thông cơ sở Sông Mây",
    "compared_by": str(ID),
    "compared_at": "2026-05-30T00:00:00Z",
}
CLASS = {"school_year": 2025, "class_id": ID}
IMPORT = {"school_year": 2025, "import_id": ID}

ASKED = [
    ("POST", "/v1/sessions", {"username": "an", "password": "x"}, identity.LogIn(username="an", password="x"), 200),
    ("POST", "/v1/sessions/refresh", {"refresh_token": "r"}, identity.RefreshSession(refresh_token="r"), 200),
    ("DELETE", "/v1/sessions", {"refresh_token": "r"}, identity.LogOut(refresh_token="r"), 200),
    (
        "POST",
        "/v1/activations",
        {"activation_code": "c", "password": "x"},
        identity.ActivateAccount(activation_code="c", password="x"),
        200,
    ),
    ("GET", "/v1/me", None, identity.ReadMe(), 200),
    ("GET", "/.well-known/jwks.json", None, identity.ReadTokenKeys(), 200),
    (
        "POST",
        "/v1/units",
        {"kind": "TRUONG", "code": "t", "name": "T", "parent_id": str(ID), "commune": "x", "province": "y"},
        identity.CreateUnit(kind=identity.UnitKind.SCHOOL, code="t", name="T", parent_id=ID, commune="x", province="y"),
        201,
    ),
    ("GET", f"/v1/units?id={ID}&id={ID}", None, identity.FindUnits(unit_ids=(ID, ID)), 200),
    ("GET", f"/v1/units?id={ID}&on=2025-06-30", None, identity.FindUnits(unit_ids=(ID,), on=LAST_DAY), 200),
    ("GET", f"{UNIT}/units", None, identity.FindUnitsBelow(unit_id=ID), 200),
    ("GET", f"{UNIT}/units?on=2025-06-30", None, identity.FindUnitsBelow(unit_id=ID, on=LAST_DAY), 200),
    (
        "PUT",
        f"{UNIT}/name",
        {"name": "T", "commune": "x", "province": "y", "on": "2025-07-01"},
        identity.RenameUnit(unit_id=ID, name="T", commune="x", province="y", on=REFORM),
        200,
    ),
    (
        "PUT",
        f"{UNIT}/parent",
        {"parent_id": str(ID), "on": "2025-07-01"},
        identity.MoveUnit(unit_id=ID, parent_id=ID, on=REFORM),
        200,
    ),
    ("POST", "/v1/unit-moves", {"moves": [], "on": "2025-07-01"}, identity.MoveUnits(moves=(), on=REFORM), 200),
    ("POST", f"{UNIT}/closure", {"on": "2025-07-01"}, identity.CloseUnit(unit_id=ID, on=REFORM), 200),
    (
        "POST",
        f"{UNIT}/mergers",
        {"merged_ids": [str(ID)], "on": "2025-07-01"},
        identity.MergeUnits(unit_id=ID, merged_ids=(ID,), on=REFORM),
        200,
    ),
    ("GET", f"{UNIT}/grants", None, identity.FindGrants(unit_id=ID), 200),
    ("POST", f"/v1/grants/{ID}/end", {}, identity.EndGrant(grant_id=ID), 200),
    ("POST", f"{UNIT}/pupils", {"pupils": []}, identity.RegisterPupils(unit_id=ID, pupils=()), 201),
    (
        "POST",
        f"{UNIT}/pupil-searches",
        {"code": "c", "reason": "phúc khảo"},
        identity.FindPupils(unit_id=ID, code="c", reason="phúc khảo"),
        200,
    ),
    (
        "PUT",
        f"/v1/pupils/{ID}/personal-id",
        {"personal_id": "000314000001"},
        identity.AddPersonalId(pupil_id=ID, personal_id="000314000001"),
        200,
    ),
    ("PUT", f"/v1/pupils/{ID}/health-link", {"url": None}, identity.SetHealthLink(pupil_id=ID, url=None), 200),
    ("GET", f"/v1/pupils/{ID}/health-link", None, identity.ReadHealthLink(pupil_id=ID), 200),
    ("GET", f"/v1/pupils/{ID}/accesses?{TIMES}", None, identity.FindAccesses(**BETWEEN, pupil_id=ID), 200),
    ("GET", f"{UNIT}/accesses?{TIMES}", None, identity.FindAccesses(**BETWEEN, unit_id=ID), 200),
    ("GET", f"/v1/me/accesses?{TIMES}&unit_id={ID}", None, identity.FindAccesses(**BETWEEN), 200),
    (
        "POST",
        f"{UNIT}/staff",
        {"members": [{"code": "gv1", "name": "Lê An", "email": "an@truong.example", "role": "staff"}]},
        identity.AddStaff(
            unit_id=ID,
            members=(identity.NewStaff(code="gv1", name="Lê An", email="an@truong.example", role=identity.Role.STAFF),),
        ),
        201,
    ),
    ("GET", f"{UNIT}/staff", None, identity.FindStaff(unit_id=ID), 200),
    ("POST", f"{UNIT}/guardians", {"guardians": []}, identity.AddGuardians(unit_id=ID, guardians=()), 201),
    (
        "POST",
        f"{UNIT}/consents",
        {"consents": [{"guardian_id": str(ID), "given": True}]},
        notify.RecordConsents(unit_id=ID, consents=(notify.ConsentEntry(guardian_id=ID, given=True),)),
        200,
    ),
    ("GET", f"{UNIT}/deliveries", None, notify.CountDeliveries(unit_id=ID), 200),
    (
        "POST",
        f"{YEAR}/units/{ID}",
        {"stage": "THCS", "subjects": []},
        OpenSchoolYear(**IN_YEAR, stage="THCS", subjects=()),
        201,
    ),
    ("POST", f"{YEAR}/units/{ID}/classes", {"classes": []}, CreateClasses(**IN_YEAR, classes=()), 201),
    ("GET", f"{YEAR}/units/{ID}/classes", None, FindClasses(**IN_YEAR), 200),
    (
        "POST",
        f"{YEAR}/units/{ID}/assignments",
        {"assignments": []},
        AssignTeachers(**IN_YEAR, assignments=()),
        201,
    ),
    ("GET", f"{YEAR}/units/{ID}/sheets", None, FindSheets(**IN_YEAR), 200),
    (
        "POST",
        f"{YEAR}/units/{ID}/windows",
        {"term": 2, "kind": "MARKS", "closes_at": "2026-05-30T00:00:00Z"},
        OpenWindow(**IN_YEAR, term=2, kind=WindowKind.MARKS, closes_at=CLOSES_AT),
        201,
    ),
    ("DELETE", f"{YEAR}/windows/{ID}", None, CloseWindow(school_year=2025, window_id=ID), 200),
    ("GET", f"{YEAR}/sheets/{ID}", None, ReadSheet(**SHEET), 200),
    (
        "PUT",
        f"{YEAR}/sheets/{ID}/columns/{ID}",
        {"cells": [{"pupil_id": str(ID), "state": "VALUE", "value": "7.5", "version": 3}]},
        SaveColumn(
            **SHEET,
            column_id=ID,
            cells=(CellEntry(pupil_id=ID, state=CellState.VALUE, value="7.5", version=3),),
        ),
        200,
    ),
    ("PUT", f"{YEAR}/sheets/{ID}/comments", {"comments": []}, SaveComments(**SHEET, comments=()), 200),
    ("GET", f"{YEAR}/sheets/{ID}/audit", None, AuditSheet(**SHEET), 200),
    (
        "GET",
        f"{YEAR}/sheets/{ID}/columns/{ID}/pupils/{ID}/history",
        None,
        ReadCellHistory(**SHEET, column_id=ID, pupil_id=ID),
        200,
    ),
    (
        "GET",
        f"{YEAR}/sheets/{ID}/differences?from_at=2026-05-30T00:00:00Z&to_at=2026-05-30T07:00:00%2B07:00",
        None,
        CompareSheet(**SHEET, from_at=CLOSES_AT, to_at=CLOSES_AT),
        200,
    ),
    ("GET", f"{YEAR}/units/{ID}/signals", None, FindSignals(**IN_YEAR), 200),
    ("GET", "/.well-known/ledger-keys.json", None, ReadLedgerKeys(), 200),
    (
        "PUT",
        f"{YEAR}/classes/{ID}/terms/2/conduct",
        {"entries": []},
        SaveConduct(**CLASS, term=2, entries=()),
        200,
    ),
    (
        "POST",
        f"{YEAR}/classes/{ID}/results/TERM_1",
        None,
        LockResults(**CLASS, period=Period.TERM_1),
        200,
    ),
    ("GET", f"{YEAR}/imports/{ID}", None, ReadImport(**IMPORT), 200),
    (
        "POST",
        f"{YEAR}/imports/{ID}/marks",
        {"matches": [{"page": "6A", "row": 8, "pupil_id": str(ID)}], "leave_out_refused": True},
        ApplyImport(**IMPORT, matches=(ConfirmedMatch(page="6A", row=8, pupil_id=ID),), leave_out_refused=True),
        200,
    ),
    ("POST", f"{YEAR}/imports/{ID}/pupils", {}, ApplyPupils(**IMPORT), 200),
    (
        "POST",
        f"{YEAR}/units/{ID}/exams",
        {"name": "Thi thử", "subjects": ["TOAN"]},
        OpenExam(**IN_YEAR, name="Thi thử", subjects=("TOAN",)),
        201,
    ),
    ("GET", f"{YEAR}/units/{ID}/exams", None, FindExams(**IN_YEAR), 200),
    (
        "GET",
        f"{YEAR}/exams/{ID}/units/{ID}/marks/TOAN",
        None,
        FindExamMarks(**IN_YEAR, exam_id=ID, subject="TOAN"),
        200,
    ),
    (
        "POST",
        f"{YEAR}/exams/{ID}/units/{ID}/copies",
        {"exam_subject": "TOAN", "subject": "TOAN", "grade": 9, "term": 1, "key": "ck"},
        CopyExamMarks(**IN_YEAR, exam_id=ID, exam_subject="TOAN", subject="TOAN", grade=9, term=1, key="ck"),
        200,
    ),
    (
        "GET",
        f"{YEAR}/exam-imports/{ID}?state=BAD_VALUE&after=7&limit=50",
        None,
        ReadExamImport(**IMPORT, state=ExamRowState.BAD_VALUE, after=7, limit=50),
        200,
    ),
    ("POST", f"{YEAR}/units/{ID}/exchanges/YEAR", None, ExportResults(**IN_YEAR, period=Period.YEAR), 201),
    ("GET", f"{YEAR}/units/{ID}/exchanges", None, FindExchanges(**IN_YEAR), 200),
    ("GET", f"{YEAR}/exchanges/{ID}", None, FindExchange(school_year=2025, export_id=ID), 200),
    (
        "POST",
        f"{YEAR}/exchanges/{ID}/answers",
        {"answers": [{"record_id": str(ID), "errors": [{"code": "E07", "words": "sai"}]}]},
        RecordAnswers(
            school_year=2025,
            export_id=ID,
            answers=(HubAnswer(record_id=ID, errors=(HubError(code="E07", words="sai"),)),),
        ),
        200,
    ),
    ("POST", f"{YEAR}/classes/{ID}/transcripts", None, transcript.FreezeClass(**CLASS), 202),
    ("GET", f"{YEAR}/classes/{ID}/transcripts", None, transcript.FindClassTranscripts(**CLASS), 200),
    ("GET", f"{YEAR}/transcripts/{ID}", None, transcript.ReadTranscript(school_year=2025, transcript_id=ID), 200),
    (
        "POST",
        f"{YEAR}/transcripts/{ID}/revocation",
        {"reason": "sai tên"},
        transcript.RevokeTranscript(school_year=2025, transcript_id=ID, reason="sai tên"),
        200,
    ),
    (
        "POST",
        f"{YEAR}/units/{ID}/digitised-copies",
        PAPER,
        decode(digitised.Digitise, PAPER | {"school_year": 2025, "unit_id": str(ID)}),
        201,
    ),
    ("GET", f"{YEAR}/units/{ID}/digitised-copies", None, digitised.FindDigitisedCopies(**IN_YEAR), 200),
    (
        "GET",
        f"{YEAR}/digitised-copies/{ID}",
        None,
        digitised.ReadDigitisedCopy(school_year=2025, transcript_id=ID),
        200,
    ),
    ("POST", "/v1/keys", {"pin": "123456"}, certificates.CreateKey(pin="123456"), 201),
    ("POST", "/v1/signing-agents", {"certificates": "PEM"}, agents.CreateAgent(certificates="PEM"), 201),
    ("GET", f"/v1/signing-agents?unit_id={ID}", None, agents.FindAgents(unit_id=ID), 200),
    ("POST", f"/v1/signing-agents/{ID}/revocation", None, agents.RevokeAgent(agent_id=ID), 200),
    ("POST", "/v1/signing-agents/proof", {"token": "T", "value": "ab"}, agents.ProveAgent(token="T", value="ab"), 201),
    ("POST", "/v1/signing-agents/work", {"token": "T"}, agents.FindAgentWork(token="T"), 200),
    (
        "POST",
        "/v1/signing-agents/signatures",
        {"token": "T", "session_id": str(ID), "signatures": []},
        agents.GiveSignatures(token="T", session_id=ID, signatures=()),
        200,
    ),
    ("POST", f"/v1/keys/{ID}/unblocking", None, certificates.UnblockKey(holder=ID), 200),
    (
        "POST",
        "/v1/certificates",
        {"provider": "CSC", "place": "mau/GX01", "certificates": "PEM", "pin": "123456", "otp": "654321"},
        certificates.RegisterCertificate(
            provider=certificates.KeyProvider.CSC, place="mau/GX01", certificates="PEM", pin="123456", otp="654321"
        ),
        201,
    ),
    ("GET", f"/v1/certificates?unit_id={ID}", None, certificates.FindCertificates(unit_id=ID), 200),
    ("GET", "/v1/certificates", None, certificates.FindCertificates(), 200),
    ("GET", f"{YEAR}/signing/waiting", None, boards.FindWaiting(school_year=2025), 200),
    (
        "GET",
        f"{YEAR}/units/{ID}/signing/evidence",
        None,
        evidence.ReadEvidenceProgress(school_year=2025, unit_id=ID),
        200,
    ),
    (
        "GET",
        f"{YEAR}/units/{ID}/signing/progress",
        None,
        boards.ReadSigningProgress(school_year=2025, unit_id=ID),
        200,
    ),
    (
        "POST",
        "/v1/signing-sessions",
        {"school_year": 2025, "class_ids": [str(ID)], "role": "GVCN", "pin": "123456"},
        sessions.OpenSigningSession(school_year=2025, class_ids=(ID,), role=documents.SlotRole.HOMEROOM, pin="123456"),
        202,
    ),
    ("GET", f"/v1/signing-sessions/{ID}", None, sessions.ReadSigningSession(session_id=ID), 200),
    (
        "GET",
        f"{YEAR}/classes/{ID}/class-sheets",
        None,
        class_sheets.FindClassSheets(school_year=2025, class_id=ID),
        200,
    ),
    (
        "GET",
        f"{YEAR}/class-sheets/{ID}",
        None,
        class_sheets.ReadClassSheet(school_year=2025, sheet_id=ID),
        200,
    ),
    (
        "POST",
        "/v1/transfers",
        {"school_year": 2025, "pupil_id": str(ID), "to_unit_id": str(ID)},
        transfer.OfferTransfer(school_year=2025, pupil_id=ID, to_unit_id=ID),
        201,
    ),
    ("GET", f"/v1/transfers/{ID}", None, transfer.ReadTransfer(transfer_id=ID), 200),
    ("DELETE", f"/v1/transfers/{ID}", None, transfer.CancelTransfer(transfer_id=ID), 200),
    ("POST", "/v1/transfers/acceptances", {"link_code": "L"}, transfer.AcceptTransfer(link_code="L"), 202),
    ("GET", "/v1/log/keys", None, log.ReadLogKeys(), 200),
    ("GET", "/v1/log/documents/ab-ol", None, log.ProveDocument(code="ab-ol"), 200),
    ("GET", f"/v1/log/files/{SHA}", None, log.ProveFile(sha256=SHA), 200),
    ("GET", f"/v1/log/entries/{SHA}", None, log.ProveEntry(entry=SHA), 200),
    ("GET", "/v1/log/consistency?old=3&new=7", None, log.ProveConsistency(old=3, new=7), 200),
    ("POST", "/v1/log/cosignatures", {"note": "n"}, log.Cosign(note="n"), 200),
    ("GET", "/log/checkpoint", None, log.ReadCheckpoint(), 200),
    ("GET", "/log/tile/0/x001/234.p/5", None, log.ReadTile(path="0/x001/234.p/5"), 200),
    ("GET", "/v1/verifications/ab-ol", None, transcript.VerifyCode(code="AB01"), 200),
]


@pytest.mark.parametrize(("method", "path", "body", "request_", "status"), ASKED)
def test_an_address_asks_for_its_contract_in_the_persons_name(  # noqa: PLR0917 - a table's columns
    client, services, teacher, method, path, body, request_, status
):
    response = client.open(path, method=method, json=body, headers=teacher)

    assert (response.status_code, services.asked) == (status, [request_])
    is_open = type(request_) in (*OPEN, identity.ReadTokenKeys, ReadLedgerKeys)
    key = "key-1" if isinstance(request_, Command) else None
    assert services.calls[0][1:] == (None if is_open else "token-of-a-teacher", key)


OF_THE_LOG = (log.ReadLogKeys, log.ReadCheckpoint, log.ReadTile, log.ProveDocument, log.ProveFile, log.ProveEntry)
OPEN = (
    identity.LogIn, identity.RefreshSession, identity.LogOut, identity.ActivateAccount, transcript.VerifyCode,
    *OF_THE_LOG, log.ProveConsistency, log.Cosign,
    agents.ProveAgent, agents.FindAgentWork, agents.GiveSignatures,
)  # fmt: skip


@pytest.mark.parametrize(
    ("path", "request_"),
    [
        (f"{UNIT}/staff-imports", identity.ImportStaff(unit_id=ID, file=SHA)),
        (f"{YEAR}/exams/{ID}/candidates", RegisterCandidates(school_year=2025, exam_id=ID, file=SHA)),
        (f"{YEAR}/exams/{ID}/mark-imports", ImportExamMarks(school_year=2025, exam_id=ID, file=SHA)),
    ],
)
def test_a_workbook_is_stored_and_its_service_is_told_its_name(  # noqa: PLR0917 - fixtures and a table's columns
    client, services, teacher, files, path, request_
):
    response = client.post(path, **form(DOCUMENT), headers=teacher)

    assert response.status_code == 200
    assert services.asked == [identity.ReadMe(), request_]
    assert services.calls[-1][1:] == ("token-of-a-teacher", "key-1")
    assert files.get(SHA) == DOCUMENT


@pytest.mark.parametrize(
    ("path", "request_"),
    [
        (f"{YEAR}/sheets/{ID}/exports/csdl_marks_1", ExportSheet(**SHEET, layout="csdl_marks_1")),
        (
            f"{YEAR}/classes/{ID}/terms/2/exports/csdl_primary_results?half=gk",
            ExportClass(**CLASS, term=2, layout="csdl_primary_results", half="gk"),
        ),
        (f"{YEAR}/units/{ID}/pupils/exports/pupil_list", ExportPupils(**IN_YEAR, layout="pupil_list")),
    ],
)
def test_an_export_is_downloaded_under_its_name(  # noqa: PLR0917 - a table's columns
    client, services, teacher, files, path, request_
):
    name = files.put(DOCUMENT)
    services.tell(type(request_), ExportedFile(file=name, content_type="application/x-test", file_name="6A.xlsx"))

    response = client.get(path, headers=teacher)

    assert (response.data, response.mimetype, services.asked) == (DOCUMENT, "application/x-test", [request_])
    assert response.headers["Content-Disposition"] == "attachment; filename=6A.xlsx"


def test_the_shape_of_transcripts_is_everybodys(client, services):
    services.tell(ReadXmlSchema, XmlSchema(text="<xs:schema/>"))

    response = client.get("/schemas/hoc_ba.v1.xsd")

    assert (response.text, response.mimetype) == ("<xs:schema/>", "application/xml")
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_the_records_of_a_sending_are_downloaded_as_lines(client, services, teacher, files):
    head = example(ExchangeHead, file=files.put(DOCUMENT))
    services.tell(FindExchange, ExchangeV1(head=head, records=()))

    response = client.get(f"{YEAR}/exchanges/{ID}/records", headers=teacher)

    assert (response.data, response.mimetype) == (DOCUMENT, "application/x-ndjson")


@pytest.mark.parametrize(
    ("path", "fields", "request_"),
    [
        (
            f"{YEAR}/units/{ID}/mark-previews",
            {"term": "2", "class_id": str(ID)},
            PreviewImport(**IN_YEAR, file=SHA, file_name="marks.xlsx", term=2, class_id=ID),
        ),
        (f"{YEAR}/units/{ID}/pupil-previews", {}, PreviewPupils(**IN_YEAR, file=SHA, file_name="marks.xlsx")),
    ],
)
def test_a_file_is_previewed_under_its_own_name_for_what_the_form_says(  # noqa: PLR0917 - a table's columns
    client, services, teacher, path, fields, request_
):
    data = {"file": (BytesIO(DOCUMENT), "marks.xlsx"), **fields}

    response = client.post(path, data=data, content_type="multipart/form-data", headers=teacher)

    assert response.status_code == 201
    assert services.asked == [identity.ReadMe(), request_]


def test_whom_identity_does_not_know_stores_no_file(client, services, teacher, tmp_path):
    services.tell(identity.ReadMe, Unauthenticated())

    response = client.post(f"{UNIT}/staff-imports", **form(DOCUMENT), headers=teacher)

    assert response.status_code == 401
    assert not list(tmp_path.iterdir())


def test_a_form_without_a_file_is_refused(client, services, teacher):
    response = client.post(f"{UNIT}/staff-imports", data={"other": "x"}, headers=teacher)

    assert (response.status_code, response.json["code"]) == (400, "gateway.file_missing")


@pytest.mark.parametrize(("path", "megabytes"), [(f"{UNIT}/staff-imports", 20), ("/v1/verifications", 10)])
def test_a_file_beyond_the_limit_is_refused_and_one_within_is_not(client, services, teacher, path, megabytes):
    services.tell(checking.CheckFiles, checking.FileReports(reports=(example(checking.FileReport),)))

    def send(size):
        return client.post(path, **form(bytes(size)), headers=teacher)

    assert send(megabytes * 2**20 - 1000).status_code == 200
    refused = send(megabytes * 2**20)
    assert (refused.status_code, refused.json["code"]) == (413, "gateway.too_large")
    assert refused.json["fields"] == {"megabytes": megabytes}


def test_a_stranger_learns_the_verdict_on_a_file(client, services, files):
    report = example(checking.FileReport, verdict=Verdict.UNDECIDED, reasons=("certificate_untrusted",))
    services.tell(checking.CheckFiles, checking.FileReports(reports=(report,)))

    response = client.post("/v1/verifications", **form(DOCUMENT))

    assert services.calls == [(checking.CheckFiles(files=(SHA,)), None, None)]
    assert files.borrow(SHA) == DOCUMENT
    with pytest.raises(NotFound):
        files.get(SHA)  # nobody keeps what a stranger shows
    assert (response.json["verdict"], response.json["reasons"]) == ("UNDECIDED", ["certificate_untrusted"])


@pytest.mark.parametrize("kind", ["pdf", "xml"])
def test_a_transcripts_file_is_a_download_with_a_telling_name(client, services, teacher, files, kind):
    stored = {kind: files.put(DOCUMENT)}
    services.tell(transcript.ReadTranscript, example(transcript.TranscriptV1, id=ID, code="ABC", version=2, **stored))

    response = client.get(f"{YEAR}/transcripts/{ID}/{kind}", headers=teacher)

    assert (response.data, response.mimetype) == (DOCUMENT, f"application/{kind}")
    assert response.headers["Content-Disposition"] == f"attachment; filename=hocba-ABC-2.{kind}"


def test_the_scan_beside_a_copy_is_a_download_of_its_own_kind(client, services, teacher, files):
    document = example(transcript.TranscriptV1, id=ID, code="ABC")
    kept = {"scan": files.put(DOCUMENT), "scan_type": "image/png"}
    services.tell(digitised.ReadDigitisedCopy, example(digitised.DigitisedCopyV1, document=document, **kept))

    response = client.get(f"{YEAR}/digitised-copies/{ID}/scan", headers=teacher)

    assert (response.data, response.mimetype) == (DOCUMENT, "image/png")
    assert response.headers["Content-Disposition"] == "attachment; filename=ban-quet-ABC.png"


def test_a_transcript_that_is_parked_has_no_file(client, services, teacher):
    services.tell(transcript.ReadTranscript, example(transcript.TranscriptV1))

    assert client.get(f"{YEAR}/transcripts/{ID}/pdf", headers=teacher).status_code == 404


def test_a_signed_class_sheet_is_a_download_and_an_unsigned_one_has_no_file(client, services, teacher, files):
    unsigned = example(class_sheets.SignedSheetV1, subject="TOAN", number=2)
    signed = example(class_sheets.SignedSheetV1, subject="TOAN", number=2, file=files.put(b"{}"))
    found = []
    for sheet in (unsigned, signed):
        services.tell(class_sheets.ReadClassSheet, sheet)
        found.append(client.get(f"{YEAR}/class-sheets/{ID}/file", headers=teacher))

    assert [one.status_code for one in found] == [404, 200]
    assert (found[1].data, found[1].mimetype) == (b"{}", "application/json")
    assert found[1].headers["Content-Disposition"] == "attachment; filename=bang-ky-lop-TOAN-2.json"


def test_a_transfers_bundle_is_a_download_once_the_link_was_used(client, services, teacher, files):
    found = []
    for name in (None, files.put(b"PK")):
        services.tell(transfer.ReadTransfer, example(transfer.TransferV1, bundle=name))
        found.append(client.get(f"/v1/transfers/{ID}/bundle.zip", headers=teacher))

    assert [one.status_code for one in found] == [404, 200]
    assert (found[1].data, found[1].mimetype) == (b"PK", "application/zip")


def test_a_sheet_that_did_not_change_is_not_sent_again(client, services, teacher):
    tag = client.get(f"{YEAR}/sheets/{ID}", headers=teacher).headers["ETag"]

    again = client.get(f"{YEAR}/sheets/{ID}", headers={**teacher, "If-None-Match": tag})

    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    ("path", "body", "location"),
    [
        (f"{YEAR}/classes/{ID}/transcripts", None, f"{YEAR}/classes/{ID}/transcripts"),
        (
            "/v1/signing-sessions",
            {"school_year": 2025, "class_ids": [], "role": "GVCN", "pin": "1"},
            f"/v1/signing-sessions/{ID}",
        ),
        ("/v1/transfers/acceptances", {"link_code": "L"}, f"/v1/transfers/{ID}"),
    ],
)
def test_work_that_goes_on_says_where_to_look(client, teacher, path, body, location):
    response = client.post(path, json=body, headers=teacher)

    assert (response.status_code, response.headers["Location"]) == (202, location)
