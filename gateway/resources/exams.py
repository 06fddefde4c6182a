"""Centralised exams: candidates, results by file with an answer to every row, and their copying into sheets."""

from gateway.backend import HEAVY_SECONDS
from gateway.endpoints import UNIT_YEAR, YEAR, offer, offer_query, offer_upload, resource
from services.contracts.gradebook.exams import (
    CopyExamMarks,
    FindExamMarks,
    FindExams,
    ImportExamMarks,
    OpenExam,
    ReadExamImport,
    RegisterCandidates,
)

EXAM = f"{YEAR}/exams/<uuid:exam_id>"
RESULT_BYTES = 51 * 2**20  # a province's results, with the form around them
api = resource("exams", "Thi tập trung (centralised exams)")

offer(api, "POST", f"{UNIT_YEAR}/exams", OpenExam, status=201)
offer(api, "GET", f"{UNIT_YEAR}/exams", FindExams)
offer_upload(api, f"{EXAM}/candidates", RegisterCandidates)
offer_upload(api, f"{EXAM}/mark-imports", ImportExamMarks, limit=RESULT_BYTES, seconds=2 * HEAVY_SECONDS)
offer_query(api, f"{YEAR}/exam-imports/<uuid:import_id>", ReadExamImport)
offer(api, "GET", f"{EXAM}/units/<uuid:unit_id>/marks/<subject>", FindExamMarks)
offer(api, "POST", f"{EXAM}/units/<uuid:unit_id>/copies", CopyExamMarks)
