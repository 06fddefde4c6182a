"""Invented pupils' papers as they are after the seal: three signatures, and in the seal's box both codes."""

from datetime import UTC, datetime

from services.contracts.signing.documents import ON_PAPER
from services.signing import authority, pdf
from services.signing.appearance import qr
from services.signing.summary import Issuer, summary_of
from services.transcript.canonical import TranscriptData, to_canonical
from services.transcript.render import Renderer
from tests.unit.signing.school_papers import signer_of

SEALED_AT = datetime(2026, 5, 30, 8, tzinfo=UTC)


def sealed(data: TranscriptData, issuer: Issuer) -> bytes:
    """The paper of the transcript, signed by an authority of its own."""
    above, rendered = authority.establish(now=SEALED_AT), Renderer().render(data)
    boxes = [pdf.Box(slot=b.slot, page=b.page, x0=b.x0, y0=b.y0, x1=b.x1, y1=b.y1) for b in rendered.boxes]
    paper = pdf.prepare(rendered.pdf, boxes)
    codes = [qr(f"https://hocba.example.vn/verify/{data.code}"), qr(code_of(data, issuer))]
    for slot in ON_PAPER:
        drawings = codes if slot == "KY_PHAT_HANH" else []
        paper = pdf.sign(paper, slot, signer_of(slot, above), at=SEALED_AT, drawings=drawings)
    return paper


def code_of(data: TranscriptData, issuer: Issuer) -> str:
    """What the second code says."""
    return issuer.write(summary_of(to_canonical(data), issued_at=SEALED_AT))
