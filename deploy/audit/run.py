"""The audit as a whole: one state of both databases, shared out among processes, sheet by sheet."""

from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing import get_context
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from psycopg import Connection

from deploy.audit import reading
from deploy.audit.checking import is_whole
from deploy.audit.reading import Moments, Range, RawSheet, Snapshots
from services.contracts.signing.log import LogKind
from services.gradebook.ledger.examining import WARNINGS, Fault, Finding, StoredSheet, examine
from services.gradebook.ledger.seals import PublicKeys
from services.signing.log.commitments import Salts, commitment

PROCESSES = 2
ROWS_PER_PART = 100_000  # some 40 MB in a process at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """A finding in a sheet."""

    school_year: int
    sheet_id: UUID
    finding: Finding

    @property
    def is_warning(self) -> bool:
        return self.finding.fault in WARNINGS

    def sentence(self) -> str:
        return f"Sheet {self.sheet_id} of {self.school_year}, {self.finding.sentences()[0]}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was read, what is wrong, and what is wrong with the batches of heads, in sentences."""

    sheets: int
    rows: int
    seals: int
    heads: int
    findings: tuple[Located, ...]
    batches: tuple[str, ...]

    @property
    def is_clean(self) -> bool:
        return not self.batches and all(finding.is_warning for finding in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What one process does at a time; keys as raw bytes, which go to another process."""

    range: Range
    snapshots: Snapshots
    keys: dict[str, bytes]
    moments: Moments


def audit(gradebook_url: str, signing_url: str, keys: PublicKeys, *, salts: Salts, year: int | None = None) -> Report:
    """Recompute everything in both databases, of one school year or all; nothing is changed or held up.

    Signing is looked at first: what it keeps was in gradebook before. `salts` are those of its transparency log.
    """
    raw_keys = {name: key.public_bytes_raw() for name, key in keys.items()}
    with reading.opened(signing_url) as signing:
        told = reading.snapshot_of(signing)
        with reading.opened(gradebook_url) as gradebook:
            states = Snapshots(
                gradebook_url=gradebook_url, gradebook=reading.snapshot_of(gradebook), signing_url=signing_url,
                signing=told,
            )  # fmt: skip
            years = reading.years_of(gradebook, signing) if year is None else [year]
            moments = {one: reading.moments_of(gradebook, signing, one) for one in years}
            parts = [
                _Part(range=part, snapshots=states, keys=raw_keys, moments=moments[one])
                for one in years
                for part in _ranges(gradebook, one)
            ]
            faults = (*_batch_faults(gradebook, signing), *_log_faults(signing, salts))
            return _together(_shared_out(parts), faults)


def _ranges(gradebook: Connection, year: int) -> Iterator[Range]:
    """The year's sheets in parts of about as many rows each; the first and the last are open."""
    bounds: list[UUID | None] = [None]
    rows = 0
    for sheet_id, size in reading.sizes_of(gradebook, year):
        rows += size
        if rows >= ROWS_PER_PART:
            bounds.append(sheet_id)
            rows = 0
    for first, end in pairwise([*bounds, None]):
        yield Range(school_year=year, first=first, end=end)


def _shared_out(parts: Sequence[_Part]) -> list[Report]:
    """Several parts go to processes; for one it is not worth starting them."""
    if len(parts) == 1:
        return [_audit_part(parts[0])]
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        return list(pool.map(_audit_part, parts))


def _audit_part(part: _Part) -> Report:
    keys = {name: Ed25519PublicKey.from_public_bytes(raw) for name, raw in part.keys.items()}
    states, findings = part.snapshots, []
    with (
        reading.opened(states.gradebook_url, states.gradebook) as gradebook,
        reading.opened(states.signing_url, states.signing) as signing,
    ):
        sheets = reading.read_range(gradebook, signing, part.range)
        for sheet_id, raw in sheets.items():
            if not is_whole(part.range.school_year, sheet_id, raw, keys, part.moments.heads_due):
                findings += _look_closely(gradebook, part, sheet_id, raw, keys)
    return _report(sheets.values(), findings)


def _look_closely(gradebook: Connection, part: _Part, sheet_id: UUID, raw: RawSheet, keys: PublicKeys) -> list[Located]:
    year = part.range.school_year
    stored = reading.read_sheet(gradebook, raw, school_year=year, sheet_id=sheet_id, moments=part.moments)
    found = examine(stored, keys) if raw.count >= 0 else [_gone(stored)]
    return [Located(school_year=year, sheet_id=sheet_id, finding=finding) for finding in found]


def _gone(stored: StoredSheet) -> Finding:
    """Of a sheet that is missing, only its history, its seals or its heads tell."""
    rows = [row.entry.seq for row in stored.rows] + [seal.sealed.seq for seal in stored.seals]
    last = max([0, *rows, *(seq for seq, _ in stored.heads)])
    return Finding(fault=Fault.SHEET_MISSING, first=1, last=last)


def _batch_faults(gradebook: Connection, signing: Connection) -> Iterator[str]:
    """Batches that signing keeps and gradebook no longer knows, or knows otherwise."""
    unknown = reading.kept_batches(signing) - reading.published_batches(gradebook)
    for number, batch_id, digest in sorted(unknown):
        yield f"Batch {number} of heads ({batch_id}, {digest[:12]}…): signing keeps it, and gradebook no longer has it."


def _log_faults(signing: Connection, salts: Salts) -> Iterator[str]:
    """Batches that signing keeps and its transparency log has not, or has otherwise."""
    logged, kind = reading.logged_batches(signing), LogKind.MARK_HEADS
    for number, batch_id, digest in sorted(reading.kept_batches(signing)):
        told = bytes.fromhex(digest)
        if logged.get(batch_id) not in (told, commitment(salts.of(kind, str(batch_id)), kind, told)):
            yield f"Batch {number} of heads ({batch_id}, {digest[:12]}…): the transparency log has no entry of it."


def _report(sheets: Collection[RawSheet], findings: Sequence[Located]) -> Report:
    return Report(
        sheets=len(sheets),
        rows=sum(len(save.lines) for sheet in sheets for save in sheet.saves),
        seals=sum(len(sheet.seals) for sheet in sheets),
        heads=sum(len(sheet.heads) for sheet in sheets),
        findings=tuple(findings),
        batches=(),
    )


def _together(reports: Sequence[Report], batches: tuple[str, ...]) -> Report:
    return Report(
        sheets=sum(report.sheets for report in reports),
        rows=sum(report.rows for report in reports),
        seals=sum(report.seals for report in reports),
        heads=sum(report.heads for report in reports),
        findings=tuple(finding for report in reports for finding in report.findings),
        batches=batches,
    )
