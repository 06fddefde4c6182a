"""What members of staff are written: what waits and where, the page, and when a certificate ends; no pupil, no mark."""

from collections.abc import Mapping
from email.message import EmailMessage
from uuid import UUID

from services.chassis.authority import LOCAL_TIME
from services.contracts.signing.reminders import DueAtUnit, Duties, EndingCertificate
from services.notify import letters
from services.notify.settings import Settings
from services.notify.staff.domain import Kind, Reminder

SUBJECTS = {
    Kind.SIGNATURE_DUE: "Học bạ, bảng ký lớp đang chờ thầy/cô ký số",
    Kind.CERTIFICATE_EXPIRING: "Chứng thư số sắp hết hạn",
}
DUE = "Đang chờ thầy/cô ký số, đã đến lượt:"
DUE_LINE = "- {school}: {what} của {classes} lớp, chờ từ {since}."
ENDING = "Chứng thư số sắp hết hạn, sau đó không ký được nữa; xin thay khóa trước ngày này:"
OWN_LINE = "- Chứng thư của thầy/cô: đến {end}."
SEAL_LINE = "- Con dấu của {school}: đến {end}."
BODY = """Kính gửi thầy/cô,

{parts}

Trang của thầy/cô: {page}
Xin tự gõ địa chỉ này hoặc mở từ dấu trang đã lưu. Hệ thống không bao giờ hỏi mật khẩu hay mã PIN qua thư.
Nếu không muốn nhận thư nhắc, xin tắt tại trang trên.
"""


def compose(
    reminder: Reminder, duties: Duties, schools: Mapping[UUID, str], *, email: str, settings: Settings
) -> EmailMessage:
    """The letter about all that waits and ends now, whichever of it the reminder is for; MailRefused for no address."""
    due = [DUE, *(_due_line(one, schools) for one in duties.due)] if duties.due else []
    ending = [ENDING, *(_ending_line(one, schools) for one in duties.ending)] if duties.ending else []
    parts = "\n\n".join("\n".join(part) for part in (due, ending) if part)
    return letters.message(
        reminder.id,
        email,
        subject=SUBJECTS[reminder.kind],
        body=BODY.format(parts=parts, page=f"{settings.public_url}/account"),
        written_at=reminder.created_at,
        settings=settings,
    )


def _due_line(one: DueAtUnit, schools: Mapping[UUID, str]) -> str:
    since = one.waiting_since.astimezone(LOCAL_TIME).strftime("%d/%m/%Y")
    counts = ((one.documents, "học bạ"), (one.class_sheets, "bảng ký lớp"))
    what = ", ".join(f"{count} {name}" for count, name in counts if count)
    return DUE_LINE.format(school=schools[one.unit_id], what=what, classes=one.classes, since=since)


def _ending_line(one: EndingCertificate, schools: Mapping[UUID, str]) -> str:
    end = one.valid_to.astimezone(LOCAL_TIME).strftime("%H:%M ngày %d/%m/%Y")
    return OWN_LINE.format(end=end) if one.unit_id is None else SEAL_LINE.format(school=schools[one.unit_id], end=end)
