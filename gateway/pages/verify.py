"""The public verify pages: by the code on the paper, or with the file in hand."""

import flask
from werkzeug.wrappers import Response

from gateway.pages.reasons import REASONS
from gateway.resources.verifications import check_upload, find_verdict
from services.chassis.errors import NotFound
from services.chassis.ids import normalise_code
from services.contracts.transcript import PublicVerdict

site = flask.Blueprint("verify", __name__)


@site.get("/verify")
def enter_code() -> str | Response:
    code = normalise_code(flask.request.args.get("code", "").strip())
    return flask.redirect(flask.url_for(".show_code", code=code), 303) if code else flask.render_template("verify.html")


@site.get("/verify/<code>")
def show_code(code: str) -> tuple[str, int]:
    found = _find(code)
    return flask.render_template("verify.html", code=code, found=found, unknown=found is None), 200 if found else 404


@site.post("/verify")
def check_file() -> str:
    report, found = check_upload()
    return flask.render_template("verified_file.html", report=report, found=found, reasons=REASONS)


def _find(code: str) -> PublicVerdict | None:
    try:
        return find_verdict(code)
    except NotFound:
        return None
