"""Why the gateway itself refuses, and how every refusal is answered: application/problem+json (RFC 9457), or a page."""

import re
from http import HTTPStatus
from typing import Any

import flask
from pydantic import BaseModel, ConfigDict
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from gateway.language import say
from services.chassis import logs, trace
from services.chassis.codec import to_json
from services.chassis.errors import Invalid, NotFound, Problem

RETRY_SECONDS = 2
PLACE = re.compile(r"(?P<reason>.*?)(?: - at `\$(?P<path>.*)`)?", re.DOTALL)
TITLES = {
    400: "Yêu cầu không hợp lệ",
    401: "Cần đăng nhập",
    403: "Không có quyền",
    404: "Không tìm thấy",
    405: "Thao tác không dùng được ở đây",
    409: "Quy định không cho phép",
    412: "Nội dung đã thay đổi",
    413: "Quá lớn",
    422: "Không thể xử lý",
    429: "Quá nhiều yêu cầu",
    500: "Lỗi hệ thống",
    503: "Tạm thời gián đoạn",
}


class IdempotencyKeyMissing(Invalid):
    """Every write needs an Idempotency-Key header of 1 to 200 characters."""

    code = "gateway.idempotency_key_missing"
    vi = "Mỗi lần ghi cần có tiêu đề Idempotency-Key dài từ 1 đến 200 ký tự."


class FileMissing(Invalid):
    """Send the file as multipart/form-data in the field `file`."""

    code = "gateway.file_missing"
    vi = "Hãy gửi tệp dạng multipart/form-data, trong trường `file`."


class FormExpired(Invalid):
    """The form is too old; open the page again and repeat."""

    code = "gateway.form_expired"
    vi = "Biểu mẫu đã cũ; xin mở lại trang rồi làm lại."


class NoSuchAddress(NotFound):
    """There is nothing at this address."""

    code = "gateway.no_such_address"
    vi = "Địa chỉ này không có gì."


class WrongMethod(Problem):
    """This address answers {allowed} only."""

    status = 405
    code = "gateway.wrong_method"
    vi = "Địa chỉ này chỉ nhận {allowed}."


class TooLarge(Problem):
    """What you sent is larger than the {megabytes} MB that are accepted here; send less at a time."""

    status = 413
    code = "gateway.too_large"
    vi = "Nội dung gửi lên vượt quá {megabytes} MB; xin chia nhỏ rồi gửi lại."


class TooManyRequests(Problem):
    """Too many requests from your address; try again in {seconds} seconds."""

    status = 429
    code = "gateway.too_many_requests"
    vi = "Quá nhiều yêu cầu từ địa chỉ của bạn; xin thử lại sau {seconds} giây."


class FieldError(BaseModel):
    """A place in the request that does not fit; `pointer` is a JSON Pointer (RFC 6901)."""

    pointer: str
    reason: str


class ProblemDetails(BaseModel):
    """A refusal (RFC 9457): programs read `code` and `fields`, people `detail`, operators `trace_id`."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    trace_id: str
    fields: dict[str, Any]
    errors: list[FieldError]

    model_config = ConfigDict(title="Problem")


def install(app: flask.Flask) -> None:
    """Answer every refusal and every bug of the application."""
    app.register_error_handler(Problem, respond)
    app.register_error_handler(HTTPException, lambda error: respond(_of_http(error)))
    app.register_error_handler(Exception, _respond_to_bug)


def respond(problem: Problem) -> flask.Response:
    """The answer to whoever asked: a page for people, problem+json for programs."""
    status = status_of(problem)
    if _wants_page():
        page = flask.render_template("problem.html", problem=problem, title=_title(status), trace_id=_trace_id())
        response = flask.Response(page, status)
    else:
        response = flask.Response(to_json(details(problem)), status, mimetype="application/problem+json")
    response.headers.update(_headers(problem, status))
    return response


def status_of(problem: Problem) -> int:
    """The HTTP status: its family's, but for two codes that have a status of their own."""
    if problem.code.endswith("stale_version"):
        return HTTPStatus.PRECONDITION_FAILED
    return HTTPStatus.UNPROCESSABLE_ENTITY if problem.code == "idempotency.key_reused" else problem.status


def details(problem: Problem) -> dict[str, Any]:
    status = status_of(problem)
    return ProblemDetails(
        type=f"urn:hocba:problem:{problem.code}",
        title=_title(status),
        status=status,
        detail=say(problem.vi, problem.en),
        code=problem.code,
        trace_id=_trace_id(),
        fields=problem.fields,
        errors=_errors(problem),
    ).model_dump()


def _title(status: int) -> str:
    phrase = HTTPStatus(status).phrase
    return say(TITLES.get(status, phrase), phrase)


def _trace_id() -> str:
    return trace.current()[3:35]


def _errors(problem: Problem) -> list[FieldError]:
    """Where the request does not fit its contract, which the decoder says as "… - at `$.cells[3].version`"."""
    place = PLACE.fullmatch(str(problem.fields.get("reason", "")))
    if problem.code != Invalid.code or place is None:
        return []
    steps = re.findall(r"\.(\w+)|\[(.*?)\]", place["path"] or "")
    return [FieldError(pointer="".join(f"/{name or index}" for name, index in steps), reason=place["reason"])]


def _headers(problem: Problem, status: int) -> dict[str, str]:
    match status:
        case HTTPStatus.UNAUTHORIZED:
            return {"WWW-Authenticate": "Bearer"}
        case HTTPStatus.METHOD_NOT_ALLOWED:
            return {"Allow": str(problem.fields["allowed"])}
        case HTTPStatus.TOO_MANY_REQUESTS | HTTPStatus.SERVICE_UNAVAILABLE:
            return {"Retry-After": str(problem.fields.get("seconds", RETRY_SECONDS))}
    return {}


def _wants_page() -> bool:
    """Whether a person in a browser asks; the API answers programs alone."""
    offered = ("application/problem+json", "application/json", "text/html")
    is_api = flask.request.path.startswith("/v1/")
    return not is_api and flask.request.accept_mimetypes.best_match(offered) == "text/html"


def _of_http(error: HTTPException) -> Problem:
    if isinstance(error, MethodNotAllowed):
        return WrongMethod(allowed=", ".join(sorted(error.valid_methods or ())))
    match error.code:
        case HTTPStatus.NOT_FOUND:
            return NoSuchAddress()
        case HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return TooLarge(megabytes=(flask.request.max_content_length or 0) // 2**20)
    return Invalid(reason=error.description)


def _respond_to_bug(error: Exception) -> flask.Response:
    logs.get().error("http_request_failed", endpoint=flask.request.endpoint, exc_info=error)
    return respond(Problem())
