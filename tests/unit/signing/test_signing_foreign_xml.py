"""XML files that other programs signed: what is covered, what is refused, and whom a signature is from."""

import random
import subprocess
from base64 import b64decode, b64encode
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureConstructionMethod, SignatureMethod
from signxml.signer import XMLSigner
from signxml.xades import XAdESSigner

from services.signing.evidence.proof import Level
from services.signing.validation import Reason, Verdict
from services.signing.validation.foreign import is_foreign
from tests.unit.signing import foreign_files as files
from tests.unit.signing.foreign_files import DAY, DS, NOW, XML, sign_xml, validate_xml
from tests.unit.signing.school_papers import SIGNED_AT
from tests.unit.signing.verdicts import validate

MUTATIONS = 2_000
VALID = (Verdict.VALID, set())


@pytest.fixture(scope="module")
def signed(town, hoa):
    return sign_xml(XML, hoa, town)


@pytest.fixture(scope="module")
def stamped(signed, town):
    return files.stamp_xml(signed, town.clock(NOW))


@pytest.fixture(scope="module")
def proven(stamped, town):
    return files.prove_xml(stamped, [town.issuing.der], town.lists())


@pytest.fixture(scope="module")
def lasting(proven, town):
    return files.archive_xml(proven, town.clock(NOW + timedelta(minutes=1), name="Đồng hồ hai"))


@pytest.fixture
def found(town):
    """The verdict and the reasons, with the town's lists of today unless told otherwise."""

    def find(xml, **known):
        report = validate_xml(xml, town.anchors(**known))
        assert (report.code, report.version, report.data) == (None, None, None)
        return report.verdict, set(report.reasons)

    return find


def broken(reason):
    return Verdict.BROKEN, {reason}


def undecided(reason):
    return Verdict.UNDECIDED, {reason}


def test_a_letter_signed_with_xades_is_valid_and_says_who_signed_it_and_when(signed, town):
    (one,) = validate_xml(signed, town.anchors()).signatures

    assert one.slot.startswith("SignXMLSignature")
    assert (one.role, one.holder, one.name) == ("", "", "Nguyễn Thị Hoa")
    assert (one.verdict, one.reason, one.proven_at, one.level) == (Verdict.VALID, None, None, Level.B_B)
    assert abs(one.signed_at - NOW) < timedelta(minutes=50)


def test_a_plain_signature_is_as_good_but_has_no_time_and_no_level(town, hoa):
    (one,) = validate_xml(sign_xml(XML, hoa, town, advanced=False), town.anchors()).signatures

    assert (one.slot, one.verdict, one.signed_at, one.level) == ("1", Verdict.VALID, None, None)


def test_a_signature_on_a_curve_is_as_good(found, town):
    curved = town.person("Lê Thị Mơ", own_key=ec.generate_private_key(ec.SECP256R1()))

    assert found(sign_xml(XML, curved, town, signature_algorithm=SignatureMethod.ECDSA_SHA256)) == VALID


@pytest.mark.parametrize(
    "c14n",
    [CanonicalizationMethod.CANONICAL_XML_1_1, CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0],
)
def test_other_canonical_forms_will_do(found, town, hoa, c14n):
    assert found(sign_xml(XML, hoa, town, c14n=c14n, advanced=False)) == VALID


def test_timestamps_and_proof_raise_the_level(town, signed, stamped, proven, lasting):
    levels = {Level.B_B: signed, Level.B_T: stamped, Level.B_LT: proven, Level.B_LTA: lasting}
    for level, xml in levels.items():
        (one,) = validate_xml(xml, town.anchors(at=NOW + DAY)).signatures
        assert (one.verdict, one.level) == (Verdict.VALID, level)
        assert one.proven_at == (None if level is Level.B_B else NOW)


def test_a_file_with_its_proof_needs_no_lists_of_the_callers(found, proven, stamped):
    assert found(proven, lists=()) == VALID
    assert found(stamped, lists=()) == undecided(Reason.REVOCATION_UNKNOWN)


def test_an_answer_about_the_certificate_proves_as_much_as_a_list(found, stamped, town, hoa):
    of_root = town.lists()[:1]
    since = files.Town(town.root, town.issuing, {hoa.certificate.serial_number: NOW - DAY})
    good, bad = (files.prove_xml(stamped, [town.issuing.der], of_root, (each.answer(hoa),)) for each in (town, since))

    assert found(good, lists=()) == VALID
    assert found(good, lists=since.lists()) == broken(Reason.CERTIFICATE_REVOKED)  # whoever knows of it
    assert found(bad, lists=town.lists()) == broken(Reason.CERTIFICATE_REVOKED)


def test_a_timestamp_of_another_signature_is_refused(found, stamped, town, hoa):
    token = _text(stamped, "EncapsulatedTimeStamp")
    other = files.stamp_xml(sign_xml(XML, hoa, town), town.clock(NOW))

    assert found(other.replace(_text(other, "EncapsulatedTimeStamp"), token)) == broken(Reason.TIMESTAMP_BROKEN)


def test_proof_changed_under_an_archive_timestamp_is_found(found, lasting, town):
    changed = lasting.replace(b64encode(town.lists()[0]), b64encode(town.lists(days=20)[0]))

    assert changed != lasting
    assert found(changed, at=NOW + DAY) == broken(Reason.TIMESTAMP_BROKEN)


def test_after_the_certificate_has_ended_only_a_timestamp_helps(found, signed, proven):
    later = NOW + 200 * DAY

    assert found(signed, at=later) == undecided(Reason.NO_PROOF_OF_TIME)
    assert found(proven, at=later, lists=()) == VALID


def test_a_revocation_counts_by_what_is_proven_of_the_time(town, hoa, signed, stamped):
    cases = {
        (signed, -1): (Verdict.BROKEN, (Reason.CERTIFICATE_REVOKED,)),
        (signed, 5): (Verdict.UNDECIDED, (Reason.REVOKED_UNPROVEN,)),
        (stamped, 5): (Verdict.VALID, ()),
    }
    for (xml, days), expected in cases.items():
        since = files.Town(town.root, town.issuing, {hoa.certificate.serial_number: NOW + days * DAY})
        report = validate_xml(xml, since.anchors(at=NOW + 20 * DAY))

        assert (report.verdict, report.reasons) == expected


def test_a_certificate_that_is_not_for_signing_documents_is_refused(found, town):
    server = town.person("Máy chủ", for_=(ExtendedKeyUsageOID.SERVER_AUTH,))

    assert found(sign_xml(XML, server, town)) == broken(Reason.CERTIFICATE_PURPOSE)


def test_a_certificate_of_an_unknown_authority_is_not_trusted(found):
    other = files.town("Bản Khác")

    assert found(sign_xml(XML, other.person("Hoa"), other)) == undecided(Reason.CERTIFICATE_UNTRUSTED)


def test_the_certificate_must_be_the_one_that_was_signed(found, signed, town, hoa):
    """XAdES names the certificate in what is signed: another for the same key does not do."""
    twin = town.person("Nguyễn Thị Hoa", own_key=hoa.key)
    theirs = _text(signed, "X509Certificate")

    assert found(signed.replace(theirs, b64encode(twin.der)))[0] is Verdict.BROKEN


def test_a_part_or_every_part_may_be_covered(found, town, hoa):
    assert found(sign_xml(XML, hoa, town, uris=["nguoi"])) == undecided(Reason.COVERS_PART)
    assert found(sign_xml(XML, hoa, town, uris=["nguoi", "noi"])) == VALID
    assert found(sign_xml(XML.replace("<giay>", "<giay so='7'>"), hoa, town, uris=["nguoi", "noi"])) == undecided(
        Reason.COVERS_PART
    )


def test_a_covered_part_still_says_who_signed_it(town, hoa):
    (one,) = validate_xml(sign_xml(XML, hoa, town, uris=["nguoi"]), town.anchors()).signatures

    assert (one.name, one.reason, one.level) == ("Nguyễn Thị Hoa", Reason.COVERS_PART, Level.B_B)


def test_a_root_covered_by_its_id_is_the_whole(found, town, hoa):
    whole = sign_xml(XML.replace("<giay>", "<giay Id='giay'>"), hoa, town, uris=["giay"])

    assert b'URI="#giay"' in whole
    assert found(whole) == VALID
    assert found(whole.replace(b'URI="#giay"', b'URI=""')) == broken(Reason.SIGNATURE_MISMATCH)


def test_two_people_who_signed_a_part_each_are_both_named(town, hoa):
    binh = town.person("Trần Văn Bình")
    once = sign_xml(XML, hoa, town, uris=["nguoi"], advanced=False)
    twice = _with_second(once, sign_xml(XML, binh, town, uris=["noi"], advanced=False))
    report = validate_xml(twice, town.anchors())

    assert [(one.name, one.reason) for one in report.signatures] == [
        ("Nguyễn Thị Hoa", Reason.COVERS_PART),
        ("Trần Văn Bình", Reason.COVERS_PART),
    ]


def test_a_signature_beside_what_it_covers_is_valid_when_that_is_all(found, town, hoa):
    apart = etree.fromstring("<ho-so><noi Id='noi'>Bản Mây</noi></ho-so>")
    made = XMLSigner(method=SignatureConstructionMethod.detached, c14n_algorithm=files.INCLUSIVE)
    signature = made.sign(apart, key=hoa.key, cert=[hoa.certificate, town.issuing.certificate], reference_uri="#noi")
    apart.append(signature)

    assert found(etree.tostring(apart)) == VALID


def test_a_signature_around_what_it_covers_is_valid(found, town, hoa):
    made = XMLSigner(method=SignatureConstructionMethod.enveloping, c14n_algorithm=files.INCLUSIVE)
    signature = made.sign(etree.fromstring(XML), key=hoa.key, cert=[hoa.certificate, town.issuing.certificate])

    assert found(etree.tostring(signature)) == VALID


def test_a_signature_with_an_id_around_what_it_covers_is_valid_too(found, town, hoa):
    made = XAdESSigner(method=SignatureConstructionMethod.enveloping, c14n_algorithm=files.INCLUSIVE)
    signature = made.sign(etree.fromstring(XML), key=hoa.key, cert=[hoa.certificate, town.issuing.certificate])

    assert signature.get("Id")
    assert found(etree.tostring(signature)) == VALID


def test_other_words_are_found(found, signed):
    assert found(signed.replace(b"<nguoi ", b"<nguoi a='1' ")) == broken(Reason.DIGEST_MISMATCH)
    assert found(signed.replace(b"B&#7843;n", b"B&#7842;n")) == broken(Reason.DIGEST_MISMATCH)
    assert found(_without(signed, "noi")) == broken(Reason.DIGEST_MISMATCH)


def test_a_signature_cannot_be_moved_to_other_words(found, signed, town, hoa):
    other = sign_xml(XML.replace("Vũ An", "Vũ Ân"), hoa, town)
    theirs, ours = (_text(each, "SignatureValue") for each in (signed, other))

    assert found(other.replace(ours, theirs)) == broken(Reason.SIGNATURE_MISMATCH)


def test_what_was_signed_cannot_be_wrapped_away(found, town, hoa):
    """The signed part moves aside with its Id, and other words take its place."""
    signed = sign_xml(XML, hoa, town, uris=["nguoi", "noi"])
    part = b'<nguoi Id="nguoi">V&#361; An</nguoi>'
    other = '<nguoi Id="khac">Vũ Ân</nguoi>'.encode()

    assert part in signed
    assert found(signed.replace(part, other + b"<cu>" + part + b"</cu>")) == undecided(Reason.COVERS_PART)
    assert found(signed.replace(part, other.replace(b"khac", b"nguoi") + part)) == broken(Reason.DUPLICATE_ID)
    hidden = signed.replace(part, other).replace(
        b"</ds:Signature>", b"<ds:Object>" + part + b"</ds:Object></ds:Signature>"
    )
    assert found(hidden)[0] is not Verdict.VALID


def test_two_ids_of_other_spelling_are_refused_where_one_is_signed(found, town, hoa):
    twice = sign_xml(XML, hoa, town, uris=["nguoi"]).replace(b'<noi Id="noi"', b'<noi id="nguoi"')

    assert found(twice) == broken(Reason.DUPLICATE_ID)


def test_words_hidden_in_a_signature_are_refused(found, signed, town):
    added = b"<ds:Object>kh&#225;c</ds:Object></ds:Signature>"
    keyed = b"<ds:KeyInfo><x xmlns='urn:x'>kh&#225;c</x>"

    assert found(signed.replace(b"</ds:Signature>", added)) == broken(Reason.STRUCTURE)
    plain = sign_xml(XML, town.person("Hoa"), town, advanced=False)
    assert b"<ds:KeyInfo>" in plain
    assert found(plain.replace(b"<ds:KeyInfo>", keyed)) == broken(Reason.STRUCTURE)


def test_what_a_canonical_form_leaves_out_is_not_covered(found, signed):
    assert found(signed.replace(b"<noi ", b"<!-- kh&#225;c --><noi ")) == undecided(Reason.COVERS_PART)
    assert found(b"<!-- kh&#225;c -->" + signed) == undecided(Reason.COVERS_PART)
    assert found(signed + b"<!-- kh&#225;c -->") == undecided(Reason.COVERS_PART)
    assert found(b"<?xml-stylesheet href='other.xsl'?>" + signed)[0] is Verdict.BROKEN
    assert found(signed + b"<?xml-stylesheet href='other.xsl'?>") == broken(Reason.STRUCTURE)


@pytest.mark.parametrize(
    "head",
    [
        b"<!DOCTYPE giay>",
        b'<!DOCTYPE giay [<!ENTITY a "b">]>',
        b'<!DOCTYPE giay SYSTEM "http://127.0.0.1:9/a.dtd">',
    ],
)
def test_a_document_type_is_refused(found, signed, head):
    assert found(head + signed) == broken(Reason.STRUCTURE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"xmldsig-more#rsa-sha256", b"xmldsig-more#hmac-sha256"),
        (b"2001/04/xmldsig-more#rsa-sha256", b"2000/09/xmldsig#rsa-sha1"),
        (b"2001/04/xmlenc#sha256", b"2000/09/xmldsig#sha1"),
        (b"2000/09/xmldsig#enveloped-signature", b"TR/1999/REC-xslt-19991116"),
        (b"2000/09/xmldsig#enveloped-signature", b"TR/1999/REC-xpath-19991116"),
        (b"2000/09/xmldsig#enveloped-signature", b"2000/09/xmldsig#base64"),
        (b'URI=""', b'URI="http://127.0.0.1:9/"'),
        (b'URI=""', b'URI="#xpointer(/)"'),
        (b'URI=""', b'URI="file:///etc/passwd"'),
    ],
)
def test_an_algorithm_or_an_address_that_is_not_accepted_is_refused(found, signed, old, new):
    assert old in signed
    assert found(signed.replace(old, new)) == broken(Reason.ALGORITHM)


def test_a_weak_hash_is_refused_though_the_signature_is_right(found, town, hoa, monkeypatch):
    monkeypatch.setattr(XMLSigner, "check_deprecated_methods", lambda _self: None)
    weak = sign_xml(XML, hoa, town, advanced=False, digest_algorithm=DigestAlgorithm.SHA1)

    assert found(weak) == broken(Reason.ALGORITHM)


def test_a_key_that_is_too_short_is_refused(found, town):
    weak = town.person("Hoa", own_key=files.weak_key())

    assert found(sign_xml(XML, weak, town)) == broken(Reason.ALGORITHM)


def test_a_signature_of_too_many_references_is_refused(found, town, hoa):
    many = "".join(f"<noi Id='noi-{number}'/>" for number in range(30))

    assert found(sign_xml(f"<giay>{many}</giay>", hoa, town, uris=[f"noi-{number}" for number in range(30)])) == broken(
        Reason.TOO_LARGE
    )


def test_more_timestamps_than_anybody_needs_are_refused(found, signed, town):
    clock = town.clock(NOW)
    for _ in range(21):
        signed = files.stamp_xml(signed, clock)

    assert found(signed) == broken(Reason.TOO_LARGE)


def test_what_is_no_readable_file_or_not_signed_says_so(found, signed):
    assert found(XML.encode()) == undecided(Reason.NOT_SIGNED)
    for junk in (b"", b"giay", b"<giay>", signed[:-9], signed.decode().encode("utf-16")):
        assert found(junk)[0] is Verdict.BROKEN
    assert found(b"<a>" + b" " * 5_000_000 + b"</a>") == broken(Reason.TOO_LARGE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<nguoi Id", b"<nguoi  Id"),
        (b"<nguoi Id", b"<nguoi\tId"),
        (b"<nguoi Id", b"<nguoi\nId"),
        (b"</giay>", b"</giay\t>"),
        (b"</giay>", b"</giay> "),
    ],
)
def test_blanks_as_nobody_writes_them_are_refused(found, signed, old, new):
    """They change no canonical form, so no signature finds them; but a damaged file is not the one that was signed."""
    assert old in signed
    assert found(signed.replace(old, new, 1)) == broken(Reason.NOT_CANONICAL)


def test_files_as_other_programs_write_them_are_read(found, town, hoa, signed):
    declared = b'<?xml version="1.0" encoding="UTF-8" standalone="no"?>\r\n' + signed + b"\n"
    marked = b"\xef\xbb\xbf" + signed
    over_lines = sign_xml("<giay a='1'\n      b='2'>\n  <noi>Bản Mây</noi>\n</giay>", hoa, town)
    on_lines = over_lines.replace(b'<giay a="1" b="2"', b'<giay a="1"\n      b="2"')

    assert on_lines != over_lines
    for xml in (declared, marked, over_lines, on_lines):
        assert found(xml) == VALID


def test_no_letter_with_a_changed_byte_is_valid(signed, stamped, town):
    """Half of the new bytes are such as the file has anyway, so that not all fail at the first look.

    The canonical form hides how tags, ends of lines and base64 are spelt: one spelling of each is let through. What the
    signature does not cover is judged: certificates are vouched for, timestamps right in themselves, the signature's Id
    is the one that its properties name. What is left is an Id that nothing names, in a plain signature without
    properties: another means as little.
    """
    dice = random.Random(2026)  # noqa: S311 - the same mutations in every run
    anchors = town.anchors()
    for xml, count in ((signed, MUTATIONS), (stamped, MUTATIONS)):
        for number in range(count):
            changed = bytearray(xml)
            place = dice.randrange(len(xml))
            changed[place] = dice.choice(xml) if number % 2 else dice.randrange(256)
            if changed != xml:
                assert validate_xml(bytes(changed), anchors).verdict is not Verdict.VALID


def test_no_list_with_a_changed_byte_proves_anything(proven, town):
    """Proof that no timestamp covers may be changed; as each list is signed, that takes proof away and adds none."""
    dice = random.Random(2028)  # noqa: S311 - the same mutations in every run
    start, end = proven.index(b"<xades:CRLValues>"), proven.index(b"</xades:CRLValues>")
    for number in range(MUTATIONS // 10):
        changed = bytearray(proven)
        place = dice.randrange(start, end)
        changed[place] = dice.choice(proven) if number % 2 else dice.randrange(256)
        if changed != proven:
            assert validate_xml(bytes(changed), town.anchors(lists=())).verdict is not Verdict.VALID


def test_no_changed_document_of_ours_becomes_valid_as_a_strangers_letter(signed_document, roots):
    dice = random.Random(2027)  # noqa: S311 - the same mutations in every run
    for number in range(MUTATIONS // 2):  # as many of its PDF
        changed = bytearray(signed_document)
        place = dice.randrange(len(changed))
        changed[place] = dice.choice(signed_document) if number % 2 else dice.randrange(256)
        if changed != signed_document:
            assert validate(bytes(changed), trust=roots, at=SIGNED_AT).verdict is not Verdict.VALID


def test_what_bears_a_mark_of_ours_is_never_a_strangers_letter(signed, signed_document, document, school, town):
    ours = school.signers["GVCN"]
    person = files.Person(certificate=x509.load_der_x509_certificate(ours.certificate), key=ours.key)
    prefixed = signed_document.replace(b"<HOC_BA>", b'<x:HOC_BA xmlns:x="urn:x">').replace(b"</HOC_BA>", b"</x:HOC_BA>")

    assert is_foreign(signed)
    assert not is_foreign(signed_document)
    assert not is_foreign(document)
    assert not is_foreign(prefixed)
    assert not is_foreign(sign_xml(XML, person, town))
    assert not is_foreign(document.decode().encode("utf-16"))
    assert not is_foreign(b"neither XML nor PDF")


def test_validate_takes_a_strangers_letter_for_one(signed, town):
    report = validate(signed, trust=[town.root.certificate], at=files.JUDGED)

    assert (report.kind, report.verdict, report.reasons) == ("xml", Verdict.VALID, ())
    assert report.code is None


def test_xmlsec1_sees_the_same_signatures_right_and_wrong(outside_programs, signed, town, hoa, tmp_path):
    plain = sign_xml(XML, hoa, town, advanced=False)
    (tmp_path / "root.pem").write_bytes(town.root.certificate.public_bytes(Encoding.PEM))
    cases = {plain: True, signed: True, plain.replace(b"<nguoi ", b"<nguoi a='1' "): False, _other(signed): False}
    for xml, right in cases.items():
        (tmp_path / "letter.xml").write_bytes(xml)
        command = ["xmlsec1", "--verify", "--enabled-key-data", "x509", "--trusted-pem", tmp_path / "root.pem"]
        command += ["--id-attr:Id", f"{files.XADES}:SignedProperties", "--id-attr:Id", f"{DS}:KeyInfo"]
        done = subprocess.run([*command, tmp_path / "letter.xml"], capture_output=True, check=False)

        assert (done.returncode == 0) is right
        assert (validate_xml(xml, town.anchors()).verdict is Verdict.VALID) is right


def _other(xml: bytes) -> bytes:
    """With the first bit of the signature's value turned over."""
    value = _text(xml, "SignatureValue")
    octets = b64decode(value)

    return xml.replace(value, b64encode(bytes([octets[0] ^ 0x80]) + octets[1:]))


def _text(xml: bytes, name: str) -> bytes:
    """What stands in the first element of this name, as the file writes it."""
    found = next(each for each in etree.fromstring(xml).iter("{*}*") if etree.QName(each).localname == name)
    return found.text.encode()


def _without(xml: bytes, name: str) -> bytes:
    root = etree.fromstring(xml)
    root.remove(root.find(name))
    return etree.tostring(root)


def _with_second(first: bytes, second: bytes) -> bytes:
    root = etree.fromstring(first)
    root.append(etree.fromstring(second).find(f"{{{DS}}}Signature"))
    return etree.tostring(root)
