"""The main job at a small school: spreadsheets in, signed transcripts out that other programs accept."""

import io
import json

import pytest
from rich.console import Console

from deploy.demo import job
from deploy.demo.school import invent_school
from deploy.hocba.commands.demo import is_good
from deploy.local import platform as local

PUPILS = 4 * 6


@pytest.fixture(scope="module")
def instance(installation):
    """The whole platform."""
    installation.instance.start_processes(local.processes(installation.instance))
    return installation.instance


def run(instance):
    school = invent_school(1, "Trường THCS Hàng Tre", letters="A", class_size=6)
    second = invent_school(2, "Trường THCS Bến Đò", letters="A", class_size=1)
    outcome = job.run(instance, Console(file=io.StringIO()), school, second)
    return json.loads(json.dumps(outcome.report))


def figures(report):
    """What was counted; how long it took and in which words tries were refused may differ."""
    return {name: value for name, value in report.items() if name not in ("seconds", "attempts")}


@pytest.fixture(scope="module")
def report(instance):
    return run(instance)


def test_every_pupil_has_a_transcript_or_waits_for_a_named_reason(report):
    assert report["pupils"] == PUPILS
    assert report["transcripts_issued"] + report["transcripts_parked"] == PUPILS
    assert set(report["parked_reasons"]) <= {"RETEST", "PENDING_SUMMER"}
    assert report["signatures"] == 15 * report["transcripts_issued"]
    assert report["class_sheets"] == 12 * report["classes"]


def test_programs_that_are_not_ours_accept_every_issued_file(report):
    issued = report["transcripts_issued"]

    assert report["outside_checks"] == {
        program: {"given": issued, "accepted": issued} for program in ("openssl", "pdfsig", "qpdf", "xmlsec1")
    }


def test_what_is_late_forged_or_stolen_is_refused(report):
    assert [attempt for attempt in report["attempts"] if not attempt["refused"]] == []
    assert is_good(report)


def test_guardians_who_agreed_are_told_once(report, instance):
    messages = report["messages"]

    assert (messages["pending"], messages["failed"]) == (0, 0)
    assert messages["sent"] > 0
    assert not list((instance.home / "mail").glob("*.2.eml"))


def test_a_second_run_asks_the_same_and_changes_nothing(report, instance):
    again = run(instance)

    assert figures(again) == figures(report)
