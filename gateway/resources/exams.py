"""Centralised exams: candidates, results by file with an answer to every row, and their copying into sheets."""

import flask

from gateway.backend import HEAVY_SECONDS, admit, ask
from gateway.endpoints import FILE_BODY, YEAR, Document, offer, offer_upload, read, reply, resource, serve, store_upload
from services.contracts.gradebook.exams import (
    CopyExamMarks,
    FindExamMarks,
    FindExams,
    ImportExamMarks,
    OpenExam,
    ReadExamImport,
    RegisterCandidates,
)
from services.contracts.identity import ReadMe

EXAM = f"{YEAR}/exams/<uuid:exam_id>"
UNIT_YEAR = f"{YEAR}/units/<uuid:unit_id>"
RESULT_BYTES = 51 * 2**20  # a province's results, with the form around them
NUMBER: Document = {"type": "integer", "minimum": 0}
PAGE: list[Document] = [
    {"name": "state", "in": "query", "schema": {"type": "string"}, "description": "WRITTEN, UNKNOWN_CANDIDATE, …"},
    {"name": "after", "in": "query", "schema": NUMBER, "description": "The row after which the page begins."},
    {"name": "limit", "in": "query", "schema": NUMBER, "description": "At most 500."},
]
api = resource("exams", "Thi tập trung (centralised exams)")

offer(api, "POST", f"{UNIT_YEAR}/exams", OpenExam, status=201)
offer(api, "GET", f"{UNIT_YEAR}/exams", FindExams)
offer_upload(api, f"{EXAM}/candidates", RegisterCandidates)
offer(api, "GET", f"{EXAM}/units/<uuid:unit_id>/marks/<subject>", FindExamMarks)
offer(api, "POST", f"{EXAM}/units/<uuid:unit_id>/copies", CopyExamMarks)


@serve(api, "POST", f"{EXAM}/mark-imports", ImportExamMarks, body=FILE_BODY)
def import_exam_marks() -> flask.Response:
    caller = admit(ImportExamMarks)
    ask(ReadMe(), caller)  # whom identity does not know fills no disk of ours
    request = read(ImportExamMarks, {"file": store_upload(RESULT_BYTES)})
    return reply(ask(request, caller, timeout=HEAVY_SECONDS * 2))


@serve(api, "GET", f"{YEAR}/exam-imports/<uuid:import_id>", ReadExamImport, parameters=PAGE)
def read_exam_import() -> flask.Response:
    caller = admit(ReadExamImport)
    given = {name: value for name, value in flask.request.args.items() if name in {"state", "after", "limit"}}
    numbers = {name: int(value) for name, value in given.items() if value.isdecimal()}
    return reply(ask(read(ReadExamImport, {**given, **numbers}), caller))
