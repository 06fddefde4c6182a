"""Why gradebook refuses what concerns years, classes, plans and enrolments."""

from services.chassis.errors import Invalid, Refused


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


class PaperOnly(Refused):
    """Grade {grade} of this school still keeps paper books this year; its marks are not entered here."""

    code = "gradebook.paper_only"
    vi = "Khối {grade} của trường năm nay còn dùng sổ giấy; không nhập điểm ở đây."


class ChoicesJudged(Refused):
    """Results of {codes} are locked with the electives chosen before; these can be changed in the next school year."""

    code = "gradebook.choices_judged"
    vi = "Kết quả của học sinh {codes} đã khóa theo các môn đã chọn; chỉ đổi được môn lựa chọn vào năm học sau."


class MarksStand(Refused):
    """{places} hold other marks of the pupil already; change them in the sheet, or correct them once it is closed."""

    code = "gradebook.marks_stand"
    vi = "{places} đã có điểm khác của học sinh; cần sửa ở bảng điểm, hoặc đề nghị sửa điểm khi bảng đã đóng."


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


class NoSuchColumn(Invalid):
    """No class of grade {grade} has a column {key} in {subject} in this term; nothing was planned."""

    code = "gradebook.no_such_column"
    vi = "Không lớp nào của khối {grade} có cột {key} môn {subject} trong học kỳ này; chưa ghi kế hoạch nào."


class TreeOfAnotherTime(Invalid):
    """Figures of this school year run by the units of a day from {first} to {last}."""

    code = "gradebook.tree_of_another_time"
    vi = "Số liệu của năm học này được tính theo đơn vị của một ngày từ {first} đến {last}."


class YearIsOurs(Refused):
    """The pupil's school year {school_year} was locked on this platform; its results are not given from outside."""

    code = "gradebook.year_is_ours"
    vi = "Năm học {school_year} của học sinh đã được khóa trên hệ thống; không nhập kết quả từ bên ngoài."
