"""Why gradebook refuses a mark, a comment or a conduct."""

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


class Centralised(Forbidden):
    """The marks of a centralised exam are written by the school's admins only."""

    code = "gradebook.centralised"
    vi = "Điểm bài thi, bài kiểm tra tập trung chỉ do quản trị viên của trường nhập."


class ReasonRequired(Invalid):
    """These marks were open before; say why they are opened again."""

    code = "gradebook.reason_required"
    vi = "Nội dung này đã từng được mở; cần nêu lý do mở lại."
