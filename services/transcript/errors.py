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
