"""Why identity refuses."""

from services.chassis.errors import Invalid, Refused, Unauthenticated


class WrongCredentials(Unauthenticated):
    """The user name or password is wrong, or the account is locked for a while after many wrong tries."""

    code = "identity.wrong_credentials"
    vi = "Tên đăng nhập hoặc mật khẩu không đúng, hoặc tài khoản tạm khóa vì thử sai nhiều lần."


class SessionEnded(Unauthenticated):
    """This session has ended or its refresh token was used before; log in again."""

    code = "identity.session_ended"
    vi = "Phiên đăng nhập đã kết thúc hoặc mã làm mới đã được dùng; xin đăng nhập lại."


class ActivationUnknown(Refused):
    """The activation code is unknown or was used; ask your school's admin for a new one."""

    code = "identity.activation_unknown"
    vi = "Mã kích hoạt không đúng hoặc đã dùng; xin quản trị viên của trường cấp mã mới."


class PasswordTooShort(Invalid):
    """A password has at least {least} characters."""

    code = "identity.password_too_short"
    vi = "Mật khẩu có ít nhất {least} ký tự."


class PupilElsewhere(Refused):
    """Pupils {codes} are registered at another school; they come by transfer."""

    code = "identity.pupil_elsewhere"
    vi = "Học sinh {codes} đang thuộc trường khác; cần làm thủ tục chuyển trường."


class PupilUnknown(Refused):
    """No pupil of this school has the code {codes}."""

    code = "identity.pupil_unknown"
    vi = "Trường không có học sinh mang mã {codes}."


class UnitCodeTaken(Refused):
    """Another unit has the code {code}."""

    code = "identity.unit_code_taken"
    vi = "Mã {code} đã thuộc đơn vị khác."


class PersonElsewhere(Refused):
    """The user name {username} or staff code {staff_code} belongs to somebody else."""

    code = "identity.person_elsewhere"
    vi = "Tên đăng nhập {username} hoặc mã cán bộ {staff_code} đã thuộc người khác."


class AccountActive(Refused):
    """This person has set a password already; nobody else may open the account anew."""

    code = "identity.account_active"
    vi = "Người này đã đặt mật khẩu; không ai khác được mở lại tài khoản."


class UnitBelowWrongKind(Refused):
    """A unit of kind {kind} does not stand below one of kind {above}."""

    code = "identity.unit_below_wrong_kind"
    vi = "Đơn vị loại {kind} không thể trực thuộc đơn vị loại {above}."


class UnitNotThere(Refused):
    """The unit {unit_id} is not there on {on}: it opens later or is closed."""

    code = "identity.unit_not_there"
    vi = "Đơn vị {unit_id} không hoạt động vào ngày {on}: chưa thành lập hoặc đã đóng."


class CaseMissing(Refused):
    """An inspector is appointed for a case: with its number and a last day."""

    code = "identity.case_missing"
    vi = "Thanh tra được cử theo vụ việc: cần số quyết định và ngày kết thúc."
