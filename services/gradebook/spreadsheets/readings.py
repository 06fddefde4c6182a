"""Parsers of the cells that schools fill in: marks, levels, ticks, codes; each answers in the form that is stored."""

import re
from collections.abc import Callable
from decimal import Decimal

from services.chassis.workbook import (
    Fault,
    Unreadable,
    Value,
    a_choice,
    a_decimal,
    a_text,
    normalised,
)
from services.gradebook.rules import tt22_2021, tt27_2020
from services.gradebook.rules.arithmetic import half_up
from services.gradebook.rules.tt27_2020 import QualityLevel, SubjectLevel
from services.gradebook.rules.vocabulary import CommentResult
from services.gradebook.spreadsheets.imported import PupilState, Sex

BAD_MARK = Fault(
    code="bad_mark",
    vi="Điểm phải từ 0 đến 10, nhiều nhất một chữ số thập phân",
    en="A mark lies between 0 and 10, with at most one decimal",
)
BAD_WHOLE_MARK = Fault(
    code="bad_whole_mark",
    vi="Điểm kiểm tra định kỳ ở tiểu học phải là số nguyên từ 0 đến 10",
    en="A primary school's periodic test is marked with a whole number between 0 and 10",
)
BAD_COMMENT_RESULT = Fault(code="bad_comment_result", vi="Chỉ ghi Đ hoặc CĐ", en="Only Đ or CĐ may stand here")
BAD_LEVEL = Fault(code="bad_level", vi="Mức đạt được chỉ ghi T, H hoặc C", en="A level is T, H or C")
BAD_QUALITY = Fault(
    code="bad_quality", vi="Phẩm chất, năng lực chỉ ghi T, Đ hoặc C", en="Qualities and competences are T, Đ or C"
)
BAD_TICK = Fault(code="bad_tick", vi="Ô đánh dấu chỉ ghi x hoặc để trống", en="A tick is x or an empty cell")
TOO_MANY_MARKS = Fault(
    code="too_many_marks", vi="Quá số lần đánh giá thường xuyên", en="More than the regular assessments of the term"
)
BAD_PERSONAL_ID = Fault(code="bad_personal_id", vi="Số định danh phải có 12 chữ số", en="A personal ID has 12 digits")
UNKNOWN_STATE = Fault(code="unknown_state", vi="Không có trạng thái này", en="A pupil has no such state")
UNKNOWN_SEX = Fault(code="unknown_sex", vi="Giới tính phải là Nam hoặc Nữ", en="Sex is Nam or Nữ")

COMMENT_RESULTS = {  # as teachers write them
    "Đ": CommentResult.ACHIEVED,
    "Đạt": CommentResult.ACHIEVED,
    "CĐ": CommentResult.NOT_ACHIEVED,
    "C Đ": CommentResult.NOT_ACHIEVED,
    "Chưa đạt": CommentResult.NOT_ACHIEVED,
}
LEVELS = {
    "T": SubjectLevel.DONE_WELL,
    "HTT": SubjectLevel.DONE_WELL,
    "Hoàn thành tốt": SubjectLevel.DONE_WELL,
    "H": SubjectLevel.DONE,
    "HT": SubjectLevel.DONE,
    "Hoàn thành": SubjectLevel.DONE,
    "C": SubjectLevel.NOT_DONE,
    "CHT": SubjectLevel.NOT_DONE,
    "Chưa hoàn thành": SubjectLevel.NOT_DONE,
}
QUALITIES = {
    "T": QualityLevel.GOOD,
    "Tốt": QualityLevel.GOOD,
    "Đ": QualityLevel.ACHIEVED,
    "Đạt": QualityLevel.ACHIEVED,
    "C": QualityLevel.NEEDS_EFFORT,
    "CCG": QualityLevel.NEEDS_EFFORT,
    "Cần cố gắng": QualityLevel.NEEDS_EFFORT,
}
TICKS = {"x": "x", "✓": "x", "✔": "x", "1": "x", "có": "x"}
MOST_REGULAR_MARKS = 5  # columns of the template, whatever the subject

a_comment_result = a_choice(COMMENT_RESULTS, BAD_COMMENT_RESULT)
a_level = a_choice(LEVELS, BAD_LEVEL)
a_quality = a_choice(QUALITIES, BAD_QUALITY)
a_tick = a_choice(TICKS, BAD_TICK)
a_sex = a_choice({sex.value: sex for sex in Sex}, UNKNOWN_SEX)
a_state = a_choice({state.value: state for state in PupilState}, UNKNOWN_STATE)


def a_mark(value: Value) -> Decimal:
    """Parser of a mark that may stand by Art. 5, kept to one decimal."""
    mark = a_decimal(value)
    if not tt22_2021.is_mark(mark):
        raise Unreadable(BAD_MARK)
    return half_up(mark)


def a_result(value: Value) -> str:
    """Parser of a mark or of Đ and CĐ: a template does not say how its subject is assessed."""
    text = normalised(a_text(value))
    return str(a_comment_result(value)) if text in _COMMENT_TEXTS else str(a_mark(value))


def a_whole_mark(value: Value) -> str:
    """Parser of a primary school's periodic test (Circular 27/2020, Art. 7)."""
    mark = a_decimal(value)
    if not tt27_2020.is_test_mark(mark):
        raise Unreadable(BAD_WHOLE_MARK)
    return str(int(mark))


def some_results(value: Value) -> str:
    """Parser of several marks in one cell, parted by spaces: "8 7,5 9"."""
    parts = re.split(r"[\s;]+|,\s+", re.sub(r"(?i)\bc đ\b|chưa đạt", "CĐ", a_text(value)))
    results = [a_result(part) for part in parts if part]
    if len(results) > MOST_REGULAR_MARKS:
        raise Unreadable(TOO_MANY_MARKS)
    return " ".join(results)


def as_stated(value: Value) -> str:
    """What the file computed, a number as averages are written; whatever else it says is kept as said."""
    text = a_text(value)
    if normalised(text) in _COMMENT_TEXTS:
        return str(a_comment_result(value))
    return str(half_up(a_decimal(value))) if re.fullmatch(r"[0-9]{1,2}([.,][0-9]+)?", text) else text


def a_personal_id(value: Value) -> str:
    """Parser of a number of twelve digits; whether it fits birth and sex is a warning elsewhere, never a refusal."""
    text = a_text(value)
    if not re.fullmatch(r"[0-9]{12}", text):
        raise Unreadable(BAD_PERSONAL_ID)
    return text


Parser = Callable[[Value], object]
_COMMENT_TEXTS = frozenset(map(normalised, COMMENT_RESULTS))
