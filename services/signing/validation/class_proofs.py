"""Transcripts and class sheets that came together: which rows stand on a sheet that its teacher signed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from services.contracts.verdicts import Reason, Verdict
from services.signing.validation.class_rows import rows_of
from services.signing.validation.class_sheet import KIND, Statement, claims, covers, statement_of
from services.signing.validation.report import COPY, Report, RowReport


def with_rows(members: Sequence[Report]) -> tuple[Report, ...]:
    """The reports, transcripts among them with what their rows stand on; only sheets that are VALID count.

    A transcript is BROKEN where a row says of itself that it stands on one of them, and does not.
    """
    valid = (each for each in members if each.kind == KIND and each.verdict is Verdict.VALID)
    sheets = {each.name or each.kind: statement_of(each) for each in valid}
    return tuple(_with_rows(each, sheets) if sheets and _may_have_rows(each) else each for each in members)


def _may_have_rows(report: Report) -> bool:
    """Digitised copies have none, and of what is broken nothing is believed."""
    return bool(report.code and report.data) and report.origin != COPY and report.verdict is not Verdict.BROKEN


def _with_rows(transcript: Report, sheets: Mapping[str, Statement]) -> Report:
    rows = rows_of(transcript.data or b"")
    told = tuple(
        RowReport(
            subject=row.subject["code"], sheet=next((name for name, one in sheets.items() if covers(one, row)), None)
        )
        for row in rows
    )
    if any(claims(one, row) and not covers(one, row) for row in rows for one in sheets.values()):
        reasons = (*transcript.reasons, Reason.CLASS_SHEET_MISMATCH)
        return replace(transcript, rows=told, verdict=Verdict.BROKEN, reasons=reasons)
    return replace(transcript, rows=told)
