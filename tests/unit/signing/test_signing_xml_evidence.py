"""Evidence in XML signatures: one canonical form, digests as the standard builds them, nothing signed is touched."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from deploy.outside_checks import check_xml
from services.signing import publication, xades
from services.signing.evidence import xml
from services.signing.evidence.proof import Level, Proof
from services.signing.evidence.xml import Archive, Evidence
from services.signing.timestamps import read
from tests.unit.signing.timestamp_servers import token_on

SLOT = "GVCN"


@pytest.fixture(scope="module")
def proof(todays_authority, timestamps):
    listed = publication.revocation_list(todays_authority, [], now=datetime.now(UTC))
    return Proof(
        certificates=(timestamps.certificate, *todays_authority.chain),
        lists=(listed, todays_authority.root_list),
        answers=(b"an answer",),
    )


@pytest.fixture
def signature(signed_document):
    """One signature where it stands in its document."""
    return signature_in(signed_document)


def signature_in(document):
    root = etree.fromstring(document)
    (found,) = root.xpath(f"//*[@Id='sig-{SLOT}']")
    return found


def with_evidence(document, evidence):
    return document.replace(_as_it_stands(document), xml.put(_as_it_stands(document), evidence))


def _as_it_stands(document):
    start = document.index(f'<ds:Signature xmlns:ds="{xades.DS}" Id="sig-{SLOT}">'.encode())
    return document[start : document.index(b"</ds:Signature>", start) + len(b"</ds:Signature>")]


def covered(signature):
    (found,) = signature.getroottree().xpath("//THONG_TIN_HOC_BA")
    return xades.canonical(found)


def unsigned_in(document):
    (found,) = signature_in(document).iterfind(f".//{{{xades.XADES}}}UnsignedProperties")
    return found


@pytest.fixture
def forms(proof):
    """Evidence of every level."""
    own = Archive(token=b"archive"), Archive(token=b"archive", proof=proof)
    return {
        Level.B_T: [Evidence(stamp=b"stamp")],
        Level.B_LT: [
            Evidence(stamp=b"stamp", proof=proof),
            Evidence(stamp=b"stamp", proof=Proof(certificates=(b"c",), lists=(b"l",), answers=())),
        ],
        Level.B_LTA: [
            Evidence(stamp=b"stamp", proof=proof, archives=(own[0],)),
            Evidence(stamp=b"stamp", proof=proof, archives=(own[1], own[1], own[0])),
        ],
    }


def test_evidence_of_every_level_is_canonical_where_it_stands_and_is_read_back(signed_document, forms):
    for level, all_evidence in forms.items():
        for evidence in all_evidence:
            document = with_evidence(signed_document, evidence)

            assert xades.canonical(etree.fromstring(document)) == document
            assert (xml.read(unsigned_in(document)), evidence.level) == (evidence, level)


def test_new_evidence_stands_in_place_of_the_old_and_can_be_taken_away_whole(signed_document, forms):
    (low,), high = forms[Level.B_T], forms[Level.B_LTA][1]

    assert with_evidence(with_evidence(signed_document, low), high) == with_evidence(signed_document, high)
    assert with_evidence(signed_document, high).replace(high.write(), b"") == signed_document


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<xades:SignatureTimeStamp>", b'<xades:SignatureTimeStamp Id="a">'),
        (b"</xades:UnsignedSignatureProperties>", b"<xades:Other></xades:Other></xades:UnsignedSignatureProperties>"),
        (b"<xades:EncapsulatedTimeStamp>", b"<xades:EncapsulatedTimeStamp> "),
        (b"20010315", b"20010316"),
    ],
)
def test_evidence_in_another_form_is_refused(signed_document, forms, old, new):
    written = forms[Level.B_T][0].write()
    document = with_evidence(signed_document, forms[Level.B_T][0]).replace(written, written.replace(old, new))

    with pytest.raises(ValueError, match="not in the form"):
        xml.read(unsigned_in(document))


def test_the_first_timestamp_is_on_the_value_of_the_signature(signature):
    """As ETSI EN 319 132-1, 5.3, has it: the element itself, canonical, with the namespaces in scope."""
    text = signature.findtext(f"{{{xades.DS}}}SignatureValue")
    element = f'<ds:SignatureValue xmlns:ds="{xades.DS}">{text}</ds:SignatureValue>'

    assert xml.stamp_digest(signature) == sha256(element.encode()).digest()


def test_an_archive_timestamp_is_on_everything_before_it(signed_document, proof):
    """Each part that is changed, added or left out gives another digest."""
    first = Evidence(stamp=b"stamp", proof=proof)
    second = Evidence(stamp=b"stamp", proof=proof, archives=(Archive(token=b"archive", proof=proof),))
    documents = [with_evidence(signed_document, evidence) for evidence in (first, second)]
    signatures = [signature_in(document) for document in documents]
    digests = [xml.archive_digest(one, covered(one)) for one in signatures]

    assert len(set(digests)) == 2
    assert xml.archive_digest(signatures[1], covered(signatures[1]), before=3) == digests[0]
    assert xml.archive_digest(signatures[0], b"other") not in digests
    for place in (".//{*}SigningTime", "{*}SignatureValue", ".//{*}X509Certificate", ".//{*}EncapsulatedCRLValue"):
        changed = signature_in(documents[0])
        changed.find(place).text += "A"
        assert xml.archive_digest(changed, covered(changed)) not in digests


def test_a_signature_goes_through_all_levels_with_real_timestamps(signed_document, proof, todays_authority, timestamps):
    def seen(evidence):
        return signature_in(with_evidence(signed_document, evidence))

    roots = [todays_authority.root]
    stamp = token_on(xml.stamp_digest(signature_in(signed_document)), timestamps)
    known = Evidence(stamp=stamp, proof=proof)
    archive = token_on(xml.archive_digest(seen(known), covered(seen(known))), timestamps)
    whole = Evidence(stamp=stamp, proof=proof, archives=(Archive(token=archive),))

    found = xml.read(unsigned_in(with_evidence(signed_document, whole)))
    last = seen(whole)

    assert read(found.stamp, xml.stamp_digest(last), roots=roots).at - datetime.now(UTC) < timedelta(minutes=1)
    assert read(found.archives[0].token, xml.archive_digest(last, covered(last), before=3), roots=roots)


def test_xmlsec_verifies_a_document_with_evidence(outside_programs, signed_document, forms, roots_file, tmp_path):
    path = tmp_path / "document.xml"
    path.write_bytes(with_evidence(signed_document, forms[Level.B_LTA][1]))

    assert check_xml(path, roots_file)


def test_proof_is_kept_byte_for_byte(signed_document, proof, todays_authority):
    found = xml.read(unsigned_in(with_evidence(signed_document, Evidence(stamp=b"s", proof=proof))))

    assert found.proof == proof
    assert todays_authority.issuing.public_bytes(Encoding.DER) in found.proof.certificates
