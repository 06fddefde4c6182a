"""What a stranger with the code is told: the register's word, and the signatures checked anew each time."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from services.chassis.database import Tx
from services.chassis.errors import Problem
from services.chassis.ids import CODE_LENGTH, normalise_code
from services.chassis.service import Outside
from services.contracts.signing.checking import CheckFiles, FileReport
from services.contracts.transcript import Origin, PublicVerdict, TranscriptState, VerdictReason, VerifyCode
from services.contracts.verdicts import Verdict
from services.transcript import repository

REASONS = {
    "issued": (
        "Học bạ đang có hiệu lực; mọi chữ ký và con dấu đều đúng.",
        "In force; all signatures and the seal are right.",
    ),
    "issued_copy": (
        "Bản sao điện tử số hóa từ học bạ giấy, không phải bản gốc; đang có hiệu lực, mọi chữ ký và con dấu đều đúng.",
        "A digitised copy of a paper transcript, no original; in force, all signatures and the seal are right.",
    ),
    "revoked": ("Nhà trường đã thu hồi học bạ này.", "The school has taken this transcript back."),
    "unknown_code": ("Không có học bạ nào mang mã này.", "No transcript bears this code."),
    "not_issued": ("Học bạ chưa được phát hành.", "The transcript has not been issued yet."),
    "signatures_broken": ("Có chữ ký không đúng với nội dung.", "A signature does not fit the content."),
    "not_this_document": (
        "Tệp lưu không phải học bạ mang mã này.",
        "The stored file is not the transcript of this code.",
    ),
    "check_unavailable": ("Chưa kiểm tra được chữ ký lúc này.", "The signatures cannot be checked at this moment."),
    "not_established": (
        "Chưa xác định được chữ ký có đáng tin.",
        "Whether the signatures can be trusted is not established.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The register's row, and what signing says of its files (None: it cannot say)."""

    row: Row[Any] | None
    reports: tuple[FileReport, ...] | None


def look_up(request: VerifyCode, outside: Outside) -> Found:
    code = normalise_code(request.code)
    with outside.db.transaction() as tx:
        row = repository.find_by_code(tx, code) if len(code) == CODE_LENGTH else None
    if row is None or row.state not in (TranscriptState.ISSUED, TranscriptState.REVOKED):
        return Found(row=row, reports=())
    try:
        return Found(row=row, reports=outside.ask(CheckFiles(files=(row.pdf, row.xml))).reports)
    except Problem:  # signing is away, or a stored file is: either way nothing can be established
        return Found(row=row, reports=None)


def verify_code(_tx: Tx, request: VerifyCode, found: Found) -> PublicVerdict:
    """Valid only if the register says issued and both files are valid and are this very transcript."""
    verdict, reason = _judge(found)
    row = found.row
    public = row if row is not None and row.issued_at is not None else None
    return PublicVerdict(
        code=normalise_code(request.code),
        verdict=verdict,
        reasons=(VerdictReason(code=reason, vi=REASONS[reason][0], en=REASONS[reason][1]),),
        school=public.school_name if public else None,
        school_year=(public.first_year or public.school_year) if public else None,
        pupil_initials=public.pupil_initials if public else None,
        version=public.version if public else None,
        issued_at=public.issued_at if public else None,
        pdf=public.pdf if public else None,
        xml=public.xml if public else None,
        origin=Origin(public.origin) if public else None,
        last_year=public.last_year if public else None,
        printed_school=public.printed_school if public else None,
        scan=public.scan if public else None,
    )


def _judge(found: Found) -> tuple[Verdict, str]:
    row, reports = found.row, found.reports
    if row is None:
        return Verdict.UNDECIDED, "unknown_code"
    if row.state == TranscriptState.REVOKED:
        return Verdict.REVOKED, "revoked"
    if row.state != TranscriptState.ISSUED:
        return Verdict.UNDECIDED, "not_issued"
    if reports is None:
        return Verdict.UNDECIDED, "check_unavailable"
    return _judge_files(row, reports)


def _judge_files(row: Row[Any], reports: tuple[FileReport, ...]) -> tuple[Verdict, str]:
    verdicts = {report.verdict for report in reports}
    if Verdict.BROKEN in verdicts:
        return Verdict.BROKEN, "signatures_broken"
    if verdicts != {Verdict.VALID}:
        return Verdict.UNDECIDED, "not_established"
    said = {(report.code, report.version, report.origin or Origin.BORN_DIGITAL) for report in reports}
    if said != {(row.code, row.version, row.origin)}:
        return Verdict.BROKEN, "not_this_document"
    return Verdict.VALID, "issued" if row.origin == Origin.BORN_DIGITAL else "issued_copy"
