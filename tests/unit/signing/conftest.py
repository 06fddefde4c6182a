"""One invented school with its keys, its paper and its document, made once."""

import os
import shutil
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from deploy.outside_checks import PROGRAMS
from services.chassis.objects import Objects
from services.signing import authority as authorities
from services.signing import pdf
from tests.unit.signing import foreign_files, sheet_papers
from tests.unit.signing import school_papers as papers
from tests.unit.signing.timestamp_servers import honest, serving, timestamp_key
from tests.unit.transcript.papers import lower


@pytest.fixture(scope="session")
def authority():
    return authorities.establish(now=papers.SIGNED_AT - timedelta(days=100))


@pytest.fixture(scope="session")
def roots(authority):
    return [authority.root]


@pytest.fixture(scope="session")
def roots_file(authority, tmp_path_factory):
    path = tmp_path_factory.mktemp("roots") / "root.pem"
    path.write_bytes(authority.root.public_bytes(Encoding.PEM))
    return path


@pytest.fixture(scope="session")
def school(authority):
    return papers.School(
        authority=authority, signers={slot: papers.signer_of(slot, authority) for slot in papers.PEOPLE}
    )


@pytest.fixture(scope="session")
def maths():
    """The unsigned class sheet of mathematics."""
    return next(sheet for sheet in sheet_papers.frozen(lower())[1] if sheet.subject == "toan")


@pytest.fixture(scope="session")
def sign(tmp_path_factory):
    """A function that signs a class sheet, as signing does, and gives its file."""
    return partial(sheet_papers.signed_by, Objects(tmp_path_factory.mktemp("objects")))


@pytest.fixture(scope="session")
def signed_sheet(sign, maths, school):
    return sign(maths, school.signers["GVBM-toan"])


@pytest.fixture(scope="session")
def rogue_authority():
    """Calls itself as the real one does, but its root is its own."""
    return authorities.establish(now=papers.SIGNED_AT - timedelta(days=100))


@pytest.fixture(scope="session")
def todays_authority():
    """Of today, as timestamp authorities are asked at the time of their machine."""
    return authorities.establish(now=datetime.now(UTC) - timedelta(days=100))


@pytest.fixture(scope="session")
def timestamps(todays_authority):
    return timestamp_key(todays_authority)


@pytest.fixture
def good(timestamps):
    """A timestamp authority that answers well."""
    with serving(honest(timestamps)) as server:
        yield server


@pytest.fixture(scope="session")
def printed():
    return papers.printed(papers.transcript("Vũ An"))


@pytest.fixture(scope="session")
def paper(printed):
    return pdf.prepare(printed, papers.boxes())


@pytest.fixture(scope="session")
def signed_paper(school, paper):
    return school.sign_paper(paper)


@pytest.fixture(scope="session")
def document():
    return papers.document("Vũ An")


@pytest.fixture(scope="session")
def signed_document(school, document):
    return school.sign_xml(document)


@pytest.fixture(scope="session")
def outside_programs():
    missing = [program for program in PROGRAMS if not shutil.which(program)]
    if missing and "CI" not in os.environ:
        pytest.skip(f"not installed: {missing}")
    assert not missing


@pytest.fixture(scope="module")
def town():
    """Where letters are signed that are none of ours, with an authority of its own."""
    return foreign_files.town()


@pytest.fixture(scope="module")
def hoa(town):
    return town.person("Nguyễn Thị Hoa")


@pytest.fixture(scope="module")
def clock(town):
    return town.clock(foreign_files.NOW)
