"""Letters of others, sent to the check: their issuers are asked, strangers' addresses never."""

import pytest

from services.contracts.signing.checking import CheckFiles
from services.contracts.verdicts import Verdict
from services.signing.usecases import standings
from tests.integration.signing.outside_authority import OutsideAuthority
from tests.unit.signing.foreign_files import (
    DAY,
    NOW,
    XML,
    Person,
    Town,
    key,
    letter,
    revocation_list,
    sign_pdf,
    sign_xml,
)
from tests.unit.signing.timestamp_servers import serving


@pytest.fixture(scope="module")
def server():
    """Where the outside authority tells what it has revoked."""
    with serving(lambda _request: b"") as server:
        yield server


@pytest.fixture(scope="module")
def outside(server):
    made = OutsideAuthority.establish(listed_at=server.url)
    server.reply = lambda _request: made.revocation_list()
    return made


@pytest.fixture
def hoa(outside, server, signing):
    """Of a commune, whose certificate is from the outside authority; nothing of it was fetched yet."""
    signing.sql("DELETE FROM revocation_data")
    server.asked.clear()
    return person(outside)


@pytest.fixture
def check(signing):
    def check(*files):
        names = tuple(signing.objects.put(data) for data in files)
        return [(one.verdict, one.reasons) for one in signing.ask(CheckFiles(files=names)).reports]

    return check


def person(authority, name="Nguyễn Thị Hoa"):
    return Person(certificate=authority.issue(name, key(name).public_key()), key=key(name))


def place(authority):
    root = Person(certificate=authority.root, key=authority.key)
    return Town(root, root)


def test_a_letter_is_valid_once_its_issuer_says_that_nothing_was_revoked(check, hoa, outside, server):
    both = sign_pdf(letter(), hoa, place(outside)), sign_xml(XML, hoa, place(outside))

    assert check(*both) == [(Verdict.VALID, ())] * 2
    assert server.asked == [b""]  # the list, once for both


def test_a_letter_of_a_thief_is_broken(check, hoa, outside, server, monkeypatch):
    stolen = revocation_list(place(outside).root, {hoa.certificate.serial_number: NOW - DAY}, NOW, days=1)
    monkeypatch.setattr(server, "reply", lambda _request: stolen)

    assert check(sign_xml(XML, hoa, place(outside))) == [(Verdict.BROKEN, ("certificate_revoked",))]


def test_an_issuer_that_does_not_answer_leaves_a_letter_undecided(check, hoa, outside, server, monkeypatch):
    monkeypatch.setattr(server, "reply", lambda _request: b"out of order")

    assert check(sign_xml(XML, hoa, place(outside))) == [(Verdict.UNDECIDED, ("revocation_unknown",))]


def test_an_address_in_a_certificate_of_a_stranger_is_never_asked(check):
    with serving(lambda _request: b"") as elsewhere:
        stranger = OutsideAuthority.establish(listed_at=elsewhere.url)  # of the same name as the one that is trusted
        signer = person(stranger)

        told = check(sign_xml(XML, signer, place(stranger)), sign_pdf(letter(), signer, place(stranger)))

        assert told == [(Verdict.UNDECIDED, ("certificate_untrusted",))] * 2
        assert elsewhere.asked == []


def test_nobody_is_asked_for_a_letter_that_was_changed(check, hoa, outside, server):
    signed = sign_xml(XML, hoa, place(outside))

    assert check(signed.replace(b" An<", b" En<"))[0][0] is Verdict.BROKEN
    assert server.asked == []


def test_when_the_time_for_asking_is_over_no_further_issuer_is_asked(check, hoa, outside, server, monkeypatch):
    monkeypatch.setattr(standings, "ASKING_SECONDS", 0.0)

    assert check(sign_xml(XML, hoa, place(outside))) == [(Verdict.UNDECIDED, ("revocation_unknown",))]
    assert server.asked == []
