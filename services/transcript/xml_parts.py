"""What the XML documents are made of: elements that are already canonical, the pupil, the school, places to sign."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime

from services.contracts.signing.documents import SlotRole
from services.transcript.canonical import Guardian, Pupil, School, Schooling, Slot, TranscriptData, digest
from services.transcript.digitised.data import DigitisedData

# Beyond what XML 1.0 forbids, DEL, C1 and bidirectional controls: with them paper would not show what is signed.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"})


class UnwritableError(ValueError):
    """The data holds a control character, or codes that cannot tell its signatures apart."""


def container_of(slot: Slot) -> str:
    """Id of the element that receives the slot's signature."""
    return f"ky-{slot.slot}"


def reference_of(slot: Slot) -> str:
    """Id of the element that the slot's signature covers."""
    match slot.role:
        case SlotRole.SUBJECT_TEACHER:
            return f"dtk-{slot.subject}"
        case SlotRole.HOMEROOM:
            return "thongtinhocba"
        case SlotRole.PRINCIPAL | SlotRole.SEAL:
            return "data"


def identity(data: TranscriptData | DigitisedData, canonical: bytes) -> Iterable[str]:
    """Which document this is, and the digest of its data in their canonical form."""
    yield text("DINH_DANG", data.format)
    yield text("MA_HOC_BA", data.code)
    yield text("PHIEN_BAN", data.version)
    yield text("NGUON_GOC", data.origin)
    yield text("THOI_DIEM_CHOT", moment(data.frozen_at))
    yield text("MA_BAM_DU_LIEU", digest(canonical))


def moment(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def school_element(school: School) -> str:
    return element(
        "TRUONG",
        text("DON_VI_ID", school.unit_id),
        text("MA_TRUONG", school.code),
        text("TEN_TRUONG", school.name),
        text("XA", school.commune),
        text("TINH", school.province),
        text("SO_GDDT", school.department),
    )


def personal_element(pupil: Pupil, schooling: Sequence[Schooling] = ()) -> str:
    return element(
        "LY_LICH",
        text("NGUOI_HOC_ID", pupil.person_id),
        text("MA_DINH_DANH", pupil.code),
        text("SO_DINH_DANH_CA_NHAN", pupil.personal_id),
        text("HO_TEN", pupil.name),
        text("NGAY_SINH", pupil.born_on),
        text("GIOI_TINH", pupil.gender),
        text("DAN_TOC", pupil.ethnicity),
        text("QUOC_TICH", pupil.nationality),
        text("SO_HO_CHIEU", pupil.passport),
        text("CHUONG_TRINH", pupil.programme),
        element("NGUOI_GIAM_HO", *map(_guardian, pupil.guardians)),
        element("QUA_TRINH_HOC_TAP", *map(_schooling, schooling)),
        id_="lyLich",
    )


def _guardian(guardian: Guardian) -> str:
    return element("NGUOI", text("QUAN_HE", guardian.relation), text("HO_TEN", guardian.name))


def _schooling(line: Schooling) -> str:
    return element(
        "NAM",
        text("NAM_HOC", line.school_year),
        text("TEN_LOP", line.class_name),
        text("TEN_TRUONG", line.school),
        text("XA", line.commune),
        text("TINH", line.province),
    )


def slots_element(slots: Iterable[Slot]) -> str:
    """The list of slots: who signs, and what each signature covers."""
    return element("DANH_SACH_O_KY", *map(_slot, slots))


def _slot(slot: Slot) -> str:
    return element(
        "O_KY",
        text("MA", slot.slot),
        text("VAI_TRO", slot.role),
        text("THAM_CHIEU", reference_of(slot)),
        text("NGUOI_KY", slot.holder),
        text("HO_TEN", slot.name),
    )


def issue_places(slots: Iterable[Slot]) -> str:
    return element("PHAT_HANH_HOC_BA", *places(slots, SlotRole.PRINCIPAL), *places(slots, SlotRole.SEAL))


def places(slots: Iterable[Slot], role: SlotRole) -> Iterable[str]:
    return (element(role, id_=container_of(slot)) for slot in slots if slot.role is role)


def texts(tag: str, values: Iterable[str]) -> Iterable[str]:
    return (text(tag, value) for value in values)


def text(tag: str, value: object) -> str:
    """An element around any value's text; empty for None."""
    words = "" if value is None else unicodedata.normalize("NFC", str(value))
    if found := _CONTROL.search(words):
        raise UnwritableError(f"{tag} holds the control character U+{ord(found[0]):04X}.")
    return element(tag, words.translate(_ESCAPES))


def element(tag: str, *content: str, id_: str | None = None) -> str:
    """Content is already XML; an Id is checked where it comes from and needs no escape."""
    start = f'{tag} Id="{id_}"' if id_ else tag
    return f"<{start}>{''.join(content)}</{tag}>"
