"""Files for download: a sheet, a class or the school's pupils in a layout that schools and software know."""

from typing import Any, TypeVar

import flask

from gateway.backend import HEAVY_SECONDS, admit, ask
from gateway.endpoints import BYTES, SHEET, UNIT_YEAR, XLSX, YEAR, read_arguments, resource, send_file, serve
from services.contracts.gradebook.exports import ExportClass, ExportedFile, ExportPupils, ExportSheet
from services.contracts.messages import Query

Q = TypeVar("Q", bound=Query[ExportedFile])
FILE = {XLSX: BYTES}
HALF: dict[str, Any] = {"name": "half", "in": "query", "schema": {"type": "string", "enum": ["gk", "ck"]}}
api = resource("exports", "Xuất bảng tính (exports)")


@serve(api, "GET", f"{SHEET}/exports/<layout>", ExportSheet, content=FILE)
def export_sheet() -> flask.Response:
    return _download(ExportSheet)


@serve(
    api,
    "GET",
    f"{YEAR}/classes/<uuid:class_id>/terms/<int(fixed_digits=1):term>/exports/<layout>",
    ExportClass,
    parameters=[HALF],
    content=FILE,
)
def export_class() -> flask.Response:
    return _download(ExportClass)


@serve(api, "GET", f"{UNIT_YEAR}/pupils/exports/<layout>", ExportPupils, content=FILE)
def export_pupils() -> flask.Response:
    return _download(ExportPupils)


def _download(shape: type[Q]) -> flask.Response:
    caller = admit(shape)
    exported = ask(read_arguments(shape), caller, timeout=HEAVY_SECONDS)
    return send_file(exported.file, mimetype=exported.content_type, name=exported.file_name)
