"""Why gradebook refuses to lock, to correct, or to give a second chance."""

from services.chassis.errors import Forbidden, Invalid, Refused


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


class StillOpen(Refused):
    """The window is still open: the teacher changes the mark in the sheet, without a correction."""

    code = "gradebook.still_open"
    vi = "Cửa sổ nhập còn mở: giáo viên sửa ngay trong bảng điểm, không cần đề nghị sửa."


class NothingToCorrect(Invalid):
    """The cell holds this value already."""

    code = "gradebook.nothing_to_correct"
    vi = "Ô này đã có giá trị đó."


class CorrectionUnderWay(Refused):
    """Another correction of this cell is waiting to be decided."""

    code = "gradebook.correction_under_way"
    vi = "Ô này đang có một đề nghị sửa khác chờ quyết định."


class SamePerson(Forbidden):
    """A correction goes through different hands: you had a part in this one already."""

    code = "gradebook.same_person"
    vi = "Việc sửa điểm phải qua những người khác nhau: bạn đã tham gia đề nghị này."


class WrongStep(Refused):
    """The correction is {state}; this step is not open any more, or not yet."""

    code = "gradebook.wrong_step"
    vi = "Đề nghị đang ở trạng thái {state}; bước này chưa đến hoặc đã qua."


class TranscriptIssued(Refused):
    """The pupil's transcript is issued; revoke it first, then correct, then issue a new version."""

    code = "gradebook.transcript_issued"
    vi = "Học bạ của học sinh đã phát hành; cần thu hồi trước, rồi sửa, rồi phát hành phiên bản mới."


class TranscriptFrozen(Refused):
    """The pupil's transcript is being signed; once it is issued it can be revoked, and then the mark corrected."""

    code = "gradebook.transcript_frozen"
    vi = "Học bạ của học sinh đang được ký; chờ phát hành, thu hồi, rồi mới sửa điểm được."


class NoSecondChance(Refused):
    """The pupil's year, {promotion}, opens no second chance in: {what}."""

    code = "gradebook.no_second_chance"
    vi = "Kết quả năm của học sinh ({promotion}) không có phần đánh giá lại: {what}."


class ReportRequired(Invalid):
    """Conduct after training in the summer needs the report that the parents signed."""

    code = "gradebook.report_required"
    vi = "Rèn luyện trong hè cần báo cáo có chữ ký của cha mẹ học sinh."


class EvidenceRequired(Invalid):
    """The school keeps no scan of the paper that this rests on; send it first, then name it by its SHA-256."""

    code = "gradebook.evidence_required"
    vi = "Trường chưa lưu bản chụp văn bản làm căn cứ; cần gửi tệp trước, rồi ghi mã SHA-256 của tệp."
