"""The package for the ministry's hub: XML, PDF and certificates of each transcript, class sheets, and an index. Pure.

Fields of the index bear the names of the national data dictionary (idbanghi, sukien, phienban, thoigiancapnhat).
"""

import base64
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import uuid5

from lxml import etree

from services.chassis.codec import from_json, to_json
from services.contracts.identity import VIETNAM, PersonV1
from services.contracts.messages import Change
from services.contracts.transcript.hub import HubRecord, HubWaiting
from services.transcript.canonical import TranscriptData
from services.transcript.document_xml import SCHEMA

STAGES = {"TH": "02", "THCS": "03", "THPT": "04", "GDTX": "05"}  # mã nhóm cấp học
IN_FORCE, TAKEN_BACK = "1", "0"  # is_co_hieu_luc
CERTIFICATES = ".//{http://www.w3.org/2000/09/xmldsig#}X509Certificate"
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the same transcripts give the same bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A transcript that was issued, its newest files, and the pupil as identity knows them now."""

    data: TranscriptData
    pupil: PersonV1
    xml: bytes
    pdf: bytes
    is_revoked: bool
    updated_at: datetime


def waits_for(pupil: PersonV1) -> HubWaiting | None:
    """What the hub must know of the pupil first: a Vietnamese by the personal ID, a foreigner by that or a passport."""
    if pupil.personal_id or (pupil.nationality != VIETNAM and pupil.passport):
        return None
    return HubWaiting.NO_PERSONAL_ID if pupil.nationality == VIETNAM else HubWaiting.FOREIGNER_CHECK


def record_of(entry: Entry) -> HubRecord:
    """What happened to the pupil's year: its first issue, a later one, or that it was taken back.

    Each issue and each revocation is one version more, so that whoever hears of them in any order keeps the last.
    """
    data = entry.data
    change = Change.CANCEL if entry.is_revoked else Change.NEW if data.version == 1 else Change.UPDATE
    return HubRecord(
        record_id=uuid5(data.pupil.person_id, str(data.school_year)),
        change=change,
        version=2 * data.version - 1 + entry.is_revoked,
        pupil_id=data.pupil.person_id,
        code=data.code,
    )


def pack(entries: Sequence[Entry], sheets: Sequence[bytes] = ()) -> bytes:
    """The zip: index.json, the XML's schema, the files of each entry under its code, the signed sheets of their rows.

    A class's other sheets stay away: the index names all that is there, and pupils who are not there stand on those.
    """
    signed = {f"bang_ky_lop/{sha256(sheet).hexdigest()}.json": sheet for sheet in sheets}
    named = {name: signed[name] for entry in entries for name in _sheets_of(entry.data, signed)}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "index.json", to_json([_line(entry, named) for entry in entries]))
        _add(archive, SCHEMA.name, SCHEMA.read_bytes())
        for name, content in sorted((_files(entries) | named).items()):
            _add(archive, name, content)
    return packed.getvalue()


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name, FIRST_DAY), content, zipfile.ZIP_DEFLATED)


def _files(entries: Iterable[Entry]) -> dict[str, bytes]:
    """By name; a certificate that several transcripts share is there once."""
    files: dict[str, bytes] = {}
    for entry in entries:
        files |= {f"xml/{entry.data.code}.xml": entry.xml, f"pdf/{entry.data.code}.pdf": entry.pdf}
        files |= dict(_certificates(entry.xml))
    return files


def _certificates(xml: bytes) -> Iterator[tuple[str, bytes]]:
    """The certificates in a document's signatures, DER, named by their SHA-256."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    for element in etree.fromstring(xml, parser).iterfind(CERTIFICATES):
        der = base64.b64decode(element.text or "")
        yield f"cer/{sha256(der).hexdigest()}.cer", der


def _line(entry: Entry, sheets: Mapping[str, bytes]) -> dict[str, Any]:
    data, record = entry.data, record_of(entry)
    return {
        "idbanghi": record.record_id,
        "sukien": record.change,
        "phienban": record.version,
        "thoigiancapnhat": entry.updated_at,
        "madinhdanhhocba": data.code,
        "is_co_hieu_luc": TAKEN_BACK if entry.is_revoked else IN_FORCE,
        "matruong": data.school.code,
        "macaphoc": STAGES[data.stage],
        "makhoi": data.grade,
        "nam_bat_dau": data.school_year,
        "nam_ket_thuc": data.school_year + 1,
        "mahocsinh": data.pupil.code,
        **_identified(entry.pupil),
        "xml": _named(f"xml/{data.code}.xml", entry.xml),
        "pdf": _named(f"pdf/{data.code}.pdf", entry.pdf),
        "cer": sorted({name for name, _ in _certificates(entry.xml)}),
        "bang_ky_lop": sorted(_sheets_of(data, sheets)),
    }


def _sheets_of(data: TranscriptData, sheets: Mapping[str, bytes]) -> Iterator[str]:
    """The sheets under whose roots the transcript's rows are."""
    roots = {subject.class_sheet.root for subject in data.subjects if subject.class_sheet}
    return (name for name, sheet in sheets.items() if from_json(sheet)["statement"]["root"] in roots)


def _identified(pupil: PersonV1) -> dict[str, Any]:
    if pupil.personal_id:
        return {"nguoivn": {"sodinhdanh": pupil.personal_id}}
    return {"congdannuocngoai": {"sohochieu": pupil.passport, "quoctich": pupil.nationality}}


def _named(name: str, content: bytes) -> dict[str, str]:
    return {"ten": name, "sha256": sha256(content).hexdigest()}
