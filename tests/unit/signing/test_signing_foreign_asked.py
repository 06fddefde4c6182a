"""Whose certificates issuers are asked about for a letter of others, and what their answers do to the verdict."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from services.contracts.verdicts import Reason, Verdict
from services.signing.revocation import Answer, Status
from services.signing.validation import Known, read
from services.signing.validation.foreign import letter
from tests.unit.signing import foreign_files as files
from tests.unit.signing.foreign_files import DAY, JUDGED, NOW, XML, sign_pdf, sign_xml

GOOD = Answer(status=Status.GOOD)


@pytest.fixture(scope="module")
def paper(town, hoa):
    return sign_pdf(files.letter(), hoa, town)


@pytest.fixture(scope="module")
def document(town, hoa):
    return sign_xml(XML, hoa, town)


@pytest.fixture(scope="module")
def stamped(document, clock):
    return files.stamp_xml(document, clock)


@pytest.fixture
def asked(town):
    """Whose certificates are asked about, each with whose it is that issued it."""

    def names(data, *, roots=(town.root.certificate,), at=JUDGED):
        found = read(data, roots=roots, issuers={}).certificates(at)
        return {_name(one.subject): _name(issuer.subject) for one, issuer in found.items()}

    return names


@pytest.fixture
def judged(town):
    """The verdict and the reasons, where issuers call all certificates good but those of which something is told."""

    def judge(data, *told):
        reading = read(data, roots=[town.root.certificate], issuers={})
        good = {one.public_bytes(Encoding.DER): GOOD for one in reading.certificates(JUDGED)}
        report = reading.report(Known(at=JUDGED, answers=good | {person.der: answer for person, answer in told}))
        return report.verdict, report.reasons

    return judge


def test_issuers_are_asked_about_the_signer_and_the_authorities_above(asked, paper, document):
    way_up = {"Nguyễn Thị Hoa": "Bản Mây Issuing", "Bản Mây Issuing": "Bản Mây Root"}

    assert asked(paper) == way_up
    assert asked(document) == way_up


def test_who_set_the_time_is_asked_about_too(asked, stamped):
    assert asked(stamped)["Đồng hồ"] == "Bản Mây Issuing"


def test_nobody_is_asked_where_no_path_leads_to_a_root_that_is_believed(asked, paper, document):
    other = files.town("Bản Khác").root.certificate

    assert asked(paper, roots=[other]) == {}
    assert asked(document, roots=[other]) == {}


def test_nobody_is_asked_for_a_signature_that_is_not_right(asked, document, paper):
    assert asked(document.replace(b" An<", b" En<")) == {}
    assert asked(paper.replace(b"BT (", b"BT [", 1)) == {}


def test_nobody_is_asked_about_a_certificate_that_is_not_for_signing(asked, town):
    server = town.person("Máy chủ", uses=("key_encipherment",))

    assert asked(sign_xml(XML, server, town)) == {}


def test_nobody_is_asked_about_what_has_ended(asked, document, stamped):
    later = NOW + 150 * DAY  # the signer's has ended, that of the clock not yet

    assert asked(document, at=later) == {}
    assert set(asked(stamped, at=later)) == {"Đồng hồ", "Bản Mây Issuing"}


def test_of_a_crowd_only_so_many_are_asked_about(asked, stamped, monkeypatch):
    monkeypatch.setattr(letter, "MOST_ASKED", 1)

    assert len(asked(stamped)) == 1


def test_what_all_issuers_call_good_is_valid(judged, paper, document):
    assert judged(paper) == (Verdict.VALID, ())
    assert judged(document) == (Verdict.VALID, ())


def test_an_issuer_that_is_silent_leaves_a_letter_undecided(judged, paper, hoa):
    silent = Answer(status=Status.UNKNOWN)

    assert judged(paper, (hoa, silent)) == (Verdict.UNDECIDED, (Reason.REVOCATION_UNKNOWN,))


def test_a_revocation_counts_from_its_time_on(judged, document, stamped, hoa):
    """A letter says when it was signed; a timestamp proves it."""
    before, after = (Answer(status=Status.REVOKED, revoked_at=NOW + each) for each in (-DAY, timedelta(minutes=49)))

    assert judged(document, (hoa, before)) == (Verdict.BROKEN, (Reason.CERTIFICATE_REVOKED,))
    assert judged(document, (hoa, after)) == (Verdict.UNDECIDED, (Reason.REVOKED_UNPROVEN,))
    assert judged(stamped, (hoa, after)) == (Verdict.VALID, ())


def _name(name):
    return name.rfc4514_string().split("CN=")[1].split(",")[0]
