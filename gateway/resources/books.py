"""The books (sổ) that a school prints, as downloads."""

from typing import TypeVar

import flask

from gateway.backend import HEAVY_SECONDS, admit, ask
from gateway.endpoints import BYTES, UNIT_YEAR, XLSX, YEAR, read_arguments, resource, send_file, serve
from services.contracts.gradebook.books import PrintClassBook, PrintTeacherBook

B = TypeVar("B", PrintClassBook, PrintTeacherBook)
FILES = {"application/pdf": BYTES, XLSX: BYTES}
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
    return _download(PrintClassBook)


@serve(
    api,
    "GET",
    f"{UNIT_YEAR}/teachers/<uuid:teacher_id>/book.<format>",
    PrintTeacherBook,
    parameters=[TERM],
    content=FILES,
)
def print_teacher_book() -> flask.Response:
    return _download(PrintTeacherBook)


def _download(shape: type[B]) -> flask.Response:
    caller = admit(shape)
    printed = ask(read_arguments(shape), caller, timeout=HEAVY_SECONDS)
    return send_file(printed.file, mimetype=printed.content_type, name=printed.file_name)
