"""Rows of transcripts with their places in class sheets: whether a row gives the root that it states."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
import rfc8785
from lxml import etree

from services.chassis.merkle import is_included, leaf_hash
from services.contracts.verdicts import Reason
from services.signing.validation.report import Fault

Digest = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]
Salt = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{32}\Z")]
Count = Annotated[int, msgspec.Meta(ge=1, le=100_000)]
Index = Annotated[int, msgspec.Meta(ge=0, lt=100_000)]

_TEXTS = {
    "code": "MA_MON",
    "name": "TEN_MON",
    "kind": "HINH_THUC",
    "term1": "HKI",
    "term2": "HKII",
    "year": "CA_NAM",
    "test": "DIEM_KTDK",
    "retest": "DANH_GIA_LAI",
    "comment": "NHAN_XET",
}
_BEFORE, _AFTER = [*_TEXTS.values(), "MON_LUA_CHON"], ["BANG_KY_LOP", "GVBM"]
_TAGS = (_BEFORE + _AFTER, [*_BEFORE, "CUM_CHUYEN_DE", *_AFTER])
_ELECTIVE = {"0": False, "1": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A row's place in a class sheet, as the transcript states it."""

    number: Count
    root: Digest
    size: Count
    index: Index
    salt: Salt
    path: tuple[Digest, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A subject's row: `subject` under the names of the JSON, and whose transcript it stands in."""

    school: str
    class_id: str
    school_year: Count
    transcript: str
    version: Count
    subject: Mapping[str, Any]
    place: Place

    @property
    def teacher(self) -> str | None:
        """The id of the teacher whom the row names."""
        named: Mapping[str, str] = self.subject.get("teacher") or {}
        return named.get("person_id")

    @property
    def gives_root(self) -> bool:
        """Whether salt and path lead from exactly this row to the stated root (RFC 9162, 2.1.3.2)."""
        place = self.place
        told = {name: getattr(place, name) for name in ("number", "size", "index", "salt")}
        row = {"transcript": self.transcript, "version": self.version, "subject": dict(self.subject), **told}
        path = [bytes.fromhex(one) for one in place.path]
        return is_included(leaf_hash(rfc8785.dumps(row)), place.index, place.size, path, bytes.fromhex(place.root))


def rows_of(data: bytes) -> list[Row]:
    """The rows with a place in what a report gives as `data`: canonical JSON, or the DU_LIEU_HOC_BA element.

    Raises a Fault for rows that cannot be read as such.
    """
    if data.startswith(b"{"):
        return rows_in_json(msgspec.json.decode(data))
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    general, _, results, _ = etree.fromstring(data, parser)
    return rows_in_xml(general, results)


def check(rows: Iterable[Row]) -> None:
    """A Fault unless each row gives its root; transcripts older than class sheets have no such rows."""
    if not all(row.gives_root for row in rows):
        raise Fault(Reason.CLASS_SHEET_MISMATCH)


def rows_in_json(fields: Mapping[str, Any]) -> list[Row]:
    """The rows with a place in a transcript's canonical data."""
    return _read(lambda: [_row_in_json(fields, one) for one in fields["subjects"] if "class_sheet" in one])


def rows_in_xml(general: etree._Element, results: etree._Element) -> list[Row]:
    """The rows with a place, from THONG_TIN_CHUNG and THONG_TIN_HOC_BA."""
    found = [row for row in results.iterfind("DIEM_TONG_KET") if row.find("BANG_KY_LOP") is not None]
    return _read(lambda: [_row_in_xml(general, row) for row in found])


def _read(rows: Callable[[], list[Row]]) -> list[Row]:
    try:
        return rows()
    except (msgspec.ValidationError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise Fault(Reason.CLASS_SHEET_MISMATCH) from error


def _row_in_json(fields: Mapping[str, Any], subject: Mapping[str, Any]) -> Row:
    return msgspec.convert(
        {
            "school": fields["school"]["unit_id"],
            "class_id": fields["class"]["id"],
            "school_year": fields["school_year"],
            "transcript": fields["code"],
            "version": fields["version"],
            "subject": {name: value for name, value in subject.items() if name != "class_sheet"},
            "place": subject["class_sheet"],
        },
        Row,
    )


def _row_in_xml(general: etree._Element, row: etree._Element) -> Row:
    return msgspec.convert(
        {
            "school": general.findtext("TRUONG/DON_VI_ID"),
            "class_id": general.findtext("LOP/LOP_ID"),
            "school_year": _number(general, "NAM_HOC"),
            "transcript": general.findtext("MA_HOC_BA"),
            "version": _number(general, "PHIEN_BAN"),
            "subject": _subject(row),
            "place": _place(row),
        },
        Row,
    )


def _subject(row: etree._Element) -> dict[str, Any]:
    """The row as in the JSON; the XML writes null as empty text, and data never holds empty text there."""
    if [child.tag for child in row] not in _TAGS:
        raise ValueError("The row does not have the children that a row has.")
    cluster = row.find("CUM_CHUYEN_DE")
    return {
        **{name: row.findtext(tag) or None for name, tag in _TEXTS.items()},
        "is_elective": _ELECTIVE[row.findtext("MON_LUA_CHON", "")],
        "cluster": None if cluster is None else {f"term{n}": cluster.findtext("HK" + "I" * n) or None for n in (1, 2)},
        "teacher": {"person_id": row.findtext("GVBM/NGUOI_ID"), "name": row.findtext("GVBM/HO_TEN")},
    }


def _place(row: etree._Element) -> dict[str, Any]:
    sheet = row.find("BANG_KY_LOP")
    assert sheet is not None  # noqa: S101 - only such rows are read
    return {
        "number": _number(sheet, "LAN_CHOT"),
        "root": sheet.findtext("GOC"),
        "size": _number(sheet, "SO_DONG"),
        "index": _number(sheet, "DONG"),
        "salt": sheet.findtext("MUOI"),
        "path": [branch.text for branch in sheet.iterfind("NHANH")],
    }


def _number(parent: etree._Element, tag: str) -> int:
    text = parent.findtext(tag, "")
    if text != str(int(text)):
        raise ValueError(f"{text!r} is not how a number is written.")
    return int(text)
