from datetime import timedelta

import pytest

from deploy.backup import folder
from deploy.backup.manifest import Kind
from tests.unit.backup import small_backups
from tests.unit.backup.small_backups import KEY, MORNING


@pytest.fixture
def key():
    return KEY


@pytest.fixture
def backups(tmp_path):
    return tmp_path / "backups"


@pytest.fixture
def make(backups):
    """Makes a backup that began so many days after the first; gives its folder."""

    def make_one(day=0, kind=Kind.SCHEDULED, *, verified=True):
        started_at = MORNING + timedelta(days=day)
        made = small_backups.make(backups, started_at, kind)
        if verified:
            folder.note_verified(made, at=started_at + timedelta(minutes=1))
        return made

    return make_one
