"""What guardians are written: Vietnamese, then English; no mark, no name, no link."""

from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from types import MappingProxyType
from uuid import UUID

from services.notify.domain import Delivery, Kind
from services.notify.errors import MailRefused
from services.notify.settings import Settings

SUBJECTS = MappingProxyType(
    {
        Kind.TRANSCRIPT_ISSUED: "Học bạ năm học {year} đã được phát hành / Transcript issued",
        Kind.TRANSCRIPT_REVOKED: "Học bạ năm học {year} đã bị thu hồi / Transcript revoked",
        Kind.TRANSFER_COMPLETED: "Hồ sơ chuyển trường đã được tiếp nhận / School transfer completed",
    }
)
SENTENCES = MappingProxyType(
    {
        Kind.TRANSCRIPT_ISSUED: (
            "Học bạ năm học {year} của con anh/chị đã được nhà trường ký và phát hành.",
            "The transcript of school year {year} of your child has been signed and issued by the school.",
        ),
        Kind.TRANSCRIPT_REVOKED: (
            "Học bạ năm học {year} của con anh/chị đã bị thu hồi và không còn hiệu lực.",
            "The transcript of school year {year} of your child has been revoked and is no longer in force.",
        ),
        Kind.TRANSFER_COMPLETED: (
            "Trường mới đã kiểm tra và tiếp nhận học bạ của con anh/chị; việc chuyển trường đã hoàn tất.",
            "The new school has checked and received the transcripts of your child; the transfer is complete.",
        ),
    }
)
BODY = """Kính gửi anh/chị,

{vi}
Xin đăng nhập vào Học bạ số để xem và kiểm tra. Thư này không kèm đường dẫn và không bao giờ hỏi mật khẩu.

Dear parent or guardian,

{en}
Please log in to Học bạ to see and check it. This message contains no link and never asks for a password.
"""


def compose(delivery: Delivery, email: str, settings: Settings) -> EmailMessage:
    """The message, the same bytes each time it is made for a delivery; MailRefused where the address is none."""
    year = f"{delivery.school_year}–{delivery.school_year + 1}"
    vi, en = (sentence.format(year=year) for sentence in SENTENCES[delivery.kind])
    return message(
        delivery.id,
        email,
        subject=SUBJECTS[delivery.kind].format(year=year),
        body=BODY.format(vi=vi, en=en),
        written_at=delivery.created_at,
        settings=settings,
    )


def message(
    message_id: UUID, email: str, *, subject: str, body: str, written_at: datetime, settings: Settings
) -> EmailMessage:
    """A letter of ours to that address; MailRefused where it is none."""
    written = EmailMessage(policy=SMTP)
    written["From"] = settings.sender
    written["To"] = _address(email)
    written["Subject"] = subject
    written["Date"] = written_at
    written["Message-ID"] = f"<{message_id}@{settings.message_domain}>"
    written["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notes, please
    written.set_content(body)
    return written


def _address(email: str) -> Address:
    try:
        return Address(addr_spec=email)
    except (ValueError, IndexError, MessageError) as error:
        raise MailRefused(reason="not an e-mail address") from error
