"""Why signing refuses."""

from services.chassis.errors import Forbidden, Invalid, Refused, Unavailable


class PinWrong(Forbidden):
    """The PIN is wrong; {left} tries are left before the key is blocked."""

    code = "signing.pin_wrong"
    vi = "Mã PIN không đúng; còn {left} lần thử trước khi khóa bị chặn."


class KeyBlocked(Forbidden):
    """The key is blocked after too many wrong PINs; have a new one made."""

    code = "signing.key_blocked"
    vi = "Khóa ký bị chặn vì nhập sai PIN quá nhiều lần; cần tạo khóa mới."


class NoKey(Refused):
    """There is no signing key yet; make one first."""

    code = "signing.no_key"
    vi = "Chưa có khóa ký; xin tạo khóa trước."


class KeyExists(Refused):
    """There is a signing key already, valid until {valid_to}."""

    code = "signing.key_exists"
    vi = "Đã có khóa ký, hiệu lực đến {valid_to}."


class PinTooShort(Invalid):
    """A PIN has at least {least} characters."""

    code = "signing.pin_too_short"
    vi = "Mã PIN có ít nhất {least} ký tự."


class NothingToSign(Refused):
    """Nothing in these classes waits for this signature."""

    code = "signing.nothing_to_sign"
    vi = "Không có gì trong các lớp này đang chờ chữ ký này."


class OneSchoolOnly(Invalid):
    """A seal signs the classes of one school at a time."""

    code = "signing.one_school_only"
    vi = "Mỗi lần đóng dấu chỉ cho các lớp của một trường."


class HeadsIncomplete(Invalid):
    """The file of batch {number} holds {heads} heads of mark histories, and {told} were announced."""

    code = "signing.heads_incomplete"
    vi = "Tệp của lô {number} có {heads} mã đầu chuỗi điểm, trong khi đã báo {told}."


class NotLoggedYet(Unavailable):
    """It is not in the transparency log yet; ask again in a minute."""

    code = "signing.not_logged_yet"
    vi = "Nội dung này chưa vào nhật ký minh bạch; xin hỏi lại sau một phút."


class WitnessUnknown(Forbidden):
    """No signature on the checkpoint is of a witness that this log knows."""

    code = "signing.witness_unknown"
    vi = "Không có chữ ký nào trên điểm kiểm tra là của nhân chứng mà nhật ký này biết."


class CheckpointOld(Refused):
    """The log signed no such checkpoint lately; fetch the newest and sign that."""

    code = "signing.checkpoint_old"
    vi = "Gần đây nhật ký không ký điểm kiểm tra nào như thế; hãy lấy điểm mới nhất rồi ký."
