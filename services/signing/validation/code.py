"""Checking the signed code on paper, from its text or from a picture of the page."""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime

import zxingcpp
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from PIL import Image

from services.contracts.verdicts import Reason, Verdict
from services.signing import summary
from services.signing.summary import Forged, NotASummary, UnknownIssuer
from services.signing.validation import report
from services.signing.validation.report import Report, SignatureReport

KIND = "qr"
PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff")
MOST_PIXELS = 40_000_000  # a page at 600 dpi has 35 million
Issuers = Mapping[bytes, EllipticCurvePublicKey]


def is_code(data: bytes) -> bool:
    return data.startswith((*PICTURES, summary.PREFIX.encode()))


def check_code(data: bytes, issuers: Issuers) -> list[Report]:
    """A report for each signed code in a picture, or on the one whose text this is; VALID rests on the issuers' keys.

    A picture in which none is seen is undecided: the next one may be sharper.
    """
    texts = _seen(data) if data.startswith(PICTURES) else [data.decode("ascii", "replace").strip()]
    return [_checked(text, issuers) for text in texts] or [report.unreadable(KIND, Reason.NO_CODE)]


def _seen(picture: bytes) -> Sequence[str]:
    try:
        with Image.open(io.BytesIO(picture), formats=("PNG", "JPEG")) as image:
            if image.width * image.height > MOST_PIXELS:
                return []
            found = zxingcpp.read_barcodes(image.convert("L"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):  # Pillow's words for what is no picture
        return []
    return sorted({one.text for one in found if one.text.startswith(summary.PREFIX)})


def _checked(text: str, issuers: Issuers) -> Report:
    try:
        found = summary.read(text, issuers)
    except UnknownIssuer:
        return report.unreadable(KIND, Reason.ISSUER_UNKNOWN)
    except Forged:
        return report.unreadable(KIND, Reason.SIGNATURE_MISMATCH)
    except NotASummary:
        return report.unreadable(KIND, Reason.UNREADABLE)
    return Report(
        kind=KIND,
        verdict=Verdict.VALID,
        reasons=(),
        signatures=(_signature(found.school, found.issued_at),),
        code=found.code,
        version=found.version,
        data=None,
        summary=found,
    )


def _signature(school: str, at: datetime) -> SignatureReport:
    return SignatureReport(
        slot=report.ISSUER,
        role=report.ISSUER,
        holder="",
        name=school,
        verdict=Verdict.VALID,
        reason=None,
        signed_at=at,
    )
