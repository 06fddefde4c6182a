import json
import sys

import pytest
from click.testing import CliRunner

from deploy.hocba import cli, commands
from deploy.local import elsewhere
from deploy.local.instance import Instance


@pytest.fixture
def hocba():
    return lambda *arguments: CliRunner().invoke(cli.hocba, arguments)


@pytest.fixture
def broken_command(tmp_path, monkeypatch):
    (tmp_path / "import_.py").write_text(
        "import click\n\n@click.command\ndef command():\n    raise LookupError('no such school\\nsecond line')\n"
    )
    monkeypatch.delitem(sys.modules, "deploy.hocba.commands.import_", raising=False)
    monkeypatch.setattr(commands, "__path__", [str(tmp_path)])
    monkeypatch.setattr(cli, "LOG", tmp_path / "run" / "hocba.log")
    yield "import"
    sys.modules.pop("deploy.hocba.commands.import_", None)


def test_every_command_says_what_it_does(hocba):
    said = hocba("--help").output

    for name in (
        "backup",
        "backups",
        "dead",
        "doctor",
        "down",
        "format",
        "import",
        "law",
        "lint",
        "restore",
        "schemas",
        "setup",
        "status",
        "test",
        "up",
        "verify",
    ):
        assert f"  {name} " in said


def test_an_unknown_command_is_a_mistake_of_usage(hocba):
    assert hocba("graduate").exit_code == 2


def test_a_command_may_bear_a_word_that_python_keeps_for_itself(hocba, broken_command):
    assert "  import" in hocba("--help").output


def test_an_unexpected_error_is_one_sentence_and_its_story_is_in_the_log(hocba, broken_command):
    said = hocba(broken_command)

    assert said.exit_code == 1
    assert said.output == f"Error: LookupError: no such school. The details are in {cli.LOG}.\n"
    assert "Traceback" in cli.LOG.read_text()


def test_who_asks_for_the_traceback_gets_it(hocba, broken_command):
    assert isinstance(hocba("--debug", broken_command).exception, LookupError)


def test_an_impossible_name_is_refused_in_one_sentence(hocba):
    said = hocba("status", "--name", "../demo")

    assert said.exit_code == 1
    assert said.output.startswith("Error: An instance is named")


def test_nothing_is_measured_on_servers_that_others_may_work_on(hocba, monkeypatch):
    begun = []
    monkeypatch.setenv(elsewhere.POSTGRES_URL, "postgresql://nobody@127.0.0.1:1/postgres")
    monkeypatch.setattr(Instance, "erase", begun.append)

    said = hocba("bench")

    assert (said.exit_code, begun) == (1, [])
    assert "unset HOCBA_POSTGRES_URL" in said.output


def test_the_status_of_what_never_ran_can_be_read_by_programs(hocba):
    lines = json.loads(hocba("status", "--name", "never-started", "--json").output)

    assert {line["pid"] for line in lines} == {None}
