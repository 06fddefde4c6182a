import json
from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import CliRunner

from deploy.backup import folder
from deploy.backup import manifest as manifests
from deploy.backup.contents import first_difference
from deploy.backup.errors import DamagedError
from deploy.backup.folder import State
from deploy.backup.manifest import Contents, Kind, Rows
from deploy.hocba import cli
from tests.unit.backup.small_backups import MORNING, PLACE


def flip(path, place=-1):
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


def states(backups):
    return [run.state for run in folder.runs(backups)]


def names(runs):
    return [run.path.name for run in runs]


def test_a_whole_backup_is_verified_with_its_key_and_listed_without(backups, make, key):
    made = make(kind=Kind.MANUAL)

    [run] = folder.runs(backups)

    assert folder.verify(made, key=key).installation == "school"
    assert (run.state, run.manifest.kind, run.verified_at) == (
        State.VERIFIED,
        Kind.MANUAL,
        MORNING + timedelta(minutes=1),
    )


def test_scheduled_and_manual_backups_are_listed_in_the_order_of_time(backups, make):
    make(2, Kind.MANUAL)
    make(1, Kind.SCHEDULED)

    said = CliRunner().invoke(cli.hocba, ("backups", "--in", str(backups), "--json"))

    listed = json.loads(said.output)
    assert [(run["kind"], run["state"]) for run in listed] == [("scheduled", "verified"), ("manual", "verified")]
    assert all(run["bytes"] > 0 for run in listed)


def test_a_backup_with_one_byte_flipped_is_refused_by_the_name_of_the_file(make, key):
    made = make()
    flip(made / PLACE)

    with pytest.raises(DamagedError, match=f"{PLACE} in .* was altered"):
        folder.verify(made, key=key)


@pytest.mark.parametrize(("harm", "words"), [("unlink", "is missing from"), ("cut", "bytes and not")])
def test_a_file_that_is_missing_or_cut_shows_in_the_list(backups, make, key, harm, words):
    path = make() / PLACE
    path.unlink() if harm == "unlink" else path.write_bytes(b"")

    [run] = folder.runs(backups)

    assert run.state is State.DAMAGED
    assert words in run.reason
    with pytest.raises(DamagedError, match=words):
        folder.verify(run.path, key=key)


def test_a_manifest_with_one_bit_flipped_is_refused_wherever_it_is(backups, make, key):
    path = make() / manifests.NAME
    whole = path.read_bytes()

    for place, byte in enumerate(whole):
        path.write_bytes(whole[:place] + bytes([byte ^ 1 << place % 8]) + whole[place + 1 :])
        with pytest.raises(DamagedError):
            folder.verify(path.parent, key=key)
        assert len(folder.runs(backups)) == 1


def test_a_manifest_doctored_with_all_hashes_made_to_fit_is_refused(make, key):
    made = make()
    mac = json.loads((made / manifests.NAME).read_text())["mac"]
    manifests.write(replace(manifests.read(made), tool="a forger's"), made, key=bytes(32))
    forged = json.loads((made / manifests.NAME).read_text()) | {"mac": mac}
    (made / manifests.NAME).write_text(json.dumps(forged, separators=(",", ":")))

    with pytest.raises(DamagedError, match="altered without the key"):
        folder.verify(made, key=key)


def test_a_wrong_key_is_told_from_a_damaged_backup(make):
    made = make()

    with pytest.raises(DamagedError, match="locked with another key"):
        folder.verify(made, key=bytes(32))


def test_a_folder_without_a_manifest_is_no_backup(backups, make, key):
    made = make()
    (made / manifests.NAME).unlink()

    assert states(backups) == [State.DAMAGED]
    with pytest.raises(DamagedError, match="it is no backup"):
        folder.verify(made, key=key)


def test_a_proof_of_another_manifest_proves_nothing(backups, make, key):
    made = make()
    manifests.write(replace(manifests.read(made), tool="another"), made, key=key)

    assert states(backups) == [State.UNVERIFIED]


def test_a_backup_that_could_not_be_made_leaves_nothing(backups):
    def fail_half_way():
        with folder.new(backups, started_at=MORNING, kind=Kind.MANUAL) as draft:
            (draft / "begun").touch()
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk"):
        fail_half_way()

    assert folder.runs(backups) == []
    assert list(backups.glob("*-*")) == []


def test_what_a_killed_backup_left_behind_goes_with_the_next(backups, make):
    (backups / "2026-11-20T02-00-00.000000Z-scheduled.draft").mkdir(parents=True)

    made = make()

    assert list(backups.glob("*-*")) == [made]


def test_the_newest_scheduled_backups_stay_and_those_made_by_hand_always(backups, make):
    by_hand = make(0, Kind.MANUAL)
    scheduled = [make(day) for day in range(1, 5)]

    gone = folder.prune(backups, "school", keep=2)

    assert names(gone) == [path.name for path in scheduled[:2]]
    assert names(folder.runs(backups)) == [path.name for path in (by_hand, *scheduled[2:])]


def test_the_last_verified_backup_stays_however_many_damaged_ones_follow(backups, make):
    verified = make(0)
    for day in range(1, 4):
        flip(make(day) / manifests.NAME, 40)
    for day in range(4, 7):
        make(day, verified=False)

    gone = folder.prune(backups, "school", keep=1)

    assert gone == []
    assert verified.exists()


def contents(**changed):
    tables = {"cells": Rows(count=1, sha256="a"), "mark_history": Rows(count=2, sha256="b")}
    return replace(Contents(revision="0001", tables=tables, digests={"sheets": "c"}), **changed)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (contents(), None),
        (contents(revision="0002"), "its migrations are at 0002 and not at 0001"),
        (contents(tables={"cells": Rows(count=1, sha256="a")}), "the rows of mark_history are not the same"),
        (
            contents(tables=contents().tables | {"cells": Rows(count=1, sha256="z")}),
            "the rows of cells are not the same",
        ),
        (contents(digests={"sheets": "z"}), "the digest of sheets is not the same"),
        (contents(digests={}), "the digest of sheets is not the same"),
    ],
)
def test_a_restored_database_that_differs_is_named_by_where_it_does(found, words):
    assert first_difference(contents(), found) == words
