"""How reasons write lists and marks, and the reasons that every circular gives in the same words."""

from collections.abc import Mapping, Sequence

from services.gradebook.rules.clauses import Reason
from services.gradebook.rules.tt22_2021 import MOST_ABSENCES
from services.gradebook.rules.vocabulary import Results


def listed(names: Sequence[str]) -> str:
    return ", ".join(names)


def comma(mark: object) -> str:
    """A mark as it is written in Vietnamese: 7,5."""
    return str(mark).replace(".", ",")


def marked(codes: Sequence[str], results: Results, names: Mapping[str, str]) -> list[str]:
    """Subjects with their marks: Toán 4,5."""
    return [f"{names[code]} {comma(results[code])}" for code in codes]


def incomplete(names: Sequence[str], *, clause: str) -> Reason:
    return Reason(
        code="incomplete",
        clause=clause,
        vi=f"Chưa đủ số lần đánh giá: {listed(names)}.",
        en=f"Assessments are missing in: {listed(names)}.",
    )


def conduct_missing(*, clause: str) -> Reason:
    return Reason(
        code="conduct_missing",
        clause=clause,
        vi="Chưa có kết quả rèn luyện.",
        en="Conduct has not been judged yet.",
    )


def exempt(names: Sequence[str], *, clause: str) -> Reason:
    return Reason(
        code="exempt",
        clause=clause,
        vi=f"Được miễn, không tính vào kết quả: {listed(names)}.",
        en=f"Exempt, and left out of the result: {listed(names)}.",
    )


def absent_too_often(absences: int, *, clause: str) -> Reason:
    return Reason(
        code="absent_too_often",
        clause=clause,
        vi=f"Nghỉ học {absences} buổi, quá {MOST_ABSENCES} buổi.",
        en=f"Absent {absences} times, more than {MOST_ABSENCES}.",
    )


def reassessed(names: Sequence[str], *, clause: str) -> Reason:
    return Reason(
        code="reassessed",
        clause=clause,
        vi=f"Đã đánh giá lại: {listed(names)}; kết quả mới thay kết quả cả năm của môn.",
        en=f"Re-assessed: {listed(names)}; the new result replaces the subject's result of the year.",
    )
