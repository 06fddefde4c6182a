"""What a locked result says in the national dictionary's words."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.contracts.gradebook.results import Period
from services.contracts.messages import Change
from services.gradebook.exchanging import LockedResult, national_record

CLASS, PUPIL = UUID(int=1), UUID(int=2)
TERM = {"subjects": {"TOAN": "8.3", "GDTC": "Đ", "AN": None}, "level": "Khá", "conduct": "Tốt", "absences": 2}
YEAR = {
    "subjects": [{"code": "TOAN", "year": "4.9", "retest": "5.0"}, {"code": "VAN", "year": "6.0", "retest": None}],
    "level": "Chưa đạt",
    "level_after": "Đạt",
    "conduct": "Tốt",
    "absences": 3,
    "remark": "Tiến bộ.",
    "title": None,
    "promotion": "PROMOTED",
}


def record(result, period=Period.TERM_1, **differs):
    given = {
        "school_year": 2025,
        "period": period,
        "stage": "THCS",
        "class_id": CLASS,
        "pupil_id": PUPIL,
        "pupil_code": "0012345678",
        "version": 1,
        "made_at": datetime(2026, 1, 10, tzinfo=UTC),
        "result": result,
    }
    return national_record(LockedResult(**given | differs), "00100001")


def test_a_term_gives_its_marks_without_those_that_an_exempt_pupil_has_not():
    assert [(mark.mamonhoc, mark.diem) for mark in record(TERM).diemmon] == [("TOAN", "8.3"), ("GDTC", "Đ")]


def test_levels_count_from_the_best():
    study = record(TERM).ketquahoctap

    assert (study.hocky, study.mahocluc, study.mahanhkiem, study.songaynghi) == ("1", 2, 1, 2)


def test_a_term_says_nothing_of_promotion():
    assert (record(TERM).ketquahoctap.colenlop, record(TERM).ketquahoctap.corenluyenlai) == (None, None)


def test_a_year_stands_as_it_is_after_the_summer():
    made = record(YEAR, Period.YEAR)

    assert made.diemmon[0].diem == "5.0"
    assert (made.ketquahoctap.hocky, made.ketquahoctap.mahocluc, made.ketquahoctap.colenlop) == ("3", 3, True)


@pytest.mark.parametrize(("promotion", "said"), [("SUMMER_TRAINING", (False, True)), ("RETEST", (False, False))])
def test_who_trains_again_in_the_summer_is_not_promoted_yet(promotion, said):
    study = record(YEAR | {"promotion": promotion}, Period.YEAR).ketquahoctap

    assert (study.colenlop, study.corenluyenlai) == said


@pytest.mark.parametrize(("title", "code"), [("Học sinh Xuất sắc", 1), ("Học sinh Giỏi", 2), (None, None)])
def test_titles_have_codes(title, code):
    assert record(YEAR | {"title": title}, Period.YEAR).ketquahoctap.madanhhieu == code


@pytest.mark.parametrize(("version", "event"), [(1, Change.NEW), (2, Change.UPDATE)])
def test_the_version_is_that_of_the_result(version, event):
    made = record(TERM, version=version)

    assert (made.phienban, made.sukien) == (version, event)


def test_a_record_keeps_its_id_through_its_versions_and_periods_have_their_own():
    assert record(TERM).idbanghi == record(TERM, version=2).idbanghi
    assert record(TERM).idbanghi != record(TERM, Period.TERM_2).idbanghi


def test_each_stage_has_its_code():
    codes = [record(TERM, stage=stage).manhomcaphoc for stage in ("TH", "THCS", "THPT", "GDTX")]

    assert codes == ["02", "03", "04", "05"]
