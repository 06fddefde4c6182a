"""Bundles and verdicts: the same bytes for the same content, and no file imported that is not what it should be."""

import hashlib
import io
import zipfile
from dataclasses import replace
from uuid import UUID

import pytest

from services.contracts.gradebook.results import PromotionV1
from services.contracts.signing.checking import FileReport
from services.contracts.transcript import IssuedFile
from services.contracts.transfer import TransferState as State
from services.contracts.verdicts import Verdict
from services.transfer import bundle, domain
from services.transfer.bundle import BundleIndex
from services.transfer.errors import (
    BundleDamaged,
    FileBroken,
    LinkCancelled,
    LinkExpired,
    LinkUsed,
    NobodyOffered,
    NotEnrolled,
    NotPromoted,
    NotYetDecided,
    YearNotIssued,
)

XML, PDF = b"<hocBa/>", b"%PDF-1.7"
CODE = "0123456789ABCDEFGHJKMNPQRS"


@pytest.fixture
def index() -> BundleIndex:
    file = IssuedFile(
        transcript_id=UUID(int=1), school_year=2024, version=1, code=CODE, xml=_sha256(XML), pdf=_sha256(PDF)
    )
    return BundleIndex(pupil_id=UUID(int=2), from_unit_id=UUID(int=3), to_unit_id=UUID(int=4), files=(file,))


@pytest.fixture
def contents() -> dict[str, bytes]:
    return {_sha256(XML): XML, _sha256(PDF): PDF}


def test_the_same_transcripts_make_the_same_bundle(index, contents):
    assert bundle.pack(index, contents, "roots") == bundle.pack(index, contents, "roots")


def test_a_stranger_finds_the_index_the_roots_and_the_files_by_year_and_code(index, contents):
    with zipfile.ZipFile(io.BytesIO(bundle.pack(index, contents, "roots"))) as archive:
        names = archive.namelist()

    assert names == ["index.json", "roots.pem", f"2024/{CODE}.xml", f"2024/{CODE}.pdf"]


def test_a_bundle_is_opened_as_it_was_packed(index, contents):
    opened = bundle.unpack(bundle.pack(index, contents, "roots"))

    assert (opened.index, opened.contents) == (index, contents)


def test_a_file_that_differs_from_the_index_spoils_the_bundle(index, contents):
    altered = contents | {_sha256(PDF): b"%PDF-1.7 with better marks"}

    with pytest.raises(BundleDamaged, match=r"2024/.*\.pdf"):
        bundle.unpack(bundle.pack(index, altered, "roots"))


def test_class_sheets_go_along_by_their_hash_and_are_held_to_it(index, contents):
    sheet = b'{"signature":"","statement":{}}'
    index = replace(index, sheets=(_sha256(sheet),))
    opened = bundle.unpack(bundle.pack(index, contents | {_sha256(sheet): sheet}, "roots"))

    assert opened.contents[_sha256(sheet)] == sheet
    with pytest.raises(BundleDamaged, match=r"bang_ky_lop/.*\.json"):
        bundle.unpack(bundle.pack(index, contents | {_sha256(sheet): b"another sheet"}, "roots"))


def test_a_missing_file_spoils_the_bundle(index, contents):
    buffer = io.BytesIO(bundle.pack(index, contents, "roots"))
    with zipfile.ZipFile(buffer) as whole, zipfile.ZipFile(rest := io.BytesIO(), "w") as archive:
        archive.writestr("index.json", whole.read("index.json"))

    with pytest.raises(BundleDamaged, match=r"2024/.*\.xml"):
        bundle.unpack(rest.getvalue())


def test_valid_files_of_the_right_transcript_may_be_imported(index):
    domain.check_reports(index.files, [_report(), _report()])


@pytest.mark.parametrize(
    "report",
    [
        {"verdict": Verdict.BROKEN},
        {"verdict": Verdict.REVOKED},
        {"code": "another"},
        {"version": 2},
        {"code": None},
    ],
)
def test_a_file_that_is_broken_or_another_transcripts_is_not_imported(index, report):
    with pytest.raises(FileBroken):
        domain.check_reports(index.files, [_report(), _report(**report)])


def test_a_verdict_that_is_open_is_waited_for(index):
    with pytest.raises(NotYetDecided):
        domain.check_reports(index.files, [_report(verdict=Verdict.UNDECIDED, code=None), _report()])


def test_a_broken_file_is_not_waited_for_because_of_an_open_one(index):
    with pytest.raises(FileBroken):
        domain.check_reports(index.files, [_report(verdict=Verdict.UNDECIDED), _report(verdict=Verdict.BROKEN)])


def test_a_link_is_the_same_with_and_without_dashes_and_capitals():
    assert domain.hash_link("abcd-efgh") == domain.hash_link("ABCDEFGH")


@pytest.mark.parametrize(
    ("pupil", "is_issued", "why"),
    [
        ({}, True, None),
        ({"promotion": None}, True, None),
        ({"promotion": "NOT_PROMOTED"}, True, NotPromoted),
        ({"promotion": "SUMMER_TRAINING"}, False, NotPromoted),
        ({"promotion": ""}, True, NotPromoted),
        ({}, False, YearNotIssued),
        ({"is_enrolled": False}, True, NotEnrolled),
    ],
)
def test_with_a_cohort_go_those_who_are_promoted_and_have_the_years_transcript(pupil, is_issued, why):
    known = PromotionV1(**{"pupil_id": UUID(int=2), "is_enrolled": True, "promotion": "PROMOTED"} | pupil)

    found = domain.why_not_offered(known, 2024, is_issued=is_issued)

    assert found is None if why is None else isinstance(found, why)


@pytest.mark.parametrize(
    ("states", "why"),
    [
        ({State.COMPLETED, State.CANCELLED}, LinkUsed),
        ({State.CANCELLED, State.REFUSED}, LinkCancelled),
        ({State.CANCELLED, State.EXPIRED}, LinkExpired),
        ({State.OFFERED}, LinkExpired),
        ({State.REFUSED}, NobodyOffered),
    ],
)
def test_a_dead_link_says_what_became_of_those_under_it(states, why):
    assert isinstance(domain.why_link_is_dead(states), why)


def _report(**changes) -> FileReport:
    found = {"kind": "PDF", "verdict": Verdict.VALID, "reasons": (), "code": CODE, "version": 1, "signatures": ()}
    return FileReport(**found | changes)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
