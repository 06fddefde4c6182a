"""Assessments of primary schools: one subject of a class, and the results of all subjects with qualities."""

from services.chassis.workbook import Path, squashed
from services.gradebook.spreadsheets.imported import LayoutId
from services.gradebook.spreadsheets.layouts.declared import (
    BORN,
    CLASS,
    CODE,
    NAME,
    ORDER,
    Column,
    Layout,
    Parser,
    Part,
    comment,
    school_title,
)
from services.gradebook.spreadsheets.readings import a_level, a_quality, a_tick, a_whole_mark

LEVEL, TEST = "muc", "kt"  # of the half of a term that the file is about; reading puts gk_ or ck_ before them
SUBJECTS = "Môn học và hoạt động giáo dục"
COMPETENCES, GENERAL, SPECIFIC = "Năng lực cốt lõi", "Năng lực chung", "Năng lực đặc thù"
QUALITIES = "Phẩm chất chủ yếu"

HALF_COLUMNS: dict[str, tuple[str, Parser]] = {
    LEVEL: ("Mức đạt được", a_level),
    TEST: ("Điểm KTĐK", a_whole_mark),
}
TESTED_SUBJECTS = ("Toán", "Tiếng việt")
LEVEL_SUBJECTS = (
    "Đạo đức",
    "Tự nhiên và xã hội",
    "Ngoại ngữ",
    "Tiếng dân tộc",
    "TH-CN (Tin học)",
    "Nghệ thuật (Âm nhạc)",
    "Nghệ thuật (Mĩ thuật)",
    "Hoạt động trải nghiệm",
    "Giáo dục thể chất",
)
GENERAL_COMPETENCES = {
    "tu_chu_tu_hoc": "Tự chủ và tự học",
    "giao_tiep_hop_tac": "Giao tiếp và hợp tác",
    "giai_quyet_van_de": "Giải quyết vấn đề và sáng tạo",
}
SPECIFIC_COMPETENCES = {
    "ngon_ngu": "Ngôn ngữ",
    "tinh_toan": "Tính toán",
    "khoa_hoc": "Khoa học",
    "tham_mi": "Thẩm mĩ",
    "the_chat": "Thể chất",
}
LATER_COMPETENCES = {"cong_nghe": "Công nghệ", "tin_hoc": "Tin học"}  # from grade 3 on
QUALITY_NAMES = {
    "yeu_nuoc": "Yêu nước",
    "nhan_ai": "Nhân ái",
    "cham_chi": "Chăm chỉ",
    "trung_thuc": "Trung thực",
    "trach_nhiem": "Trách nhiệm",
}


def of_subject(subject: str, key: str) -> Column:
    """The level or the periodic test of one subject."""
    last, parse = HALF_COLUMNS[key]
    return Column(part=Part.VALUE, heading=(SUBJECTS, subject, last), key=key, parse=parse, subject=subject)


def any_subject(path: Path) -> Column | None:
    """The column of a subject, whichever the grade has; one without a test may have no third heading."""
    group, subject, *last = (*path, "", "")
    if not subject or not squashed(group).startswith(squashed("Môn học")):
        return None
    return of_subject(subject, TEST if squashed(last[0]).startswith(squashed("Điểm")) else LEVEL)


def _quality(key: str, *heading: str, is_rare: bool = False) -> Column:
    """A quality or competence; the group above it tells the competence Khoa học from the subject."""
    return Column(part=Part.VALUE, heading=heading, key=key, aliases=(heading[-1],), parse=a_quality, is_rare=is_rare)


def _half(key: str, heading: str, parse: Parser, *, is_rare: bool = False) -> Column:
    return Column(part=Part.VALUE, heading=(heading,), key=key, parse=parse, is_required=not is_rare, is_rare=is_rare)


SUBJECT = Layout(
    id=LayoutId.CSDL_PRIMARY,
    vi="CSDL ngành, mẫu tiểu học",
    columns=(
        *(ORDER, CLASS, CODE, NAME, BORN),
        *(_half("gk_muc", "Mức đạt được GK", a_level), _half("gk_kt", "Điểm KTĐK GK", a_whole_mark, is_rare=True)),
        comment("gk", "Nhận xét GK", is_required=True),
        *(_half("ck_muc", "Mức đạt được CK", a_level), _half("ck_kt", "Điểm KTĐK", a_whole_mark)),
        comment("ck", "Nhận xét CK", is_required=True),
    ),
    title=school_title,
)
RESULTS = Layout(
    id=LayoutId.CSDL_PRIMARY_RESULTS,
    vi="CSDL ngành, kết quả học tập tiểu học (KetQuaHocTapImportExcel)",
    columns=(
        ORDER,
        Column(part=Part.CLASS, heading=("Mã lớp",), is_required=True),
        Column(part=Part.CODE, heading=("Mã học sinh",), key="code", is_required=True),
        *(NAME, BORN),
        *(of_subject(name, key) for name in TESTED_SUBJECTS for key in (LEVEL, TEST)),
        *(of_subject(name, LEVEL) for name in LEVEL_SUBJECTS),
        *(_quality(key, COMPETENCES, GENERAL, name) for key, name in GENERAL_COMPETENCES.items()),
        *(_quality(key, COMPETENCES, SPECIFIC, name) for key, name in SPECIFIC_COMPETENCES.items()),
        *(_quality(key, COMPETENCES, SPECIFIC, name, is_rare=True) for key, name in LATER_COMPETENCES.items()),
        *(_quality(key, QUALITIES, name) for key, name in QUALITY_NAMES.items()),
        Column(
            part=Part.SUMMARY,
            heading=("Hoàn thành\nchương trình lớp học",),
            key="hoan_thanh",
            parse=a_tick,
            is_required=True,
        ),
        Column(part=Part.SUMMARY, heading=("Lên lớp",), key="len_lop", parse=a_tick, is_required=True),
        Column(part=Part.SUMMARY, heading=("Xếp loại",), key="xep_loai"),
    ),
    rest=any_subject,
    of_subject=of_subject,
    is_of_half=True,
    heading_row=1,
)
LAYOUTS = (SUBJECT, RESULTS)
