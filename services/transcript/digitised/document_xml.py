"""The copy as XML bytes that are already their own inclusive C14N: the scan's particulars in place of results."""

from services.transcript.digitised.data import DigitisedData, to_canonical
from services.transcript.xml_parts import (
    element,
    identity,
    issue_places,
    moment,
    personal_element,
    school_element,
    slots_element,
    text,
    texts,
)


def write(data: DigitisedData) -> bytes:
    """The unsigned document in UTF-8; nobody signs as a teacher. Raises UnwritableError for control characters."""
    return element("HOC_BA", _data(data), element("DANH_SACH_THONG_TIN_KY"), issue_places(data.slots)).encode()


def _data(data: DigitisedData) -> str:
    return element(
        "DU_LIEU_HOC_BA",
        _general(data),
        personal_element(data.pupil),
        _scan(data),
        slots_element(data.slots),
        id_="data",
    )


def _general(data: DigitisedData) -> str:
    return element(
        "THONG_TIN_CHUNG",
        *identity(data, to_canonical(data)),
        school_element(data.school),
    )


def _scan(data: DigitisedData) -> str:
    scan, period, who = data.scan, data.period, data.compared_by
    return element(
        "BAN_QUET",
        text("MA_BAM", scan.sha256),
        text("LOAI_TEP", scan.media_type),
        text("SO_BYTE", scan.bytes),
        text("SO_TRANG", scan.pages),
        text("TRUONG_GHI_TREN_GIAY", data.printed_school),
        text("NAM_HOC_DAU", period.first_year),
        text("NAM_HOC_CUOI", period.last_year),
        *texts("KHOI", map(str, period.grades)),
        text("TINH_TRANG", data.condition),
        element(
            "DOI_CHIEU",
            text("NGUOI_ID", who.person_id),
            text("HO_TEN", who.name),
            text("THOI_DIEM", moment(data.compared_at)),
        ),
    )
