from dataclasses import replace

import pytest
from lxml import etree

from services.transcript.canonical import TranscriptData, digest, to_canonical
from services.transcript.document_xml import write
from services.transcript.xml_parts import UnwritableError, container_of, reference_of
from tests.unit.transcript.papers import primary, upper


def with_remark(transcript: TranscriptData, remark: str) -> TranscriptData:
    return replace(transcript, remark=remark)


def canonical_form(element: etree._Element) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=False)


def with_id(part: etree._Element, wanted: str) -> etree._Element:
    (found,) = (element for element in part.iter() if element.get("Id") == wanted)
    return found


def test_the_stored_bytes_are_their_own_canonical_xml(transcript: TranscriptData) -> None:
    written = write(transcript)

    assert canonical_form(etree.fromstring(written)) == written


def test_what_each_slot_signs_stands_in_the_stored_bytes_as_it_is_signed(transcript: TranscriptData) -> None:
    written = write(transcript)
    root = etree.fromstring(written)

    for slot in transcript.slots:
        assert canonical_form(with_id(root, reference_of(slot))) in written


def test_every_slot_has_one_empty_container_outside_the_data(transcript: TranscriptData) -> None:
    root = etree.fromstring(write(transcript))
    _, signed_by, issued_by = root

    assert [part.tag for part in root] == ["DU_LIEU_HOC_BA", "DANH_SACH_THONG_TIN_KY", "PHAT_HANH_HOC_BA"]
    for slot in transcript.slots:
        container = with_id(signed_by if slot.role in {"GVBM", "GVCN"} else issued_by, container_of(slot))
        assert container.tag == slot.role
        assert len(container) == 0
        assert container.text is None


def test_the_list_of_slots_names_who_signs_what(transcript: TranscriptData) -> None:
    rows = etree.fromstring(write(transcript)).findall(".//O_KY")

    listed = [(row.findtext("MA"), row.findtext("THAM_CHIEU"), row.findtext("NGUOI_KY")) for row in rows]
    assert listed == [(slot.slot, reference_of(slot), str(slot.holder)) for slot in transcript.slots]
    assert [reference for _, reference, _ in listed[-4:]] == ["dtk-gddp", "thongtinhocba", "data", "data"]


def test_in_primary_no_teacher_has_a_place_for_a_signature() -> None:
    written = write(primary())

    assert b"<DANH_SACH_GVBM></DANH_SACH_GVBM>" in written
    assert [row.findtext("MA") for row in etree.fromstring(written).iter("O_KY")] == ["GVCN", "CBQL", "KY_PHAT_HANH"]


def test_levels_tests_qualities_electives_and_clusters_are_in_the_xml() -> None:
    young, old = (etree.fromstring(write(data)) for data in (primary(), upper()))

    maths = young.find(".//*[@Id='dtk-toan']")
    assert maths is not None
    assert [maths.findtext(tag) for tag in ("HINH_THUC", "CA_NAM", "DIEM_KTDK")] == ["PRIMARY", "T", "10"]
    assert {one.findtext("MA"): one.findtext("MUC_DAT") for one in young.iter("MUC")}["tham_mi"] == "Đ"
    assert [one.findtext("MON_LUA_CHON") for one in old.iter("DIEM_TONG_KET")].count("1") == 4
    assert old.findtext(".//*[@Id='dtk-vat_li']/CUM_CHUYEN_DE/HKII") == "9.0"


def test_no_id_appears_twice(transcript: TranscriptData) -> None:
    ids = [element.get("Id") for element in etree.fromstring(write(transcript)).iter() if element.get("Id")]

    assert len(ids) == len(set(ids))


def test_marks_names_and_the_digest_of_the_data_are_in_the_xml(transcript: TranscriptData) -> None:
    root = etree.fromstring(write(transcript))

    assert root.findtext(".//LY_LICH/HO_TEN") == "Trần Nguyễn Phương Uyên"
    assert root.findtext(".//*[@Id='dtk-toan']/CA_NAM") == "8.3"
    assert root.findtext(".//*[@Id='gv-toan']/HO_TEN") == "Phạm Quốc Vượng"
    assert root.findtext(".//CA_NAM/LEN_LOP") == "PROMOTED"
    assert root.findtext(".//MA_BAM_DU_LIEU") == digest(to_canonical(transcript))


@pytest.mark.parametrize("remark", ["Điểm < 5 & > 3", "]]>", "<!DOCTYPE x>", "dòng\r\nmới\tthẳng", 'dấu "nháy"'])
def test_text_with_markup_stays_text(transcript: TranscriptData, remark: str) -> None:
    written = write(with_remark(transcript, remark))

    root = etree.fromstring(written)
    assert root.findtext(".//NHAN_XET_GVCN") == remark
    assert canonical_form(root) == written


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\u202e", "\u2067", "\ufffe"])
def test_characters_that_paper_would_not_show_are_refused(transcript: TranscriptData, character: str) -> None:
    with pytest.raises(UnwritableError):
        write(with_remark(transcript, f"Ngoan{character}"))


def test_a_subject_without_a_known_teacher_or_result_is_written_empty(transcript: TranscriptData) -> None:
    first, *others = transcript.subjects
    unknown = replace(first, teacher=None, year=None)

    written = write(replace(transcript, subjects=(unknown, *others)))

    assert b"<CA_NAM></CA_NAM>" in written
    assert b'<GVBM Id="gv-ngu_van"></GVBM>' in written


@pytest.mark.parametrize("code", ["toan", 'x" Id="data', "", "a b"])
def test_a_subject_code_that_could_confuse_signatures_is_refused(transcript: TranscriptData, code: str) -> None:
    first, *others = transcript.subjects

    with pytest.raises(UnwritableError):
        write(replace(transcript, subjects=(replace(first, code=code), *others)))


def test_a_slot_for_a_subject_that_is_not_there_is_refused(transcript: TranscriptData) -> None:
    with pytest.raises(UnwritableError):
        write(replace(transcript, subjects=transcript.subjects[1:]))
