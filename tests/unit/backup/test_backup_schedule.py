import os
from datetime import UTC, datetime, time

import pytest

from deploy.backup import daily, folder
from deploy.backup.manifest import Kind
from deploy.backup.schedule import Settings, find_settings, is_due
from deploy.local.errors import InstallationError
from deploy.local.instance import Instance
from services.chassis.settings import MissingSetting

TWO = time(2, 0)  # in Vietnam; 19:00 of the day before in UTC


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "last", "due"),
    [
        ("2026-11-21T19:00", "2026-11-20T19:00", True),
        ("2026-11-21T18:59", "2026-11-20T19:00", False),
        ("2026-11-21T19:30", "2026-11-21T19:00", False),
        ("2026-11-21T19:30", "2026-11-21T18:59", True),
        ("2026-11-25T08:00", "2026-11-20T19:00", True),
        ("2026-11-21T20:00", "2026-11-21T19:40", False),
    ],
)
def test_a_backup_is_due_once_the_hour_struck_in_vietnam_and_none_has_begun_since(now, last, due):
    assert is_due(utc(now), TWO, last=utc(last)) is due


def test_an_installation_without_any_scheduled_backup_makes_one_at_once():
    assert is_due(utc("2026-11-21T12:00"), TWO, last=None)


def test_a_backup_made_by_hand_does_not_stand_for_the_scheduled_one(backups, make):
    make(0, Kind.SCHEDULED)
    make(1, Kind.MANUAL)

    [run] = folder.scheduled(backups, "school")

    assert run.manifest.started_at == utc("2026-11-21T02:00")


def test_two_installations_may_have_their_backups_in_one_folder(backups, make):
    make(0)

    assert folder.scheduled(backups, "another") == []
    assert folder.prune(backups, "another", keep=1) == []


def test_nothing_is_scheduled_unless_an_hour_is_set():
    assert find_settings({}) is None
    assert find_settings({"HOCBA_BACKUP_KEY_FILE": "/key"}) is None


def test_the_settings_of_a_daily_backup_are_read():
    told = {"HOCBA_BACKUP_AT": "02:30", "HOCBA_BACKUP_KEY_FILE": "/key", "HOCBA_BACKUP_KEEP": "3"}

    assert find_settings(told) == Settings(at="02:30", key_file="/key", keep=3)


@pytest.mark.parametrize(
    ("told", "named"),
    [
        ({"HOCBA_BACKUP_AT": "02:30"}, "HOCBA_BACKUP_KEY_FILE"),
        ({"HOCBA_BACKUP_AT": "02:30", "HOCBA_BACKUP_KEY_FILE": "key"}, "key_file"),
        ({"HOCBA_BACKUP_AT": "25:00", "HOCBA_BACKUP_KEY_FILE": "/key"}, "at"),
        ({"HOCBA_BACKUP_AT": "02:30", "HOCBA_BACKUP_KEY_FILE": "/key", "HOCBA_BACKUP_KEEP": "0"}, "keep"),
    ],
)
def test_a_setting_that_is_missing_or_senseless_is_named(told, named):
    with pytest.raises(MissingSetting, match=named):
        find_settings(told)


@pytest.fixture
def school(tmp_path, monkeypatch):
    for variable in [name for name in os.environ if name.startswith("HOCBA_BACKUP_")]:
        monkeypatch.delenv(variable)
    return Instance("school", tmp_path)


def test_the_supervisor_keeps_a_daily_backup_only_where_one_is_asked_for(school, tmp_path, monkeypatch):
    assert daily.processes(school) == []

    key_file = tmp_path / "key"
    key_file.touch(mode=0o600)
    key_file.write_text("ab" * 32)
    monkeypatch.setenv("HOCBA_BACKUP_AT", "02:00")
    monkeypatch.setenv("HOCBA_BACKUP_KEY_FILE", str(key_file))

    [process] = daily.processes(school)
    assert process.argv[-2:] == [str(tmp_path), "school"]
    assert process.env == {"HOCBA_BACKUP_AT": "02:00", "HOCBA_BACKUP_KEY_FILE": str(key_file)}


def test_a_platform_whose_backups_could_not_be_locked_is_told_so_when_it_starts(school, monkeypatch):
    monkeypatch.setenv("HOCBA_BACKUP_AT", "02:00")
    monkeypatch.setenv("HOCBA_BACKUP_KEY_FILE", "/nowhere/key")

    with pytest.raises(InstallationError, match="There is no key file /nowhere/key"):
        daily.processes(school)


def test_a_day_that_has_its_backup_asks_nothing_of_the_servers(school, make, backups):
    make(0)
    settings = Settings(at="02:00", key_file="/nowhere/key", to=str(backups))

    assert daily.attend(school, settings, now=utc("2026-11-21T03:00")) == []
