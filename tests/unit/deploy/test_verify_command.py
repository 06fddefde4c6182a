import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.serialization import Encoding

from deploy.hocba import cli, options
from deploy.hocba.commands import verify
from services.signing import authority as authorities
from services.signing import pdf
from services.signing.custody import write_authority
from tests.unit.signing import school_papers as papers


@pytest.fixture(scope="module")
def authority():
    return authorities.establish(now=papers.SIGNED_AT - timedelta(days=100))


@pytest.fixture(scope="module")
def school(authority):
    return papers.School(
        authority=authority, signers={slot: papers.signer_of(slot, authority) for slot in papers.PEOPLE}
    )


@pytest.fixture(scope="module")
def genuine(school):
    return school.sign_xml(papers.document("Vũ An"))


@pytest.fixture(scope="module")
def genuine_paper(school):
    printed = papers.printed(papers.transcript("Vũ An"))
    return school.sign_paper(pdf.prepare(printed, papers.boxes()))


@pytest.fixture
def files(genuine, genuine_paper, tmp_path):
    """A genuine transcript, as XML and on paper, and the same with another mark in it."""
    (tmp_path / "genuine.pdf").write_bytes(genuine_paper)
    (tmp_path / "genuine.xml").write_bytes(genuine)
    (tmp_path / "altered.xml").write_bytes(genuine.replace(b"8.3", b"9.3", 1))
    return tmp_path


@pytest.fixture
def trusted(authority, files):
    path = files / "roots.pem"
    path.write_bytes(authority.root.public_bytes(Encoding.PEM))
    return str(path)


@pytest.fixture
def hocba(files, monkeypatch):
    """The command in the folder of the files, the day after the signing."""
    day_after = papers.SIGNED_AT + timedelta(days=1)
    monkeypatch.setattr(verify, "datetime", SimpleNamespace(now=lambda _zone: day_after))
    monkeypatch.setattr(options, "CHECKOUT", files)
    monkeypatch.chdir(files)
    return lambda *arguments: CliRunner().invoke(cli.hocba, ("verify", *arguments))


@pytest.mark.parametrize("kind", ["xml", "pdf"])
def test_a_genuine_transcript_is_valid(hocba, trusted, kind):
    said = hocba(f"genuine.{kind}", "--trust", trusted)

    assert said.exit_code == 0
    assert f"genuine.{kind} ({kind.upper()}): VALID" in said.output
    assert "Nguyễn Thị Hoa" in said.output


def test_programs_are_told_of_every_signature(hocba, trusted):
    (told,) = json.loads(hocba("genuine.xml", "--trust", trusted, "--json").output)

    assert (told["file"], told["kind"], told["verdict"], told["reasons"]) == ("genuine.xml", "xml", "VALID", [])
    assert [each["role"] for each in told["signatures"]] == ["GVBM", "GVBM", "GVBM", "GVCN", "CBQL", "KY_PHAT_HANH"]
    assert set(told["signatures"][0]) == {"role", "name", "verdict", "signed_at", "reason"}


def test_one_broken_file_spoils_the_answer(hocba, trusted):
    said = hocba("genuine.xml", "altered.xml", "--trust", trusted, "--json")

    assert [each["verdict"] for each in json.loads(said.output)] == ["VALID", "BROKEN"]
    assert said.exit_code == 1


def test_without_knowing_the_authority_nothing_is_decided(hocba, files):
    stranger = authorities.establish(now=papers.SIGNED_AT)
    (files / "stranger.pem").write_bytes(stranger.root.public_bytes(Encoding.PEM))

    said = hocba("genuine.xml", "--trust", "stranger.pem", "--json")

    assert json.loads(said.output)[0]["verdict"] == "UNDECIDED"
    assert said.exit_code == 1


def test_an_installation_believes_its_own_authority(hocba, files, authority):
    secrets = files / ".run" / "demo" / "secrets"
    secrets.mkdir(parents=True)
    write_authority(secrets / "authority.pem", authority)

    assert hocba("genuine.xml").exit_code == 0


def test_without_any_authority_one_must_be_named(hocba):
    said = hocba("genuine.xml")

    assert said.exit_code == 1
    assert said.output.startswith("Error: This installation has no authority of its own")


def test_a_spreadsheet_is_no_transcript(hocba, files, trusted):
    (files / "marks.xlsx").write_bytes(b"PK\x03\x04")

    said = hocba("marks.xlsx", "--trust", trusted)

    assert said.exit_code == 1
    assert "BROKEN" in said.output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("nowhere.xml",), "File 'nowhere.xml' does not exist."),
        (("genuine.xml", "--trust", "genuine.xml"), "genuine.xml holds no certificate in PEM form."),
    ],
)
def test_a_wrong_file_is_one_sentence(hocba, arguments, sentence):
    said = hocba(*arguments)

    assert said.exit_code
    assert said.output.endswith(f"{sentence}\n")
