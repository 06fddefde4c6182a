"""Why signing refuses."""

from services.chassis.errors import Forbidden, Invalid, Refused


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


class OtpWrong(Forbidden):
    """The one-time password is wrong or too old; ask for a new one and try again."""

    code = "signing.otp_wrong"
    vi = "Mã dùng một lần (OTP) không đúng hoặc đã cũ; xin lấy mã mới và thử lại."


class TokenLocked(Forbidden):
    """The device or service has locked this PIN; have whoever gave you the key unlock it."""

    code = "signing.token_locked"
    vi = "Thiết bị hoặc dịch vụ đã khóa mã PIN này; xin nơi cấp khóa mở lại."


class TokenGone(Refused):
    """The token {token} is not plugged in; plug it in and try again."""

    code = "signing.token_gone"
    vi = "Chưa cắm thiết bị {token}; xin cắm vào và thử lại."


class KeyGone(Refused):
    """The key of this certificate is not on the token {token}; plug in the right one or register its certificate."""

    code = "signing.key_gone"
    vi = "Khóa của chứng thư này không có trên thiết bị {token}; xin cắm đúng thiết bị hoặc đăng ký chứng thư của nó."


class TokenRefused(Refused):
    """The token {token} does not do what it is asked ({why}); unplug it, plug it in again, and try again."""

    code = "signing.token_refused"
    vi = "Thiết bị {token} không thực hiện được yêu cầu ({why}); xin rút ra, cắm lại và thử lại."


class ProviderMissing(Refused):
    """This installation is not set up for keys of the kind {provider}; ask its operator."""

    code = "signing.provider_missing"
    vi = "Hệ thống này chưa được cài đặt cho loại khóa {provider}; xin hỏi người vận hành."
