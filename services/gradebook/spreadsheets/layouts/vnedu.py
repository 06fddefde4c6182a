"""vnEdu: the gradebook of one subject, and the summary of a grade with one sheet a class."""

from dataclasses import replace

from services.chassis.workbook import Path, squashed
from services.contracts.gradebook.results import Period
from services.gradebook.spreadsheets.imported import ImportedSheet, LayoutId
from services.gradebook.spreadsheets.layouts.declared import (
    BORN,
    NAME,
    ORDER,
    OWN_CODE,
    PERSONAL_ID,
    SEX,
    Column,
    Form,
    Layout,
    Part,
    blank,
    school_title,
)
from services.gradebook.spreadsheets.layouts.secondary import (
    AVERAGE_1,
    AVERAGE_2,
    FINAL,
    MIDTERM,
    YEAR_AVERAGE,
    regular,
)
from services.gradebook.spreadsheets.readings import as_stated

PERIODS = {Period.TERM_1: "Học kỳ 1", Period.TERM_2: "Học kỳ 2", Period.YEAR: "Cả năm"}
AVERAGE = "tb"
NO_SUBJECTS = frozenset(
    map(
        squashed,
        (
            *("Giới tính", "Dân tộc", "Nơi sinh", "Diện ưu tiên", "Trạng thái", "Lớp", "TBCM", "ĐTB", "Xếp hạng"),
            *("Học lực", "Hạnh kiểm", "Xếp loại", "Kết quả", "Danh hiệu", "Khen thưởng", "Lên lớp"),
        ),
    )
)


def subject_average(subject: str, key: str = AVERAGE) -> Column:
    return Column(part=Part.STATED, heading=(subject,), key=key, parse=as_stated, subject=subject)


def any_subject(path: Path) -> Column | None:
    """What is neither declared nor about the pupil is a subject; the second row says how it is assessed."""
    return None if squashed(path[0]) in NO_SUBJECTS else subject_average(path[0])


def summary_title(sheet: ImportedSheet) -> list[str]:
    period = PERIODS.get(sheet.term, "") if sheet.term else ""
    year = f"NĂM HỌC {sheet.school_year.replace('-', ' - ')}" if sheet.school_year else ""
    name = sheet.class_name or ""
    grade = "".join(letter for letter in name[:2] if letter.isdigit())
    return [
        ", ".join(filter(None, (f"BẢNG TỔNG HỢP KẾT QUẢ GIÁO DỤC {period.upper()}".strip(), year))),
        f"Khối {grade} - Lớp {name}" + f" - ({period})" * bool(period) if name else "",
    ]


def _summary(key: str, *heading: str, is_required: bool = False) -> Column:
    return Column(part=Part.SUMMARY, heading=heading, key=key, is_required=is_required)


GRADEBOOK = Layout(
    id=LayoutId.VNEDU_GRADEBOOK,
    vi="vnEdu, sổ điểm",
    columns=(
        *(ORDER, blank("B"), NAME, BORN, SEX),
        *(regular(number, f"ĐĐGtx_{number}") for number in range(1, 5)),
        *(blank("J"), MIDTERM, FINAL, AVERAGE_1, AVERAGE_2, replace(YEAR_AVERAGE, is_required=True)),
    ),
    heading_row=6,
    title=school_title,
)
SUMMARY = Layout(
    id=LayoutId.VNEDU_SUMMARY,
    vi="vnEdu, bảng tổng hợp kết quả (so_diem_tong_ket_khoi)",
    columns=(
        *(ORDER, replace(OWN_CODE, key="code"), PERSONAL_ID, NAME, BORN),
        _summary("hoc_tap", "Kết quả học tập", is_required=True),
        _summary("ren_luyen", "Kết quả rèn luyện", is_required=True),
        *(_summary("nghi_p", "Buổi nghỉ", "P"), _summary("nghi_k", "Buổi nghỉ", "K")),
        *(_summary("nghi_tong", "Buổi nghỉ", "Tổng"), _summary("ghi_chu", "Ghi chú")),
    ),
    rest=any_subject,
    of_subject=subject_average,
    heading_row=6,
    title=summary_title,
    form=Form.COMMA,
)
LAYOUTS = (GRADEBOOK, SUMMARY)
