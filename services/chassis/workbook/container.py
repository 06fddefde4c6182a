"""What an .xlsx file is checked for before it is opened: size when unpacked, duplicates, entities, formulas."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from html import unescape
from io import BytesIO
from itertools import islice
from posixpath import basename

from services.chassis.workbook import faults
from services.chassis.workbook.cells import Fault
from services.chassis.workbook.problems import CellProblem, problem, refusal

WORKBOOK, RELATIONS, SHEETS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/"
PACKED = (".zip", ".xlsx", ".xlsm", ".xls", ".docx", ".7z", ".rar", ".gz")
BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError)
SMALL = 1024 * 1024  # bytes: below this a member may be packed as tightly as it likes

FILLED_CELL = re.compile(rb"<(?:\w+:)?c\b([^<>]*)>\s*<(?:\w+:)?([vfi])[s>/ ]")
FAILED_CELL = re.compile(rb"<(?:\w+:)?c\s(?=[^<>]*\bt=[\"']e[\"'])([^<>]*)>")
PLACE = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]{1,4})(\d{1,9})")
SHEET = re.compile(r"<(?:\w+:)?sheet\s[^<>]*>")
RELATION = re.compile(r"<(?:\w+:)?Relationship\s[^<>]*>")
ATTRIBUTE = re.compile(r"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


def inspected(data: bytes) -> dict[str, tuple[CellProblem, ...]]:
    """The formula cells by sheet name; WorkbookRefused for a container that must not be opened."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _check_members(archive.infolist())
            return _formulas(archive)
    except BROKEN as broken:
        raise refusal(faults.NOT_A_WORKBOOK) from broken


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    names = [member.filename.lower() for member in members]
    if WORKBOOK not in names:
        raise refusal(faults.OTHER_FORMAT if _is_other_spreadsheet(names) else faults.NOT_A_WORKBOOK)
    if sum(member.file_size for member in members) > faults.MOST_UNPACKED_BYTES:
        raise refusal(faults.TOO_LARGE)
    if any(member.flag_bits & 1 for member in members):
        raise refusal(faults.HAS_PASSWORD)
    if len(names) > faults.MOST_MEMBERS or len(set(names)) < len(names) or any(map(_is_unusual, members)):
        raise refusal(faults.PACKED_TOO_TIGHTLY)


def _is_unusual(member: zipfile.ZipInfo) -> bool:
    too_tight = member.file_size > SMALL and member.file_size > faults.MOST_RATIO * member.compress_size
    return too_tight or member.filename.lower().endswith(PACKED)


def _is_other_spreadsheet(names: list[str]) -> bool:
    return "xl/workbook.bin" in names or "content.xml" in names


def _formulas(archive: zipfile.ZipFile) -> dict[str, tuple[CellProblem, ...]]:
    sheet_names = _sheet_names(archive)
    found, spanned = {}, 0
    for name in archive.namelist():
        if not name.lower().endswith((".xml", ".rels")):
            continue
        xml = archive.read(name)
        _check_xml(xml)
        if name.lower().startswith(SHEETS):
            spanned += _cells_spanned(xml)
            sheet = sheet_names.get(basename(name), "")
            found[sheet] = tuple(islice(_formula_problems(sheet, xml), 1000))
    if spanned > faults.MOST_CELLS:
        raise refusal(faults.TOO_LARGE)
    return found


def _check_xml(xml: bytes) -> None:
    if b"\0" in xml[:200]:  # UTF-16, which the checks below cannot see through; Excel writes UTF-8
        raise refusal(faults.NOT_A_WORKBOOK)
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise refusal(faults.HAS_DTD)


def _sheet_names(archive: zipfile.ZipFile) -> dict[str, str]:
    """The name that people see, by the file that holds the sheet."""
    files = {
        relation.get("Id", ""): basename(relation.get("Target", ""))
        for relation in _elements(RELATION, archive, RELATIONS)
    }
    return {
        files.get(sheet.get("r:id", ""), ""): sheet.get("name", "") for sheet in _elements(SHEET, archive, WORKBOOK)
    }


def _elements(pattern: re.Pattern[str], archive: zipfile.ZipFile, part: str) -> Iterator[dict[str, str]]:
    if part not in archive.namelist():
        return
    for element in pattern.findall(archive.read(part).decode("utf-8", "replace")):
        yield {name: unescape(double or single) for name, double, single in ATTRIBUTE.findall(element)}


def _cells_spanned(xml: bytes) -> int:
    rows, letters = 0, set()
    for cell in FILLED_CELL.finditer(xml):
        place = PLACE.search(cell[1])
        if place:
            letters.add(place[1].upper())
            rows = max(rows, int(place[2]))
    return rows * max(map(_column_number, letters), default=0)


def _formula_problems(sheet: str, xml: bytes) -> Iterator[CellProblem]:
    """Formula cells and cells such as #N/A, which the reader takes for empty ones."""
    failed = {match.start() for match in FAILED_CELL.finditer(xml)}
    for match in FAILED_CELL.finditer(xml):
        yield _cell_problem(faults.FORMULA_ERROR, sheet, match[1])
    for match in FILLED_CELL.finditer(xml):
        if match[2] == b"f" and match.start() not in failed:
            yield _cell_problem(faults.FORMULA, sheet, match[1])


def _cell_problem(fault: Fault, sheet: str, attributes: bytes) -> CellProblem:
    place = PLACE.search(attributes)
    if place is None:
        return problem(fault, sheet=sheet)
    return problem(fault, sheet=sheet, row=int(place[2]), column=place[1].decode().upper())


def _column_number(letters: bytes) -> int:
    return sum((letter - ord("A") + 1) * 26**power for power, letter in enumerate(reversed(letters)))
