"""Class sheets that last: timestamps and proof in the CMS count when certificates have ended, and hide nothing."""

import json
import random
import subprocess
from base64 import b64decode, b64encode
from datetime import timedelta
from hashlib import sha256

import pytest
import rfc8785
from asn1crypto import cms, core, tsp
from cryptography.hazmat.primitives.asymmetric import ec

from services.contracts.signing.revocation import RevocationReason
from services.signing.evidence import cades
from services.signing.evidence.proof import Level
from services.signing.publication import Revoked
from services.signing.validation import Known, Reason, Verdict
from services.signing.validation.class_sheet import read_class_sheet
from tests.unit.signing import school_papers as papers
from tests.unit.signing.lasting_papers import HOUR, Notary, own_certificate
from tests.unit.signing.school_papers import SIGNED_AT
from tests.unit.signing.sheet_papers import mutated
from tests.unit.signing.verdicts import validate_class_sheet

LATER = SIGNED_AT + timedelta(days=1)
ENDED = SIGNED_AT + timedelta(days=1000)  # the teacher's certificate has
BROKEN = (Verdict.BROKEN, (Reason.EVIDENCE_MALFORMED,))


@pytest.fixture(scope="module")
def notary(authority):
    return Notary.of(authority)


@pytest.fixture(scope="module")
def lasting(notary, signed_sheet):
    return notary.keep_for_long(signed_sheet)


@pytest.fixture(scope="module", params=["lists", "answers"])
def either(request, authority, signed_sheet, lasting):
    """A lasting sheet whose proof is its issuer's list, or answers about its certificates."""
    return lasting if request.param == "lists" else Notary.of(authority, answers=True).keep_for_long(signed_sheet)


@pytest.fixture
def judged(roots):
    def judge(file, at=LATER):
        return validate_class_sheet(file, trust=roots, at=at)

    return judge


@pytest.fixture
def judged_alone(roots):
    """By the file alone: nobody is asked about certificates."""

    def judge(file, at=LATER):
        return read_class_sheet(file, roots=roots).report(Known(at=at))

    return judge


def signature_in(file):
    return b64decode(json.loads(file)["signature"])


def with_signature(file, der):
    return rfc8785.dumps({**json.loads(file), "signature": b64encode(der).decode()})


def signer_of(der):
    return cms.ContentInfo.load(der)["content"]["signer_infos"][0]


def test_a_sheet_goes_through_all_levels_and_says_so(signed_sheet, notary, judged):
    stamped = notary.stamp(signed_sheet)
    proven = notary.prove(stamped)
    files = {
        Level.B_B: signed_sheet,
        Level.B_T: stamped,
        Level.B_LT: proven,
        Level.B_LTA: notary.stamp(proven, SIGNED_AT + 3 * HOUR),
    }

    for level, file in files.items():
        report = judged(file)
        assert (report.verdict, report.signatures[0].level) == (Verdict.VALID, level)
        assert report.signatures[0].proven_at == (None if level is Level.B_B else SIGNED_AT + HOUR)
        assert report.data == judged(signed_sheet).data


def test_after_the_certificates_end_only_a_sheet_that_was_stamped_before_is_valid(signed_sheet, notary, judged):
    too_late = notary.stamp(signed_sheet, ENDED - HOUR)

    assert judged(notary.stamp(signed_sheet), ENDED).verdict is Verdict.VALID
    for file in (signed_sheet, too_late):
        report = judged(file, ENDED)
        assert (report.verdict, report.reasons) == (Verdict.UNDECIDED, (Reason.NO_PROOF_OF_TIME,))


def test_a_sheet_with_proof_needs_nobody_to_ask(signed_sheet, notary, either, judged_alone):
    assert judged_alone(either).verdict is Verdict.VALID
    assert judged_alone(either, ENDED).verdict is Verdict.VALID
    for file in (signed_sheet, notary.stamp(signed_sheet)):
        assert judged_alone(file).reasons == (Reason.REVOCATION_UNKNOWN,)


def test_a_renewed_sheet_outlives_the_first_authority_for_timestamps(signed_sheet, authority, judged_alone):
    first = Notary.of(authority, valid_until=SIGNED_AT + timedelta(days=100))
    second, third = Notary.of(authority), Notary.of(authority)
    kept = first.keep_for_long(signed_sheet)
    renewed = third.renew(second.renew(kept, SIGNED_AT + timedelta(days=90)), SIGNED_AT + timedelta(days=95))

    assert judged_alone(kept, ENDED).verdict is Verdict.UNDECIDED
    report = judged_alone(renewed, ENDED)
    assert (report.verdict, report.signatures[0].level) == (Verdict.VALID, Level.B_LTA)
    assert report.signatures[0].proven_at == SIGNED_AT + HOUR


@pytest.mark.parametrize("answers", [False, True], ids=["lists", "answers"])
def test_a_key_that_was_stolen_before_the_timestamp_proves_nothing(
    signed_sheet, authority, school, judged_alone, answers
):
    stolen = own_certificate(school.signers["GVBM-toan"])
    told = Revoked(
        serial=stolen.serial_number,
        revoked_at=SIGNED_AT,
        compromised_at=SIGNED_AT,
        reason=RevocationReason.KEY_COMPROMISE,
    )
    notary = Notary.of(authority, answers=answers)
    notary.revoked.append(told)

    report = judged_alone(notary.prove(notary.stamp(signed_sheet)))

    assert report.reasons == (Reason.CERTIFICATE_REVOKED,)


def test_a_signature_on_p256_is_brought_up_too(sign, maths, authority, notary, judged_alone):
    signer = papers.signer_of("GVBM-toan", authority, key=ec.generate_private_key(ec.SECP256R1()))

    assert judged_alone(notary.keep_for_long(sign(maths, signer)), ENDED).verdict is Verdict.VALID


def test_no_lasting_sheet_with_a_changed_byte_is_valid(lasting, judged):
    dice = random.Random(2026)  # noqa: S311 - the same mutations in every run
    verdicts = {judged(mutated(lasting, dice)).verdict for _ in range(300)}

    assert Verdict.VALID not in verdicts


def test_no_byte_of_a_lasting_signature_can_be_changed(either, judged):
    """In the DER itself, where a changed byte leaves readable JSON."""
    dice, der = random.Random(2026), signature_in(either)  # noqa: S311 - the same mutations in every run
    valid = []
    for _ in range(300):
        changed, place = bytearray(der), dice.randrange(len(der))
        changed[place] ^= 1 << dice.randrange(8)
        if judged(with_signature(either, bytes(changed))).verdict is Verdict.VALID:
            valid.append(place)

    assert valid == []


def test_what_an_archive_timestamp_is_over_cannot_be_taken_away(either, judged):
    """Not the proof, not the first timestamp; and no proof stands without a timestamp."""
    for bend in (_without_lists, _without_first_stamp, _without_stamps):
        report = judged(with_signature(either, bend(signature_in(either))))
        assert (report.verdict, report.reasons) == (Verdict.BROKEN, (Reason.SIGNATURE_MALFORMED,))


def _without_lists(der):
    info = cms.ContentInfo.load(der)
    del info["content"]["crls"]
    return info.dump()


def _without_first_stamp(der):
    info = cms.ContentInfo.load(der)
    (signer,) = info["content"]["signer_infos"]
    kept = [one for one in signer["unsigned_attrs"] if one["type"].native != "signature_time_stamp_token"]
    signer["unsigned_attrs"] = cms.CMSAttributes(kept)
    return info.dump()


def _without_stamps(der):
    info = cms.ContentInfo.load(der)
    (signer,) = info["content"]["signer_infos"]
    del signer["unsigned_attrs"]
    return info.dump()


@pytest.fixture
def other_sheet(sign, maths, school):
    return sign(maths, school.signers["GVBM-toan"], at=SIGNED_AT + timedelta(minutes=1))


def test_a_timestamp_of_another_sheet_is_none_of_this_one(other_sheet, signed_sheet, notary, judged):
    (token,) = cades.read(signature_in(notary.stamp(other_sheet))).tokens
    taken = cades.read(signature_in(signed_sheet)).with_token(token)

    report = judged(with_signature(signed_sheet, taken.write()))

    assert (report.verdict, report.reasons) == BROKEN


def test_what_is_no_proof_has_no_place_among_it(signed_sheet, notary, rogue_authority, judged):
    stamped = notary.stamp(signed_sheet)
    found = cades.read(signature_in(stamped))
    strange = Notary.of(rogue_authority)
    (proof,) = cades.read(signature_in(strange.prove(strange.stamp(signed_sheet)))).proofs

    report = judged(with_signature(stamped, found.with_proof(proof).write()))

    assert report.verdict is not Verdict.VALID
    assert report.reasons == (Reason.EVIDENCE_MALFORMED,)


def test_an_unknown_authority_for_timestamps_proves_nothing(signed_sheet, rogue_authority, judged):
    report = judged(Notary.of(rogue_authority).stamp(signed_sheet))

    assert (report.verdict, report.reasons) == (Verdict.UNDECIDED, (Reason.TIMESTAMP_UNTRUSTED,))


def test_evidence_has_the_places_that_the_standard_gives_it(either):
    """ETSI EN 319 122-1, 5.3 and 5.5, by another reader of ASN.1 than the one that the platform has.

    Answers are among the lists as RFC 5940, 2.1 says, which makes the whole a version 5 (RFC 5652, 5.1).
    """
    signature = signature_in(either)
    content, signer = cms.ContentInfo.load(signature)["content"], signer_of(signature)
    attributes = {one["type"].native: one["values"][0] for one in signer["unsigned_attrs"]}
    first, archive = attributes["signature_time_stamp_token"], cms.ContentInfo.load(attributes["0.4.0.1733.2.4"].dump())
    (index,) = signer_of(archive.dump())["unsigned_attrs"]

    assert imprint(first) == sha256(signer["signature"].native).digest()
    answers = [one.chosen["other_rev_info"].native for one in content["crls"] if one.name == "other"]
    assert (content["version"].native, len(content["crls"])) in {("v1", 2), ("v5", 3)}
    assert len(answers) == (2 if content["version"].native == "v5" else 0)
    told = core.load(index["values"][0].dump()).native
    _, *lists = (list(each.values()) for each in told.values())
    assert lists[0] == [sha256(one.dump()).digest() for one in content["certificates"]]
    assert lists[1] == [sha256(one.dump()).digest() for one in content["crls"]]
    named = next(one for one in signer["unsigned_attrs"] if one["type"].native == "signature_time_stamp_token")
    assert lists[2] == [sha256(named["type"].dump() + first.dump()).digest()]
    kind = content["encap_content_info"]["content_type"].dump()
    digest = sha256(rfc8785.dumps(json.loads(either)["statement"])).digest()
    names = ("version", "sid", "digest_algorithm", "signed_attrs", "signature_algorithm", "signature")
    fields = b"".join(signer[name].dump() for name in names)
    assert imprint(archive) == sha256(kind + digest + fields + index["values"][0].dump()).digest()


def imprint(token):
    info = token["content"]["encap_content_info"]["content"].parsed
    assert isinstance(info, tsp.TSTInfo)
    return info["message_imprint"]["hashed_message"].native


def test_openssl_accepts_a_lasting_signature_and_its_first_timestamp(either, roots_file, outside_programs, tmp_path):
    der = signature_in(either)
    (tmp_path / "signature.der").write_bytes(der)
    (tmp_path / "statement").write_bytes(rfc8785.dumps(json.loads(either)["statement"]))
    (tmp_path / "value").write_bytes(signer_of(der)["signature"].native)
    (tmp_path / "token").write_bytes(cades.read(der).tokens[0])
    moment = ["-CAfile", str(roots_file), "-attime", str(int((SIGNED_AT + HOUR).timestamp()))]
    checks = [
        ["cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", "signature.der", "-content", "statement"],
        ["ts", "-verify", "-token_in", "-in", "token", "-data", "value"],
    ]

    for check in checks:
        command = ["openssl", *check, *moment]
        assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0
