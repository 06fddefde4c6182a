"""Makes endpoints of contracts: path and body become the request, and the same shapes document both it and the answer."""

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

import flask
from flask_openapi3 import APIBlueprint, Schema, Tag
from pydantic import TypeAdapter

from gateway.backend import HEAVY_SECONDS, Caller, admit, ask, backend, needs_person
from gateway.problems import FileMissing
from services.chassis.codec import answer_of, decode, from_json, to_json
from services.contracts.identity import ReadMe
from services.contracts.messages import Command, Request

R = TypeVar("R", bound=Request[Any])
View = Callable[[], flask.Response]
Document = dict[str, Any]

YEAR = "/v1/years/<int:school_year>"
UNIT = "/v1/units/<uuid:unit_id>"
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
FILE_BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {"file": {"type": "string", "format": "binary"}},
                "required": ["file"],
            }
        }
    },
}


def resource(name: str, description: str) -> APIBlueprint:
    """A group of endpoints, shown together in the documentation."""
    return APIBlueprint(
        name, __name__, abp_tags=[Tag(name=name, description=description)], abp_responses={"default": PROBLEM}
    )


def offer(
    api: APIBlueprint, method: str, rule: str, shape: type[R], *, status: int = 200, location: str | None = None
) -> None:
    """An endpoint that asks for `shape`, made of path and JSON body, and gives its answer as JSON.

    `location` is where to look next: an address with fields of the answer or of the request in braces.
    """

    def view() -> flask.Response:
        caller = admit(shape)
        request = read(shape, _json_body() if _fields_beyond(rule, shape) else {})
        answer = ask(request, caller)
        return reply(answer, status, location=location and location.format(answer=answer, request=request))

    serve(api, method, rule, shape, status=status)(_named(view, shape))


def offer_upload(api: APIBlueprint, rule: str, shape: type[R]) -> None:
    """An endpoint that stores the file sent in the form's field `file` and asks for `shape`, which names it as `file`."""

    def view() -> flask.Response:
        caller = admit(shape)
        ask(ReadMe(), caller)  # whom identity does not know fills no disk of ours
        request = read(shape, {"file": store_upload(UPLOAD_BYTES)})
        return reply(ask(request, caller, timeout=HEAVY_SECONDS))

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
    """Register a view and document it by its contract; `parameters`, `body` and `content` say what differs from that."""
    schemas, answer = _schemas(shape)
    api.components_schemas.update({name: Schema(**schema) for name, schema in schemas.items() if name != shape.__name__})
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


def read(shape: type[R], given: Document) -> R:
    """The request, from what is given and the fields in the path; Invalid names the place that does not fit."""
    return decode(shape, given | (flask.request.view_args or {}))


def store_upload(limit: int) -> str:
    """Store the file of the form's field `file`, up to `limit` bytes with its frame; gives its SHA-256."""
    flask.request.max_content_length = limit
    file = flask.request.files.get("file")
    if file is None:
        raise FileMissing
    return backend().objects.put(file.read())


def reply(answer: Any, status: int = 200, *, location: str | None = None) -> flask.Response:
    headers = {"Location": location} if location else None
    return flask.Response(to_json(answer), status, headers, mimetype="application/json")


def _json_body() -> Document:
    return decode(dict[str, Any], from_json(flask.request.get_data()))


def _named(view: View, shape: type[R]) -> View:
    view.__name__ = shape.operation.split(".")[1]
    return view


@cache
def _fields_beyond(rule: str, shape: type[R]) -> bool:
    return not set(shape.__dataclass_fields__) <= set(_names_in(rule))


def _names_in(rule: str) -> list[str]:
    return re.findall(r"<(?:\w+:)?(\w+)>", rule)


def _schemas(shape: type[R]) -> tuple[Document, Document]:
    """The schemas of a request, its answer and all within, by name; and a reference to the answer's."""
    shapes = [(part, "validation", TypeAdapter(part)) for part in (shape, answer_of(shape))]
    references, whole = TypeAdapter.json_schemas(shapes, ref_template=SCHEMA)  # type: ignore[arg-type]  # any hashable is a key
    return whole["$defs"], references[answer_of(shape), "validation"]


def _path_parameters(rule: str, asked: Document) -> list[Document]:
    return [
        {"name": name, "in": "path", "required": True, "schema": asked["properties"][name]} for name in _names_in(rule)
    ]


def _json_schema_body(rule: str, shape: type[R], asked: Document) -> Document | None:
    """A contract's fields that are not in the path."""
    if not _fields_beyond(rule, shape):
        return None
    rest = [name for name in asked["properties"] if name not in _names_in(rule)]
    schema = {
        "type": "object",
        "properties": {name: asked["properties"][name] for name in rest},
        "required": [name for name in asked["required"] if name in rest],
    }
    return {"required": True, "content": {"application/json": {"schema": schema}}}
