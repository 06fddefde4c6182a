"""Transcripts and class sheets in one package: each transcript says which of its rows stand on a signed sheet there."""

import io
import json
import zipfile
from dataclasses import replace
from hashlib import sha256
from pathlib import PurePath

import pytest
import rfc8785
from click.testing import CliRunner
from cryptography.hazmat.primitives.serialization import Encoding

from deploy.hocba.commands import verify
from services.contracts.transcript import IssuedFile
from services.signing import xml
from services.signing.validation import Reason, RowReport, Verdict
from services.transcript.document_xml import write
from services.transfer.bundle import BundleIndex, pack
from tests.unit.signing.lasting_papers import Notary
from tests.unit.signing.school_papers import SIGNED_AT, holder
from tests.unit.signing.sheet_papers import frozen
from tests.unit.signing.verdicts import validate
from tests.unit.transcript.papers import identifier, primary

SHEET = "bang_ky_lop/toan.json"


@pytest.fixture(scope="module")
def signed(school):
    """A function that gives a transcript's XML, signed by everybody whom its form names."""

    def sign(data):
        return xml.sign(write(data), [(slot.slot, school.signers[slot.slot]) for slot in data.slots], at=SIGNED_AT)

    return sign


def pupils_of(size):
    """A class in primary, where no subject's teacher signs on the transcript itself; with its sheet of mathematics."""
    data = primary()
    slots = tuple(replace(slot, holder=holder(slot.slot)) for slot in data.slots)
    school = replace(data.school, unit_id=holder("KY_PHAT_HANH"))
    transcripts, sheets = frozen(replace(data, slots=slots, school=school), size)
    return transcripts, next(sheet for sheet in sheets if sheet.subject == "toan")


@pytest.fixture(scope="module")
def package(signed, sign, school):
    """Two pupils of a class of three, with the sheet of mathematics that its teacher has signed."""
    transcripts, sheet = pupils_of(3)
    files = {f"xml/{data.code}.xml": signed(data) for data in transcripts[:2]}
    return files | {SHEET: sign(sheet, school.signers["GVBM-toan"])}


def zipped(files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


@pytest.fixture
def judged(roots):
    def judge(files):
        return validate(zipped(files), trust=roots, at=SIGNED_AT)

    return judge


def transcripts_in(report):
    return [each for each in report.members if each.code]


def test_each_transcript_names_the_sheet_that_its_row_stands_on_and_the_rows_that_have_none(package, judged):
    report = judged(package)

    assert report.verdict is Verdict.VALID
    assert len(transcripts_in(report)) == 2
    for each in transcripts_in(report):
        assert RowReport(subject="toan", sheet=SHEET) in each.rows
        assert {row.subject for row in each.rows if row.sheet is None} == {row.subject for row in each.rows} - {"toan"}


def test_without_a_sheet_beside_it_a_transcript_says_nothing_of_sheets(package, judged):
    report = judged({name: file for name, file in package.items() if name != SHEET})

    assert report.verdict is Verdict.VALID
    assert [each.rows for each in report.members] == [(), ()]


def test_a_row_that_names_a_sheet_in_the_package_and_is_not_under_its_root_breaks_its_transcript(
    package, sign, school, judged
):
    """The same class, year, subject, teacher and freezing, and another list of pupils."""
    _, other = pupils_of(2)

    report = judged(package | {SHEET: sign(other, school.signers["GVBM-toan"])})

    assert report.verdict is Verdict.BROKEN
    for each in transcripts_in(report):
        assert (each.verdict, each.reasons) == (Verdict.BROKEN, (Reason.CLASS_SHEET_MISMATCH,))


def test_a_sheet_of_other_pupils_says_nothing_of_a_row(package, sign, school, judged):
    """Of a later freezing of the class: those who trained in the summer."""
    _, sheet = pupils_of(3)
    statement = json.loads(sheet.statement) | {"number": 2, "root": "0" * 64}
    later = replace(sheet, number=2, root="0" * 64, statement=rfc8785.dumps(statement))
    file = sign(later, school.signers["GVBM-toan"])

    report = judged({name: one for name, one in package.items() if name != SHEET} | {"later.json": file})

    assert {row.sheet for each in transcripts_in(report) for row in each.rows} <= {None}
    assert {each.verdict for each in transcripts_in(report)} == {Verdict.VALID}


def test_a_sheet_that_is_not_valid_covers_nothing(package, judged):
    changed = json.loads(package[SHEET])
    changed["statement"]["number"] = 2

    report = judged(package | {SHEET: rfc8785.dumps(changed)})

    assert report.verdict is Verdict.BROKEN
    assert [(each.verdict, each.rows) for each in transcripts_in(report)] == [(Verdict.VALID, ())] * 2


def test_a_sheet_alone_in_a_package_is_checked(package, judged):
    assert judged({SHEET: package[SHEET]}).verdict is Verdict.VALID


@pytest.fixture
def bundle(package, signed_paper):
    """What goes to another school with one of the pupils; its paper here is another pupil's, which no index forbids."""
    code, xml = next((PurePath(name).stem, one) for name, one in package.items() if name != SHEET)
    contents = {sha256(one).hexdigest(): one for one in (xml, signed_paper, package[SHEET])}
    of_xml, of_pdf, of_sheet = contents
    file = IssuedFile(transcript_id=identifier(9), school_year=2025, version=1, code=code, xml=of_xml, pdf=of_pdf)
    index = BundleIndex(
        pupil_id=identifier(3), from_unit_id=identifier(1), to_unit_id=identifier(4), files=(file,), sheets=(of_sheet,)
    )
    return pack(index, contents, "roots that nobody has to believe")


def test_a_transfers_bundle_is_checked_whole_with_the_sheets_in_it(bundle, roots):
    report = validate(bundle, trust=roots, at=SIGNED_AT)

    assert (report.verdict, report.reasons) == (Verdict.VALID, ())
    (standing,) = (row.sheet for each in report.members for row in each.rows if row.subject == "toan")
    assert standing in {each.name for each in report.members if each.kind == "class_sheet"}


def test_a_transfers_bundle_without_a_file_of_its_index_is_broken(bundle, roots):
    archive = zipfile.ZipFile(io.BytesIO(bundle))
    left = {name: archive.read(name) for name in archive.namelist() if not name.startswith("bang_ky_lop/")}

    report = validate(zipped(left), trust=roots, at=SIGNED_AT)

    assert (report.verdict, report.reasons) == (Verdict.BROKEN, (Reason.INDEX_MISMATCH,))


def test_hocba_verify_says_which_subjects_stand_on_sheets(package, authority, tmp_path):
    notary = Notary.of(authority)
    lasting = {name: notary.keep_for_long(file) for name, file in package.items()}
    (tmp_path / "goi.zip").write_bytes(zipped(lasting))
    (tmp_path / "root.pem").write_bytes(authority.root.public_bytes(Encoding.PEM))
    given = ["--offline", "--trust", str(tmp_path / "root.pem"), str(tmp_path / "goi.zip")]

    told = json.loads(CliRunner().invoke(verify.command, ["--json", *given]).stdout)
    shown = CliRunner().invoke(verify.command, given).stdout

    *transcripts, sheet = told[0]["members"]
    subjects = len(transcripts[0]["rows"])
    assert (told[0]["verdict"], sheet["kind"], "rows" in sheet) == ("VALID", "class_sheet", False)
    assert [{"subject": "toan", "sheet": SHEET} in each["rows"] for each in transcripts] == [True, True]
    assert shown.count(f"On class sheets in this package: 1 of {subjects} subjects, without") == 2
