"""Why a cell or a row of an imported file is refused, and what is odd about one, in both languages."""

from services.chassis.errors import Problem
from services.chassis.workbook import Fault
from services.contracts.gradebook.imports import Said

FAULTS = {
    fault.code: fault
    for fault in (
        Fault(
            code="unknown_pupil",
            vi="Lớp không có học sinh này; kiểm tra mã định danh, họ tên và ngày sinh",
            en="The class has no such pupil; check code, name and birth date",
        ),
        Fault(
            code="unconfirmed",
            vi="Chỉ khớp họ tên và ngày sinh; cần người xác nhận đây là học sinh nào",
            en="Only name and birth date agree; a person must confirm which pupil this is",
        ),
        Fault(
            code="written_twice",
            vi="Học sinh này đã có ở một dòng trên của tệp",
            en="This pupil stands in a row above already",
        ),
        Fault(
            code="no_such_column",
            vi="Bảng điểm không có cột này; số lần đánh giá do quy định ấn định",
            en="The sheet has no such column; the law fixes how many assessments there are",
        ),
        Fault(
            code="no_cluster",
            vi="Học sinh không học cụm chuyên đề của môn này",
            en="The pupil does not take the subject's topic cluster",
        ),
        Fault(code="exempt", vi="Học sinh được miễn môn này", en="The pupil is exempt from this subject"),
        Fault(code="not_exempt", vi="Học sinh không được miễn môn này", en="The pupil is not exempt from this subject"),
        Fault(
            code="bad_value",
            vi="Giá trị không hợp với thang đánh giá của cột",
            en="The value does not fit the column's scale",
        ),
        Fault(
            code="too_long",
            vi="Nhận xét quá dài; nhiều nhất 1000 ký tự",
            en="The comment is too long; at most 1000 characters",
        ),
        Fault(
            code="bad_conduct",
            vi="Rèn luyện là Tốt, Khá, Đạt hoặc Chưa đạt; số buổi nghỉ là số nguyên, nghỉ không phép nằm trong tổng",
            en="Conduct is Tốt, Khá, Đạt or Chưa đạt; absences are whole, and those without leave are among them",
        ),
        Fault(
            code="name_differs",
            vi="Mã là của học sinh khác tên; kiểm tra xem các dòng có bị xê dịch không",
            en="The code belongs to a pupil of another name; check whether rows have shifted",
        ),
        Fault(
            code="average_differs",
            vi="Điểm trung bình trong tệp khác với kết quả tính theo quy định",
            en="The average in the file differs from the one by law",
        ),
        Fault(
            code="subject_not_found",
            vi="Không nhận ra môn này trong kế hoạch của lớp; không đối chiếu được",
            en="The class's plan has no such subject; it was not compared",
        ),
        Fault(code="unknown_class", vi="Trường không có lớp này", en="The school has no such class"),
        Fault(
            code="in_other_class",
            vi="Học sinh đang học lớp khác của trường; chuyển lớp không làm bằng danh sách",
            en="The pupil sits in another class of the school; a list does not change classes",
        ),
        Fault(
            code="no_code",
            vi="Dòng không có mã học sinh và cũng không có số định danh cá nhân",
            en="The row has neither a pupil's code nor a personal ID",
        ),
        Fault(
            code="impossible_leave",
            vi="Ngày thôi học, chuyển đi phải sau ngày vào học và không ở tương lai",
            en="A pupil leaves after coming, and not in the future",
        ),
    )
}


def said(code: str, *, value: str = "") -> Said:
    """The fault of that code, with what it is about behind a colon."""
    fault, tail = FAULTS[code], f": {value}" if value else ""
    return Said(code=code, vi=fault.vi + tail, en=fault.en + tail)


def told(problem: Problem) -> Said:
    """A refusal of the whole, said of one cell."""
    return Said(code=problem.code, vi=problem.vi, en=problem.en)
