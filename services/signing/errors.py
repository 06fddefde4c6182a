"""Why signing refuses."""

from services.chassis.errors import Forbidden, Invalid, Refused, Unauthenticated, Unavailable


class PinWrong(Forbidden):
    """The PIN is wrong; {left} tries are left before the key is blocked."""

    code = "signing.pin_wrong"
    vi = "Mã PIN không đúng; còn {left} lần thử trước khi khóa bị chặn."


class KeyBlocked(Forbidden):
    """The key is blocked after too many wrong PINs; ask an admin of the school to lift it, then make a new one."""

    code = "signing.key_blocked"
    vi = "Khóa ký bị chặn vì nhập sai PIN quá nhiều lần; xin quản trị viên của trường gỡ, rồi tạo khóa mới."


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


class AlreadyRevoked(Refused):
    """The certificate {serial} was revoked already, at {revoked_at}."""

    code = "signing.already_revoked"
    vi = "Chứng thư {serial} đã bị thu hồi lúc {revoked_at}."


class CompromiseOutOfRange(Invalid):
    """A key can have become unsafe between {valid_from}, when its certificate began, and now."""

    code = "signing.compromise_out_of_range"
    vi = "Thời điểm khóa không còn an toàn phải nằm giữa {valid_from}, khi chứng thư bắt đầu có hiệu lực, và hiện tại."


class DocumentUnsound(Refused):
    """The stored document {code} does not check out now ({reasons}), so nothing is made of it; ask the operator."""

    code = "signing.document_unsound"
    vi = "Tài liệu {code} đang lưu không qua được kiểm tra ({reasons}) nên không lập gì từ đó; xin hỏi người vận hành."


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


class TokenSilent(Refused):
    """The token {token} does not answer; unplug it, plug it in again, and try again."""

    code = "signing.token_silent"
    vi = "Thiết bị {token} không trả lời; xin rút ra, cắm lại và thử lại."


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


class PlaceUnknown(Invalid):
    """{place} does not say where the key is: write pkcs11:token=… for a token, or service/credential for a service."""

    code = "signing.place_unknown"
    vi = "{place} không cho biết khóa ở đâu: ghi pkcs11:token=… cho thiết bị, hoặc dịch_vụ/mã_khóa cho ký từ xa."


class NotACertificate(Invalid):
    """This is no certificate in PEM form, or one whose key cannot sign here: RSA with 2048 bits, or the curve P-256."""

    code = "signing.not_a_certificate"
    vi = "Đây không phải chứng thư dạng PEM, hoặc khóa của nó không dùng được ở đây: cần RSA 2048 bit hoặc P-256."


class CertificateUnsuitable(Refused):
    """This certificate cannot be used here: {reason}."""

    code = "signing.certificate_unsuitable"
    vi = "Không dùng được chứng thư này ở đây: {reason_vi}."


class CertificateOfAnother(Forbidden):
    """The certificate is made out to {named}, and you are registered here as {name}; have one of the two corrected."""

    code = "signing.certificate_of_another"
    vi = "Chứng thư cấp cho {named}, còn ở đây ghi {name}; xin sửa một trong hai."


class CertificateTaken(Refused):
    """This certificate is registered already."""

    code = "signing.certificate_taken"
    vi = "Chứng thư này đã được đăng ký."


class PossessionNotProved(Refused):
    """The key at {place} did not sign as this certificate's key would ({reason}); name the right one and try again."""

    code = "signing.possession_not_proved"
    vi = "Khóa tại {place} không ký được như khóa của chứng thư này ({reason}); xin chỉ đúng khóa và thử lại."


class DevicePinWrong(Forbidden):
    """The PIN is wrong; the device or service counts wrong ones and may lock itself."""

    code = "signing.device_pin_wrong"
    vi = "Mã PIN không đúng; thiết bị hoặc dịch vụ có đếm số lần sai và có thể tự khóa."


class KeyNotBlocked(Refused):
    """This key is not blocked; there is nothing to lift."""

    code = "signing.key_not_blocked"
    vi = "Khóa này không bị chặn; không có gì để gỡ."


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


class ServiceAway(Unavailable):
    """The signing service {service} does not answer now; nothing was lost, try again in a moment."""

    code = "signing.service_away"
    vi = "Dịch vụ ký {service} tạm thời không trả lời; không mất gì, xin thử lại sau ít phút."


class ServiceRefused(Refused):
    """The signing service {service} refuses: {why}."""

    code = "signing.service_refused"
    vi = "Dịch vụ ký {service} từ chối: {why}."


class ConfirmationDeclined(ServiceRefused):
    """The confirmation at {service} was declined; if that was a mistake, try again and confirm on your phone."""

    code = "signing.confirmation_declined"
    vi = "Yêu cầu xác nhận tại {service} đã bị từ chối; nếu bấm nhầm, xin làm lại và xác nhận trên điện thoại."


class ConfirmationLate(Refused):
    """Nobody confirmed at {service} within {seconds:.0f} seconds; have your phone at hand and try again."""

    code = "signing.confirmation_late"
    vi = "Không có ai xác nhận tại {service} trong {seconds:.0f} giây; xin chuẩn bị sẵn điện thoại rồi làm lại."


class ConfirmationAwaited(Refused):
    """Session {session_id} still waits for your confirmation on the phone; confirm or decline that one first."""

    code = "signing.confirmation_awaited"
    vi = "Phiên {session_id} còn đang chờ xác nhận trên điện thoại; xin xác nhận hoặc từ chối phiên đó trước."


class OtpWanted(Invalid):
    """The service {service} wants a one-time password beside the PIN; it is being sent to you or shown by your app."""

    code = "signing.otp_wanted"
    vi = "Dịch vụ {service} cần thêm mã dùng một lần (OTP), được gửi cho bạn hoặc hiện trên ứng dụng của dịch vụ."


class TooManyAtOnce(Refused):
    """{service} signs at most {most} at once for this key, and this is more; choose fewer classes."""

    code = "signing.too_many_at_once"
    vi = "{service} chỉ ký tối đa {most} mỗi lần với khóa này; xin chọn ít lớp hơn."


class HashesWanted(Refused):
    """{service} wants every hash before it asks the holder (SCAL 2); here this works for keys with a PIN alone."""

    code = "signing.hashes_wanted"
    vi = "{service} đòi biết từng mã băm trước khi hỏi chủ khóa (SCAL 2); ở đây chỉ hỗ trợ khi khóa chỉ dùng PIN."


class AgentUnknown(Unauthenticated):
    """No agent has this token; let the program in again at the school's account."""

    code = "signing.agent_unknown"
    vi = "Không có chương trình ký nào mang thẻ này; xin cấp lại cho chương trình từ tài khoản của trường."


class AgentRevoked(Unauthenticated):
    """This program was revoked at {revoked_at:%Y-%m-%d %H:%M} UTC; have it let in again at the school's account."""

    code = "signing.agent_revoked"
    vi = "Chương trình ký này đã bị thu hồi lúc {revoked_at:%H:%M %d/%m/%Y} (UTC); xin cấp lại từ tài khoản của trường."


class AgentMissing(Refused):
    """The program that signs with this key at the school was revoked; let one in again, or register another key."""

    code = "signing.agent_missing"
    vi = "Chương trình ký với khóa này tại trường đã bị thu hồi; xin cấp lại chương trình, hoặc đăng ký khóa khác."


class TimestampsOverdue(Unavailable):
    """Sealed transcripts wait for timestamps since {since:%Y-%m-%d %H:%M} UTC; the operator must get them going."""

    code = "signing.timestamps_overdue"
    vi = (
        "Học bạ đã đóng dấu đang chờ dấu thời gian từ {since:%H:%M %d/%m/%Y} (UTC); "
        "quản trị hệ thống cần khôi phục dịch vụ cấp dấu thời gian trước khi đóng dấu tiếp."
    )


class CertificateNotGood(Refused):
    """The authority that issued the certificate of {name} has revoked it; register a new one."""

    code = "signing.certificate_not_good"
    vi = "Chứng thư của {name} đã bị nơi cấp thu hồi; xin đăng ký chứng thư mới."
