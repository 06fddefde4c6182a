"""Why a case is not answered: each says where in the case the fault lies and how to mend it."""

import re

from services.chassis.errors import Invalid


class CaseMalformed(Invalid):
    """The case is not well formed: {reason}. See docs/law.md for its shape."""

    code = "law.case_malformed"
    vi = "Trường hợp không đúng dạng: {reason}. Xem cấu trúc ở docs/law.md."


def malformed(error: Exception, root: str = "") -> CaseMalformed:
    """What msgspec says of a case: its reason, and its place below ``root`` as a path."""
    reason, _, where = str(error).partition(" - at ")
    path = re.search(r"`\$\.?([^`]*)`", where)
    steps = [root, path[1] if path else ""]
    return CaseMalformed(reason=reason, place=".".join(step for step in steps if step))


class UnknownRegulation(Invalid):
    """No code judges by the regulation {regulation}; name one of: {known}."""

    code = "law.unknown_regulation"
    vi = "Không có quy định {regulation} để tính; hãy ghi một trong: {known}."


class BadMark(Invalid):
    """{value} is no mark: give 0 to 10 with at most one decimal, null, exempt, missed_excused or missed_unexcused."""

    code = "law.bad_mark"
    vi = "{value} không phải là điểm: ghi từ 0 đến 10, tối đa một chữ số thập phân, hoặc để null nếu chưa có."


class BadComment(Invalid):
    """{value} is no result by comments: give Đ, CĐ, null, exempt, missed_excused or missed_unexcused."""

    code = "law.bad_comment"
    vi = "{value} không phải là kết quả nhận xét: ghi Đ hoặc CĐ, hoặc để null nếu chưa có."


class BadTest(Invalid):
    """{value} is no mark of a primary test: give a whole number from 0 to 10."""

    code = "law.bad_test"
    vi = "{value} không phải là điểm kiểm tra tiểu học: ghi số nguyên từ 0 đến 10."


class BadLevel(Invalid):
    """{value} is not a level known here; give one of: {known}."""

    code = "law.bad_level"
    vi = "{value} không phải là một mức đánh giá; hãy ghi một trong: {known}."


class TooManyMarks(Invalid):
    """The term holds {count} assessments here and the law foresees {most}; take away what is too many."""

    code = "law.too_many_marks"
    vi = "Có {count} lần đánh giá, quy định chỉ có {most}; hãy bỏ phần thừa."


class UnknownSwitch(Invalid):
    """There is no switch {name}; give one of: {known}."""

    code = "law.unknown_switch"
    vi = "Không có lựa chọn {name}; hãy ghi một trong: {known}."


class NothingToJudge(Invalid):
    """Give either "terms" (1, 2 or both) or "year", and not both."""

    code = "law.nothing_to_judge"
    vi = 'Hãy cho "terms" (1, 2 hoặc cả hai) hoặc "year", không cho cả hai.'
