"""What a verdict rests on as years pass: timestamps, revocation lists, and what is known of certificates today."""

import os
import random
from datetime import timedelta

import pytest

from services.contracts.signing.revocation import RevocationReason
from services.signing.evidence.proof import Level
from services.signing.publication import Revoked
from services.signing.validation import Known, Reason, Verdict, read
from tests.unit.signing import school_papers as papers
from tests.unit.signing.lasting_papers import HOUR, Notary, own_certificate
from tests.unit.signing.school_papers import SIGNED_AT
from tests.unit.signing.verdicts import judged, validate

LATER = SIGNED_AT + timedelta(days=1)
THREE_YEARS = SIGNED_AT + timedelta(days=3 * 365)  # people's certificates have ended, the timestamps' have not


@pytest.fixture(scope="module")
def notary(authority):
    return Notary.of(authority)


@pytest.fixture(scope="module", params=["pdf", "xml"])
def signed(request, signed_paper, signed_document):
    return signed_paper if request.param == "pdf" else signed_document


@pytest.fixture(scope="module")
def lasting(notary, signed):
    return notary.keep_for_long(signed)


def alone(file, roots, *, at=LATER):
    """The verdict of one who knows nothing but the file and the roots."""
    report = read(file, roots=roots, issuers={}).report(Known(at=at))
    return report.verdict, report.reasons


def levels(file, roots, *, at=LATER):
    return {one.level for one in validate(file, trust=roots, at=at).signatures}


def revoked(signer, since):
    return {signer.certificate: since}


def test_each_step_brings_every_signature_a_level_up(notary, signed, roots):
    stamped = notary.stamp(signed)
    proven = notary.prove(stamped)

    found = [levels(file, roots) for file in (signed, stamped, proven, notary.stamp(proven, SIGNED_AT + 3 * HOUR))]

    assert found == [{Level.B_B}, {Level.B_T}, {Level.B_LT}, {Level.B_LTA}]


def test_the_time_proven_is_the_first_timestamps(lasting, signed, roots):
    assert {one.proven_at for one in validate(lasting, trust=roots, at=LATER).signatures} == {SIGNED_AT + HOUR}
    assert {one.proven_at for one in validate(signed, trust=roots, at=LATER).signatures} == {None}


def test_who_cannot_learn_of_revocations_does_not_know(signed, notary, roots):
    for file in (signed, notary.stamp(signed)):
        assert alone(file, roots) == (Verdict.UNDECIDED, (Reason.REVOCATION_UNKNOWN,))


def test_a_file_with_proof_is_valid_for_one_who_can_ask_nobody(lasting, roots):
    assert alone(lasting, roots) == (Verdict.VALID, ())


def test_it_stays_so_when_the_certificates_have_ended(lasting, roots):
    assert alone(lasting, roots, at=THREE_YEARS) == (Verdict.VALID, ())


def test_without_a_timestamp_an_ended_certificate_proves_nothing(signed, roots):
    report = validate(signed, trust=roots, at=THREE_YEARS)

    assert (report.verdict, report.reasons) == (Verdict.UNDECIDED, (Reason.NO_PROOF_OF_TIME,))


def test_when_the_newest_timestamps_certificate_has_ended_nothing_shows_the_time(authority, signed, roots):
    soon_over = Notary.of(authority, valid_until=SIGNED_AT + timedelta(days=400))
    lasting = soon_over.keep_for_long(signed)

    assert alone(lasting, roots, at=THREE_YEARS) == (Verdict.UNDECIDED, (Reason.NO_PROOF_OF_TIME,))


def test_a_renewal_in_time_carries_the_proof_on(authority, notary, signed, roots):
    soon_over = Notary.of(authority, valid_until=SIGNED_AT + timedelta(days=400))
    renewed = notary.renew(soon_over.keep_for_long(signed), SIGNED_AT + timedelta(days=390))
    too_late = notary.renew(soon_over.keep_for_long(signed), SIGNED_AT + timedelta(days=410))

    assert alone(renewed, roots, at=THREE_YEARS) == (Verdict.VALID, ())
    assert alone(too_late, roots, at=THREE_YEARS)[0] is Verdict.UNDECIDED


def test_after_the_algorithm_has_aged_only_an_earlier_proof_counts(authority, signed, roots):
    far = SIGNED_AT.replace(year=2032)
    lasting = Notary.of(authority, valid_until=far.replace(year=2036)).keep_for_long(signed)

    assert alone(lasting, roots, at=far)[0] is Verdict.UNDECIDED


def test_a_signature_from_after_the_revocation_is_broken(school, signed, roots):
    seal = school.signers["KY_PHAT_HANH"]

    report = judged(read(signed, roots=roots, issuers={}), at=LATER, revoked=revoked(seal, SIGNED_AT - HOUR))

    assert (report.verdict, report.reasons) == (Verdict.BROKEN, (Reason.CERTIFICATE_REVOKED,))


def test_a_time_before_the_revocation_must_be_proven(school, notary, signed, roots):
    since = revoked(school.signers["CBQL"], SIGNED_AT + 2 * HOUR)
    in_time, too_late = notary.stamp(signed, SIGNED_AT + HOUR), notary.stamp(signed, SIGNED_AT + 3 * HOUR)

    def verdict(file):
        report = judged(read(file, roots=roots, issuers={}), at=LATER, revoked=since)
        return report.verdict, report.reasons

    assert verdict(signed) == (Verdict.UNDECIDED, (Reason.REVOKED_UNPROVEN,))
    assert verdict(too_late) == (Verdict.UNDECIDED, (Reason.REVOKED_UNPROVEN,))
    assert verdict(in_time) == (Verdict.VALID, ())


def test_the_file_itself_may_tell_of_a_revocation(school, authority, signed, roots):
    own = own_certificate(school.signers["GVCN"])
    gone = Revoked(
        serial=own.serial_number,
        revoked_at=SIGNED_AT + HOUR,
        compromised_at=SIGNED_AT - HOUR,
        reason=RevocationReason.KEY_COMPROMISE,
    )
    telling = Notary.of(authority)
    telling.revoked.append(gone)

    assert alone(telling.keep_for_long(signed), roots) == (Verdict.BROKEN, (Reason.CERTIFICATE_REVOKED,))


def test_a_list_from_before_the_signature_proves_nothing(notary, signed, roots):
    early = notary.prove(notary.stamp(signed, SIGNED_AT + HOUR), SIGNED_AT)

    assert alone(early, roots) == (Verdict.UNDECIDED, (Reason.REVOCATION_UNKNOWN,))


def test_timestamps_of_a_revoked_authority_are_not_believed(notary, lasting, roots):
    report = judged(
        read(lasting, roots=roots, issuers={}), at=THREE_YEARS, revoked={notary.key.certificate: SIGNED_AT - HOUR}
    )

    assert (report.verdict, report.reasons) == (Verdict.UNDECIDED, (Reason.NO_PROOF_OF_TIME,))


def test_nobody_signs_later_than_the_timestamp_says(school, notary, paper, document, roots):
    late = SIGNED_AT + 2 * HOUR
    for file in (school.sign_paper(paper, at=late), school.sign_xml(document, at=late)):
        report = validate(notary.stamp(file, SIGNED_AT + HOUR), trust=roots, at=LATER)

        assert (report.verdict, report.reasons) == (Verdict.BROKEN, (Reason.SIGNED_IN_FUTURE,))


def test_a_timestamp_of_an_unknown_authority_leaves_the_file_undecided(rogue_authority, signed, roots):
    stamped = Notary.of(rogue_authority).stamp(signed)

    report = validate(stamped, trust=roots, at=LATER)

    assert (report.verdict, report.reasons) == (Verdict.UNDECIDED, (Reason.TIMESTAMP_UNTRUSTED,))


def test_a_timestamp_on_another_pupils_seal_is_no_evidence(notary, school, signed_document, roots):
    head, ours, tail = last_stamp(notary.stamp(signed_document))
    _, theirs, _ = last_stamp(notary.stamp(school.sign_xml(papers.document("Lê Bình"))))

    assert Reason.EVIDENCE_MALFORMED in alone(head + theirs + tail, roots)[1]
    assert Reason.EVIDENCE_MALFORMED not in alone(head + ours + tail, roots)[1]


def last_stamp(document):
    """What is before it, its token in base64, and what is after it."""
    head, rest = document.rsplit(b"<xades:EncapsulatedTimeStamp>", 1)
    token, tail = rest.split(b"<", 1)
    return head + b"<xades:EncapsulatedTimeStamp>", token, b"<" + tail


def test_no_file_with_evidence_and_a_changed_byte_is_valid(lasting, roots):
    for changed in mutations(lasting):
        assert alone(changed, roots)[0] is not Verdict.VALID


def test_no_changed_byte_in_the_newest_timestamp_which_nothing_covers_is_overlooked(lasting, roots):
    start = max(lasting.rfind(b"/Contents<"), lasting.rfind(b"<xades141:ArchiveTimeStamp"))
    for changed in mutations(lasting, start, min(start + 4_500, len(lasting))):
        assert alone(changed, roots)[0] is not Verdict.VALID


def mutations(file, start=0, end=None):
    """The file with one bit changed, each time another one."""
    dice = random.Random(2029)  # noqa: S311 - the same mutations in every run
    for _ in range(int(os.environ.get("HOCBA_MUTATIONS", "150"))):
        changed = bytearray(file)
        changed[dice.randrange(start, end or len(file))] ^= 1 << dice.randrange(8)
        yield bytes(changed)
