"""What an .xls file (BIFF records in an OLE compound file) is checked for before it is opened."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from services.chassis.workbook import faults
from services.chassis.workbook.problems import CellProblem, column_letter, problem, refusal

SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")
ENTRY_BYTES = 128
MINI_CUTOFF = 4096  # bytes: shorter streams lie in the mini stream
LAST_SECTOR = 0xFFFFFFFA

BOUNDSHEET, FILEPASS, EOF, BOF = 0x85, 0x2F, 0x0A, 0x809
FORMULA, BOOLERR, ERROR_RESULT = 0x06, 0x205, 2
CELLS = frozenset({0x06, 0x201, 0x203, 0x204, 0x205, 0x27E, 0xBD, 0xBE, 0xFD, 0xD6})


def inspected(data: bytes) -> dict[str, tuple[CellProblem, ...]]:
    """The formula cells by sheet name; WorkbookRefused for a file that is broken or has a password."""
    try:
        stream = _workbook_stream(data)
        return _formulas(stream)
    except (struct.error, IndexError, ValueError, KeyError) as broken:
        raise refusal(faults.NOT_A_WORKBOOK) from broken


@dataclass(frozen=True, slots=True)
class _Sectors:
    """Chains of equal pieces of the file, as its allocation table links them."""

    content: bytes
    size: int
    following: tuple[int, ...]
    offset: int = 0

    def read(self, start: int) -> bytes:
        return b"".join(map(self._piece, islice(self._chain(start), len(self.following) + 1)))

    def _chain(self, start: int) -> Iterator[int]:
        while start < LAST_SECTOR:
            yield start
            start = self.following[start]

    def _piece(self, number: int) -> bytes:
        begin = self.offset + number * self.size
        return self.content[begin : begin + self.size]


def _workbook_stream(data: bytes) -> bytes:
    shift, first_entry, first_mini = struct.unpack_from("<H16xI8xI", data, 30)
    size = 1 << shift
    table = struct.unpack_from("<109I", data, 76)  # enough for seven megabytes, more than is ever accepted
    fat = b"".join(data[size * (number + 1) :][:size] for number in table if number < LAST_SECTOR)
    sectors = _Sectors(data, size, _numbers(fat), offset=size)
    streams = dict(_entries(sectors.read(first_entry)))
    if "EncryptedPackage" in streams:
        raise refusal(faults.HAS_PASSWORD)
    start, length = streams.get("Workbook") or streams["Book"]
    if length < MINI_CUTOFF:
        mini = sectors.read(streams["Root Entry"][0])
        return _Sectors(mini, 64, _numbers(sectors.read(first_mini))).read(start)[:length]
    return sectors.read(start)[:length]


def _numbers(table: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4])


def _entries(directory: bytes) -> Iterator[tuple[str, tuple[int, int]]]:
    for begin in range(0, len(directory) - ENTRY_BYTES + 1, ENTRY_BYTES):
        entry = directory[begin : begin + ENTRY_BYTES]
        length = max(0, struct.unpack_from("<H", entry, 64)[0] - 2)
        yield entry[:length].decode("utf-16-le", "replace"), struct.unpack_from("<II", entry, 116)


def _formulas(stream: bytes) -> dict[str, tuple[CellProblem, ...]]:
    found, spanned = {}, 0
    for name, begin in _sheets(stream):
        rows, columns = 0, 0
        problems: list[CellProblem] = []
        for kind, body in _records(stream, begin):
            if kind in CELLS:
                row, column = struct.unpack_from("<HH", body)
                rows, columns = max(rows, row + 1), max(columns, column + 1)
                problems += _cell_problems(name, kind, body)
        found[name] = tuple(problems[:1000])
        spanned += rows * columns
    if spanned > faults.MOST_CELLS:
        raise refusal(faults.TOO_LARGE)
    return found


def _sheets(stream: bytes) -> list[tuple[str, int]]:
    found = []
    for kind, body in _records(stream, 0):
        if kind == FILEPASS:
            raise refusal(faults.HAS_PASSWORD)
        if kind == BOUNDSHEET:
            found.append((_sheet_name(body), struct.unpack_from("<I", body)[0]))
    return found


def _sheet_name(body: bytes) -> str:
    length, is_wide = body[6], body[7] & 1
    return body[8 : 8 + length * 2].decode("utf-16-le") if is_wide else body[8 : 8 + length].decode("latin-1")


def _records(stream: bytes, begin: int) -> Iterator[tuple[int, bytes]]:
    """The records of one substream, without those of charts inside it."""
    depth = 0
    while begin + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, begin)
        depth += (kind == BOF) - (kind == EOF)
        if depth <= 0:
            return
        if depth == 1:
            yield kind, stream[begin + 4 : begin + 4 + length]
        begin += 4 + length


def _cell_problems(sheet: str, kind: int, body: bytes) -> Iterator[CellProblem]:
    row, column = struct.unpack_from("<HH", body)
    has_failed = body[7] if kind == BOOLERR else body[12:14] == b"\xff\xff" and body[6] == ERROR_RESULT
    if kind == FORMULA or (kind == BOOLERR and has_failed):
        fault = faults.FORMULA_ERROR if has_failed else faults.FORMULA
        yield problem(fault, sheet=sheet, row=row + 1, column=column_letter(column))
