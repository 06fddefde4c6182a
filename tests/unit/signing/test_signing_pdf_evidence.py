"""Evidence after the seal of a paper: every signature stays as it was, and the paper proves itself to others."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator import ValidationContext

from deploy.outside_checks import check_pdf
from services.signing import pdf, publication
from services.signing.evidence.pdf import TOKEN_BYTES, add_proof, draft_timestamp
from services.signing.evidence.proof import Proof
from services.signing.pdf_file import UnsupportedPdf
from services.signing.timestamps import read
from tests.unit.signing import school_papers as papers
from tests.unit.signing.timestamp_servers import token_on

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def sealed(todays_authority, paper):
    """A paper that was signed and sealed an hour ago, by keys of today's authority."""
    until = NOW + timedelta(days=365)
    signers = {slot: papers.signer_of(slot, todays_authority, valid_until=until) for slot in papers.PEOPLE}
    return papers.School(authority=todays_authority, signers=signers).sign_paper(paper, at=NOW - timedelta(hours=1))


@pytest.fixture(scope="module")
def proof(todays_authority, timestamps):
    listed = publication.revocation_list(todays_authority, [], now=NOW)
    return Proof(
        certificates=(timestamps.certificate, *todays_authority.chain),
        lists=(listed, todays_authority.root_list),
        answers=(),
    )


@pytest.fixture(scope="module")
def stamped(timestamps):
    def stamp(file):
        draft = draft_timestamp(file)
        return draft.filled(token_on(draft.digest, timestamps))

    return stamp


@pytest.fixture(scope="module")
def lasting(sealed, proof, stamped):
    """A paper with timestamp, proof, timestamp over the proof, and all that once more."""
    return stamped(add_proof(stamped(add_proof(stamped(sealed), proof)), proof))


@pytest.fixture(scope="module")
def trust(todays_authority):
    return x509.Certificate.load(todays_authority.root.public_bytes(Encoding.DER))


def test_each_addition_leaves_all_earlier_bytes_as_they_are(sealed, proof, stamped):
    by_time = stamped(sealed)
    by_proof = add_proof(by_time, proof)

    assert by_time.startswith(sealed)
    assert by_proof.startswith(by_time)
    assert stamped(by_proof).startswith(by_proof)


def test_a_full_validator_allows_evidence_after_the_seal_and_believes_it(sealed, proof, stamped, lasting, trust):
    for file in (stamped(sealed), add_proof(sealed, proof), lasting):
        reader = PdfFileReader(io.BytesIO(file))
        context = ValidationContext(trust_roots=[trust], allow_fetching=False, revocation_mode="soft-fail")

        signatures = [validate_pdf_signature(one, context) for one in reader.embedded_regular_signatures]
        stamps = [validate_pdf_timestamp(one, context) for one in reader.embedded_timestamp_signatures]

        assert [one.bottom_line for one in signatures] == [True] * 3
        assert all(one.valid and one.intact and one.trusted for one in stamps)
        assert signatures[-1].modification_level.name == "LTA_UPDATES"


def test_a_paper_carries_all_that_shows_that_its_certificates_were_good(lasting, trust):
    """No certificate is believed here without a list in the paper itself; nothing is fetched."""
    reader = PdfFileReader(io.BytesIO(lasting))
    store = DocumentSecurityStore.read_dss(reader)
    context = store.as_validation_context(
        {"trust_roots": [trust], "allow_fetching": False, "revocation_mode": "require"}
    )

    assert all(validate_pdf_signature(one, context).bottom_line for one in reader.embedded_regular_signatures)
    assert all(validate_pdf_timestamp(one, context).trusted for one in reader.embedded_timestamp_signatures)


def test_without_the_proof_the_same_validator_does_not_believe(sealed, stamped, trust):
    reader = PdfFileReader(io.BytesIO(stamped(sealed)))
    context = ValidationContext(trust_roots=[trust], allow_fetching=False, crls=[], revocation_mode="require")

    assert not any(validate_pdf_signature(one, context).bottom_line for one in reader.embedded_regular_signatures)


def test_other_programs_find_the_signatures_as_good_as_before(outside_programs, lasting, todays_authority, tmp_path):
    (tmp_path / "paper.pdf").write_bytes(lasting)
    (tmp_path / "root.pem").write_bytes(todays_authority.root.public_bytes(Encoding.PEM))

    found = check_pdf(tmp_path / "paper.pdf", tmp_path / "root.pem")

    assert found == {"pdfsig": True, "qpdf": True, "openssl": True}


def test_each_timestamp_is_on_all_before_it(sealed, stamped, timestamps, todays_authority):
    draft = draft_timestamp(sealed)
    token = token_on(draft.digest, timestamps)
    file = draft.filled(token)
    (found,) = PdfFileReader(io.BytesIO(file)).embedded_timestamp_signatures

    assert read(found.pkcs7_content[: len(token)], draft.digest, roots=[todays_authority.root])
    assert found.byte_range[2] + found.byte_range[3] == len(file)
    assert draft_timestamp(sealed.replace(b"/Lang(vi)", b"/Lang(en)")).digest != draft.digest


def test_proof_added_later_stands_beside_the_earlier(lasting, sealed, proof):
    once, twice = (
        DocumentSecurityStore.read_dss(PdfFileReader(io.BytesIO(file))) for file in (add_proof(sealed, proof), lasting)
    )

    assert len(once.crls) == 2
    assert len(twice.crls) == 4
    assert [one.get_object().data for one in twice.crls[:2]] == list(proof.lists)


def test_after_the_evidence_nobody_signs_any_more(lasting, sealed, todays_authority):
    signer = papers.signer_of("GVCN", todays_authority)

    for file in (lasting, sealed):
        with pytest.raises(pdf.NotItsTurn):
            pdf.sign(file, "GVCN", signer, at=NOW)


def test_a_token_that_does_not_fit_is_refused(sealed):
    with pytest.raises(UnsupportedPdf):
        draft_timestamp(sealed).filled(b"\x30" * (TOKEN_BYTES + 1))


def test_a_paper_without_our_form_or_with_other_proof_is_refused(printed, sealed, proof):
    with pytest.raises(UnsupportedPdf):
        draft_timestamp(printed)
    with pytest.raises(UnsupportedPdf):
        add_proof(add_proof(sealed, proof).replace(b"/Type/DSS/Certs", b"/Type/DSS/certs"), proof)
