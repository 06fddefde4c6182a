"""Why notify cannot send."""

from services.chassis.errors import Refused, Unavailable


class MailAway(Unavailable):
    """The mail server does not take the message now ({reason}); it is sent again in a moment."""

    code = "notify.mail_unavailable"
    vi = "Máy chủ thư tạm thời chưa nhận thư ({reason}); hệ thống sẽ gửi lại sau ít phút."


class MailRefused(Refused):
    """The mail server will never take this message: {reason}."""

    code = "notify.mail_refused"
    vi = "Máy chủ thư từ chối hẳn thư này: {reason}."
