"""`hocba audit` says in sentences and by its exit code whether the marks' history is what was written."""

import json

import pytest
from click.testing import CliRunner

from deploy.hocba import cli
from deploy.hocba.commands import audit
from tests.integration.ledger.written_class import YEAR


@pytest.fixture
def hocba(gradebook, signing, ledger_key, tmp_path, monkeypatch):
    """The command on these databases, with the key that seals them."""
    databases = {"gradebook": gradebook.db.url, "signing": signing.db.url}
    key = tmp_path / "ledger-key.pem"
    key.write_text(ledger_key)
    monkeypatch.setattr(audit, "database_url", lambda _instance, service: databases[service])
    monkeypatch.setattr(audit, "key_path", lambda _instance, _name: key)
    monkeypatch.setattr(audit, "log_secret", lambda _instance: "muối của nhật ký")
    return lambda *arguments: CliRunner().invoke(cli.hocba, ("audit", *arguments))


@pytest.fixture
def tampered(a_class):
    """A class with one row of its first sheet altered."""
    a_class.write(["7.5", "8.0", "9.0"])
    a_class.as_ruler("UPDATE mark_history SET value = '10.0' WHERE sheet_id = :sheet AND seq = 2")
    return a_class


def test_an_untouched_ledger_ends_well(hocba, a_class):
    a_class.write(["7.5", "8.0", "9.0"])

    said = hocba()

    assert said.exit_code == 0
    assert "3 rows of 2 sheets, 1 seals and 0 kept heads" in said.output
    assert said.output.endswith("nothing is wrong.\n")


def test_each_fault_is_one_sentence_with_sheet_and_rows(hocba, tampered):
    said = hocba("--year", str(YEAR))

    assert said.exit_code == 1
    assert f"Sheet {tampered.sheet_id} of {YEAR}, row 2: the hash does not fit" in said.output


def test_programs_get_the_findings_as_data(hocba, tampered):
    said = hocba("--json")

    told = json.loads(said.output)
    mine = [one["finding"] for one in told["findings"] if one["sheet_id"] == str(tampered.sheet_id)]
    assert (mine[0]["fault"], mine[0]["first"], mine[0]["last"]) == ("ALTERED", 2, 2)
    assert len(told["sentences"]) == len(told["findings"])


def test_another_year_is_left_alone(hocba, tampered):
    said = hocba("--year", str(YEAR + 1))

    assert (said.exit_code, str(tampered.sheet_id) in said.output) == (0, False)


def test_without_the_key_the_audit_says_where_it_comes_from(hocba, tmp_path):
    (tmp_path / "ledger-key.pem").unlink()

    said = hocba()

    assert (said.exit_code, "`./hocba up` makes it" in said.output) == (1, True)


def test_a_database_that_is_away_is_said_in_one_sentence(hocba, monkeypatch):
    monkeypatch.setattr(audit, "database_url", lambda *_: "postgresql://nobody@127.0.0.1:1/none")

    said = hocba()

    assert (said.exit_code, "The databases do not answer" in said.output) == (1, True)
