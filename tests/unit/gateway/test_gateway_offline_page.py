"""The page that checks a printed code holds all it needs, and may talk to nobody."""

import hashlib
import json
import re
from base64 import b64encode
from datetime import UTC, datetime

import pytest

from services.contracts.signing.checking import ReadTrust, SummaryKeyV1, Trust

KEY = SummaryKeyV1(key_id="00" * 8, x="x", y="y")


@pytest.fixture
def page(client, services):
    trust = Trust(roots_pem="", summary_keys=(KEY,), told_at=datetime(2026, 6, 1, tzinfo=UTC))
    services.tell(ReadTrust, trust)
    return client.get("/verify/offline?lang=en")


def test_the_page_carries_the_issuers_keys_and_their_day(page):
    [issuers] = re.findall(r'<script type="application/json" id="issuers">(.*?)</script>', page.text)

    assert json.loads(issuers) == {KEY.key_id: {"kty": "EC", "crv": "P-256", "x": "x", "y": "y"}}
    assert "01/06/2026" in page.text


def test_the_page_fetches_nothing(page):
    policy = page.headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "connect-src" not in policy
    assert not re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=", page.text)


def test_every_script_and_style_of_the_page_may_run_and_no_other(page):
    texts = re.findall(r"<(?:script|style)>(.*?)</(?:script|style)>", page.text, re.DOTALL)

    hashes = [b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts]
    assert len(hashes) == 4
    assert all(f"'sha256-{one}'" in page.headers["Content-Security-Policy"] for one in hashes)
