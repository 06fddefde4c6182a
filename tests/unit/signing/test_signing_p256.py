"""Keys on the curve P-256 beside RSA: the same papers, the same verdicts, accepted by programs of others."""

import random
import re

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from deploy.outside_checks import check_pdf, check_xml
from services.signing import algorithms, pdf, xml
from services.signing.algorithms import P256_ORDER, UnsupportedKey
from services.signing.validation import Reason, Verdict
from tests.unit.signing import school_papers as papers
from tests.unit.signing.school_papers import SIGNED_AT
from tests.unit.signing.verdicts import validate_pdf, validate_xml

P256 = ec.SECP256R1()


@pytest.fixture(scope="module")
def school(authority):
    """A school whose people have P-256 keys and whose seal is RSA, as smart cards and older tokens are."""
    curved = {slot: papers.signer_of(slot, authority, key=ec.generate_private_key(P256)) for slot in papers.PEOPLE}
    seal = papers.signer_of("KY_PHAT_HANH", authority)
    return papers.School(authority=authority, signers=curved | {"KY_PHAT_HANH": seal})


@pytest.fixture(scope="module")
def signed_paper(school, paper):
    return school.sign_paper(paper)


@pytest.fixture(scope="module")
def signed_document(school, document):
    return school.sign_xml(document)


def test_what_is_signed_on_the_curve_is_valid(signed_paper, signed_document, roots):
    assert validate_pdf(signed_paper, trust=roots, at=SIGNED_AT).verdict is Verdict.VALID
    assert validate_xml(signed_document, trust=roots, at=SIGNED_AT).verdict is Verdict.VALID
    assert signed_document.count(b"#ecdsa-sha256") == len(papers.PEOPLE) - 1


def test_programs_of_others_accept_it(outside_programs, signed_paper, signed_document, roots_file, tmp_path):
    (tmp_path / "paper").write_bytes(signed_paper)
    (tmp_path / "document").write_bytes(signed_document)

    assert check_pdf(tmp_path / "paper", roots_file) == {"pdfsig": True, "qpdf": True, "openssl": True}
    assert check_xml(tmp_path / "document", roots_file)


def test_signatures_of_every_length_fit_into_the_paper(school, paper, roots):
    """The DER of an ECDSA signature has 70 bytes, now and then fewer."""
    signer = school.signers["GVCN"]
    draft = pdf.draft(paper, "GVCN", signer.credential, at=SIGNED_AT)
    signed = [draft.signed(signer.sign([draft.digest_to_sign()])[0]) for _ in range(300)]

    assert len({len(one) for one in signed}) == 1
    assert len({one.rstrip(b"0") for one in (re.findall(rb"/Contents<([0-9a-f]+)>", one)[-1] for one in signed)}) > 1
    verdicts = [validate_pdf(one, trust=roots, at=SIGNED_AT).signatures[0].verdict for one in signed[:20]]
    assert set(verdicts) == {Verdict.VALID}


def test_no_paper_and_no_document_with_a_changed_byte_is_valid(signed_paper, signed_document, roots):
    dice = random.Random(2026)  # noqa: S311 - the same mutations in every run
    for original, validate in ((signed_paper, validate_pdf), (signed_document, validate_xml)):
        for _ in range(150):
            changed = bytearray(original)
            changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)

            assert validate(bytes(changed), trust=roots, at=SIGNED_AT).verdict is not Verdict.VALID


def test_the_zeros_behind_a_signature_are_not_free(signed_paper, roots):
    changed = signed_paper.replace(b"00>", b"01>", 1)

    assert changed != signed_paper
    assert validate_pdf(changed, trust=roots, at=SIGNED_AT).verdict is Verdict.BROKEN


def test_the_other_of_two_equivalent_signatures_is_refused(school, document, roots):
    """(r, n - s) satisfies the same equation: who could swap them could give one document two files."""
    statements = xml.prepare(document, [(slot, one.credential) for slot, one in school.signers.items()], at=SIGNED_AT)
    made = {
        slot: statement.signature(school.signers[slot].sign([statement.digest_to_sign()])[0])
        for slot, statement in statements.items()
    }
    signer, statement = school.signers["GVCN"], statements["GVCN"]
    (value,) = signer.sign([statement.digest_to_sign()])
    other = value[:32] + (P256_ORDER - int.from_bytes(value[32:], "big")).to_bytes(32, "big")

    signer.key.public_key().verify(algorithms.der(other), statement.to_sign(), ec.ECDSA(algorithms.hashes.SHA256()))
    report = validate_xml(xml.splice(document, made | {"GVCN": statement.signature(other)}), trust=roots, at=SIGNED_AT)
    assert report.reasons == (Reason.SIGNATURE_MISMATCH,)
    assert algorithms.lower(other) == value


@pytest.mark.parametrize(
    "key",
    [
        lambda: ec.generate_private_key(ec.SECP384R1()),
        lambda: ec.generate_private_key(ec.SECP256K1()),
        lambda: rsa.generate_private_key(public_exponent=65537, key_size=1024),  # noqa: S505 - that is the point
    ],
    ids=["P-384", "secp256k1", "RSA-1024"],
)
def test_other_keys_do_not_sign(authority, document, key):
    signer = papers.signer_of("GVCN", authority, key=key())

    with pytest.raises(UnsupportedKey):
        xml.sign(document, [("GVCN", signer)], at=SIGNED_AT)
