"""Data about revocation: only what the issuer signed for this certificate and this time proves anything."""

import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp as responses
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from services.contracts.signing.revocation import RevocationReason
from services.signing import authority as authorities
from services.signing import keys, publication
from services.signing.publication import Revoked, Standing
from services.signing.revocation import Doubt, Status, crl, ocsp
from services.signing.revocation.answer import Doubtful
from tests.unit.signing import school_papers as papers

NOW = datetime(2026, 6, 1, 3, 4, 5, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(scope="module")
def authority():
    return authorities.establish(now=papers.SIGNED_AT - 100 * DAY, published_at="https://hocba.example.vn/pki")


@pytest.fixture(scope="module")
def rogue():
    return authorities.establish(now=papers.SIGNED_AT - 100 * DAY, published_at="https://hocba.example.vn/pki")


@pytest.fixture(scope="module")
def teacher(authority):
    return certificate(authority, "GVCN")


@pytest.fixture(scope="module")
def principal(authority):
    return certificate(authority, "CBQL")


def certificate(authority, slot, **settings):
    return x509.load_der_x509_certificate(papers.signer_of(slot, authority, **settings).certificate)


def revoked(one, *, at=NOW - DAY, since=None):
    return Revoked(
        serial=one.serial_number, revoked_at=at, compromised_at=since or at, reason=RevocationReason.KEY_COMPROMISE
    )


def listed(authority, *all_revoked, now=NOW):
    return publication.revocation_list(authority, all_revoked, now=now)


def by_list(der, authority, one, *, moment=NOW, now=NOW):
    """The status, the moment since when, or the doubt."""
    try:
        evidence = crl.read(der, authority.issuing)
        evidence.check_fresh(now)
        found = crl.judge(evidence, one, moment=moment)
    except Doubtful as doubt:
        return doubt.doubt
    return found.status


def answered(authority, one, standing, *, now=NOW, asked=None):
    question = (asked or ocsp.ask(one, authority.issuing)).public_bytes(Encoding.DER)
    return publication.answer(authority, question, lambda _serial: standing, now=now)


def by_answer(der, authority, one, *, moment=NOW, now=NOW, asked=None):
    try:
        evidence = ocsp.read(der, one, authority.issuing, asked=asked)
        evidence.check_fresh(now)
        found = ocsp.judge(evidence, one, authority.issuing, moment=moment)
    except Doubtful as doubt:
        return doubt.doubt
    return found.status


GOOD = Standing(is_ours=True, revoked=None)


def test_certificates_say_where_their_revocation_is_told(authority, teacher):
    def urls(one, kind):
        return str(one.extensions.get_extension_for_class(kind).value)

    assert "https://hocba.example.vn/pki/issuing.crl" in urls(teacher, x509.CRLDistributionPoints)
    assert "https://hocba.example.vn/pki/ocsp" in urls(teacher, x509.AuthorityInformationAccess)
    assert "https://hocba.example.vn/pki/root.crl" in urls(authority.issuing, x509.CRLDistributionPoints)


def test_a_list_tells_the_good_from_the_revoked_and_since_when(authority, teacher, principal):
    der = listed(authority, revoked(teacher))

    assert by_list(der, authority, principal) is Status.GOOD
    assert by_list(der, authority, teacher) is Status.REVOKED
    assert by_list(der, authority, teacher, moment=NOW - 2 * DAY) is Status.GOOD


def test_what_was_signed_between_the_theft_of_a_key_and_its_revocation_is_not_good(authority, teacher):
    one = revoked(teacher, at=NOW - DAY, since=NOW - 5 * DAY)

    for judged in (
        lambda moment: by_list(listed(authority, one), authority, teacher, moment=moment),
        lambda moment: by_answer(
            answered(authority, teacher, Standing(is_ours=True, revoked=one)), authority, teacher, moment=moment
        ),
    ):
        assert judged(NOW - 3 * DAY) is Status.REVOKED
        assert judged(NOW - 6 * DAY) is Status.GOOD


def test_lists_of_one_minute_are_the_same_bytes_and_later_ones_count_upward(authority, teacher, principal):
    def number(der):
        return x509.load_der_x509_crl(der).extensions.get_extension_for_class(x509.CRLNumber).value.crl_number

    first, second = listed(authority), listed(authority, now=NOW + timedelta(seconds=20))
    after_a_theft = listed(authority, revoked(teacher, at=NOW))
    after_two = listed(authority, revoked(teacher, at=NOW), revoked(principal, at=NOW + timedelta(seconds=9)))
    next_day = listed(authority, now=NOW + DAY)

    assert first == second
    assert number(first) < number(after_a_theft) < number(after_two) < number(next_day)


def test_a_list_counts_only_in_its_interval(authority, teacher):
    der = listed(authority)

    assert by_list(der, authority, teacher, now=NOW + publication.LIST_LIFE) is Doubt.STALE
    assert by_list(der, authority, teacher, now=NOW - HOUR) is Doubt.FROM_FUTURE


def test_a_list_of_somebody_else_proves_nothing(authority, rogue, teacher):
    same_name, other_name = listed(rogue), authority.root_list

    assert by_list(same_name, authority, teacher) is Doubt.SIGNATURE
    assert by_list(other_name, authority, teacher) is Doubt.OTHER_ISSUER


@pytest.mark.parametrize("der", [b"", b"0", b"<html>", b"\x30\x82\xff\xff", b"-----BEGIN X509 CRL-----"])
def test_what_is_no_list_and_no_answer_proves_nothing(authority, teacher, der):
    assert by_list(der, authority, teacher) is Doubt.UNREADABLE
    assert by_answer(der, authority, teacher) is Doubt.UNREADABLE


def own_list(authority, extension):
    builder = x509.CertificateRevocationListBuilder().issuer_name(authority.issuing.subject).last_update(NOW)
    builder = builder.next_update(NOW + DAY).add_extension(extension, critical=True)
    return builder.sign(authority.issuing_key, hashes.SHA256()).public_bytes(Encoding.DER)


def test_a_list_of_a_part_of_the_certificates_proves_nothing(authority, teacher):
    delta = own_list(authority, x509.DeltaCRLIndicator(7))
    authorities_only = own_list(
        authority,
        x509.IssuingDistributionPoint(
            full_name=None,
            relative_name=None,
            only_contains_user_certs=False,
            only_contains_ca_certs=True,
            only_some_reasons=None,
            indirect_crl=False,
            only_contains_attribute_certs=False,
        ),
    )

    assert by_list(delta, authority, teacher) is Doubt.PARTIAL
    assert by_list(authorities_only, authority, teacher) is Doubt.PARTIAL


def test_a_certificate_that_had_expired_before_the_list_may_be_missing_from_it(authority):
    former = certificate(authority, "GVCN", valid_until=NOW - DAY)

    assert by_list(listed(authority), authority, former, moment=NOW - 2 * DAY) is Doubt.EXPIRED_BEFORE
    assert by_list(listed(authority, revoked(former, at=NOW - 3 * DAY)), authority, former) is Status.REVOKED


def test_an_answer_tells_the_good_the_revoked_and_those_it_does_not_know(authority, teacher):
    gone = Standing(is_ours=True, revoked=revoked(teacher))

    assert by_answer(answered(authority, teacher, GOOD), authority, teacher) is Status.GOOD
    assert by_answer(answered(authority, teacher, gone), authority, teacher) is Status.REVOKED
    stranger = answered(authority, teacher, Standing(is_ours=False, revoked=None))
    assert by_answer(stranger, authority, teacher) is Doubt.NOT_KNOWN_THERE


def test_an_answer_about_another_certificate_proves_nothing(authority, rogue, teacher, principal):
    of_principal = answered(authority, principal, GOOD)
    of_rogue = answered(rogue, certificate(rogue, "GVCN"), GOOD)

    assert by_answer(of_principal, authority, teacher) is Doubt.OTHER_CERTIFICATE
    assert by_answer(of_rogue, authority, teacher) is Doubt.OTHER_CERTIFICATE


def test_an_old_answer_is_not_taken_for_a_new_one(authority, teacher):
    asked, earlier = ocsp.ask(teacher, authority.issuing), ocsp.ask(teacher, authority.issuing)
    replayed = answered(authority, teacher, GOOD, asked=earlier)

    assert by_answer(replayed, authority, teacher, asked=asked) is Doubt.OTHER_NONCE
    assert by_answer(replayed, authority, teacher, now=NOW + publication.ANSWER_LIFE) is Doubt.STALE


@dataclass(frozen=True, slots=True, kw_only=True)
class Responder:
    key: object
    certificate: x509.Certificate


def responder(authority, *, usage=ExtendedKeyUsageOID.OCSP_SIGNING, no_check=True, until=NOW + DAY):
    key = keys.generate()
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Trả lời OCSP thử")]))
        .issuer_name(authority.issuing.subject)
        .public_key(key.public_key())
        .serial_number(77)
        .not_valid_before(NOW - DAY)
        .not_valid_after(until)
        .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    )
    if no_check:
        builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)
    return Responder(key=key, certificate=builder.sign(authority.issuing_key, hashes.SHA256()))


def delegated(authority, one, by, *, end=NOW + HOUR):
    builder = responses.OCSPResponseBuilder().add_response(
        one, authority.issuing, hashes.SHA256(), responses.OCSPCertStatus.GOOD, NOW, end, None, None
    )
    builder = builder.responder_id(responses.OCSPResponderEncoding.NAME, by.certificate)
    return builder.certificates([by.certificate]).sign(by.key, hashes.SHA256()).public_bytes(Encoding.DER)


def test_whom_the_issuer_appointed_may_answer_for_it_and_nobody_else(authority, rogue, teacher):
    cases = {
        Status.GOOD: [responder(authority)],
        Doubt.SIGNATURE: [
            responder(rogue),
            responder(authority, usage=ExtendedKeyUsageOID.TIME_STAMPING),
            responder(authority, no_check=False),
            responder(authority, until=NOW - HOUR),
        ],
    }

    for expected, responders in cases.items():
        for one in responders:
            assert by_answer(delegated(authority, teacher, one), authority, teacher) is expected


def test_an_answer_without_an_end_counts_for_its_moment_alone(authority, teacher):
    endless = delegated(authority, teacher, responder(authority), end=None)

    assert by_answer(endless, authority, teacher) is Status.GOOD
    assert by_answer(endless, authority, teacher, now=NOW + HOUR) is Doubt.STALE


def test_a_responder_that_refuses_gives_no_answer(authority, rogue, teacher):
    strange_question = publication.answer(authority, b"no question", lambda _serial: GOOD, now=NOW)
    others_question = answered(authority, teacher, GOOD, asked=ocsp.ask(certificate(rogue, "GVCN"), rogue.issuing))

    assert by_answer(strange_question, authority, teacher) is Doubt.NO_ANSWER
    assert by_answer(others_question, authority, teacher) is Doubt.NO_ANSWER


def test_openssl_agrees_with_our_lists_and_answers(authority, teacher, outside_programs, tmp_path):
    pem = {"root": authority.root, "issuing": authority.issuing, "teacher": teacher}
    for name, one in pem.items():
        (tmp_path / f"{name}.pem").write_bytes(one.public_bytes(Encoding.PEM))
    gone = revoked(teacher)
    lists = x509.load_der_x509_crl(listed(authority, gone)), x509.load_der_x509_crl(authority.root_list)
    (tmp_path / "lists.pem").write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in lists))
    (tmp_path / "answer").write_bytes(answered(authority, teacher, Standing(is_ours=True, revoked=gone)))

    at = f"-attime {int(NOW.timestamp())} -CAfile root.pem"
    by_crl = openssl(tmp_path, f"verify -crl_check_all {at} -untrusted issuing.pem -CRLfile lists.pem teacher.pem")
    by_ocsp = openssl(
        tmp_path,
        f"ocsp -respin answer -issuer issuing.pem -cert teacher.pem {at}  -validity_period 999999999 -no_nonce",
    )

    assert "certificate revoked" in by_crl
    assert "Response verify OK" in by_ocsp
    assert "teacher.pem: revoked" in by_ocsp


def openssl(folder, command):
    done = subprocess.run(["openssl", *command.split()], cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr
