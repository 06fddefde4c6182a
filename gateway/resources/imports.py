"""Files of marks and lists of pupils: sent and shown as what they would change, then applied."""

import dataclasses
from typing import Any, TypeVar

import flask

from gateway.backend import HEAVY_SECONDS, ask
from gateway.endpoints import (
    FILE_BODY,
    UNIT_YEAR,
    UPLOAD_BYTES,
    YEAR,
    admit_upload,
    form_body,
    offer,
    read,
    reply,
    resource,
    serve,
    store_upload,
)
from services.contracts.gradebook.imports import (
    ApplyImport,
    ApplyPupils,
    PreviewImport,
    PreviewPupils,
    ReadImport,
)

P = TypeVar("P", PreviewImport, PreviewPupils)
IMPORT = f"{YEAR}/imports/<uuid:import_id>"
TARGET = {
    "sheet_id": {"type": "string", "format": "uuid"},
    "class_id": {"type": "string", "format": "uuid"},
    "term": {"type": "integer", "enum": [1, 2]},
    "half": {"type": "string", "enum": ["gk", "ck"]},
}
api = resource("imports", "Nhập từ bảng tính: xem trước rồi áp dụng (imports)")


@serve(api, "POST", f"{UNIT_YEAR}/mark-previews", PreviewImport, status=201, body=form_body(TARGET))
def preview_import() -> flask.Response:
    return _preview(PreviewImport)


@serve(api, "POST", f"{UNIT_YEAR}/pupil-previews", PreviewPupils, status=201, body=FILE_BODY)
def preview_pupils() -> flask.Response:
    return _preview(PreviewPupils)


offer(api, "GET", IMPORT, ReadImport)
offer(api, "POST", f"{IMPORT}/marks", ApplyImport)
offer(api, "POST", f"{IMPORT}/pupils", ApplyPupils)


def _preview(shape: type[P]) -> flask.Response:
    """Store the form's file, then ask what it would change."""
    caller = admit_upload(shape)
    stored = store_upload(UPLOAD_BYTES)
    shown = ask(read(shape, _given(shape, stored), strict=False), caller, timeout=HEAVY_SECONDS)
    return reply(shown, 201, location=f"/v1/years/{shown.school_year}/imports/{shown.id}")


def _given(shape: type[P], stored: str) -> dict[str, Any]:
    """The form's fields that the request has; an empty one is none."""
    names = {field.name for field in dataclasses.fields(shape)}
    fields = {name: value for name, value in flask.request.form.items() if name in names and value}
    return fields | {"file": stored, "file_name": flask.request.files["file"].filename or ""}
