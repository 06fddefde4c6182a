"""A letter of others at the command: its issuer is asked, unless one checks without a network."""

import pytest

from deploy.verify.asking import Asking
from deploy.verify.believed import Believed
from services.contracts.verdicts import Reason, Verdict
from services.signing.validation import read
from tests.integration.signing.outside_authority import OutsideAuthority
from tests.unit.signing.foreign_files import JUDGED, XML, Person, Town, key, sign_xml
from tests.unit.signing.timestamp_servers import serving


@pytest.fixture
def server():
    with serving(lambda _request: b"") as server:
        yield server


@pytest.fixture
def commune(server):
    """An authority that the checker believes, and that tells what it has revoked."""
    made = OutsideAuthority.establish(listed_at=server.url)
    server.reply = lambda _request: made.revocation_list()
    return made


@pytest.fixture
def check(commune):
    def check(*, offline):
        root = Person(certificate=commune.root, key=commune.key)
        hoa = Person(certificate=commune.issue("Nguyễn Thị Hoa", key("Hoa").public_key()), key=key("Hoa"))
        asking = Asking(believed=Believed(roots=(commune.root,), issuers={}), at=JUDGED, offline=offline)
        reading = read(sign_xml(XML, hoa, Town(root, root)), roots=[commune.root], issuers={})
        report = reading.report(asking.known(reading))
        return report.verdict, report.reasons

    return check


def test_the_issuer_is_asked_about_the_signer(check, server):
    assert check(offline=False) == (Verdict.VALID, ())
    assert server.asked == [b""]


def test_without_a_network_nobody_is_asked(check, server):
    assert check(offline=True) == (Verdict.UNDECIDED, (Reason.REVOCATION_UNKNOWN,))
    assert server.asked == []
