"""Signals of planted marks ("cấy điểm"): what in a history of changes is worth a second look. Pure.

A teacher's own slip, mended within the hour while the sheet is not locked, is no signal.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from services.contracts.gradebook.corrections import CorrectionV1
from services.contracts.gradebook.sheets import CellState
from services.contracts.gradebook.signals import SignalCode, SignalV1
from services.gradebook.domain import SCHOOL_TIME

MENDING = timedelta(hours=1)
DAY_HOURS = range(6, 22)  # Vietnam's time
RISE = Decimal("2.0")
THRESHOLDS = tuple(map(Decimal, ("3.5", "5.0", "6.5", "8.0", "9.0")))
NUDGE = Decimal("0.2")  # 4.9 to 5.0, 6.4 to 6.5: as little as it takes
MANY_CORRECTIONS = 3
MANY_RAISES, BURST = 4, timedelta(hours=24)
ALARM = 2
CORRECTION = "correction:"

SENTENCES: Mapping[SignalCode, tuple[str, str]] = {
    SignalCode.PLANTED: (
        "The cell was empty when the term was locked, and got {new} afterwards.",
        "Ô còn trống khi khóa học kỳ, sau đó được ghi {new}.",
    ),
    SignalCode.FINAL_RAISED: (
        "The final mark rose from {old} to {new}.",
        "Điểm đánh giá cuối kỳ tăng từ {old} lên {new}.",
    ),
    SignalCode.OVER_THRESHOLD: (
        "The mark went from {old} just over a threshold to {new}.",
        "Điểm được nâng từ {old} vừa qua ngưỡng thành {new}.",
    ),
    SignalCode.OFTEN_CORRECTED: (
        "One pupil's marks were corrected {count} times in this year.",
        "Điểm của một học sinh được sửa {count} lần trong năm học.",
    ),
    SignalCode.AT_NIGHT: (
        "The mark was changed from {old} to {new} at {at}, at night.",
        "Điểm được sửa từ {old} thành {new} lúc {at}, ngoài 6–22 giờ.",
    ),
    SignalCode.ONE_HAND: (
        "Who asked for the change and who approved it are one person, or used one account.",
        "Người đề nghị và người duyệt việc sửa là một người, hoặc dùng chung một tài khoản.",
    ),
    SignalCode.BURST: (
        "{count} marks of one pupil were raised within a day.",
        "{count} điểm của một học sinh được nâng trong vòng một ngày.",
    ),
    SignalCode.AFTER_CLOSING: (
        "The mark was raised from {old} to {new} after the window had first closed.",
        "Điểm được nâng từ {old} lên {new} sau khi cửa sổ nhập đã đóng lần đầu.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A row of history that changed what stood, or was written after the lock; times say what was so before it.

    `entered_at` is when the cell was first written, null where this was the first time; `locked_at` and `closed_at`
    are when the sheet's term was locked and its window first closed, null where neither happened before.
    """

    sheet_id: UUID
    seq: int
    column_id: UUID
    pupil_id: UUID
    is_final: bool
    old_state: CellState
    old_value: str | None
    new_value: str | None
    account_id: UUID
    person_id: UUID
    at: datetime
    entered_at: datetime | None
    locked_at: datetime | None
    closed_at: datetime | None
    basis: str | None = None

    @property
    def is_correction(self) -> bool:
        return (self.basis or "").startswith(CORRECTION)

    @property
    def is_mending(self) -> bool:
        """A slip mended soon after it was made, while everybody could still write."""
        return (
            self.entered_at is not None and self.at - self.entered_at <= MENDING
            and self.locked_at is None and not self.is_correction
        )  # fmt: skip

    @property
    def rise(self) -> Decimal:
        """By how much the mark rose; 0 where either is no mark."""
        old, new = _mark(self.old_value), _mark(self.new_value)
        return new - old if old is not None and new is not None else Decimal(0)


def find_signals(changes: Sequence[Change], corrections: Sequence[CorrectionV1]) -> list[SignalV1]:
    """Every signal, the newest first."""
    suspect = [one for one in changes if not one.is_mending and (one.basis is None or one.is_correction)]
    requested = {f"{CORRECTION}{one.id}": one for one in corrections}
    found = [_signal(code, weight, one) for one in suspect for code, rule in _RULES.items() if (weight := rule(one))]
    found += _one_hand(suspect, requested)
    found += _often_corrected([one for one in suspect if one.is_correction])
    found += _bursts(suspect)
    return sorted(found, key=lambda signal: signal.at, reverse=True)


def alarmed(signals: Sequence[SignalV1]) -> list[UUID]:
    """The sheets whose different signals weigh enough together."""
    weights: dict[UUID, dict[SignalCode, int]] = defaultdict(dict)
    for signal in signals:
        of_sheet = weights[signal.sheet_id]
        of_sheet[signal.code] = max(signal.weight, of_sheet.get(signal.code, 0))
    return [sheet_id for sheet_id, codes in weights.items() if sum(codes.values()) >= ALARM]


def _planted(change: Change) -> int:
    was_empty = change.old_state is CellState.EMPTY and change.new_value is not None
    return ALARM if was_empty and change.locked_at is not None else 0


def _final_raised(change: Change) -> int:
    if not change.is_final or change.rise < RISE:
        return 0
    return ALARM if change.locked_at or change.closed_at else 1


def _over_threshold(change: Change) -> int:
    old, new = _mark(change.old_value), _mark(change.new_value)
    if old is None or new is None:
        return 0
    return ALARM if any(bar - NUDGE <= old < bar <= new <= bar + NUDGE for bar in THRESHOLDS) else 0


def _at_night(change: Change) -> int:
    return int(change.at.astimezone(SCHOOL_TIME).hour not in DAY_HOURS)


def _after_closing(change: Change) -> int:
    return int(change.closed_at is not None and change.rise > 0 and not change.is_correction)


_RULES: Mapping[SignalCode, Callable[[Change], int]] = {
    SignalCode.PLANTED: _planted,
    SignalCode.FINAL_RAISED: _final_raised,
    SignalCode.OVER_THRESHOLD: _over_threshold,
    SignalCode.AT_NIGHT: _at_night,
    SignalCode.AFTER_CLOSING: _after_closing,
}


def _one_hand(changes: Sequence[Change], requested: Mapping[str, CorrectionV1]) -> Iterator[SignalV1]:
    """Corrections that one person asked for and decided, and accounts in which several people acted."""
    persons: dict[UUID, set[UUID]] = defaultdict(set)
    for one in changes:
        persons[one.account_id].add(one.person_id)
    for one in changes:
        asked = requested.get(one.basis or "")
        is_own = asked is not None and asked.requested_by in {asked.verified_by, asked.decided_by, one.person_id}
        if is_own or len(persons[one.account_id]) > 1:
            yield _signal(SignalCode.ONE_HAND, ALARM, one, persons=tuple(sorted(persons[one.account_id])))


def _often_corrected(corrections: Sequence[Change]) -> Iterator[SignalV1]:
    for mine in _by_pupil(corrections):
        if len(mine) >= MANY_CORRECTIONS:
            yield from (_signal(SignalCode.OFTEN_CORRECTED, ALARM, one, count=len(mine)) for one in mine)


def _bursts(changes: Sequence[Change]) -> Iterator[SignalV1]:
    """Raises of one pupil, in whatever sheets, of which so many fell into one day."""
    for mine in _by_pupil([one for one in changes if one.rise > 0]):
        for one in mine:
            near = [other for other in mine if abs(other.at - one.at) <= BURST]
            if len(near) >= MANY_RAISES:
                yield _signal(SignalCode.BURST, ALARM, one, count=len(near))


def _by_pupil(changes: Sequence[Change]) -> list[list[Change]]:
    by_pupil: dict[UUID, list[Change]] = defaultdict(list)
    for one in changes:
        by_pupil[one.pupil_id].append(one)
    return list(by_pupil.values())


def _signal(
    code: SignalCode, weight: int, change: Change, *, count: int = 0, persons: tuple[UUID, ...] | None = None
) -> SignalV1:
    at = change.at.astimezone(SCHOOL_TIME).strftime("%H:%M %d/%m/%Y")
    words = {"old": change.old_value or "–", "new": change.new_value or "–", "at": at, "count": count}
    en, vi = (sentence.format(**words) for sentence in SENTENCES[code])
    return SignalV1(
        code=code, weight=weight, sheet_id=change.sheet_id, seq=change.seq, column_id=change.column_id,
        pupil_id=change.pupil_id, at=change.at, person_ids=persons or (change.person_id,), en=en, vi=vi,
    )  # fmt: skip


def _mark(value: str | None) -> Decimal | None:
    """The mark, or null where there is none: comment levels are no numbers."""
    return Decimal(value) if value is not None and value.replace(".", "", 1).isdecimal() else None
