"""Why transcript refuses."""

from services.chassis.errors import Invalid, Refused


class ResultsNotLocked(Refused):
    """The year's results of this class are not locked, or the news has not arrived yet; lock them, or wait a moment."""

    code = "transcript.results_not_locked"
    vi = "Kết quả cả năm của lớp chưa khóa, hoặc tin chưa tới; xin khóa kết quả hoặc đợi một lát."


class NoPrincipal(Refused):
    """The school has {count} principals now; a transcript names exactly one."""

    code = "transcript.no_principal"
    vi = "Trường hiện có {count} hiệu trưởng; học bạ ghi đúng một người."


class NotIssued(Refused):
    """Only an issued transcript can be revoked; this one is {state}."""

    code = "transcript.not_issued"
    vi = "Chỉ thu hồi được học bạ đã phát hành; học bạ này đang ở trạng thái {state}."


class NoResults(Refused):
    """A digitised copy is of a paper and has no results; its PDF, XML and JSON are all that can be given out."""

    code = "transcript.no_results"
    vi = "Bản sao điện tử số hóa từ học bạ giấy, không có dữ liệu kết quả; chỉ xuất được PDF, XML và JSON."


class NotInForce(Refused):
    """Only a transcript that is issued and in force is given out to other programs; this one is {state}."""

    code = "transcript.not_in_force"
    vi = "Chỉ học bạ đã phát hành và đang có hiệu lực mới được xuất ra tệp; học bạ này đang ở trạng thái {state}."


class NothingIssued(Refused):
    """There is no issued transcript to print here; have it signed and sealed first."""

    code = "transcript.nothing_issued"
    vi = "Chưa có học bạ nào đã phát hành để in; xin hoàn tất ký số và phát hành trước."


class CopyUnsaid(Invalid):
    """Say to whom the copy is handed out, in at most 100 letters, and why; both are written into the register."""

    code = "transcript.copy_unsaid"
    vi = "Xin ghi rõ cấp bản in cho ai (không quá 100 kí tự) và để làm gì; cả hai được ghi vào sổ cấp bản sao."


class NotPrintable(Invalid):
    """What is to be printed holds a letter that our fonts lack: {why}."""

    code = "transcript.not_printable"
    vi = "Nội dung in có kí tự mà phông chữ không có: {why}."


class NoForm(Refused):
    """There is no printed form for {stage} under {regulation} yet; the results stay as they are locked."""

    code = "transcript.no_form"
    vi = "Chưa có mẫu học bạ in cho cấp {stage} theo {regulation}; kết quả vẫn được khóa và giữ nguyên."


class ScanNotKept(Invalid):
    """The school keeps no scan of this name that you may use; send the file as evidence first."""

    code = "transcript.scan_not_kept"
    vi = "Nhà trường chưa lưu bản quét này, hoặc bạn không được dùng; xin gửi tệp làm căn cứ trước."


class ScanUnfit(Invalid):
    """The scan cannot be taken: {why}."""

    code = "transcript.scan_unfit"
    vi = "Không nhận được bản quét: {why_vi}."


class CopyUnfit(Invalid):
    """Check what is said of the paper: at most 13 years in order, grades 1 to 12, a short school name, a past time."""

    code = "transcript.copy_unfit"
    vi = "Xin xem lại điều ghi về học bạ giấy: không quá 13 năm học, lớp 1 đến 12, tên trường ngắn gọn, lúc đối chiếu."


class NotComparedHere(Invalid):
    """Who compared the scan with the paper must hold a role at the school that keeps it."""

    code = "transcript.not_compared_here"
    vi = "Người đối chiếu bản quét với học bạ giấy phải là người của nhà trường đang giữ học bạ."


class NotOfThisSchool(Refused):
    """This pupil is not and never was enrolled at the school; the school where they learned makes the copy."""

    code = "transcript.not_of_this_school"
    vi = "Học sinh chưa từng học tại trường; trường nơi học sinh đã học thực hiện việc số hóa."


class PupilIncomplete(Refused):
    """The pupil's date of birth or gender is not known yet; complete the pupil's data first."""

    code = "transcript.pupil_incomplete"
    vi = "Chưa có ngày sinh hoặc giới tính của học sinh; xin bổ sung lý lịch trước."


class AlreadyDigitised(Refused):
    """A copy of this paper is in force, with the code {code}; revoke it before another is made."""

    code = "transcript.already_digitised"
    vi = "Học bạ giấy này đã có bản sao điện tử mang mã {code}; xin thu hồi bản đó trước khi làm bản khác."
