"""Spreadsheet files made byte by byte: honest ones in every format, and hostile ones."""

import io
import struct
import zipfile

import xlsxwriter

from services.chassis.workbook.compound import SIGNATURE

SECTOR = 512
END, FREE = 0xFFFFFFFE, 0xFFFFFFFF


def xlsx(rows, *, sheet="Sheet1", more=(), hidden=(), merged=()):
    """A workbook of one sheet written from a list of rows, and perhaps others; ``merged`` are (first, last, text)."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        for name, content in ((sheet, rows), *more):
            page = book.add_worksheet(name)
            for number, row in enumerate(content):
                page.write_row(number, 0, row)
            if name in hidden:
                page.hide()
        for (top, left), (bottom, right), text in merged:
            book.worksheets()[0].merge_range(top, left, bottom, right, text)
    return buffer.getvalue()


def zipped(members):
    """A zip archive of these members; a name may come twice."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def members_of(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def with_part(data, name, change):
    """The workbook with one part of its container changed."""
    return zipped((part, change(content) if part == name else content) for part, content in members_of(data))


def xls(rows, *, sheet="Sheet1", more=(), hidden=(), password=False, is_small=False):
    """An Excel 97 workbook; a cell is text, a number, or bytes for the rest of a formula or an error record."""
    sheets = ((sheet, rows), *more)
    bodies = [_substream(0x10, b"".join(_cells(content))) for _, content in sheets]
    opening = _record(0x42, struct.pack("<H", 1200)) + (_record(0x2F, bytes(6)) if password else b"")
    begin = len(_substream(0x05, opening)) + sum(12 + 2 * len(name) for name, _ in sheets)
    heads = b""
    for (name, _), body in zip(sheets, bodies, strict=True):
        head = struct.pack("<IBBBB", begin, name in hidden, 0, len(name), 1) + name.encode("utf-16-le")
        heads, begin = heads + _record(0x85, head), begin + len(body)
    stream = _substream(0x05, opening + heads) + b"".join(bodies)
    return small_compound("Workbook", stream) if is_small else compound("Workbook", stream.ljust(4096, b"\0"))


def compound(name, stream):
    """An OLE compound file with one stream."""
    count = -(-len(stream) // SECTOR)
    fat_count = -(-(count + 2) // 127)
    fat = [*[0xFFFFFFFD] * fat_count, *range(fat_count + 1, fat_count + count), END, END]
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(fat_count * SECTOR, b"\xff")
    directory = _entry("Root Entry", 5, END, 0, child=1) + _entry(name, 2, fat_count, len(stream))
    head = _header(fat_count, fat_count + count, END, 0)
    return head + table + stream.ljust(count * SECTOR, b"\0") + directory.ljust(SECTOR, b"\0")


def small_compound(name, stream):
    """An OLE compound file whose one stream is so short that it lies in the mini stream."""
    minis = -(-len(stream) // 64)
    count = -(-minis * 64 // SECTOR)
    fat = struct.pack(f"<{3 + count}I", 0xFFFFFFFD, END, END, *range(4, 3 + count), END).ljust(SECTOR, b"\xff")
    mini_fat = struct.pack(f"<{minis}I", *range(1, minis), END).ljust(SECTOR, b"\xff")
    directory = _entry("Root Entry", 5, 3, minis * 64, child=1) + _entry(name, 2, 0, len(stream))
    return _header(1, 1, 2, 1) + fat + directory.ljust(SECTOR, b"\0") + mini_fat + stream.ljust(count * SECTOR, b"\0")


def _header(fat_count, first_entry, first_mini, mini_count):
    head = SIGNATURE + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<9I", 0, fat_count, first_entry, 0, 4096, first_mini, mini_count, END, 0)
    return head + struct.pack("<109I", *range(fat_count), *[FREE] * (109 - fat_count))


def _entry(name, kind, start, size, child=FREE):
    text = name.encode("utf-16-le")
    head = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text) + 2, kind, 1, FREE, FREE, child)
    return head + bytes(36) + struct.pack("<IQ", start, size)


def _substream(kind, content):
    return _record(0x809, struct.pack("<HHHHII", 0x600, kind, 0, 0, 0, 0)) + content + _record(0x0A, b"")


def _cells(rows):
    for row, cells in enumerate(rows):
        for column, value in enumerate(cells):
            place = struct.pack("<HHH", row, column, 0)
            if isinstance(value, bytes):
                yield _record(0x205 if len(value) == 2 else 0x06, place + value)
            elif isinstance(value, str) and value:
                yield _record(0x204, place + struct.pack("<HB", len(value), 1) + value.encode("utf-16-le"))
            elif not isinstance(value, str):
                yield _record(0x203, place + struct.pack("<d", value))


def _record(kind, body):
    return struct.pack("<HH", kind, len(body)) + body
