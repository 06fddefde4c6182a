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


class Centralised(Forbidden):
    """The marks of a centralised exam are written by the school's admins only."""

    code = "gradebook.centralised"
    vi = "Điểm bài thi, bài kiểm tra tập trung chỉ do quản trị viên của trường nhập."


class ReasonRequired(Invalid):
    """These marks were open before; say why they are opened again."""

    code = "gradebook.reason_required"
    vi = "Nội dung này đã từng được mở; cần nêu lý do mở lại."


class PaperOnly(Refused):
    """Grade {grade} of this school still keeps paper books this year; its marks are not entered here."""

    code = "gradebook.paper_only"
    vi = "Khối {grade} của trường năm nay còn dùng sổ giấy; không nhập điểm ở đây."


class YearUnfinished(Refused):
    """The school year cannot end: the year's results of {classes} are not locked."""

    code = "gradebook.year_unfinished"
    vi = "Chưa kết thúc được năm học: lớp {classes} chưa khóa kết quả cả năm."


class NoCalendar(Refused):
    """The school year has no calendar, so that the day of its end is not known; open it with one."""

    code = "gradebook.no_calendar"
    vi = "Năm học chưa có lịch nên chưa biết ngày kết thúc; cần mở năm học kèm lịch."


class NotExempt(Refused):
    """Only a principal's decision exempts a pupil, and only as a whole subject of the pupil's plan."""

    code = "gradebook.not_exempt"
    vi = "Chỉ quyết định của hiệu trưởng mới miễn môn học cho học sinh, và miễn cả môn."


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


class LetterMissing(Refused):
    """The book cannot be printed as PDF: no font of ours has “{text}”. Correct that text, or print a workbook."""

    code = "gradebook.letter_missing"
    vi = "Không in được sổ ra PDF: phông chữ không có “{text}”. Xin sửa chữ đó, hoặc in sổ ra bảng tính."


class NotYourBook(Forbidden):
    """Only the teacher whose book it is, the class's homeroom teacher and the school's leaders print this book."""

    code = "gradebook.not_your_book"
    vi = "Chỉ giáo viên của sổ này, giáo viên chủ nhiệm của lớp và lãnh đạo trường được in sổ."


class NothingToPrint(Refused):
    """This teacher has no mark sheet at the school in {school_year}, so there is no book to print."""

    code = "gradebook.nothing_to_print"
    vi = "Giáo viên không có bảng điểm nào ở trường trong năm học {school_year} nên không có sổ để in."


class NoSuchColumn(Invalid):
    """No class of grade {grade} has a column {key} in {subject} in this term; nothing was planned."""

    code = "gradebook.no_such_column"
    vi = "Không lớp nào của khối {grade} có cột {key} môn {subject} trong học kỳ này; chưa ghi kế hoạch nào."


class TreeOfAnotherTime(Invalid):
    """Figures of this school year run by the units of a day from {first} to {last}."""

    code = "gradebook.tree_of_another_time"
    vi = "Số liệu của năm học này được tính theo đơn vị của một ngày từ {first} đến {last}."


class ImportExpired(Refused):
    """The preview is older than 24 hours; send the file again."""

    code = "gradebook.import_expired"
    vi = "Bản xem trước đã quá 24 giờ; xin gửi lại tệp."


class ImportHasRefusals(Refused):
    """{count} cells or rows were refused or wait to be confirmed: mend the file, confirm them, or leave them out."""

    code = "gradebook.import_has_refusals"
    vi = "{count} ô hoặc dòng bị từ chối hay chờ xác nhận: hãy sửa tệp, xác nhận, hoặc chọn bỏ qua."


class NotSuggested(Invalid):
    """{count} confirmations name a pupil who was not suggested for that row; confirm one of those suggested."""

    code = "gradebook.not_suggested"
    vi = "{count} xác nhận nêu học sinh không được gợi ý cho dòng đó; hãy chọn trong số được gợi ý."


class ImportMovedOn(Refused):
    """The school's pupils have changed since the preview; send the list again."""

    code = "gradebook.import_moved_on"
    vi = "Học sinh của trường đã thay đổi từ khi xem trước; xin gửi lại danh sách."


class NotOfThisKind(Invalid):
    """This file holds {found}; send it where {found} are imported."""

    code = "gradebook.not_of_this_kind"
    vi = "Tệp này chứa {found}; hãy gửi ở phần nhập {found}."


class LayoutUnfit(Invalid):
    """The layout {layout} does not fit: it has no room for {what}; choose another layout."""

    code = "gradebook.layout_unfit"
    vi = "Mẫu {layout} không phù hợp: không có chỗ cho {what}; hãy chọn mẫu khác."


class PeopleUnknown(Refused):
    """Name, birth date or sex of pupils {codes} is not on record; complete it, then export again."""

    code = "gradebook.people_unknown"
    vi = "Chưa có họ tên, ngày sinh hoặc giới tính của học sinh {codes}; hãy bổ sung rồi xuất lại."


class NotCentralised(Refused):
    """Column {key} is not that of a centralised exam in every class of the grade; make it one first."""

    code = "gradebook.not_centralised"
    vi = "Cột {key} chưa phải là cột thi tập trung ở mọi lớp của khối; cần đặt là cột tập trung trước."


class UnknownRecords(Invalid):
    """{count} answers are not about a record of this sending; nothing was kept."""

    code = "gradebook.unknown_records"
    vi = "{count} câu trả lời không thuộc bản ghi nào của lần gửi này; chưa ghi gì."
