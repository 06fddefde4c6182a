"""Why gradebook refuses."""

from services.chassis.errors import Forbidden, Invalid, Refused


class WindowClosed(Refused):
    """The entry window closed at {closed_at}; ask the school's admin to open it, or request a correction."""

    code = "gradebook.window_closed"
    vi = "Cửa sổ nhập đã đóng lúc {closed_at}; xin quản trị viên mở lại hoặc đề nghị sửa điểm."


class WindowNeverOpened(Refused):
    """No entry window has been opened for this term yet; ask the school's admin."""

    code = "gradebook.window_not_open"
    vi = "Học kỳ này chưa được mở cửa sổ nhập; xin hỏi quản trị viên của trường."


class ResultsLocked(Refused):
    """The results of {period} are locked; a mark changes only by an approved correction."""

    code = "gradebook.results_locked"
    vi = "Kết quả {period} đã khóa; điểm chỉ thay đổi qua đề nghị sửa được duyệt."


class StaleVersion(Refused):
    """{count} cells were changed by somebody else since you read them; both values are given, nothing was written."""

    code = "gradebook.stale_version"
    vi = "{count} ô đã được người khác sửa sau khi bạn đọc; cả hai giá trị được nêu, chưa ghi gì."


class CellsInvalid(Invalid):
    """{count} cells cannot stand as they are; nothing was written."""

    code = "gradebook.cells_invalid"
    vi = "{count} ô không hợp lệ; chưa ghi gì."


class NotYourSheet(Forbidden):
    """Only the teacher assigned to this class and subject writes its marks."""

    code = "gradebook.not_your_sheet"
    vi = "Chỉ giáo viên được phân công môn này của lớp được ghi điểm."


class NotYourClass(Forbidden):
    """Only the class's homeroom teacher writes its conduct and remarks."""

    code = "gradebook.not_your_class"
    vi = "Chỉ giáo viên chủ nhiệm của lớp được ghi rèn luyện và nhận xét."


class YearOpenedAlready(Refused):
    """The school year {school_year} is open at this school already."""

    code = "gradebook.year_opened"
    vi = "Năm học {school_year} của trường đã được mở."


class YearNotOpen(Refused):
    """The school year {school_year} is not open at this school; open it first."""

    code = "gradebook.year_not_open"
    vi = "Năm học {school_year} của trường chưa được mở."


class UnknownClass(Invalid):
    """This school has no class {names} in this school year."""

    code = "gradebook.unknown_class"
    vi = "Trường không có lớp {names} trong năm học này."


class SubjectNotTaught(Invalid):
    """Subject {subject} is not in the school's plan for grade {grade}."""

    code = "gradebook.subject_not_taught"
    vi = "Môn {subject} không có trong kế hoạch của khối {grade}."


class SheetHasMarks(Refused):
    """The sheet of {subject} has another teacher's marks already; a change of teacher is decided by the principal."""

    code = "gradebook.sheet_has_marks"
    vi = "Bảng điểm môn {subject} đã có điểm của giáo viên khác; đổi giáo viên do hiệu trưởng quyết định."


class EnrolledElsewhere(Refused):
    """Pupils {codes} are enrolled elsewhere; they come by transfer."""

    code = "gradebook.enrolled_elsewhere"
    vi = "Học sinh {codes} đang học ở nơi khác; cần làm thủ tục chuyển trường."


class NotEnrolledThere(Refused):
    """The pupil has no active enrolment at the sending school."""

    code = "gradebook.not_enrolled_there"
    vi = "Học sinh hiện không học tại trường chuyển đi."


class LockOrder(Refused):
    """Lock {first} before {period}."""

    code = "gradebook.lock_order"
    vi = "Cần khóa {first} trước {period}."


class Incomplete(Refused):
    """The results cannot be locked: {count} things are missing, each named with its pupil."""

    code = "gradebook.incomplete"
    vi = "Chưa khóa được kết quả: còn thiếu {count} mục, nêu rõ theo từng học sinh."


class NotLocked(Refused):
    """The year's results of this class are not locked yet."""

    code = "gradebook.not_locked"
    vi = "Kết quả cả năm của lớp chưa khóa."
