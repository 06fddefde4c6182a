"""Marks of lower and upper secondary schools: the national database's templates, school software, tables by hand."""

from dataclasses import replace

from services.gradebook.spreadsheets.imported import LayoutId
from services.gradebook.spreadsheets.layouts.declared import (
    BORN,
    CLASS,
    CLASS_NAME,
    CODE,
    MINISTRY_CODE,
    NAME,
    ORDER,
    OWN_CODE,
    PERSONAL_ID,
    Column,
    Form,
    Layout,
    Part,
    comment,
    mark,
    school_title,
    stated,
)
from services.gradebook.spreadsheets.readings import some_results

FEWEST = 1  # regular marks that every subject has


def regular(number: int, *heading: str) -> Column:
    """The column of a regular assessment (ĐĐGtx); the first is in every file."""
    aliases = (f"ĐĐGtx_{number}", f"ĐĐGtx {number}", f"TX {number}")
    return mark(f"tx{number}", *heading, aliases=aliases, is_required=number <= FEWEST)


MIDTERM = mark("gk", "ĐĐGgk", aliases=("Giữa kỳ", "Điểm giữa kỳ", "KTGK"), is_required=True)
FINAL = mark("ck", "ĐĐGck", aliases=("Cuối kỳ", "Điểm cuối kỳ", "KTCK"), is_required=True)
TERM_AVERAGE = stated("tb", "ĐTBmhk", "TBmhk", "TBM")
AVERAGE_1 = stated("tb_hk1", "ĐTBmhk1", "TBmhk1", "ĐTBmhkI", "TBmhkI")
AVERAGE_2 = stated("tb_hk2", "ĐTBmhk2", "TBmhk2", "ĐTBmhkII", "TBmhkII")
YEAR_AVERAGE = stated("tb_cn", "ĐTBmcn", "TBmcn")
REMARK = comment("hk", "Nhận xét", "Nội dung nhận xét")
REMARK_CODE = comment("hk_ma", "Mã nhận xét", is_required=True)
REMARK_TEXT = comment("hk", "Nội dung nhận xét", "Nhận xét", is_required=True)
WHO = (ORDER, CODE, NAME, BORN)
ANY_CLASS = replace(CLASS, aliases=("Lớp học", "Tên lớp"), is_required=False, is_rare=True)

MARKS_1 = Layout(
    id=LayoutId.CSDL_MARKS_1,
    vi="CSDL ngành, mẫu điểm 1",
    columns=(
        *(ORDER, CLASS, CODE, NAME, BORN),
        *(regular(number, f"ĐĐGtx{number}") for number in range(1, 6)),
        *(MIDTERM, FINAL, replace(REMARK, is_required=True)),
    ),
    title=school_title,
)
MARKS_2 = Layout(
    id=LayoutId.CSDL_MARKS_2,
    vi="CSDL ngành, mẫu điểm 2",
    columns=(
        *WHO,
        Column(part=Part.REGULAR, heading=("ĐĐGtx",), key="tx", parse=some_results, is_required=True),
        *(MIDTERM, FINAL, TERM_AVERAGE, REMARK_CODE, REMARK_TEXT),
    ),
    title=school_title,
)
COMMENTS = Layout(
    id=LayoutId.CSDL_COMMENTS,
    vi="CSDL ngành, mẫu nhận xét",
    columns=(*WHO, replace(TERM_AVERAGE, is_required=True), REMARK_CODE, REMARK_TEXT),
    title=school_title,
)
COMMENT_SUBJECT = Layout(
    id=LayoutId.CSDL_COMMENT_SUBJECT,
    vi="CSDL ngành, mẫu môn đánh giá bằng nhận xét",
    columns=(
        *(*WHO, stated("tb", "Đánh giá", is_required=True)),
        *(replace(REMARK_CODE, is_required=False), REMARK_TEXT),
    ),
    title=school_title,
)
_SPLIT = (*(regular(number, "ĐĐGtx", str(number)) for number in range(1, 5)), MIDTERM, FINAL)
SOFTWARE = Layout(
    id=LayoutId.SOFTWARE_EXPORT,
    vi="phần mềm nhà trường, bảng điểm có mã học sinh",
    columns=(ORDER, CLASS_NAME, OWN_CODE, MINISTRY_CODE, NAME, BORN, *_SPLIT),
    heading_row=5,
    title=school_title,
    is_numbered=True,
    form=Form.POINT,
    date_form="%d-%m-%Y",
)
SOFTWARE_CSDL = replace(
    SOFTWARE,
    id=LayoutId.SOFTWARE_CSDL_EXPORT,
    vi="phần mềm nhà trường, bảng điểm gửi CSDL ngành",
    columns=(ORDER, CLASS_NAME, MINISTRY_CODE, NAME, BORN, *_SPLIT),
)
TABLE = Layout(
    id=LayoutId.MARK_TABLE,
    vi="bảng điểm học kỳ theo ĐĐGtx, ĐĐGgk, ĐĐGck",
    columns=(
        *(ORDER, ANY_CLASS, replace(CODE, is_required=False), PERSONAL_ID, NAME, BORN),
        *(regular(number, f"ĐĐGtx_{number}") for number in range(1, 6)),
        *(MIDTERM, FINAL, TERM_AVERAGE, AVERAGE_1, AVERAGE_2, REMARK),
    ),
    title=school_title,
)
_OLD_REGULAR = (("tx1", "Miệng", "1"), ("tx2", "Miệng", "2"), ("tx3", "15p", "1"), ("tx4", "15p", "2"))
OLD_TABLE = Layout(
    id=LayoutId.OLD_MARK_TABLE,
    vi="bảng điểm theo tên cột cũ (Miệng, 15p, 1 tiết)",
    columns=(
        *(ORDER, ANY_CLASS, replace(CODE, is_required=False), PERSONAL_ID, NAME, BORN),
        Column(part=Part.REGULAR, heading=("Miệng",), aliases=("KT miệng",), key="oral", parse=some_results),
        Column(part=Part.REGULAR, heading=("15p",), aliases=("15 phút", "KT 15 phút"), key="short", parse=some_results),
        *(
            mark(key, *heading, aliases=(" ".join(heading).replace("15p", "15 phút"),))
            for key, *heading in _OLD_REGULAR
        ),
        # One test of a period weighs two and the term's test three, as ĐĐGgk and ĐĐGck do; two of them would not.
        mark("gk", "1 tiết", aliases=("KT 1 tiết", "45 phút"), is_required=True),
        mark("ck", "HK", aliases=("Học kỳ", "Thi HK", "KTHK", "Thi học kỳ"), is_required=True),
        *(TERM_AVERAGE, AVERAGE_1, AVERAGE_2),
    ),
    title=school_title,
)
LAYOUTS = (MARKS_1, MARKS_2, COMMENTS, COMMENT_SUBJECT, SOFTWARE, SOFTWARE_CSDL, TABLE, OLD_TABLE)
