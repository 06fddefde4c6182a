"""Centralised exams: every row of a file has its own answer, and schools copy marks to one decimal."""

import csv
import os
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from services.chassis.errors import Forbidden, NotFound, Refused
from services.contracts.gradebook.exams import (
    CopyExamMarks,
    ExamRowState,
    FindExamMarks,
    FindExams,
    ImportExamMarks,
    OpenExam,
    ReadExamImport,
    RegisterCandidates,
)
from services.contracts.gradebook.history import AuditSheet
from services.contracts.gradebook.sheets import CentraliseColumns
from services.contracts.gradebook.views import RecordViewedV1
from services.contracts.identity import Role
from services.gradebook.spreadsheets.exams import SUBJECTS
from tests.integration.gradebook.small_school import MATHS, YEAR

RESULTS = Path(os.environ.get("HOCBA_SHARED", "../shared")) / "data" / "marks" / "thpt2025_4prov.csv"


@pytest.fixture
def exam(school):
    """An exam of the school in maths and literature."""
    command = OpenExam(school_year=YEAR, unit_id=school.unit_id, name="Thi học kỳ 1", subjects=("TOAN", "VAN"))
    return school.gradebook.ask(command, school.admin)


def codes(school):
    return [pupil.code for pupil in school.paper.pupils]


def results(school, exam, *lines, by=None):
    file = school.gradebook.objects.put("\n".join(("SBD,TOAN,VAN", *lines)).encode())
    return school.gradebook.ask(ImportExamMarks(school_year=YEAR, exam_id=exam.id, file=file), by or school.admin)


def register(school, exam, *lines):
    file = school.gradebook.objects.put("\n".join(("Số báo danh,Mã học sinh", *lines)).encode())
    return school.gradebook.ask(RegisterCandidates(school_year=YEAR, exam_id=exam.id, file=file), school.admin)


def rows_of(school, imported, **page):
    return school.gradebook.ask(ReadExamImport(school_year=YEAR, import_id=imported.id, **page), school.admin)


def marks_of(school, exam, by=None):
    query = FindExamMarks(school_year=YEAR, exam_id=exam.id, unit_id=school.unit_id, subject="TOAN")
    return [(str(one.value), one.version) for one in school.gradebook.ask(query, by or school.principal).marks]


def centralise(school, key="ck"):
    head = school.sheets[MATHS, 1]
    where = {"school_year": YEAR, "unit_id": school.unit_id, "grade": head.grade, "subject": MATHS, "term": 1}
    school.gradebook.ask(CentraliseColumns(**where, key=key, is_centralised=True), school.admin)


def copy(school, exam, key="ck", by=None):
    where = {"subject": MATHS, "grade": school.sheets[MATHS, 1].grade, "term": 1, "key": key}
    command = CopyExamMarks(school_year=YEAR, exam_id=exam.id, unit_id=school.unit_id, exam_subject="TOAN", **where)
    return school.gradebook.ask(command, by or school.admin)


def test_every_row_of_a_results_file_has_its_own_answer(school, exam):
    first, second, _ = codes(school)

    imported = results(school, exam, f"{first},8.25,7", f"{second},-1,6.5", "NOBODY,5,5", "BAD,10.5,5")

    answered = rows_of(school, imported).rows
    assert [(one.row, one.state) for one in answered] == [
        (2, ExamRowState.WRITTEN),
        (3, ExamRowState.WRITTEN),
        (4, ExamRowState.UNKNOWN_CANDIDATE),
        (5, ExamRowState.BAD_VALUE),
    ]
    assert (imported.marks, marks_of(school, exam)) == (3, [("8.25", 1)])
    assert "10.5" in answered[3].vi


def test_a_file_sent_again_adds_only_what_differs(school, exam):
    first, second, _ = codes(school)
    results(school, exam, f"{first},8.25,7", f"{second},5,5")

    again = results(school, exam, f"{first},8.5,7", f"{second},5,5")

    assert again.rows == {"WRITTEN": 1, "UNCHANGED": 1}
    assert sorted(marks_of(school, exam)) == [("5.00", 1), ("8.50", 2)]


def test_answers_are_read_page_by_page_and_by_state(school, exam):
    imported = results(school, exam, *(f"X{number},5,5" for number in range(5)))

    first = rows_of(school, imported, limit=2)
    last = rows_of(school, imported, limit=2, after=5)
    unknown = rows_of(school, imported, state=ExamRowState.WRITTEN)

    assert ([one.row for one in first.rows], first.next_after) == ([2, 3], 3)
    assert ([one.row for one in last.rows], last.next_after) == ([6], None)
    assert unknown.rows == ()


def test_candidates_are_known_by_the_codes_that_were_registered(school, exam):
    registered = register(school, exam, f"SBD01,{codes(school)[0]}", "SBD02,NOBODY")
    imported = results(school, exam, "SBD01,9.75,9", "SBD02,5,5")

    assert registered.rows == {"WRITTEN": 1, "UNKNOWN_PUPIL": 1}
    assert imported.rows == {"WRITTEN": 1, "UNKNOWN_CANDIDATE": 1}


def test_who_reads_a_schools_exam_marks_from_above_is_in_the_access_log(school, exam):
    officer = school.gradebook.grant(Role.OFFICER, school.unit_id)
    results(school, exam, f"{codes(school)[0]},9.75,9")
    before = len(school.gradebook.told(RecordViewedV1))

    assert marks_of(school, exam) == marks_of(school, exam, by=officer) == [("9.75", 1)]

    (told,) = school.gradebook.told(RecordViewedV1)[before:]
    assert (told["person_id"], told["pupil_ids"]) == (str(officer), [str(school.pupils[0])])


def test_marks_are_not_handed_to_another_pupil_by_registering_their_code_anew(school, exam):
    first, second, third = codes(school)
    register(school, exam, f"SBD01,{first}", f"SBD02,{second}")
    results(school, exam, "SBD01,9.75,9")

    again = register(school, exam, f"SBD01,{third}", f"SBD02,{second}", f"SBD03,{first}")
    imported = results(school, exam, f"{first},3,3")

    assert again.rows == {"UNKNOWN_PUPIL": 2, "WRITTEN": 1}
    assert imported.rows == {"UNKNOWN_CANDIDATE": 1}
    assert marks_of(school, exam) == [("9.75", 1)]


def test_the_marks_of_an_exam_are_only_ever_added_to(school, exam):
    results(school, exam, f"{codes(school)[0]},8.25,7")

    with pytest.raises(ProgrammingError, match="append-only"), school.gradebook.db.transaction() as tx:
        tx.conn.execute(text("UPDATE exam_marks SET value = 10"))


def test_an_exam_is_opened_by_the_school_or_by_those_over_it(school):
    officer = school.gradebook.grant(Role.OFFICER, school.unit_id)
    command = OpenExam(school_year=YEAR, unit_id=school.unit_id, name="Thi thử", subjects=("TOAN",))

    opened = school.gradebook.ask(command, officer)

    with pytest.raises(Forbidden):
        school.gradebook.ask(command, school.teacher)
    found = school.gradebook.ask(FindExams(school_year=YEAR, unit_id=school.unit_id), school.teacher)
    assert found.exams == (opened,)


def test_a_teacher_imports_no_results_and_reads_none(school, exam):
    with pytest.raises(NotFound):
        results(school, exam, "X,5,5", by=school.teacher)
    with pytest.raises(NotFound):
        marks_of(school, exam, by=school.teacher)


def test_a_school_copies_its_marks_rounded_half_up_into_the_centralised_column(school, exam):
    first, second, _ = codes(school)
    results(school, exam, f"{first},8.25,7", f"{second},6.44,7")
    centralise(school)

    copied, again = copy(school, exam), copy(school, exam)

    assert (copied.sheets, copied.written, copied.without_mark) == (1, 2, 1)
    assert (again.written, again.unchanged) == (0, 2)
    assert school.values("ck") == [("8.3", 1), ("6.4", 1), (None, 0)]
    assert {entry.basis for entry in school.history()} == {f"exam:{exam.id}"}
    head = school.sheets[MATHS, 1]
    assert school.gradebook.ask(AuditSheet(school_year=YEAR, sheet_id=head.id), school.admin).intact


def test_exam_marks_go_only_into_a_centralised_column_and_by_the_admin(school, exam):
    results(school, exam, f"{codes(school)[0]},8.25,7")

    with pytest.raises(Refused, match="not_centralised"):
        copy(school, exam)
    with pytest.raises(Forbidden):
        copy(school, exam, by=school.teacher)


def test_another_schools_exam_is_not_copied(school, other_school, exam):
    centralise(other_school)

    with pytest.raises(NotFound):
        copy(other_school, exam)


@pytest.mark.skipif(not RESULTS.exists(), reason="the shared data is not there; HOCBA_SHARED says where")
def test_the_results_of_provinces_are_imported_in_one_go(school):
    subjects = tuple(SUBJECTS)
    exam = school.gradebook.ask(
        OpenExam(school_year=YEAR, unit_id=school.unit_id, name="Tốt nghiệp", subjects=subjects), school.admin
    )
    with RESULTS.open(encoding="utf-8") as lines:
        candidates = [line["SBD"] for line in csv.DictReader(lines)]
    enrol_invented(school, candidates)
    file = school.gradebook.objects.put(RESULTS.read_bytes())
    command = ImportExamMarks(school_year=YEAR, exam_id=exam.id, file=file)

    imported = school.gradebook.ask(command, school.admin)
    again = school.gradebook.ask(command, school.admin)

    assert imported.rows == {"WRITTEN": len(candidates)}
    assert again.rows == {"UNCHANGED": len(candidates)}
    assert again.marks == 0


def enrol_invented(school, candidates):
    """An invented pupil of the school for each candidate, known by the candidate's code."""
    school.gradebook.sql(
        """
        INSERT INTO enrolments (id, school_year, unit_id, pupil_id, code, position, version, began_on)
        SELECT gen_random_uuid(), :year, :unit, gen_random_uuid(), code, 0, 1, current_date
        FROM unnest(CAST(:codes AS text[])) AS code
        """,
        year=YEAR,
        unit=school.unit_id,
        codes=candidates,
    )
