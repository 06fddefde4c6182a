"""A backup that does not read back as it was written is none: it leaves nothing, and the next look tries again."""

import io

import pytest

from deploy.backup import daily, folder, making, sealing
from deploy.backup.errors import DamagedError
from deploy.backup.making import Wish
from deploy.backup.manifest import Kind
from deploy.backup.schedule import Settings
from deploy.local.instance import Instance
from tests.unit.backup.small_backups import KEY, MORNING, PLACE, manifest


def fill(draft, *_given, started_at, **_rest):
    """Dumps a database onto a disk that does not keep what it is given."""
    file = sealing.seal(io.BytesIO(b"marks of nobody"), draft / PLACE, key=KEY, name=PLACE)
    (draft / PLACE).write_bytes(bytes(file.size))
    return manifest(started_at, Kind.SCHEDULED, {PLACE: file})


@pytest.fixture
def instance(monkeypatch, tmp_path):
    monkeypatch.setattr(making, "_fill", fill)
    return Instance("school", tmp_path)


def test_what_does_not_read_back_is_not_kept(instance, backups):
    wish = Wish(kind=Kind.SCHEDULED, to=backups, key=KEY)

    with pytest.raises(DamagedError):
        making.make(instance, wish, clock=lambda: MORNING)

    assert folder.runs(backups) == []


def test_the_days_backup_is_due_until_one_reads_back(instance, backups, tmp_path):
    key_file = tmp_path / "key"
    key_file.write_text(KEY.hex())
    key_file.chmod(0o600)
    settings = Settings(at="02:30", key_file=str(key_file), to=str(backups))

    for _ in range(2):
        with pytest.raises(DamagedError):
            daily.attend(instance, settings, now=MORNING)
