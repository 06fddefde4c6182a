"""The transcript as XML bytes that are already their own inclusive C14N, with empty places for signatures."""

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from services.transcript.canonical import (
    Guardian,
    Quality,
    Role,
    School,
    Schooling,
    Slot,
    Subject,
    Term,
    TranscriptData,
    Year,
    digest,
    to_canonical,
)

SCHEMA = Path(__file__).parent / "schemas" / "hoc_ba.v1.xsd"
"""The published shape of the document, for others and for our tests."""
# Beyond what XML 1.0 forbids, DEL, C1 and bidirectional controls: with them paper would not show what is signed.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"})
_IDENTIFIER = re.compile(r"[A-Za-z0-9_-]+")


class UnwritableError(ValueError):
    """The data holds a control character, or codes that cannot tell its signatures apart."""


def write(data: TranscriptData) -> bytes:
    """The unsigned document in UTF-8.

    Raises UnwritableError for control characters, for codes that are repeated or unfit as Ids, and for a slot
    whose subject is not in the document.
    """
    _check_codes(data)
    return _element("HOC_BA", _data(data), _signature_places(data.slots), _issue_places(data.slots)).encode()


def container_of(slot: Slot) -> str:
    """Id of the element that receives the slot's signature."""
    return f"ky-{slot.slot}"


def reference_of(slot: Slot) -> str:
    """Id of the element that the slot's signature covers."""
    match slot.role:
        case Role.GVBM:
            return f"dtk-{slot.subject}"
        case Role.GVCN:
            return "thongtinhocba"
        case Role.CBQL | Role.KY_PHAT_HANH:
            return "data"


def _check_codes(data: TranscriptData) -> None:
    subjects = [subject.code for subject in data.subjects]
    for codes in (subjects, [slot.slot for slot in data.slots]):
        if len(codes) != len(set(codes)) or not all(map(_IDENTIFIER.fullmatch, codes)):
            raise UnwritableError(f"These codes are repeated or unfit as Ids: {codes}")
    strangers = {slot.subject for slot in data.slots if slot.role is Role.GVBM} - set(subjects)
    if strangers:
        raise UnwritableError(f"Slots for subjects that are not in the transcript: {strangers}")


def _data(data: TranscriptData) -> str:
    return _element(
        "DU_LIEU_HOC_BA",
        _general(data),
        _personal(data),
        _results_of(data),
        _element("DANH_SACH_O_KY", *map(_slot, data.slots)),
        id_="data",
    )


def _general(data: TranscriptData) -> str:
    return _element(
        "THONG_TIN_CHUNG",
        _text("DINH_DANG", data.format),
        _text("MA_HOC_BA", data.code),
        _text("PHIEN_BAN", data.version),
        _text("NGUON_GOC", data.origin),
        _text("THOI_DIEM_CHOT", data.frozen_at.isoformat().replace("+00:00", "Z")),
        _text("MA_BAM_DU_LIEU", digest(to_canonical(data))),
        _text("CAP_HOC", data.stage),
        _text("KHOI", data.grade),
        _text("NAM_HOC", data.school_year),
        _text("QUY_DINH", data.regulation),
        _school(data.school),
        _element("LOP", _text("LOP_ID", data.class_.id), _text("TEN_LOP", data.class_.name)),
    )


def _school(school: School) -> str:
    return _element(
        "TRUONG",
        _text("DON_VI_ID", school.unit_id),
        _text("MA_TRUONG", school.code),
        _text("TEN_TRUONG", school.name),
        _text("XA", school.commune),
        _text("TINH", school.province),
        _text("SO_GDDT", school.department),
    )


def _personal(data: TranscriptData) -> str:
    pupil = data.pupil
    return _element(
        "LY_LICH",
        _text("NGUOI_HOC_ID", pupil.person_id),
        _text("MA_DINH_DANH", pupil.code),
        _text("SO_DINH_DANH_CA_NHAN", pupil.personal_id),
        _text("HO_TEN", pupil.name),
        _text("NGAY_SINH", pupil.born_on),
        _text("GIOI_TINH", pupil.gender),
        _text("DAN_TOC", pupil.ethnicity),
        _text("QUOC_TICH", pupil.nationality),
        _text("SO_HO_CHIEU", pupil.passport),
        _text("CHUONG_TRINH", pupil.programme),
        _element("NGUOI_GIAM_HO", *map(_guardian, pupil.guardians)),
        _element("QUA_TRINH_HOC_TAP", *map(_schooling, data.schooling)),
        id_="lyLich",
    )


def _guardian(guardian: Guardian) -> str:
    return _element("NGUOI", _text("QUAN_HE", guardian.relation), _text("HO_TEN", guardian.name))


def _schooling(line: Schooling) -> str:
    return _element(
        "NAM",
        _text("NAM_HOC", line.school_year),
        _text("TEN_LOP", line.class_name),
        _text("TEN_TRUONG", line.school),
        _text("XA", line.commune),
        _text("TINH", line.province),
    )


def _results_of(data: TranscriptData) -> str:
    qualities = _element(
        "PHAM_CHAT_NANG_LUC", *map(_quality, data.qualities), _text("NHAN_XET", data.qualities_comment)
    )
    subjects = map(_subject, data.subjects)
    return _element("THONG_TIN_HOC_BA", *subjects, qualities, _year_summary(data), id_="thongtinhocba")


def _quality(quality: Quality) -> str:
    return _element(
        "MUC",
        _text("MA", quality.code),
        _text("MUC_DAT", quality.level),
        _text("DANH_GIA_LAI", quality.retest),
    )


def _subject(subject: Subject) -> str:
    teacher = subject.teacher
    names = (_text("NGUOI_ID", teacher.person_id), _text("HO_TEN", teacher.name)) if teacher else ()
    return _element(
        "DIEM_TONG_KET",
        _text("MA_MON", subject.code),
        _text("TEN_MON", subject.name),
        _text("HINH_THUC", subject.kind),
        _text("HKI", subject.term1),
        _text("HKII", subject.term2),
        _text("CA_NAM", subject.year),
        _text("DIEM_KTDK", subject.test),
        _text("DANH_GIA_LAI", subject.retest),
        _text("NHAN_XET", subject.comment),
        _text("MON_LUA_CHON", int(subject.is_elective)),
        *_cluster(subject),
        *_class_sheet(subject),
        _element("GVBM", *names, id_=f"gv-{subject.code}"),
        id_=f"dtk-{subject.code}",
    )


def _cluster(subject: Subject) -> Iterable[str]:
    if subject.cluster:
        yield _element("CUM_CHUYEN_DE", _text("HKI", subject.cluster.term1), _text("HKII", subject.cluster.term2))


def _class_sheet(subject: Subject) -> Iterable[str]:
    if sheet := subject.class_sheet:
        yield _element(
            "BANG_KY_LOP",
            _text("LAN_CHOT", sheet.number),
            _text("GOC", sheet.root),
            _text("SO_DONG", sheet.size),
            _text("DONG", sheet.index),
            _text("MUOI", sheet.salt),
            *_texts("NHANH", sheet.path),
        )


def _year_summary(data: TranscriptData) -> str:
    corrections = data.corrections
    return _element(
        "TONG_KET_CA_NAM",
        *(_element("HOC_KY", _text("KY", term.term), *_results(term)) for term in data.terms),
        _element("CA_NAM", *_results(data.year), *_decision(data.year)),
        _text("NHAN_XET_GVCN", data.remark),
        _element("SUA_CHUA", _text("SO_CHO", corrections.count), *_texts("MON", corrections.subjects)),
    )


def _results(period: Term | Year) -> Iterable[str]:
    yield _text("HOC_TAP", period.level)
    yield _text("REN_LUYEN", period.conduct)
    yield _text("SO_BUOI_NGHI", period.absences)
    yield _text("SO_BUOI_NGHI_KHONG_PHEP", period.unexcused)


def _decision(year: Year) -> Iterable[str]:
    yield _text("HOC_TAP_SAU_HE", year.level_after)
    yield _text("REN_LUYEN_SAU_HE", year.conduct_after)
    yield _text("LEN_LOP", year.promotion)
    yield _text("HOAN_THANH_CAP_HOC", year.completion)
    yield _text("DANH_HIEU", year.title)
    yield from _texts("CAN_CU", year.reasons)


def _slot(slot: Slot) -> str:
    return _element(
        "O_KY",
        _text("MA", slot.slot),
        _text("VAI_TRO", slot.role),
        _text("THAM_CHIEU", reference_of(slot)),
        _text("NGUOI_KY", slot.holder),
        _text("HO_TEN", slot.name),
    )


def _signature_places(slots: Iterable[Slot]) -> str:
    teachers = _element("DANH_SACH_GVBM", *_places(slots, Role.GVBM))
    return _element("DANH_SACH_THONG_TIN_KY", teachers, *_places(slots, Role.GVCN))


def _issue_places(slots: Iterable[Slot]) -> str:
    return _element("PHAT_HANH_HOC_BA", *_places(slots, Role.CBQL), *_places(slots, Role.KY_PHAT_HANH))


def _places(slots: Iterable[Slot], role: Role) -> Iterable[str]:
    return (_element(role, id_=container_of(slot)) for slot in slots if slot.role is role)


def _texts(tag: str, values: Iterable[str]) -> Iterable[str]:
    return (_text(tag, value) for value in values)


def _text(tag: str, value: object) -> str:
    """An element around any value's text; empty for None."""
    text = "" if value is None else unicodedata.normalize("NFC", str(value))
    if found := _CONTROL.search(text):
        raise UnwritableError(f"{tag} holds the control character U+{ord(found[0]):04X}.")
    return _element(tag, text.translate(_ESCAPES))


def _element(tag: str, *content: str, id_: str | None = None) -> str:
    """Content is already XML; an Id is checked by `_check_codes` and needs no escape."""
    start = f'{tag} Id="{id_}"' if id_ else tag
    return f"<{start}>{''.join(content)}</{tag}>"
