import io
import json
import zipfile
from datetime import date, timedelta
from types import SimpleNamespace

import msgspec
import pytest
import requests
import zxingcpp
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from PIL import Image

from deploy.hocba import cli, options
from deploy.hocba.commands import verify
from deploy.verify import asking
from deploy.verify.believed import Believed
from services.contracts.signing.checking import Trust
from services.contracts.signing.revocation import RevocationReason
from services.signing import authority as authorities
from services.signing import pdf, publication
from services.signing.custody import write_authority
from services.signing.publication import Revoked
from services.signing.summary import Issuer, Summary
from services.signing.usecases.checking import told_key
from services.signing.validation import Reason, Verdict, read
from tests.unit.signing import school_papers as papers
from tests.unit.signing.lasting_papers import Notary

SUMMARY = Summary(
    code="01HZX3K9W2Q8R7T6Y5V4B3N2M1",
    version=1,
    digest=bytes(32),
    school="Trường THCS Sông Mây",
    school_year=2025,
    class_name="9A",
    pupil="Vũ An",
    born_on=date(2011, 3, 2),
    results=("Khá",),
    issued_at=papers.SIGNED_AT,
)


@pytest.fixture(scope="module")
def authority():
    return authorities.establish(now=papers.SIGNED_AT - timedelta(days=100))


@pytest.fixture(scope="module")
def school(authority):
    return papers.School(
        authority=authority, signers={slot: papers.signer_of(slot, authority) for slot in papers.PEOPLE}
    )


@pytest.fixture(scope="module")
def notary(authority):
    return Notary.of(authority)


@pytest.fixture(scope="module")
def genuine(school, notary):
    return notary.keep_for_long(school.sign_xml(papers.document("Vũ An")))


@pytest.fixture(scope="module")
def genuine_paper(school, notary):
    printed = papers.printed(papers.transcript("Vũ An"))
    return notary.keep_for_long(school.sign_paper(pdf.prepare(printed, papers.boxes())))


@pytest.fixture
def files(genuine, genuine_paper, tmp_path):
    """A genuine transcript, as XML and on paper, and the same with another mark in it."""
    made = {
        "genuine.pdf": genuine_paper,
        "genuine.xml": genuine,
        "altered.xml": genuine.replace(b"8.3", b"9.3", 1),
        "all.zip": zipped({"1.pdf": genuine_paper, "1.xml": genuine}),
        "spoiled.zip": zipped({"1.pdf": genuine_paper, "1.xml": genuine.replace(b"8.3", b"9.3", 1)}),
    }
    for name, content in made.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def zipped(files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


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
    return lambda *arguments: CliRunner().invoke(cli.hocba, ("verify", "--offline", *arguments))


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
    assert set(told["signatures"][0]) >= {"role", "name", "level", "verdict", "signed_at"}
    assert {each["level"] for each in told["signatures"]} == {"B_LTA"}


def test_one_broken_file_spoils_the_answer(hocba, trusted):
    said = hocba("genuine.xml", "altered.xml", "--trust", trusted, "--json")

    assert [each["verdict"] for each in json.loads(said.output)] == ["VALID", "BROKEN"]
    assert said.exit_code == 1


def test_a_package_is_as_good_as_the_worst_in_it(hocba, trusted):
    (good, bad) = json.loads(hocba("all.zip", "spoiled.zip", "--trust", trusted, "--json").output)

    assert (good["kind"], good["verdict"]) == ("zip", "VALID")
    assert (bad["verdict"], [each["verdict"] for each in bad["members"]]) == ("BROKEN", ["VALID", "BROKEN"])


@pytest.fixture
def issuer():
    return Issuer(private=ec.generate_private_key(ec.SECP256R1()))


@pytest.fixture
def believing(files, authority, issuer):
    """A folder with the answer of an installation at /v1/trust."""
    folder = files / "believed"
    folder.mkdir()
    roots = authority.root.public_bytes(Encoding.PEM).decode()
    keys = tuple(told_key(*one) for one in issuer.public_keys.items())
    told = Trust(roots_pem=roots, summary_keys=keys, told_at=papers.SIGNED_AT)
    (folder / "trust.json").write_bytes(msgspec.json.encode(told))
    return "believed"


def test_the_code_on_paper_is_checked_as_text_and_as_a_picture(hocba, files, issuer, believing):
    code = issuer.write(SUMMARY)
    (files / "code.txt").write_text(code)
    take_picture(code, files / "code.png")
    (files / "forged.txt").write_text(Issuer(private=ec.generate_private_key(ec.SECP256R1())).write(SUMMARY))

    said = hocba("--qr", "code.txt", "code.png", "forged.txt", "--trust", believing, "--json")
    text, picture, forged = json.loads(said.output)

    assert (text["kind"], text["verdict"], text["summary"]["pupil"]) == ("qr", "VALID", "Vũ An")
    assert picture == text | {"file": "code.png"}
    assert (forged["verdict"], forged["reasons"]) == ("UNDECIDED", ["issuer_unknown"])
    assert "Vũ An" in hocba("--qr", "code.txt", "--trust", believing).output


def take_picture(text, path):
    """Of a code, as a telephone takes it."""
    drawn = memoryview(zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="L").to_image(scale=4))
    Image.frombytes("L", drawn.shape[::-1], bytes(drawn)).save(path)


def test_a_picture_without_a_code_is_undecided(hocba, files, believing):
    take_picture("https://hocba.example.vn", files / "address.png")

    (told,) = json.loads(hocba("--qr", "address.png", "--trust", believing, "--json").output)

    assert (told["verdict"], told["reasons"]) == ("UNDECIDED", ["no_code"])


def test_lists_in_the_folder_tell_of_revocations(hocba, files, school, authority, believing):
    (files / "believed" / "root.crl").write_bytes(authority.root_list)
    plain = school.sign_xml(papers.document("Vũ An"))
    (files / "plain.xml").write_bytes(plain)

    def verdict(revoked):
        listed = publication.revocation_list(authority, revoked, now=papers.SIGNED_AT + timedelta(hours=20))
        (files / "believed" / "issuing.crl").write_bytes(listed)
        (told,) = json.loads(hocba("plain.xml", "--trust", believing, "--json").output)
        return told["verdict"], told["reasons"]

    (files / "believed" / "issuing.crl").write_bytes(b"")
    assert json.loads(hocba("plain.xml", "--trust", believing, "--json").output)[0]["reasons"] == ["revocation_unknown"]
    assert verdict([]) == ("VALID", [])
    assert verdict([stolen(school.signers["CBQL"])]) == ("BROKEN", ["certificate_revoked"])


def stolen(signer):
    before = papers.SIGNED_AT - timedelta(hours=1)
    serial = x509.load_der_x509_certificate(signer.certificate).serial_number
    return Revoked(serial=serial, revoked_at=before, compromised_at=before, reason=RevocationReason.KEY_COMPROMISE)


@pytest.fixture
def register(monkeypatch):
    """What the installation's register answers."""

    def answer(status, body):
        def get(_url, **_options):
            if status is None:
                raise requests.ConnectionError
            return SimpleNamespace(status_code=status, json=lambda: body)

        monkeypatch.setattr(asking.requests, "get", get)

    return answer


@pytest.mark.parametrize(
    ("status", "body", "verdict", "reasons"),
    [
        (200, {"verdict": "VALID"}, Verdict.VALID, ()),
        (200, {"verdict": "REVOKED"}, Verdict.REVOKED, (Reason.REVOKED,)),
        (404, {}, Verdict.UNDECIDED, (Reason.NOT_REGISTERED,)),
        (503, {}, Verdict.UNDECIDED, (Reason.REGISTER_SILENT,)),
        (None, {}, Verdict.UNDECIDED, (Reason.REGISTER_SILENT,)),
    ],
)
def test_the_register_tells_whether_a_transcript_is_in_force(status, body, verdict, reasons, judged):
    for name in ("genuine.pdf", "all.zip"):
        report = judged(name, status, body)

        assert (report.verdict, report.reasons) == (verdict, reasons)


@pytest.fixture
def judged(files, register, authority):
    """The report on a file of one who asks a register that answers so."""
    believed = Believed(roots=(authority.root,), issuers={})
    at = papers.SIGNED_AT + timedelta(days=1)
    asked = asking.Asking(believed=believed, at=at, offline=True, register="http://127.0.0.1:1")

    def judge(name, status, body):
        register(status, body)
        reading = read((files / name).read_bytes(), roots=believed.roots, issuers={})
        return asked.registered(reading.report(asked.known(reading)))

    return judge


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
