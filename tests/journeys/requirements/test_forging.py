"""Who rules databases and files cannot change an issued transcript unseen (R23, R41)."""

import json
import re
from contextlib import contextmanager
from hashlib import sha256

import pytest
from click.testing import CliRunner

from deploy.demo.client import Client, Refusal
from deploy.hocba.cli import hocba
from deploy.local.platform import objects_folder
from services.chassis.objects import Objects
from tests.journeys.requirements import issuing

SIGNATURE = re.compile(r"<ds:Signature .*?</ds:Signature>", re.DOTALL)
SWAP = "UPDATE transcripts SET xml = %s WHERE code = %s"


@pytest.fixture(scope="module")
def transcript(before_summer):
    """An issued transcript, as the register shows it."""
    return issuing.transcripts(before_summer)[2]


@pytest.fixture
def xml(before_summer, transcript):
    return issuing.xml_of(before_summer, transcript)


@pytest.fixture(scope="module")
def stranger(department):
    return Client(department.platform.url)


@pytest.fixture(scope="module")
def verify(department, stranger, tmp_path_factory):
    """What `hocba verify` says of files, to somebody who has nothing but the published roots."""
    folder = tmp_path_factory.mktemp("verifier")
    (folder / "roots.pem").write_text(stranger.get("/v1/trust")["roots_pem"])

    def run(*contents):
        names = [folder / f"{number}.xml" for number, _ in enumerate(contents)]
        for name, content in zip(names, contents, strict=True):
            name.write_text(content)
        done = CliRunner().invoke(hocba, ["verify", "--json", "--trust", str(folder / "roots.pem"), *map(str, names)])
        return [one["verdict"] for one in json.loads(done.output)]

    return run


@contextmanager
def pointing_to(department, transcript, content):
    """The register's row names other bytes, which lie in the store as they should."""
    platform = department.platform
    [(name,)] = platform.sql("transcript", "SELECT xml FROM transcripts WHERE code = %s", transcript["code"])
    other = Objects(objects_folder(platform.instance)).put(content.encode())
    platform.rule("transcript", SWAP, other, transcript["code"])
    try:
        yield
    finally:
        platform.rule("transcript", SWAP, name, transcript["code"])


@pytest.fixture
def told(stranger, transcript):
    """What whoever types the code is told at this moment."""

    def ask():
        answer = stranger.get(f"/v1/verifications/{transcript['code']}")
        return answer["verdict"], answer["reasons"][0]["code"]

    return ask


@pytest.fixture
def checked(stranger, verify):
    """The verdicts on a file, by upload and by the command line."""

    def ask(content):
        report = stranger.request("POST", "/v1/verifications", files={"file": ("hocba.xml", content.encode())})
        return [report["verdict"], *verify(content)]

    return ask


def test_without_any_one_of_its_signatures_a_transcript_is_broken(transcript, xml, verify):
    """R41."""
    signatures = SIGNATURE.findall(xml)
    without = [xml.replace(one, "") for one in signatures]

    verdicts = verify(xml, *without)

    assert len(signatures) == transcript["slots"]
    assert verdicts == ["VALID", *["BROKEN"] * len(without)]


def test_a_register_that_names_a_file_without_its_seal_is_found_out_by_the_code(
    department, transcript, xml, told, checked
):
    """R23, R41."""
    unsealed = xml.replace(SIGNATURE.findall(xml)[-1], "")

    with pointing_to(department, transcript, unsealed):
        found = told()

    assert found == ("BROKEN", "signatures_broken")
    assert checked(unsealed) == ["BROKEN", "BROKEN"]
    assert told() == ("VALID", "issued")


def test_a_register_that_names_another_pupils_genuine_file_is_found_out_by_the_code(
    department, before_summer, transcript, told
):
    """R23."""
    another = issuing.xml_of(before_summer, issuing.transcripts(before_summer)[1])

    with pointing_to(department, transcript, another):
        found = told()

    assert found == ("BROKEN", "not_this_document")


def test_a_stored_file_with_a_better_mark_is_handed_to_nobody_and_not_called_valid(
    before_summer, transcript, xml, told, checked
):
    """R23."""
    better = re.sub(r"<CA_NAM>[^<]+", "<CA_NAM>10.0", xml, count=1)
    name = sha256(xml.encode()).hexdigest()
    stored = objects_folder(before_summer.school.department.platform.instance) / name[:2] / name

    stored.write_text(better)
    try:
        found = told()
        with pytest.raises(Refusal, match=r"objects\.damaged"):
            issuing.xml_of(before_summer, transcript)
    finally:
        stored.write_text(xml)

    assert found == ("UNDECIDED", "check_unavailable")
    assert checked(better) == ["BROKEN", "BROKEN"]
    assert told() == ("VALID", "issued")
