"""A backup of a school at work becomes an installation again, the same row for row; a damaged one does not."""

import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from deploy.backup import folder, making, restoring
from deploy.backup.folder import State
from deploy.backup.making import Wish
from deploy.backup.manifest import Kind
from deploy.hocba import cli
from deploy.local import elsewhere
from deploy.local import platform as local
from deploy.local.errors import InstallationError
from deploy.local.instance import Instance
from services.chassis.objects import Objects
from tests.journeys.installation import Platform
from tests.journeys.school import Gateway

KEY = bytes(range(32))
ISSUED = """
    INSERT INTO transcripts (school_year, id, class_id, unit_id, pupil_id, version, state, code, canonical, frozen_xml,
                             frozen_pdf, xml, pdf, frozen_at, issued_at)
    VALUES (2025, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 1, 'ISSUED', %s,
            %s, %s, %s, %s, %s, now(), now())
    RETURNING id
"""
FILES = "SELECT code, canonical, pdf FROM transcripts WHERE state = 'ISSUED' ORDER BY code"


def clock():
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def transcript(installation):
    """An issued transcript of nobody; gives the bytes of its file."""
    paper = b"%PDF of nobody" * 100_000
    name = Objects(local.objects_folder(installation.instance)).put(paper)
    installation.sql("transcript", ISSUED, "0" * 26, *[name] * 5)
    return paper


@pytest.fixture(scope="module")
def sheet(school):
    """A sheet with a column of marks, corrected once."""
    sheet = school.sheets[1]
    column = sheet["columns"][0]
    school.save_column(sheet, column, "7.5", version=0)
    school.save_column(sheet, column, "8.5", version=1)
    return sheet


@pytest.fixture(scope="module")
def place(installation):
    return making.default_folder(installation.instance)


@pytest.fixture(scope="module")
def made(installation, place, sheet, transcript):
    return making.make(installation.instance, Wish(kind=Kind.MANUAL, to=place, key=KEY, with_keys=True), clock=clock)


def another(installation, name):
    """A new installation on this machine, with the code that every installation shares."""
    root = installation.instance.root
    if not (root / "services").exists():
        (root / "services").symlink_to(cli.CHECKOUT / "services")
    return Instance(name, root)


@pytest.fixture(scope="module")
def restored(installation, made):
    instance = another(installation, "restored")
    try:
        restoring.restore(made.path, instance, key=KEY)
        local.prepare(instance, instance.servers())
        platform = Platform(instance)
        platform.start()
        yield platform
    finally:
        instance.erase()


def read(url, school, sheet):
    gateway, path = Gateway(url), f"/v1/years/2025/sheets/{sheet['id']}"
    return [gateway.ask("GET", each, token=school.teacher) for each in (path, f"{path}/audit")]


def test_a_teacher_reads_the_same_sheet_from_what_was_restored(installation, restored, school, sheet):
    before = read(installation.url, school, sheet)

    assert read(restored.url, school, sheet) == before
    assert before[1]["intact"]


def test_every_issued_transcript_has_the_same_hashes_and_the_same_file(installation, restored, transcript):
    before = installation.sql("transcript", FILES)

    assert restored.sql("transcript", FILES) == before
    assert Objects(local.objects_folder(restored.instance)).get(before[0][2]) == transcript
