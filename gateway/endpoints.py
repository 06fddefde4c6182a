"""Makes endpoints of contracts: path and body become the request, and the same shapes document it and the answer."""

import dataclasses
import re
import typing
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import flask
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.schema import Schema
from flask_openapi3.models.tag import Tag
from pydantic import TypeAdapter

from gateway.backend import HEAVY_SECONDS, Caller, admit, ask, backend, needs_person
from gateway.problems import FileMissing
from services.chassis.codec import answer_of, decode, from_json, to_json
from services.contracts.identity import ReadMe
from services.contracts.messages import Command, Request

R = TypeVar("R", bound=Request[Any])
View = Callable[[], flask.Response]
Document = dict[str, Any]

YEAR = "/v1/years/<int(fixed_digits=4):school_year>"
UNIT = "/v1/units/<uuid:unit_id>"
UNIT_YEAR = f"{YEAR}/units/<uuid:unit_id>"
SHEET = f"{YEAR}/sheets/<uuid:sheet_id>"
BYTES = {"schema": {"type": "string", "format": "binary"}}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
UPLOAD_BYTES = 20 * 2**20
SCHEMA = "#/components/schemas/{model}"
PROBLEM = {
    "description": "Problem",
    "content": {"application/problem+json": {"schema": {"$ref": SCHEMA.format(model="ProblemDetails")}}},
}
KEY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "One for each thing to do; repeat it when you repeat the request.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}


def form_body(fields: Document) -> Document:
    """A form with a file and these fields, for the documentation."""
    schema = {"type": "object", "properties": {"file": BYTES["schema"], **fields}, "required": ["file"]}
    return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}


FILE_BODY = form_body({})


def resource(name: str, description: str) -> APIBlueprint:
    """A group of endpoints, shown together in the documentation."""
    return APIBlueprint(
        name,
        __name__,
        abp_tags=[Tag(name=name, description=description)],
        abp_responses={"default": PROBLEM},
        operation_id_callback=lambda name, **_: name,
    )


def offer(
    api: APIBlueprint,
    method: str,
    rule: str,
    shape: type[R],
    *,
    status: int = 200,
    location: str | None = None,
    timeout: float | None = None,
) -> None:
    """An endpoint that asks for `shape`, made of path and JSON body, and gives its answer as JSON.

    `location` is where to look next: an address with fields of the answer or of the request in braces; `timeout` is
    how many seconds heavy work may take.
    """
    has_body = bool(_names_beyond(rule, shape))

    def view() -> flask.Response:
        caller = admit(shape)
        request = read(shape, _json_body() if has_body else {})
        answer = ask(request, caller, timeout=timeout)
        return reply(answer, status, location=location and location.format(answer=answer, request=request))

    serve(api, method, rule, shape, status=status)(_named(view, shape))


def offer_query(api: APIBlueprint, rule: str, shape: type[R]) -> None:
    """An endpoint that asks for `shape`, made of path and query string, and gives its answer as JSON."""

    def view() -> flask.Response:
        caller = admit(shape)
        return reply(ask(read_arguments(shape), caller))

    serve(api, "GET", rule, shape, parameters=arguments_of(rule, shape))(_named(view, shape))


def offer_upload(
    api: APIBlueprint, rule: str, shape: type[R], *, limit: int = UPLOAD_BYTES, seconds: float = HEAVY_SECONDS
) -> None:
    """An endpoint that stores the file of the form's field `file` and asks for `shape`, whose `file` names it."""

    def view() -> flask.Response:
        caller = admit_upload(shape)
        request = read(shape, {"file": store_upload(limit)})
        return reply(ask(request, caller, timeout=seconds))

    serve(api, "POST", rule, shape, body=FILE_BODY)(_named(view, shape))


def serve(
    api: APIBlueprint,
    method: str,
    rule: str,
    shape: type[R],
    *,
    status: int = 200,
    parameters: Sequence[Document] = (),
    body: Document | None = None,
    content: Document | None = None,
) -> Callable[[View], View]:
    """Register a view, documented by its contract; `parameters`, `body` and `content` say what differs."""
    schemas, answer = _schemas(shape)
    api.components_schemas.update(
        {name: Schema(**schema) for name, schema in schemas.items() if name != shape.__name__}
    )
    asked = schemas[shape.__name__]
    given = [*_path_parameters(rule, asked), *parameters, *([KEY_PARAMETER] if issubclass(shape, Command) else [])]
    sent = body or (_json_schema_body(rule, shape, asked) if method != "GET" else None)
    decorate: Callable[[View], View] = getattr(api, method.lower())(
        rule,
        summary=re.sub(r"(?<!^)([A-Z])", lambda match: " " + match[1].lower(), shape.__name__),
        description=asked.get("description"),
        responses={str(status): {"content": content or {"application/json": {"schema": answer}}}},
        security=[{"bearer": []}] if needs_person(shape) else None,
        openapi_extensions={"parameters": given} | ({"requestBody": sent} if sent else {}),
    )
    return decorate


def admit_upload(shape: type[R]) -> Caller:
    """Who sends a file; whom identity does not know fills no disk of ours."""
    caller = admit(shape)
    ask(ReadMe(), caller)
    return caller


def read(shape: type[R], given: Document, *, strict: bool = True) -> R:
    """The request, from what is given and the fields in the path; Invalid names the place that does not fit."""
    return decode(shape, given | (flask.request.view_args or {}), strict=strict)


def read_arguments(shape: type[R]) -> R:
    """The request, from the query string and the path; a repeated name makes a list, an empty value nothing."""
    fields = dataclasses.fields(shape)  # type: ignore[arg-type]  # every contract is a dataclass
    sent = {field.name: flask.request.args.getlist(field.name) for field in fields}
    given = {
        field.name: sent[field.name] if _is_list(field.type) else sent[field.name][0]
        for field in fields
        if any(sent[field.name])
    }
    return read(shape, given, strict=False)


def arguments_of(rule: str, shape: type[R]) -> list[Document]:
    """What the query string may hold, for the documentation."""
    asked = _schemas(shape)[0][shape.__name__]
    required = asked.get("required", ())
    return [
        {"name": name, "in": "query", "required": name in required, "schema": asked["properties"][name]}
        for name in _names_beyond(rule, shape)
    ]


def store_upload(limit: int) -> str:
    """Store the file of the form's field `file`, up to `limit` bytes with its frame; gives its SHA-256."""
    return backend().objects.put(read_upload(limit))


def read_upload(limit: int) -> bytes:
    """The file of the form's field `file`, up to `limit` bytes with its frame."""
    flask.request.max_content_length = limit
    file = flask.request.files.get("file")
    if not file:  # missing, or sent without choosing one
        raise FileMissing
    data: bytes = file.read()
    return data


def send_file(file: str, *, mimetype: str, name: str) -> flask.Response:
    """The stored file of that SHA-256, as a download under the name."""
    response = flask.Response(backend().objects.get(file), mimetype=mimetype)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def published(response: flask.Response, seconds: int) -> flask.Response:
    """What is everybody's: any cache keeps it so long, and pages of others may read it."""
    response.cache_control.public, response.cache_control.max_age = True, seconds
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.access_control_allow_origin = "*"
    return response


def reply(answer: Any, status: int = 200, *, location: str | None = None) -> flask.Response:
    headers = {"Location": location} if location else None
    return flask.Response(to_json(answer), status, headers, mimetype="application/json")


def _json_body() -> Document:
    return decode(dict[str, Any], from_json(flask.request.get_data()))


def _named(view: View, shape: type[R]) -> View:
    view.__name__ = shape.operation.split(".")[1]
    return view


def _names_beyond(rule: str, shape: type[R]) -> list[str]:
    """The contract's fields that are not in the path."""
    fields = dataclasses.fields(shape)  # type: ignore[arg-type]  # every contract is a dataclass
    return [field.name for field in fields if field.name not in _names_in(rule)]


def _is_list(kind: Any) -> bool:
    return typing.get_origin(kind) is tuple


def _names_in(rule: str) -> list[str]:
    return re.findall(r"<(?:[^<:]+:)?(\w+)>", rule)


def _schemas(shape: type[R]) -> tuple[Document, Document]:
    """The schemas of a request, its answer and all within, by name; and a reference to the answer's."""
    references, whole = TypeAdapter.json_schemas(
        [("asked", "validation", TypeAdapter(shape)), ("answer", "validation", TypeAdapter(answer_of(shape)))],
        ref_template=SCHEMA,
    )
    return whole["$defs"], references["answer", "validation"]


def _path_parameters(rule: str, asked: Document) -> list[Document]:
    return [
        {"name": name, "in": "path", "required": True, "schema": asked["properties"][name]} for name in _names_in(rule)
    ]


def _json_schema_body(rule: str, shape: type[R], asked: Document) -> Document | None:
    if not (names := _names_beyond(rule, shape)):
        return None
    schema = {
        "type": "object",
        "properties": {name: asked["properties"][name] for name in names},
        "required": [name for name in names if name in asked["required"]],
    }
    return {"required": True, "content": {"application/json": {"schema": schema}}}
