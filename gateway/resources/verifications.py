"""Public verification: by the code on the paper, or of a file."""

from collections.abc import Mapping
from dataclasses import replace

import flask

from gateway.backend import HEAVY_SECONDS, Caller, admit, ask, backend
from gateway.endpoints import FILE_BODY, SCHEMA, offer, read, read_upload, reply, resource, serve
from services.chassis.errors import NotFound
from services.chassis.ids import normalise_code
from services.contracts.signing.checking import CheckFiles, FileReport, MemberReport, ReadTrust
from services.contracts.transcript import PublicVerdict, VerifyCode
from services.contracts.verdicts import Reason, Verdict, worst

FILE_BYTES = 10 * 2**20
MOST_ASKED = 20  # transcripts of a package that the register is asked about
Told = tuple[Verdict, tuple[str, ...]]
REPORT = {"application/json": {"schema": {"$ref": SCHEMA.format(model="FileReport")}}}
api = resource("verifications", "Kiểm tra công khai (public verification)")


@serve(api, "GET", "/v1/verifications/<code>", VerifyCode)
def verify_code() -> flask.Response:
    return reply(find_verdict(read(VerifyCode, {}).code))


@serve(api, "POST", "/v1/verifications", CheckFiles, body=FILE_BODY, content=REPORT)
def check_files() -> flask.Response:
    return reply(check_upload()[0])


offer(api, "GET", "/v1/trust", ReadTrust)


def find_verdict(typed: str) -> PublicVerdict:
    """What the register says to a stranger about the code, as they typed it; NotFound for a code that it lacks."""
    caller = admit(VerifyCode)
    return ask(VerifyCode(code=normalise_code(typed)), caller)


def check_upload() -> tuple[FileReport, PublicVerdict | None]:
    """The verdict on the file that a stranger sends in the form's field `file`, and the transcript in the register.

    The file is lent for as long as the check takes: what strangers show us is not ours to keep.
    Right signatures count for what the register says of their transcript, and no more.
    """
    caller = admit(CheckFiles)
    name = backend().objects.lend(read_upload(FILE_BYTES))
    report = ask(CheckFiles(files=(name,)), caller, timeout=HEAVY_SECONDS).reports[0]
    if report.members:
        return _with_members(report), None
    found = _find(report.code) if report.code else None
    if report.verdict is not Verdict.VALID or not report.code:
        return report, found
    verdict, reasons = _registered(found)
    return replace(report, verdict=verdict, reasons=reasons), found


def _with_members(report: FileReport) -> FileReport:
    """A package whose transcripts the register was asked about; as the costs are the register's, only about some."""
    codes = list(dict.fromkeys(each.code for each in report.members if each.code and each.verdict is Verdict.VALID))
    told = {code: _registered(_find(code)) for code in codes[:MOST_ASKED]}
    told |= dict.fromkeys(codes[MOST_ASKED:], _because(Reason.REGISTER_SILENT))
    members = tuple(_member(each, told) for each in report.members)
    reasons = dict.fromkeys((*report.reasons, *(reason for each in members for reason in each.reasons)))
    verdict = worst((report.verdict, *(each.verdict for each in members)))
    return replace(report, members=members, reasons=tuple(reasons), verdict=verdict)


def _member(report: MemberReport, told: Mapping[str, Told]) -> MemberReport:
    if report.verdict is not Verdict.VALID or report.code is None:
        return report
    verdict, reasons = told[report.code]
    return replace(report, verdict=verdict, reasons=reasons)


def _registered(found: PublicVerdict | None) -> Told:
    if found is None:
        return _because(Reason.NOT_REGISTERED)
    match found.verdict:
        case Verdict.VALID:
            return Verdict.VALID, ()
        case Verdict.REVOKED:
            return _because(Reason.REVOKED)
        case other:
            return other, tuple(each.code for each in found.reasons)


def _because(reason: Reason) -> Told:
    return reason.verdict, (reason,)


def _find(code: str) -> PublicVerdict | None:
    try:
        return ask(VerifyCode(code=normalise_code(code)), Caller(), timeout=HEAVY_SECONDS)
    except NotFound:
        return None
