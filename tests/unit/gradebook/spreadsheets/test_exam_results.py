"""Results of a centralised exam are read row by row: a bad row is told and left out, the others stand."""

import os
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from services.chassis.workbook import WorkbookRefused, bounded
from services.gradebook.spreadsheets.exams import EXAM_LIMITS, MOST_ROWS, read_exam_results

SHARED = Path(os.environ.get("HOCBA_SHARED", Path(__file__).parents[5] / "shared")) / "data/marks/thpt2025_4prov.csv"


def file_of(*rows, headings="STT,SBD,TOAN,VAN,LI"):
    return "\n".join([headings, *rows]).encode()


def read_of(*rows):
    read = read_exam_results(file_of(*rows))
    return (
        [(result.code, result.marks) for result in read.results],
        [(problem.row, problem.column, problem.reason_code) for problem in read.problems],
    )


def test_marks_are_taken_by_subject_and_a_subject_not_taken_is_not_there():
    assert read_of("1,06000001,1.6,5.25,-1", "2,06000002,\u22121,10,0") == (
        [("06000001", {"TOAN": Decimal("1.6"), "VAN": Decimal("5.25")}), ("06000002", {"VAN": 10, "LI": 0})],
        [],
    )


def test_a_bad_row_is_told_with_its_cells_and_the_others_stand():
    assert read_of("1,01,10.01,x,5", "2,,7,7,7", "3,02,7.125,7,7", "4,03,8,8,8", "5,03,9,9,9") == (
        [("03", {"TOAN": 8, "VAN": 8, "LI": 8})],
        [
            (2, "C", "bad_exam_mark"),
            (2, "D", "bad_exam_mark"),
            (3, "B", "no_code"),
            (4, "C", "bad_exam_mark"),
            (6, "B", "repeated_code"),
        ],
    )


@pytest.mark.parametrize("heading", ["SBD", "SOBAODANH", "Số báo danh"])
def test_the_code_column_has_several_names_and_other_columns_are_passed_over(heading):
    read = read_exam_results(file_of("An;01;7,25", headings=f"HO_TEN;{heading};TOAN"))

    assert [(result.code, result.marks) for result in read.results] == [("01", {"TOAN": Decimal("7.25")})]


@pytest.mark.parametrize("headings", ["STT,MA,TOAN", "STT,SBD,GHI_CHU"])
def test_a_file_without_codes_or_marks_is_refused(headings):
    with pytest.raises(WorkbookRefused) as refusal:
        read_exam_results(file_of("1,01,7", headings=headings))

    assert [problem.reason_code for problem in refusal.value.problems] == ["no_candidate_codes"]


def test_more_candidates_than_one_exam_has_are_refused():
    with pytest.raises(WorkbookRefused) as refusal:
        read_exam_results(file_of(*(f"1,{number},5,5,5" for number in range(MOST_ROWS + 1))))

    assert [problem.reason_code for problem in refusal.value.problems] == ["too_large"]


@pytest.mark.skipif(not SHARED.exists(), reason=f"no examination marks at {SHARED}")
def test_the_graduation_exam_of_four_provinces_is_read_whole():
    read = bounded(read_exam_results, SHARED.read_bytes(), limits=EXAM_LIMITS)

    taken = Counter(subject for result in read.results for subject in result.marks)
    assert (len(read.results), read.problems) == (18_466, ())
    assert taken.most_common(1)[0][0] in {"TOAN", "VAN"}
    assert read.results[0].marks == {
        "TOAN": Decimal("1.6"),
        "VAN": Decimal("5.5"),
        "NGOAI_NGU": Decimal(2),
        "CN_CONG_NGHIEP": Decimal("4.25"),
    }
