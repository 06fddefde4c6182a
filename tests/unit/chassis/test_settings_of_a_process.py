"""A process reads its settings once; what is missing stops it by name."""

from dataclasses import dataclass

import pytest

from services.chassis.settings import MissingSetting, load


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    database_url: str
    threads: int = 2


def test_settings_come_from_the_environment_with_their_types():
    told = {"HOCBA_NOTIFY_DATABASE_URL": "postgresql://x", "HOCBA_NOTIFY_THREADS": "5"}

    assert load(Settings, "notify", told) == Settings(database_url="postgresql://x", threads=5)


def test_a_secret_is_read_from_the_file_that_the_environment_names(tmp_path):
    (tmp_path / "secret").write_text("postgresql://x\n")
    told = {"HOCBA_NOTIFY_DATABASE_URL_FILE": str(tmp_path / "secret"), "HOCBA_NOTIFY_DATABASE_URL": "not this"}

    assert load(Settings, "notify", told) == Settings(database_url="postgresql://x")


@pytest.mark.parametrize(
    ("told", "named"),
    [
        ({}, "HOCBA_NOTIFY_DATABASE_URL"),
        ({"HOCBA_NOTIFY_DATABASE_URL_FILE": "/nowhere/secret"}, "/nowhere/secret"),
        ({"HOCBA_NOTIFY_DATABASE_URL": "x", "HOCBA_NOTIFY_THREADS": "many"}, "threads"),
    ],
)
def test_what_is_missing_or_unreadable_stops_the_process_and_is_named(told, named):
    with pytest.raises(MissingSetting, match=named):
        load(Settings, "notify", told)
