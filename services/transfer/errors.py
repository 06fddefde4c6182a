"""Why transfer refuses."""

from services.chassis.errors import Refused, Unavailable


class NotEnrolled(Refused):
    """The pupil has no active enrolment in the school year {school_year}; only an enrolled pupil can be transferred."""

    code = "transfer.not_enrolled"
    vi = "Học sinh không học tại trường trong năm học {school_year}; chỉ chuyển được học sinh đang học."


class NotAnotherSchool(Refused):
    """The receiving unit is not another school known here; look its identifier up again."""

    code = "transfer.not_another_school"
    vi = "Đơn vị nhận không phải là một trường khác có trong hệ thống; xin tra lại mã định danh."


class NothingIssued(Refused):
    """The pupil has no issued transcript yet; issue it first, then offer the transfer."""

    code = "transfer.nothing_issued"
    vi = "Học sinh chưa có học bạ đã phát hành; xin phát hành trước khi chuyển trường."


class TransferOpen(Refused):
    """Another transfer of this pupil is open; complete it or take it back first."""

    code = "transfer.open"
    vi = "Học sinh đang có một lượt chuyển trường chưa xong; xin hoàn tất hoặc hủy lượt đó trước."


class LinkUsed(Refused):
    """The link was used already; it works once."""

    code = "transfer.link_used"
    vi = "Liên kết đã được dùng; mỗi liên kết chỉ dùng một lần."


class LinkExpired(Refused):
    """The link has expired; ask the sending school for a new one."""

    code = "transfer.link_expired"
    vi = "Liên kết đã hết hạn; xin đề nghị trường chuyển gửi liên kết mới."


class LinkCancelled(Refused):
    """The sending school took the offer back."""

    code = "transfer.link_cancelled"
    vi = "Trường chuyển đã rút lại đề nghị chuyển trường này."


class NotOffered(Refused):
    """Only an open offer can be taken back; this transfer is {state}."""

    code = "transfer.not_offered"
    vi = "Chỉ rút lại được đề nghị còn hiệu lực; lượt chuyển này đang ở trạng thái {state}."


class BundleDamaged(Refused):
    """The file {path} is missing from the bundle or is not what its index says."""

    code = "transfer.bundle_damaged"
    vi = "Tệp {path} thiếu trong gói chuyển hoặc không khớp với mục lục của gói."


class FileBroken(Refused):
    """The file {file} of transcript {code} did not pass the check: {reasons}."""

    code = "transfer.file_broken"
    vi = "Tệp {file} của học bạ {code} không qua được kiểm tra: {reasons}."


class NotYetDecided(Unavailable):
    """The signatures cannot be judged yet; they are checked again in a moment."""

    code = "transfer.not_yet_decided"
    vi = "Chưa kết luận được về chữ ký; hệ thống sẽ kiểm tra lại sau ít phút."


class NotPromoted(Refused):
    """By the results of {school_year} the pupil {outcome}; only who is promoted goes on with a cohort."""

    code = "transfer.not_promoted"
    vi = "Theo kết quả năm học {school_year}, học sinh {outcome_vi}; chỉ học sinh được lên lớp mới chuyển cấp theo đợt."


class YearNotIssued(Refused):
    """The pupil's transcript of the school year {school_year} is not issued; issue it first, then offer the pupil."""

    code = "transfer.year_not_issued"
    vi = "Học bạ năm học {school_year} của học sinh chưa phát hành; xin phát hành trước khi chuyển cấp."


class NobodyChosen(Refused):
    """There is no pupil in what was chosen; choose a class that has pupils, or name pupils."""

    code = "transfer.nobody_chosen"
    vi = "Phần đã chọn không có học sinh nào; xin chọn lớp có học sinh hoặc chọn từng học sinh."


class TooManyChosen(Refused):
    """{chosen} pupils are too many for one act; offer at most {most} at a time."""

    code = "transfer.too_many_chosen"
    vi = "{chosen} học sinh là quá nhiều cho một đợt; mỗi đợt chuyển cấp có nhiều nhất {most} học sinh."


class NobodyOffered(Refused):
    """No pupil of this cohort could be offered; its list names the reason for each."""

    code = "transfer.nobody_offered"
    vi = "Không có học sinh nào trong đợt này chuyển được; danh sách của đợt ghi lý do của từng em."


class NothingToTakeBack(Refused):
    """Nothing of this cohort's offer is open any more; what was used or has ended cannot be taken back."""

    code = "transfer.nothing_to_take_back"
    vi = "Đợt chuyển cấp này không còn đề nghị nào hiệu lực; phần đã dùng hoặc đã kết thúc không rút lại được."
