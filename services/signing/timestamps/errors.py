"""Why there is no timestamp, or none that can be believed; `authority` is the address, or nothing for a kept token."""

from services.chassis.errors import Unavailable


class TimestampFailed(Unavailable):
    """There is no timestamp: neither authority could be asked; it is asked for again later."""

    code = "signing.timestamp_failed"
    vi = "Chưa có dấu thời gian: không hỏi được tổ chức cấp dấu thời gian nào; hệ thống sẽ hỏi lại."


class TimestampSilent(TimestampFailed):
    """The timestamp authority gave no usable answer: {why}."""

    code = "signing.timestamp_silent"
    vi = "Tổ chức cấp dấu thời gian không trả lời dùng được: {why}."


class TimestampRefused(TimestampFailed):
    """The timestamp authority refused: {why}."""

    code = "signing.timestamp_refused"
    vi = "Tổ chức cấp dấu thời gian từ chối: {why}."


class TimestampUnreadable(TimestampFailed):
    """The timestamp is not written as RFC 3161 says."""

    code = "signing.timestamp_unreadable"
    vi = "Dấu thời gian không đúng định dạng RFC 3161."


class TimestampOfOther(TimestampFailed):
    """The timestamp is on another digest than ours."""

    code = "signing.timestamp_of_other"
    vi = "Dấu thời gian được cấp cho một mã băm khác."


class TimestampReplayed(TimestampFailed):
    """The timestamp answers another request: its nonce is not ours."""

    code = "signing.timestamp_replayed"
    vi = "Dấu thời gian trả lời một yêu cầu khác: số dùng một lần không khớp."


class TimestampPolicy(TimestampFailed):
    """The timestamp was made under another policy than the one asked for."""

    code = "signing.timestamp_policy"
    vi = "Dấu thời gian được cấp theo chính sách khác với chính sách đã yêu cầu."


class TimestampWrongTime(TimestampFailed):
    """The timestamp says {said}, which is not the time at which it was asked for."""

    code = "signing.timestamp_wrong_time"
    vi = "Dấu thời gian ghi {said}, không phải lúc yêu cầu."


class TimestampPurpose(TimestampFailed):
    """The certificate of the timestamp is not one for timestamps alone."""

    code = "signing.timestamp_purpose"
    vi = "Chứng thư của dấu thời gian không phải loại chỉ dùng để cấp dấu thời gian."


class TimestampUntrusted(TimestampFailed):
    """The timestamp is not signed by an authority that we trust, with a certificate valid at its time."""

    code = "signing.timestamp_untrusted"
    vi = "Dấu thời gian không do tổ chức được tin cậy ký bằng chứng thư có hiệu lực vào lúc đó."
