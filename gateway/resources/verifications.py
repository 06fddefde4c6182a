"""Public verification: by the code on the paper, or of a file."""

import flask

from gateway.backend import HEAVY_SECONDS, admit, ask
from gateway.endpoints import FILE_BODY, SCHEMA, offer, read, reply, resource, serve, store_upload
from services.chassis.ids import normalise_code
from services.contracts.signing.checking import CheckFiles, FileReport, ReadTrust
from services.contracts.transcript import PublicVerdict, VerifyCode

FILE_BYTES = 10 * 2**20
REPORT = {"application/json": {"schema": {"$ref": SCHEMA.format(model="FileReport")}}}
api = resource("verifications", "Kiểm tra công khai (public verification)")


@serve(api, "GET", "/v1/verifications/<code>", VerifyCode)
def verify_code() -> flask.Response:
    return reply(find_verdict(read(VerifyCode, {}).code))


@serve(api, "POST", "/v1/verifications", CheckFiles, body=FILE_BODY, content=REPORT)
def check_files() -> flask.Response:
    return reply(check_upload())


offer(api, "GET", "/v1/trust", ReadTrust)


def find_verdict(typed: str) -> PublicVerdict:
    """What the register says to a stranger about the code, as they typed it; NotFound for a code that it lacks."""
    caller = admit(VerifyCode)
    return ask(VerifyCode(code=normalise_code(typed)), caller)


def check_upload() -> FileReport:
    """The verdict on the file that a stranger sends in the form's field `file`."""
    caller = admit(CheckFiles)
    name = store_upload(FILE_BYTES)
    return ask(CheckFiles(files=(name,)), caller, timeout=HEAVY_SECONDS).reports[0]
