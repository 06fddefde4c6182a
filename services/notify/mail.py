"""Hands a message to the mail server, and tells "not now" from "never"."""

import re
import smtplib
from contextlib import closing, suppress
from email.message import EmailMessage
from urllib.parse import urlsplit

from services.notify.errors import MailAway, MailRefused

SECONDS = 10.0  # for each step of the conversation
PERMANENT = 500  # RFC 5321, 4.2.1: replies from here on are final


def send(message: EmailMessage, smtp_url: str) -> None:
    """Return once the server has taken the message; MailAway where it may later, MailRefused where it never will."""
    server = urlsplit(smtp_url)
    try:
        with closing(smtplib.SMTP(server.hostname or "", server.port or 25, timeout=SECONDS)) as smtp:
            smtp.send_message(message)
            with suppress(OSError):  # the message is theirs already; a broken farewell must not send it twice
                smtp.quit()
    except smtplib.SMTPRecipientsRefused as error:
        raise _refusal(*next(iter(error.recipients.values()))) from error
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        raise _refusal(error.smtp_code, error.smtp_error) from error
    except smtplib.SMTPNotSupportedError as error:
        raise MailRefused(reason="the address needs SMTPUTF8, which the server lacks") from error
    except OSError as error:  # every other SMTPException is one too: the server is away, busy or wrongly set up
        raise MailAway(reason=type(error).__name__) from error


def _refusal(code: int, text: bytes | str) -> MailAway | MailRefused:
    """What the server said, without the addresses that it may repeat."""
    words = text.decode(errors="replace") if isinstance(text, bytes) else text
    family = MailRefused if code >= PERMANENT else MailAway
    return family(reason=re.sub(r"\S+@\S+", "…", f"{code} {words}"))
