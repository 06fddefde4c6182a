"""A backup of a school at work becomes an installation again, the same row for row; a damaged one does not."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from deploy.backup import daily, databases, folder, making, restoring
from deploy.backup import manifest as manifests
from deploy.backup.folder import State
from deploy.backup.making import SECRETS, Wish
from deploy.backup.manifest import Kind
from deploy.backup.schedule import Settings
from deploy.hocba import cli, options
from deploy.local import elsewhere, state
from deploy.local import platform as local
from deploy.local.errors import InstallationError
from deploy.local.files import write_private
from deploy.local.instance import Instance
from services.chassis.objects import Objects
from tests.journeys.installation import Platform, until
from tests.journeys.records import have_head_kept, history
from tests.journeys.school import PUPILS, Gateway, mark

KEY = bytes(range(32))
CODE = "0" * 26
FROZEN = """
    INSERT INTO transcripts (school_year, id, class_id, unit_id, pupil_id, version, state, code, canonical, frozen_xml,
                             frozen_pdf, xml, pdf, frozen_at)
    VALUES (2025, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 1, 'FROZEN', %s,
            %s, %s, %s, %s, %s, now())
    RETURNING code
"""
SEALED = "UPDATE transcripts SET state = 'ISSUED', issued_at = now() WHERE code = %s RETURNING code"
HASHES = (
    "SELECT code, canonical, frozen_xml, frozen_pdf, xml, pdf FROM transcripts WHERE state = 'ISSUED' ORDER BY code"
)
LATER = "UPDATE outbox SET settled_at = '2100-01-01' WHERE id = (SELECT max(id) FROM outbox) RETURNING event_id"
SETTLED = "SELECT count(*) FROM outbox WHERE event_id = %s AND settled_at = '2100-01-01'"


def clock():
    return datetime.now(UTC)


def back_up(installation, *, with_keys):
    to = making.default_folder(installation.instance)
    return making.make(
        installation.instance, Wish(kind=Kind.MANUAL, to=to, key=KEY, with_keys=with_keys), clock=clock
    ).path


@pytest.fixture(scope="module")
def transcript(platform):
    """The file of a transcript that was issued to nobody."""
    paper = b"%PDF of nobody" * 100_000
    name = Objects(local.objects_folder(platform.instance)).put(paper)
    platform.sql("transcript", FROZEN, CODE, *[name] * 5)
    platform.sql("transcript", SEALED, CODE)
    return paper


@pytest.fixture(scope="module")
def sheet(platform, school):
    """A sheet with a column of marks, corrected once."""
    sheet = school.sheets[1]
    school.save_column(sheet, sheet["columns"][0], "7.5", version=0)
    school.save_column(sheet, sheet["columns"][0], "8.5", version=1)
    return sheet


@pytest.fixture(scope="module")
def appointment(platform, school):
    """An event that its publisher's database knows to have arrived, later than others were looked at."""
    school.appoint()
    [(event,)] = platform.sql("identity", LATER)
    return event


@pytest.fixture(scope="module")
def backup(platform, school, sheet, transcript, appointment):
    """Made while a teacher writes in another sheet, and after the first look at a ledger in this one."""
    have_head_kept(platform, sheet)

    def write():
        school.save_column(sheet, sheet["columns"][1], "6.5", version=0)
        have_head_kept(platform, sheet)

    busy = school.sheets[0]
    with school.marking([(busy, busy["columns"][3])]) as [teacher], meanwhile(write):
        until(lambda: teacher.acknowledged)
        return back_up(platform, with_keys=True)


@contextmanager
def meanwhile(work):
    """Have it done between a backup's looks at the two databases that hold marks and the heads of their history."""
    real, due = databases.seen, [work]

    @contextmanager
    def seen(instance, service):
        with real(instance, service) as snapshot:
            if service in ("gradebook", "signing") and due:
                due.pop()()
            yield snapshot

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(databases, "seen", seen)
        yield


@pytest.fixture(scope="module")
def new(installation):
    """Makes a new installation on this machine, beside the code that all share."""
    root, made = installation.instance.root, []
    (root / "services").symlink_to(cli.CHECKOUT / "services")

    def make(name):
        made.append(Instance(name, root))
        return made[-1]

    yield make
    for instance in made:
        instance.erase()
    (root / "services").unlink()


@pytest.fixture(scope="module")
def restored(backup, new):
    platform = Platform(new("restored"))
    restoring.restore(backup, platform.instance, key=KEY)
    local.prepare(platform.instance, platform.instance.servers())
    platform.start()
    return platform


@pytest.fixture
def database_only(monkeypatch):
    """Pretends that the broker exists elsewhere, which saves starting one where none is needed."""
    monkeypatch.setenv(elsewhere.BROKER_URL, "amqp://hocba@mq.example/%2F")
    monkeypatch.setenv(elsewhere.MANAGEMENT_URL, "http://hocba@mq.example:15672")


@pytest.fixture
def empty(new, database_only):
    """Nothing was ever started here."""
    return new("empty")


@pytest.fixture
def key_file(tmp_path):
    file = tmp_path / "key"
    file.touch(mode=0o600)
    file.write_text(KEY.hex())
    return file


@pytest.fixture
def copy(backup):
    """Makes a copy of the backup whose manifest says something else, proven with the key."""

    def make(**changed):
        told = replace(manifests.read(backup), **changed)
        with folder.new(backup.parent, started_at=clock(), kind=Kind.MANUAL) as draft:
            for name in told.files:
                (draft / name).parent.mkdir(parents=True, exist_ok=True)
                (draft / name).write_bytes((backup / name).read_bytes())
            manifests.write(told, draft, key=KEY)
        return folder.runs(backup.parent)[-1].path

    return make


@pytest.fixture
def audit(monkeypatch):
    """`hocba audit --json` of an installation, wherever it lies."""

    def run(instance):
        monkeypatch.setattr(options, "CHECKOUT", instance.root)
        return CliRunner().invoke(cli.hocba, ["audit", "--json", "--name", instance.name])

    return run


def read(url, school, sheet):
    """The sheet, and whether its chain of history fits."""
    path = f"/v1/years/2025/sheets/{sheet['id']}"
    return [Gateway(url).ask("GET", each, token=school.teacher) for each in (path, f"{path}/audit")]


def holds_nothing(instance):
    return list(instance.home.glob("objects*")) == [] and state.read(instance.home).processes == {}


def test_a_teacher_reads_the_same_sheet_from_what_was_restored(platform, restored, school, sheet):
    before = read(platform.url, school, sheet)

    assert read(restored.url, school, sheet) == before
    assert before[1]["intact"]


def test_a_backup_made_while_a_teacher_writes_holds_every_mark_with_its_history(restored, school):
    busy = school.sheets[0]

    versions = history(restored, busy["columns"][3])

    assert versions == [(version, mark(version - 1), PUPILS) for version in range(1, len(versions) + 1)] != []
    assert read(restored.url, school, busy)[1]["intact"]


def test_every_issued_transcript_has_the_same_hashes_and_the_same_files(platform, restored, transcript):
    before = platform.sql("transcript", HASHES)
    ours, theirs = (Objects(local.objects_folder(each.instance)) for each in (platform, restored))

    files = {name: theirs.get(name) for _, *names in before for name in names}

    assert restored.sql("transcript", HASHES) == before
    assert [name for name, content in files.items() if ours.get(name) != content] == []
    assert transcript in files.values()


def test_the_audit_of_what_was_restored_finds_nothing_wrong(restored, sheet, audit):
    said = audit(restored.instance)

    told = json.loads(said.output)
    assert (said.exit_code, told["findings"], told["batches"]) == (0, [], [])
    assert told["heads"] > 0
    assert history(restored, sheet["columns"][1]) == [(1, "6.5", PUPILS)]


def test_the_audit_finds_a_mark_that_was_altered_in_what_was_restored(restored, sheet, audit, school):
    cell = (sheet["columns"][0]["id"], school.pupils[0])
    change = "UPDATE cells SET value = %s WHERE column_id = %s AND pupil_id = %s"

    restored.rule("gradebook", change, "9.5", *cell)
    said = audit(restored.instance)
    restored.rule("gradebook", change, "8.5", *cell)

    assert said.exit_code == 1
    assert [(one["sheet_id"], one["finding"]["fault"]) for one in json.loads(said.output)["findings"]] == [
        (sheet["id"], "CELL_DIFFERS")
    ]  # fmt: skip
    assert audit(restored.instance).exit_code == 0


def test_an_event_that_may_have_missed_its_consumer_is_asked_for_again(platform, restored, appointment):
    assert platform.sql("identity", SETTLED, appointment) == [(1,)]
    assert restored.sql("identity", SETTLED, appointment) == [(0,)]


def test_the_backup_was_read_back_and_is_listed_as_verified(platform, backup):
    run = next(run for run in folder.runs(backup.parent) if run.path == backup)

    assert (run.state, run.manifest.kind) == (State.VERIFIED, Kind.MANUAL)


def test_the_daily_backup_is_made_once_and_listed_beside_those_made_by_hand(platform, backup, key_file):
    settings, now = Settings(at="02:00", key_file=str(key_file)), clock()

    first, second = (daily.attend(platform.instance, settings, now=now) for _ in range(2))

    [run] = [run for run in folder.runs(backup.parent) if run.manifest.kind is Kind.SCHEDULED]
    assert (first, second) == ([f"made {run.path}"], [])
    assert run.state is State.VERIFIED


def test_a_backup_that_was_killed_is_not_taken_for_one_and_the_next_is_whole(platform, key_file, tmp_path, empty):
    to = tmp_path / "backups"
    settings = Settings(at="02:00", key_file=str(key_file), to=str(to))
    told = {f"HOCBA_BACKUP_{name.upper()}": str(value) for name, value in asdict(settings).items()}
    argv = [sys.executable, "-m", "deploy.backup.daily", str(platform.instance.root), platform.instance.name]

    with platform.blocking("notify", "consents", to_readers=True) as is_awaited:
        process = subprocess.Popen(argv, env=os.environ | told)
        until(lambda: is_awaited() and list(to.glob("*/databases/gradebook.dump")))
        process.kill()
        process.wait()
    [draft] = to.glob("*-*")

    with pytest.raises(InstallationError, match="it is no backup, or a part of one"):
        restoring.restore(draft, empty, key=KEY)
    assert holds_nothing(empty)
    assert folder.runs(to) == []
    daily.attend(platform.instance, settings, now=clock())
    assert [run.state for run in folder.runs(to)] == [State.VERIFIED]
    assert not draft.exists()


def test_an_installation_that_runs_is_not_written_over(restored, backup):
    with pytest.raises(InstallationError, match="restored is running"):
        restoring.restore(backup, restored.instance, key=KEY)


def test_a_damaged_backup_leaves_no_installation_behind(copy, empty):
    damaged = copy()
    dump = damaged / making.place_of("gradebook")
    data = bytearray(dump.read_bytes())
    data[len(data) // 2] ^= 1
    dump.write_bytes(data)

    with pytest.raises(InstallationError, match=r"databases/gradebook\.dump in .* was altered"):
        restoring.restore(damaged, empty, key=KEY)
    assert holds_nothing(empty)


def test_a_database_that_is_not_what_the_manifest_says_is_not_served(backup, copy, empty):
    databases = manifests.read(backup).databases
    sheets = replace(databases["gradebook"], digests={"sheets": "0" * 64})
    doctored = copy(databases=databases | {"gradebook": sheets})

    with pytest.raises(InstallationError, match="gradebook differs from the manifest: the digest of sheets"):
        restoring.restore(doctored, empty, key=KEY)
    assert holds_nothing(empty)


def test_a_backup_of_a_newer_platform_is_refused_by_its_migration(backup, copy, empty):
    databases = manifests.read(backup).databases
    newer = copy(databases=databases | {"notify": replace(databases["notify"], revision="9999")})

    with pytest.raises(InstallationError, match="notify is at migration 9999"):
        restoring.restore(newer, empty, key=KEY)
    assert holds_nothing(empty)


def test_a_backup_without_keys_is_restored_only_beside_the_very_keys_it_was_made_with(platform, new, database_only):
    keyless, instance = back_up(platform, with_keys=False), new("keyless")

    with pytest.raises(InstallationError, match=r"authority\.pem, .* must lie in"):
        restoring.restore(keyless, instance, key=KEY)
    for name in SECRETS:
        write_private(instance.home / "secrets" / name, (platform.instance.home / "secrets" / name).read_text())
    restoring.restore(keyless, instance, key=KEY)

    assert not any((keyless / making.place_of_secret(name)).exists() for name in SECRETS)
    assert Platform(instance).sql("transcript", HASHES) == platform.sql("transcript", HASHES)
