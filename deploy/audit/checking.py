"""Whether a sheet's ledger is whole, as fast as hashing allows; what is not is for `ledger.examining` to explain.

A sheet passes only where recomputing its chain gives every hash that is stored, each save's last hash and moment are
those of a genuine seal, the history ends where the sheet says, its cells are what the history made them, and every
head that signing keeps is there. Anything out of the ordinary, however harmless, does not pass here.
"""

from datetime import datetime
from hashlib import sha256
from itertools import accumulate
from uuid import UUID

from deploy.audit.reading import RawSeal, RawSheet, Save
from services.gradebook.ledger import genesis
from services.gradebook.ledger.seals import PublicKeys, Seal, Sealed, is_genuine

HASH = 64
PLACE = 77  # "column","pupil": two identifiers in quotation marks and the comma between
AFTER_CELL = 96  # ,"account","person",time]: two identifiers in quotation marks, sixteen digits, and what parts them
QUOTES = 12  # about the six texts of a row


def is_whole(school_year: int, sheet_id: UUID, sheet: RawSheet, keys: PublicKeys, heads_due: datetime) -> bool:
    """Whether all is as it was written, with a head kept of what was written before `heads_due`."""
    start = genesis(school_year, sheet_id).encode()
    hashes = _recomputed(start, sheet)
    if hashes is None or (len(hashes), [start, *hashes][-1]) != (sheet.count, sheet.head):
        return False
    return (
        _are_kept(sheet, hashes)
        and _are_kept_in_time(sheet, heads_due)
        and _are_sealed(sheet, hashes)
        and all(_is_genuine(school_year, sheet_id, seal, keys) for seal in sheet.seals)
    )


def _recomputed(head: bytes, sheet: RawSheet) -> list[bytes] | None:
    """The hash of each row; None where one is not the stored one, or the cells are not what the rows made them."""
    cells: dict[bytes, bytes] = {}
    hashes: list[bytes] = []
    for save in sheet.saves:
        if not _is_plain(save):
            return None
        for line in save.lines:
            row = line[HASH:]
            head = sha256(head + row).hexdigest().encode()
            if line[:HASH] != head:
                return None
            hashes.append(head)
            cell = row[row.index(b",") + 1 : -AFTER_CELL - (_basis_length(row) if save.bases else 0)]
            cells[cell[:PLACE]] = cell
    return hashes if (len(cells), set(cells.values())) == (sheet.cell_rows, sheet.cells) else None


def _is_plain(save: Save) -> bool:
    """No text of the rows parts them or holds a quotation mark, so that none can be read as another or as several."""
    text = b"".join(save.lines)
    return (
        len(save.lines) == save.rows
        and text.count(b'"') == QUOTES * len(save.lines) - 2 * text.count(b",null,") + 2 * save.bases
    )


def _basis_length(row: bytes) -> int:
    """How much longer a row is for its basis, with comma and quotation marks; 0 where it has none."""
    return len(row) - row.rindex(b',"') - 1 if row.endswith(b'"]') else 0


def _are_kept(sheet: RawSheet, hashes: list[bytes]) -> bool:
    """Whether every head that signing keeps is there."""
    return all(seq <= len(hashes) and hashes[seq - 1] == kept for seq, kept in sheet.heads)


def _are_kept_in_time(sheet: RawSheet, due: datetime) -> bool:
    """Whether what signing keeps no head of yet was written lately."""
    kept = max((seq for seq, _ in sheet.heads), default=0)
    ends = accumulate(len(save.lines) for save in sheet.saves)
    newer = next((save for save, end in zip(sheet.saves, ends, strict=True) if end > kept), None)
    return newer is None or datetime.fromisoformat(newer.recorded_at.decode()) >= due


def _are_sealed(sheet: RawSheet, hashes: list[bytes]) -> bool:
    """Whether the saves, in their order, and the seals are of the same moments and rows."""
    seals, count = iter(sheet.seals), 0
    for save in sheet.saves:
        count += len(save.lines)
        for seal in seals:
            if seal.recorded_at != save.recorded_at or seal.seq > count or hashes[seal.seq - 1] != seal.hash:
                return False
            if seal.seq == count:
                break
        else:
            return False
    return next(seals, None) is None


def _is_genuine(school_year: int, sheet_id: UUID, seal: RawSeal, keys: PublicKeys) -> bool:
    sealed = Sealed(
        school_year=school_year,
        sheet_id=sheet_id,
        seq=seal.seq,
        hash=seal.hash.decode(),
        recorded_at=datetime.fromisoformat(seal.recorded_at.decode()),
    )
    return is_genuine(Seal(sealed=sealed, key_id=seal.key_id, signature=seal.signature), keys)
