"""The books (sổ) that a school prints, as downloads."""

from typing import Any

import flask

from gateway.backend import HEAVY_SECONDS, admit, ask, backend
from gateway.endpoints import YEAR, read, resource, serve
from services.contracts.gradebook.books import PrintClassBook, PrintedBook, PrintTeacherBook

BYTES = {"schema": {"type": "string", "format": "binary"}}
FILES = {
    "application/pdf": BYTES,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": BYTES,
}
TERM = {
    "name": "term",
    "in": "query",
    "description": "1 or 2; without it the whole year.",
    "schema": {"type": "integer", "enum": [1, 2]},
}
api = resource("books", "Sổ in ra: sổ theo dõi và đánh giá, sổ cái, sổ giáo viên (printed books)")


@serve(
    api,
    "GET",
    f"{YEAR}/classes/<uuid:class_id>/books/<book>.<format>",
    PrintClassBook,
    parameters=[TERM],
    content=FILES,
)
def print_class_book() -> flask.Response:
    caller = admit(PrintClassBook)
    return _download(ask(read(PrintClassBook, _term()), caller, timeout=HEAVY_SECONDS))


@serve(
    api,
    "GET",
    f"{YEAR}/units/<uuid:unit_id>/teachers/<uuid:teacher_id>/book.<format>",
    PrintTeacherBook,
    parameters=[TERM],
    content=FILES,
)
def print_teacher_book() -> flask.Response:
    caller = admit(PrintTeacherBook)
    return _download(ask(read(PrintTeacherBook, _term()), caller, timeout=HEAVY_SECONDS))


def _term() -> dict[str, Any]:
    """What is no number is passed on as it was typed, for the contract to refuse."""
    term = flask.request.args.get("term")
    if term is None:
        return {}
    return {"term": int(term) if term.isdecimal() else term}


def _download(printed: PrintedBook) -> flask.Response:
    response = flask.Response(backend().objects.get(printed.file), mimetype=printed.content_type)
    response.headers.set("Content-Disposition", "attachment", filename=printed.file_name)
    return response
