"""Files for download: a sheet, a class or the school's pupils in a layout that schools and software know."""

from typing import Any, TypeVar

import flask

from gateway.backend import HEAVY_SECONDS, admit, ask, backend
from gateway.endpoints import YEAR, read, resource, serve
from services.contracts.gradebook.exports import ExportClass, ExportedFile, ExportPupils, ExportSheet
from services.contracts.messages import Query

Q = TypeVar("Q", bound=Query[ExportedFile])
FILE = {
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {
        "schema": {"type": "string", "format": "binary"}
    }
}
HALF: dict[str, Any] = {"name": "half", "in": "query", "schema": {"type": "string", "enum": ["gk", "ck"]}}
api = resource("exports", "Xuất bảng tính (exports)")


@serve(api, "GET", f"{YEAR}/sheets/<uuid:sheet_id>/exports/<layout>", ExportSheet, content=FILE)
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
    half = flask.request.args.get("half")
    return _download(ExportClass, {"half": half} if half else {})


@serve(api, "GET", f"{YEAR}/units/<uuid:unit_id>/pupils/exports/<layout>", ExportPupils, content=FILE)
def export_pupils() -> flask.Response:
    return _download(ExportPupils)


def _download(shape: type[Q], given: dict[str, Any] | None = None) -> flask.Response:
    caller = admit(shape)
    exported = ask(read(shape, given or {}), caller, timeout=HEAVY_SECONDS)
    response = flask.Response(backend().objects.get(exported.file), mimetype=exported.content_type)
    response.headers.set("Content-Disposition", "attachment", filename=exported.file_name)
    return response
