"""Why identity refuses."""

from services.chassis.errors import Forbidden, Invalid, Refused, Unauthenticated


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


class PupilTwice(Invalid):
    """The code {codes} stands more than once in this list; give each pupil one row and the own code."""

    code = "identity.pupil_twice"
    vi = "Mã {codes} có nhiều lần trong danh sách này; mỗi học sinh một dòng, một mã riêng."


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


class AccountReachesFurther(Forbidden):
    """This account also opens roles that you may not give; ask an operator above all units where it has one."""

    code = "identity.account_reaches_further"
    vi = "Tài khoản này còn mở vai trò mà bạn không được giao; xin quản trị cấp trên của mọi đơn vị liên quan cấp mã."


class GuardianElsewhere(Refused):
    """This guardian also has children at another school; ask an operator above all of these schools."""

    code = "identity.guardian_elsewhere"
    vi = "Phụ huynh này còn có con ở trường khác; xin quản trị của cấp trên các trường đó mở tài khoản."


class UsernameTaken(Refused):
    """Another account has the user name {username}; give this guardian another one."""

    code = "identity.username_taken"
    vi = "Tên đăng nhập {username} đã thuộc tài khoản khác; xin đặt tên đăng nhập khác cho phụ huynh này."


class UnitBelowWrongKind(Refused):
    """A unit of kind {kind} does not stand below one of kind {above}."""

    code = "identity.unit_below_wrong_kind"
    vi = "Đơn vị loại {kind} không thể trực thuộc đơn vị loại {above}."


class UnitNotThere(Refused):
    """The unit with the code {code} is not there on {on}: it opens later, or is closed or to be closed."""

    code = "identity.unit_not_there"
    vi = "Đơn vị mã {code} không hoạt động vào ngày {on}: chưa thành lập, đã đóng hoặc sắp đóng."


class UnitChangedLater(Refused):
    """The unit with the code {code} changes on {on} already; a change is made for that day or a later one."""

    code = "identity.unit_changed_later"
    vi = "Đơn vị mã {code} đã có thay đổi từ ngày {on}; chỉ ghi được thay đổi từ ngày đó trở đi."


class UnitHasUnits(Refused):
    """The units with the codes {codes} are still below it; move or close them first."""

    code = "identity.unit_has_units"
    vi = "Còn các đơn vị trực thuộc mã {codes}; xin chuyển hoặc đóng các đơn vị ấy trước."


class MergeOfKinds(Refused):
    """Units merge into one of their own kind; {kind} and {other} differ."""

    code = "identity.merge_of_kinds"
    vi = "Chỉ sáp nhập vào đơn vị cùng loại; {kind} và {other} khác loại."


class MergeIntoItself(Invalid):
    """A unit is not merged into itself; name at least one other unit, each once."""

    code = "identity.merge_into_itself"
    vi = "Không thể sáp nhập đơn vị vào chính nó; cần ít nhất một đơn vị khác, mỗi đơn vị một lần."


class CaseMissing(Refused):
    """An inspector is appointed for a case: with its number and a last day."""

    code = "identity.case_missing"
    vi = "Thanh tra được cử theo vụ việc: cần số quyết định và ngày kết thúc."


class CaseTooLong(Refused):
    """An inspector is appointed for {days} days at most; for longer, appoint anew with the case."""

    code = "identity.case_too_long"
    vi = "Thanh tra được cử tối đa {days} ngày; cần lâu hơn thì cử lại theo vụ việc."


class GrantEndsEarly(Invalid):
    """An appointment ends after it begins, and not in the past."""

    code = "identity.grant_ends_early"
    vi = "Thời điểm kết thúc phải sau thời điểm bắt đầu và không ở quá khứ."


class GrantEnded(Refused):
    """This grant has ended, or ends by then anyway."""

    code = "identity.grant_ended"
    vi = "Vai trò này đã kết thúc, hoặc đến lúc đó cũng đã kết thúc."


class LastAdmin(Refused):
    """This is the unit's last admin; appoint another one without an end first."""

    code = "identity.last_admin"
    vi = "Đây là quản trị viên cuối cùng của đơn vị; xin cử người khác (không thời hạn) trước."


class PersonalIdTaken(Refused):
    """The personal ID of {codes} is another pupil's too; compare the digits with the families' papers."""

    code = "identity.personal_id_taken"
    vi = "Số định danh cá nhân của học sinh {codes} trùng với học sinh khác; xin đối chiếu với giấy tờ của gia đình."


class PersonalIdKnown(Refused):
    """The pupil has another personal ID already; compare both with the family's papers."""

    code = "identity.personal_id_known"
    vi = "Học sinh đã có số định danh cá nhân khác; xin đối chiếu cả hai với giấy tờ của gia đình."


class PersonalIdMalformed(Invalid):
    """A personal ID has 12 digits; that of {codes} has not."""

    code = "identity.personal_id_malformed"
    vi = "Số định danh cá nhân gồm 12 chữ số; của học sinh {codes} thì không."


class LookUpUnclear(Invalid):
    """Look for a pupil by exactly one of: code; personal ID; name together with date of birth."""

    code = "identity.look_up_unclear"
    vi = "Tra cứu theo đúng một cách: mã học sinh; số định danh cá nhân; họ tên cùng ngày sinh."


class ReasonMissing(Invalid):
    """Say in a few words what the look-up is for; it is kept in the access log."""

    code = "identity.reason_missing"
    vi = "Xin ghi rõ mục đích tra cứu; mục đích được lưu trong nhật ký truy cập."


class LinkUnsafe(Invalid):
    """The link to a health record begins with https://."""

    code = "identity.link_unsafe"
    vi = "Liên kết hồ sơ sức khỏe phải bắt đầu bằng https://."
