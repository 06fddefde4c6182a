import io
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.backup import folder, objects, sealing
from deploy.backup import manifest as manifests
from deploy.backup.errors import DamagedError
from deploy.backup.making import Made
from deploy.backup.objects import Earlier
from services.chassis.objects import Objects

PAPER = b"the transcript of nobody"


@pytest.fixture
def source(tmp_path):
    return tmp_path / "objects"


@pytest.fixture
def paper(source):
    return Objects(source).put(PAPER)


@pytest.fixture
def keep(source, tmp_path, key):
    def keep_in(name, earlier=None, needed=()):
        return objects.keep(source, tmp_path / name, key=key, earlier=earlier, needed=needed)

    return keep_in


@pytest.fixture
def yesterday(keep, paper, make, key, tmp_path):
    """A backup that holds the paper."""
    kept, backup = keep("yesterday"), tmp_path / "yesterday"
    manifest = _with(manifests.read(make()), kept)
    manifests.write(manifest, backup, key=key)
    return Earlier(folder=backup, manifest=manifest)


def _with(manifest, kept):
    return replace(manifest, files=kept.files, left_out=kept.left_out)


def path_of(root, name):
    return Path(root) / name[:2] / name


def test_every_file_comes_back_under_the_hash_that_is_its_name(yesterday, paper, key, tmp_path):
    objects.bring_back(yesterday.folder, yesterday.manifest, tmp_path / "new", key=key)

    assert Objects(tmp_path / "new").get(paper) == PAPER


def test_a_file_that_is_still_being_written_is_not_taken(keep, source, paper):
    path_of(source, paper).with_suffix(".0199").write_bytes(b"half")

    assert list(keep("today").files) == [f"objects/{paper[:2]}/{paper}"]


def test_a_file_that_the_backup_before_holds_takes_no_room_again(keep, yesterday, tmp_path):
    kept = keep("today", yesterday)

    [place] = kept.files
    assert kept.files == yesterday.manifest.files
    assert (tmp_path / "today" / place).samefile(yesterday.folder / place)


def test_a_file_that_rotted_in_the_backup_before_is_taken_anew(keep, yesterday, key, tmp_path):
    [place] = yesterday.manifest.files
    (yesterday.folder / place).write_bytes(b"rotten")

    kept = keep("today", yesterday)

    assert folder.is_whole(tmp_path / "today" / place, kept.files[place])


def test_a_file_that_rotted_in_the_installation_is_named_and_the_others_are_kept(keep, source, paper):
    other = Objects(source).put(b"another")
    path_of(source, paper).write_bytes(b"rotten")

    kept = keep("today")

    assert kept.left_out == [paper]
    assert list(kept.files) == [f"objects/{other[:2]}/{other}"]


def test_a_backup_of_an_installation_that_lost_files_says_so(make):
    made = make()
    manifest = manifests.read(made)

    assert Made(path=made, manifest=manifest).warning is None
    assert "2 files are damaged or missing" in (
        Made(path=made, manifest=replace(manifest, left_out=["ab", "cd"])).warning or ""
    )


def test_a_file_lost_by_the_installation_is_kept_from_the_backup_before(keep, source, paper, yesterday):
    path_of(source, paper).unlink()

    assert keep("today", yesterday, needed=[paper]).left_out == []
    assert keep("other", needed=[paper]).left_out == [paper]


def test_a_file_that_is_not_what_its_name_says_is_not_brought_back(yesterday, key, tmp_path):
    [place] = yesterday.manifest.files
    (yesterday.folder / place).unlink()
    sealing.seal(io.BytesIO(b"forged"), yesterday.folder / place, key=key, name=place)

    with pytest.raises(DamagedError, match="not the file that its name says"):
        objects.bring_back(yesterday.folder, yesterday.manifest, tmp_path / "new", key=key)
