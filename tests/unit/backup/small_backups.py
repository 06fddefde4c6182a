"""Backups of nothing much, made without servers."""

import io
from datetime import UTC, datetime, timedelta

from deploy.backup import folder, keys, sealing
from deploy.backup import manifest as manifests
from deploy.backup.manifest import Contents, Manifest, Rows

KEY = bytes(range(32))
MORNING = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
PLACE = "databases/gradebook.dump"


def make(backups, started_at, kind):
    """A backup of one file; gives its folder."""
    with folder.new(backups, started_at=started_at, kind=kind) as draft:
        file = sealing.seal(io.BytesIO(b"marks of nobody"), draft / PLACE, key=KEY, name=PLACE)
        manifests.write(manifest(started_at, kind, {PLACE: file}), draft, key=KEY)
    return backups / folder.final_name(started_at, kind)


def manifest(started_at, kind, files):
    """What a backup of these files says of itself."""
    rows = {"mark_history": Rows(count=5, sha256="0" * 64)}
    return Manifest(
        installation="school",
        kind=kind,
        tool="hocba of the test",
        started_at=started_at,
        ended_at=started_at + timedelta(seconds=5),
        seen_at=started_at,
        key_id=keys.key_id(KEY),
        databases={"gradebook": Contents(revision="0001", tables=rows, digests={"sheets": "1" * 64})},
        left_out=[],
        secrets={},
        files=files,
    )
