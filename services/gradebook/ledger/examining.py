"""What is wrong with a sheet's ledger, and where: chain, seals, times, cells, and heads kept elsewhere. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import groupby, pairwise
from uuid import UUID

from services.gradebook.ledger.chain import Entry, genesis, link
from services.gradebook.ledger.seals import PublicKeys, Seal, is_genuine


class Fault(StrEnum):
    """What can be seen to be wrong; it says what is there, not what somebody meant."""

    ALTERED = "ALTERED"
    MISSING = "MISSING"
    DUPLICATED = "DUPLICATED"
    CUT_OFF = "CUT_OFF"
    UNCOUNTED = "UNCOUNTED"
    BACK_DATED = "BACK_DATED"
    SEAL_FORGED = "SEAL_FORGED"
    REWRITTEN = "REWRITTEN"
    UNSEALED = "UNSEALED"
    NEVER_SEALED = "NEVER_SEALED"
    CELL_DIFFERS = "CELL_DIFFERS"
    HEAD_DIFFERS = "HEAD_DIFFERS"
    ROLLED_BACK = "ROLLED_BACK"
    NOT_KEPT = "NOT_KEPT"
    SHEET_MISSING = "SHEET_MISSING"


WARNINGS = frozenset({Fault.NEVER_SEALED})
"""What was so before there were seals: worth saying, and no sign that anybody did wrong."""

SENTENCES: Mapping[Fault, tuple[str, str]] = {
    Fault.ALTERED: (
        "the hash does not fit: changed, or in another's place",
        "mã băm không khớp: đã bị sửa hoặc đổi chỗ",
    ),
    Fault.MISSING: ("missing from the history", "bị thiếu trong lịch sử"),
    Fault.DUPLICATED: ("repeats what another row holds already", "lặp lại nội dung đã có ở dòng khác"),
    Fault.CUT_OFF: ("cut off the end of the history", "đã bị cắt khỏi cuối lịch sử"),
    Fault.UNCOUNTED: ("added past the sheet's own count", "được thêm ngoài số đếm của bảng điểm"),
    Fault.BACK_DATED: ("dated before the row before it", "ghi thời điểm trước cả dòng đứng trước"),
    Fault.SEAL_FORGED: ("the seal was not made by the ledger's key", "con dấu không do khóa của sổ điểm tạo ra"),
    Fault.REWRITTEN: (
        "not what was sealed: at least one row of this save was written anew",
        "không phải nội dung đã đóng dấu: ít nhất một dòng của lần ghi này đã bị viết lại",
    ),
    Fault.UNSEALED: (
        "no seal for this moment: written past the platform, or the seal removed, or the time changed",
        "không có con dấu cho thời điểm này: ghi ngoài hệ thống, hoặc dấu bị xóa, hoặc thời điểm bị đổi",
    ),
    Fault.NEVER_SEALED: (
        "older than the seals, and covered only by the first of them",
        "có trước khi dùng con dấu, chỉ được con dấu đầu tiên bao quát",
    ),
    Fault.CELL_DIFFERS: (
        "the cell of pupil {pupil_id} in column {column_id} is not what the history made it",
        "ô của học sinh {pupil_id} ở cột {column_id} không đúng với lịch sử",
    ),
    Fault.HEAD_DIFFERS: ("not the history whose head signing keeps", "không phải lịch sử mà dịch vụ ký số đang giữ mã"),
    Fault.ROLLED_BACK: (
        "gone, though signing keeps a head of them: the history was put back to an older state",
        "đã mất dù dịch vụ ký số còn giữ mã: lịch sử bị đưa về trạng thái cũ",
    ),
    Fault.NOT_KEPT: (
        "signing keeps no head of them long after they were written: they could be taken back unseen",
        "đã lâu mà dịch vụ ký số chưa giữ mã nào của các dòng này: có thể bị lấy đi mà không ai biết",
    ),
    Fault.SHEET_MISSING: ("the sheet itself is gone", "bảng điểm không còn"),
}
"""What each fault means, in English and Vietnamese, said after the rows that it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A fault in rows `first` to `last`; with the cell where one cell is meant (row 0: none ever wrote it)."""

    fault: Fault
    first: int
    last: int
    column_id: UUID | None = None
    pupil_id: UUID | None = None

    def sentences(self) -> tuple[str, str]:
        """In English and in Vietnamese."""
        place = {"column_id": self.column_id, "pupil_id": self.pupil_id}
        en, vi = (sentence.format(**place) for sentence in SENTENCES[self.fault])
        if not self.last:
            return en, vi
        if self.first == self.last:
            return f"row {self.first}: {en}", f"dòng {self.first}: {vi}"
        return f"rows {self.first} to {self.last}: {en}", f"các dòng {self.first}–{self.last}: {vi}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRow:
    """A row of history as it is stored, with the hash that stands beside it."""

    entry: Entry
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSheet:
    """All that is stored of a sheet's ledger; `heads` are what signing keeps of it: (row, hash).

    `sealing_began` is the moment from which on every save of the sheet's year was sealed, null where none was; signing
    keeps a head of what was written before `heads_due`, null where that is not looked at.
    """

    school_year: int
    sheet_id: UUID
    count: int
    head: str
    rows: Sequence[StoredRow]
    seals: Sequence[Seal]
    cells: Mapping[tuple[UUID, UUID], tuple[str, str | None, int]]
    heads: Collection[tuple[int, str]] = ()
    sealing_began: datetime | None = None
    heads_due: datetime | None = None


def examine(sheet: StoredSheet, keys: PublicKeys) -> list[Finding]:
    """Everything that is wrong, in the order of the history; nothing where all is whole.

    A row that several checks find is reported by the first of them, which says most about it.
    """
    found: list[Finding] = []
    rows = sorted(sheet.rows, key=lambda row: (row.entry.seq, row.hash))
    for check in (_chain, _ends, _seals, _heads, _kept, _times, _versions):
        found += [one for one in check(sheet, rows, keys) if not _is_known(one, found)]
    found += _cells(sheet, rows)
    return sorted(found, key=lambda one: (one.first, one.last))


def _is_known(finding: Finding, found: Sequence[Finding]) -> bool:
    faults = (one for one in found if one.fault not in WARNINGS)
    return any(one.first <= finding.last and finding.first <= one.last for one in faults)


def _chain(sheet: StoredSheet, rows: Sequence[StoredRow], _keys: PublicKeys) -> Iterator[Finding]:
    """Gaps, repetitions, and rows that follow neither from the hash beside the row before nor from its true one."""
    altered: list[int] = []
    expected, before = 1, {genesis(sheet.school_year, sheet.sheet_id)}
    for seq, group in groupby(rows, key=lambda row: row.entry.seq):
        same = list(group)
        if seq > expected:
            yield Finding(fault=Fault.MISSING, first=expected, last=seq - 1)
            before = set()
        links = {link(head, row.entry) for head in before for row in same}
        hashes = {row.hash for row in same}
        if len(same) > 1:
            yield Finding(fault=Fault.DUPLICATED, first=seq, last=seq)
        elif before and not hashes <= links:
            altered.append(seq)
        expected, before = seq + 1, hashes | links
    for first, last in _runs(altered):
        yield Finding(fault=Fault.ALTERED, first=first, last=last)


def _ends(sheet: StoredSheet, rows: Sequence[StoredRow], _keys: PublicKeys) -> Iterator[Finding]:
    """Whether the history ends where the sheet, the newest seal and signing say."""
    last = rows[-1].entry.seq if rows else 0
    once = max([sheet.count, *(seal.sealed.seq for seal in sheet.seals)])
    kept = max((seq for seq, _ in sheet.heads), default=0)
    if kept > max(last, once):
        yield Finding(fault=Fault.ROLLED_BACK, first=max(last, once) + 1, last=kept)
    if last < once:
        yield Finding(fault=Fault.CUT_OFF, first=last + 1, last=once)
    if last > sheet.count:
        yield Finding(fault=Fault.UNCOUNTED, first=sheet.count + 1, last=last)
    head = rows[-1].hash if rows else genesis(sheet.school_year, sheet.sheet_id)
    if last == sheet.count and sheet.head != head:
        yield Finding(fault=Fault.ALTERED, first=last, last=last)


def _heads(sheet: StoredSheet, rows: Sequence[StoredRow], _keys: PublicKeys) -> Iterator[Finding]:
    """The first row whose head signing keeps with another hash; what follows differs because it does."""
    hashes = {row.entry.seq: row.hash for row in rows}
    whole = 0
    for seq, kept in sorted(sheet.heads):
        if seq in hashes and hashes[seq] != kept:
            yield Finding(fault=Fault.HEAD_DIFFERS, first=min(whole + 1, seq), last=seq)
            return
        whole = seq


def _kept(sheet: StoredSheet, rows: Sequence[StoredRow], _keys: PublicKeys) -> Iterator[Finding]:
    """Rows past the newest head that signing keeps, though there was time enough to publish one."""
    last = max((seq for seq, _ in sheet.heads), default=0)
    due = [
        row.entry.seq
        for row in rows
        if sheet.heads_due and row.entry.seq > last and row.entry.recorded_at < sheet.heads_due
    ]
    for first, end in _runs(due):
        yield Finding(fault=Fault.NOT_KEPT, first=first, last=end)


@dataclass(slots=True)
class _Sealing:
    """How far the seals were read: up to which row, and whether the rows still are those that were sealed."""

    covered: int = 0
    is_rewritten: bool = False
    found: list[Finding] = field(default_factory=list)

    def tell(self, fault: Fault, first: int, last: int) -> None:
        self.found.append(Finding(fault=fault, first=first, last=last))


def _seals(sheet: StoredSheet, rows: Sequence[StoredRow], keys: PublicKeys) -> list[Finding]:
    """Whether each save bears its own genuine seal, over the hash that is stored and the moment that its rows name."""
    by_seq = {row.entry.seq: row for row in rows}
    state = _Sealing()
    for seal in sorted(sheet.seals, key=lambda one: one.sealed.seq):
        _read_seal(state, seal, by_seq, began=sheet.sealing_began, is_genuine=_is_of(seal, sheet, keys))
        state.covered = max(state.covered, seal.sealed.seq)
    _tell_unsealed(state, [row for row in rows if row.entry.seq > state.covered], sheet.sealing_began)
    return state.found


def _is_of(seal: Seal, sheet: StoredSheet, keys: PublicKeys) -> bool:
    is_here = (seal.sealed.school_year, seal.sealed.sheet_id) == (sheet.school_year, sheet.sheet_id)
    return is_here and is_genuine(seal, keys)


def _read_seal(
    state: _Sealing, seal: Seal, by_seq: Mapping[int, StoredRow], *, began: datetime | None, is_genuine: bool
) -> None:
    first, last = state.covered + 1, seal.sealed.seq
    if not is_genuine:
        state.tell(Fault.SEAL_FORGED, min(first, last), last)
        return
    end = by_seq.get(last)
    if end is not None and end.hash != seal.sealed.hash and not state.is_rewritten:
        state.is_rewritten = True  # and so are all hashes after it
        state.tell(Fault.REWRITTEN, min(first, last), last)
    if not state.is_rewritten:
        mine = (by_seq[seq] for seq in range(first, last + 1) if seq in by_seq)
        _tell_unsealed(state, [row for row in mine if row.entry.recorded_at != seal.sealed.recorded_at], began)


def _tell_unsealed(state: _Sealing, rows: Sequence[StoredRow], began: datetime | None) -> None:
    """Rows without a seal of their moment: only those from before there were seals, at the beginning, may be so."""

    def is_old(row: StoredRow) -> bool:
        return not state.covered and (began is None or row.entry.recorded_at < began)

    for old, some in groupby(rows, key=is_old):
        for first, last in _runs([row.entry.seq for row in some]):
            state.tell(Fault.NEVER_SEALED if old else Fault.UNSEALED, first, last)


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Numbers in order as ranges without gaps."""
    if not numbers:
        return
    first = numbers[0]
    for before, number in pairwise(numbers):
        if number != before + 1:
            yield first, before
            first = number
    yield first, numbers[-1]


def _times(_sheet: StoredSheet, rows: Sequence[StoredRow], _keys: PublicKeys) -> Iterator[Finding]:
    for before, row in pairwise(rows):
        if row.entry.recorded_at < before.entry.recorded_at:
            yield Finding(fault=Fault.BACK_DATED, first=row.entry.seq, last=row.entry.seq)


def _versions(_sheet: StoredSheet, rows: Sequence[StoredRow], _keys: PublicKeys) -> Iterator[Finding]:
    """A cell's versions count up; a row that repeats one was put there."""
    versions: dict[tuple[UUID, UUID], int] = {}
    for row in rows:
        place = (row.entry.column_id, row.entry.pupil_id)
        if row.entry.version <= versions.get(place, 0):
            yield Finding(fault=Fault.DUPLICATED, first=row.entry.seq, last=row.entry.seq)
        versions[place] = max(row.entry.version, versions.get(place, 0))


def _cells(sheet: StoredSheet, rows: Sequence[StoredRow]) -> Iterator[Finding]:
    """Cells that are not what the newest row about them says, whatever else is wrong."""
    made = {(row.entry.column_id, row.entry.pupil_id): row.entry for row in rows}
    for place in sorted(made.keys() | sheet.cells.keys()):
        entry = made.get(place)
        if sheet.cells.get(place) != (entry and (entry.state, entry.value, entry.version)):
            seq = entry.seq if entry else 0
            yield Finding(fault=Fault.CELL_DIFFERS, first=seq, last=seq, column_id=place[0], pupil_id=place[1])
