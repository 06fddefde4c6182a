"""The transcript as XML bytes that are already their own inclusive C14N, with empty places for signatures."""

import re
from collections.abc import Iterable
from pathlib import Path

from services.contracts.signing.documents import SlotRole
from services.transcript.canonical import Quality, Slot, Subject, Term, TranscriptData, Year, to_canonical
from services.transcript.xml_parts import (
    UnwritableError,
    element,
    identity,
    issue_places,
    personal_element,
    places,
    school_element,
    slots_element,
    text,
    texts,
)

SCHEMA = Path(__file__).parent / "schemas" / "hoc_ba.v1.xsd"
"""The published shape of the document, for others and for our tests."""
_IDENTIFIER = re.compile(r"[A-Za-z0-9_-]+")


def write(data: TranscriptData) -> bytes:
    """The unsigned document in UTF-8.

    Raises UnwritableError for control characters, for codes that are repeated or unfit as Ids, and for a slot
    whose subject is not in the document.
    """
    _check_codes(data)
    return element("HOC_BA", _data(data), _signature_places(data.slots), issue_places(data.slots)).encode()


def _check_codes(data: TranscriptData) -> None:
    subjects = [subject.code for subject in data.subjects]
    for codes in (subjects, [slot.slot for slot in data.slots]):
        if len(codes) != len(set(codes)) or not all(map(_IDENTIFIER.fullmatch, codes)):
            raise UnwritableError(f"These codes are repeated or unfit as Ids: {codes}")
    strangers = {slot.subject for slot in data.slots if slot.role is SlotRole.SUBJECT_TEACHER} - set(subjects)
    if strangers:
        raise UnwritableError(f"Slots for subjects that are not in the transcript: {strangers}")


def _data(data: TranscriptData) -> str:
    return element(
        "DU_LIEU_HOC_BA",
        _general(data),
        personal_element(data.pupil, data.schooling),
        _results_of(data),
        slots_element(data.slots),
        id_="data",
    )


def _general(data: TranscriptData) -> str:
    return element(
        "THONG_TIN_CHUNG",
        *identity(data, to_canonical(data)),
        text("CAP_HOC", data.stage),
        text("KHOI", data.grade),
        text("NAM_HOC", data.school_year),
        text("QUY_DINH", data.regulation),
        school_element(data.school),
        element("LOP", text("LOP_ID", data.class_.id), text("TEN_LOP", data.class_.name)),
    )


def _results_of(data: TranscriptData) -> str:
    qualities = element("PHAM_CHAT_NANG_LUC", *map(_quality, data.qualities), text("NHAN_XET", data.qualities_comment))
    subjects = map(_subject, data.subjects)
    return element("THONG_TIN_HOC_BA", *subjects, qualities, _year_summary(data), id_="thongtinhocba")


def _quality(quality: Quality) -> str:
    return element(
        "MUC",
        text("MA", quality.code),
        text("MUC_DAT", quality.level),
        text("DANH_GIA_LAI", quality.retest),
    )


def _subject(subject: Subject) -> str:
    teacher = subject.teacher
    names = (text("NGUOI_ID", teacher.person_id), text("HO_TEN", teacher.name)) if teacher else ()
    return element(
        "DIEM_TONG_KET",
        text("MA_MON", subject.code),
        text("TEN_MON", subject.name),
        text("HINH_THUC", subject.kind),
        text("HKI", subject.term1),
        text("HKII", subject.term2),
        text("CA_NAM", subject.year),
        text("DIEM_KTDK", subject.test),
        text("DANH_GIA_LAI", subject.retest),
        text("NHAN_XET", subject.comment),
        text("MON_LUA_CHON", int(subject.is_elective)),
        *_cluster(subject),
        *_class_sheet(subject),
        element("GVBM", *names, id_=f"gv-{subject.code}"),
        id_=f"dtk-{subject.code}",
    )


def _cluster(subject: Subject) -> Iterable[str]:
    if subject.cluster:
        yield element("CUM_CHUYEN_DE", text("HKI", subject.cluster.term1), text("HKII", subject.cluster.term2))


def _class_sheet(subject: Subject) -> Iterable[str]:
    if sheet := subject.class_sheet:
        yield element(
            "BANG_KY_LOP",
            text("LAN_CHOT", sheet.number),
            text("GOC", sheet.root),
            text("SO_DONG", sheet.size),
            text("DONG", sheet.index),
            text("MUOI", sheet.salt),
            *texts("NHANH", sheet.path),
        )


def _year_summary(data: TranscriptData) -> str:
    corrections = data.corrections
    return element(
        "TONG_KET_CA_NAM",
        *(element("HOC_KY", text("KY", term.term), *_results(term)) for term in data.terms),
        element("CA_NAM", *_results(data.year), *_decision(data.year)),
        text("NHAN_XET_GVCN", data.remark),
        element("SUA_CHUA", text("SO_CHO", corrections.count), *texts("MON", corrections.subjects)),
    )


def _results(period: Term | Year) -> Iterable[str]:
    yield text("HOC_TAP", period.level)
    yield text("REN_LUYEN", period.conduct)
    yield text("SO_BUOI_NGHI", period.absences)
    yield text("SO_BUOI_NGHI_KHONG_PHEP", period.unexcused)


def _decision(year: Year) -> Iterable[str]:
    yield text("HOC_TAP_SAU_HE", year.level_after)
    yield text("REN_LUYEN_SAU_HE", year.conduct_after)
    yield text("LEN_LOP", year.promotion)
    yield text("HOAN_THANH_CAP_HOC", year.completion)
    yield text("DANH_HIEU", year.title)
    yield from texts("CAN_CU", year.reasons)


def _signature_places(slots: Iterable[Slot]) -> str:
    teachers = element("DANH_SACH_GVBM", *places(slots, SlotRole.SUBJECT_TEACHER))
    return element("DANH_SACH_THONG_TIN_KY", teachers, *places(slots, SlotRole.HOMEROOM))
