"""What a stranger with the code is told: valid only if the register and both files say so."""

from datetime import UTC, datetime
from itertools import product
from types import SimpleNamespace

import pytest

from services.contracts.signing.checking import FileReport
from services.contracts.transcript import Origin, TranscriptState, VerifyCode
from services.contracts.verdicts import Verdict
from services.transcript.verification import REASONS, Found, verify_code

CODE = "01JZ8M4Q7W3K5X9C2V6T0BNRHD"
UNJUDGED = [TranscriptState.PARKED, TranscriptState.FROZEN, TranscriptState.SIGNING]


def row(state=TranscriptState.ISSUED):
    issued = state in (TranscriptState.ISSUED, TranscriptState.REVOKED)
    return SimpleNamespace(
        state=state,
        code=CODE,
        version=1,
        school_name="Trường THCS Sông Mây",
        school_year=2025,
        pupil_initials="T. N. P. U.",
        issued_at=datetime(2026, 6, 1, tzinfo=UTC) if issued else None,
        pdf="pdf",
        xml="xml",
        origin=Origin.BORN_DIGITAL,
        **dict.fromkeys(("first_year", "last_year", "printed_school", "scan")),
    )


def report(verdict, *, code=CODE, version=1):
    return FileReport(kind="pdf", verdict=verdict, reasons=(), code=code, version=version, signatures=())


def told(found):
    return verify_code(None, VerifyCode(code=CODE.lower()), found)


def verdict_of(pdf, xml):
    return told(Found(row=row(), reports=(report(pdf), report(xml)))).verdict


def test_valid_is_said_only_when_both_files_are_valid():
    verdicts = {
        (pdf, xml): verdict_of(pdf, xml)
        for pdf, xml in product((Verdict.VALID, Verdict.UNDECIDED, Verdict.BROKEN), repeat=2)
    }

    assert [pair for pair, verdict in verdicts.items() if verdict is Verdict.VALID] == [(Verdict.VALID, Verdict.VALID)]
    assert all((verdict is Verdict.BROKEN) == (Verdict.BROKEN in pair) for pair, verdict in verdicts.items())


def test_without_any_report_nothing_is_established():
    assert told(Found(row=row(), reports=())).verdict is Verdict.UNDECIDED


@pytest.mark.parametrize("other", [{"code": "0" * 26}, {"version": 2}, {"code": None}], ids=str)
def test_a_valid_file_of_another_transcript_is_no_proof_of_this_one(other):
    reports = (report(Verdict.VALID), report(Verdict.VALID, **other))

    assert told(Found(row=row(), reports=reports)).reasons[0].code == "not_this_document"


@pytest.mark.parametrize("state", UNJUDGED)
def test_before_the_issue_neither_school_nor_pupil_is_shown(state):
    answer = told(Found(row=row(state), reports=()))

    assert (answer.verdict, answer.reasons[0].code) == (Verdict.UNDECIDED, "not_issued")
    assert (answer.school, answer.pupil_initials, answer.pdf, answer.xml) == (None, None, None, None)


def test_a_revoked_transcript_is_revoked_and_still_shown():
    answer = told(Found(row=row(TranscriptState.REVOKED), reports=(report(Verdict.VALID),) * 2))

    assert (answer.verdict, answer.pdf) == (Verdict.REVOKED, "pdf")


def test_the_answer_repeats_the_code_as_it_is_kept():
    assert told(Found(row=None, reports=())).code == CODE


def test_every_reason_is_given_in_both_languages():
    assert all(vi and en and vi != en for vi, en in REASONS.values())
