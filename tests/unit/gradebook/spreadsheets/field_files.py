"""Spreadsheets as the field makes them: title rows, line breaks and merged cells in headings, text dates, NFD."""

import unicodedata
from datetime import date

AN, BINH = "0100000001", "0100000002"
AN_ID, BINH_ID = "000214000001", "000314000002"
AN_BORN, BINH_BORN = date(2014, 3, 2), date(2014, 11, 20)
AN_SERIAL = 41700  # 02/03/2014 as Excel counts days


def nfd(text):
    return unicodedata.normalize("NFD", text) if isinstance(text, str) else text


def decomposed(rows):
    return [[nfd(cell) for cell in row] for row in rows]


def title(*, subject="Toán", klass="6A", term="Học kỳ: 1", year="2025 - 2026"):
    return [
        ["UBND PHƯỜNG HOA LƯ"],
        ["TRƯỜNG THCS HOA LƯ", "", "", "", f"Môn học: {subject}"],
        ["", "", "Lớp:", klass],
        [f"{term} - Năm học: {year}"],
        [],
    ]


def csdl_marks_1(*rows):
    headings = ["STT", "Lớp", "Mã định danh\nBộ GD&ĐT", "Họ và tên", "Ngày sinh"]
    marks = [*(f"ĐĐGtx{number}" for number in range(1, 6)), "ĐĐGgk", "ĐĐGck", "Nhận xét"]
    return [*title(), [*headings, *marks], *rows]


def csdl_marks_2(*rows):
    headings = ["STT", "Mã định danh Bộ GD&ĐT", "Họ và tên", "Ngày sinh"]
    return [*title(), [*headings, "ĐĐGtx", "ĐĐGgk", "ĐĐGck", "ĐTBmhk", "Mã nhận xét", "Nội dung nhận xét"], *rows]


def csdl_comments(*rows):
    headings = ["STT", "Mã định danh Bộ GD&ĐT", "Họ và tên", "Ngày sinh"]
    return [*title(), [*headings, "ĐTBmhk", "Mã nhận xét", "Nội dung nhận xét"], *rows]


def csdl_comment_subject(*rows):
    headings = ["STT", "Mã định danh Bộ GD&ĐT", "Họ và tên", "Ngày sinh"]
    return [*title(subject="Nghệ thuật"), [*headings, "Đánh giá", "Nội dung nhận xét"], *rows]


def csdl_primary(*rows):
    headings = ["STT", "Lớp", "Mã định danh Bộ GD&ĐT", "Họ và tên", "Ngày sinh"]
    marks = ["Mức đạt được\nGK", "Nhận xét GK", "Mức đạt được\nCK", "Điểm KTĐK", "Nhận xét CK"]
    return [*title(klass="3B"), [*headings, *marks], *rows]


PRIMARY_LEVEL_SUBJECTS = [
    *("Đạo đức", "Tự nhiên và xã hội", "Ngoại ngữ", "Tiếng dân tộc", "TH-CN (Tin học)", "Nghệ thuật (Âm nhạc)"),
    *("Nghệ thuật (Mĩ thuật)", "Hoạt động trải nghiệm", "Giáo dục thể chất"),
]
PRIMARY_COMPETENCES = [
    *("Tự chủ và tự học", "Giao tiếp và hợp tác", "Giải quyết vấn đề và sáng tạo"),
    *("Ngôn ngữ", "Tính toán", "Khoa học", "Thẩm mĩ", "Thể chất"),
]
PRIMARY_QUALITIES = ["Yêu nước", "Nhân ái", "Chăm chỉ", "Trung thực", "Trách nhiệm"]


def csdl_primary_results(*rows):
    """The three heading rows of KetQuaHocTapImportExcel, 35 columns; merged cells are empty but for the first."""
    who = ["STT", "Mã lớp", "Mã học sinh", "Họ tên", "Ngày sinh"]
    groups = [
        "Môn học và hoạt động giáo dục",
        *[""] * 12,
        "Năng lực cốt lõi",
        *[""] * 7,
        "Phẩm chất chủ yếu",
        *[""] * 4,
    ]
    first = [*who, *groups, "Hoàn thành\nchương trình lớp học", "Lên lớp", "Xếp loại", ""]
    subjects = ["Toán", "", "Tiếng việt", "", *PRIMARY_LEVEL_SUBJECTS]
    second = [*[""] * 5, *subjects, "Năng lực chung", "", "", "Năng lực đặc thù", *[""] * 4, *PRIMARY_QUALITIES]
    levels = ["Mức đạt được", "Điểm KTĐK", "Mức đạt được", "Điểm KTĐK", *["Mức đạt được"] * 9]
    third = [*[""] * 5, *levels, *PRIMARY_COMPETENCES]
    return [first, second, third, *rows]


def vnedu_gradebook(*rows):
    """Data from row 7; column B is hidden and empty, J is skipped."""
    marks = ["ĐĐGtx_1", "ĐĐGtx_2", "ĐĐGtx_3", "ĐĐGtx_4", "", "ĐĐGgk", "ĐĐGck", "ĐTBmhk1", "ĐTBmhk2", "ĐTBmcn"]
    headings = ["STT", "", "Họ và tên", "Ngày sinh", "Giới tính", *marks]
    return [["SỞ GDĐT NINH BÌNH"], [], ["", "", "SỔ ĐIỂM MÔN HỌC"], ["Môn học: Toán - Lớp: 6A"], [], headings, *rows]


VNEDU_SUBJECTS = [
    *("Toán", "LS&ĐL", "KHTN", "Tin", "Văn", "Ng.ngữ", "GDCD", "C.nghệ", "GDTC", "Nghệ thuật", "NDGDCĐP", "HĐTN&HN"),
]


def vnedu_summary(*rows, klass="6A", period="Học kỳ 2"):
    """so_diem_tong_ket_khoi: the title in column H, headings in row 6, what each subject is in row 7."""
    big = f"BẢNG TỔNG HỢP KẾT QUẢ GIÁO DỤC {period.upper()}, NĂM HỌC 2025 - 2026"
    who = ["STT", "Mã học sinh", "Số định danh cá nhân", "Họ và tên", "Ngày sinh"]
    ends = ["Kết quả học tập", "Kết quả rèn luyện", "Buổi nghỉ", "", "", "Ghi chú"]
    kinds = [*["(HS 1)"] * 8, *["(N.xét)"] * 4, "", "", "P", "K", "Tổng", ""]
    return [
        *([*[""] * 7, big], [*[""] * 7, f"Khối 6 - Lớp {klass} - ({period})"], [], [], []),
        *([*who, *VNEDU_SUBJECTS, *ends], [*[""] * 5, *kinds]),
        *rows,
    ]


def software_export(*rows, has_own_code=True):
    """Two heading rows 5 and 6, the numbers of the columns in row 7, all cells text."""
    who = ["STT", "Tên lớp", *(["Mã học sinh"] if has_own_code else []), "Mã định danh", "Họ và tên", "Ngày sinh"]
    upper = [*who, "ĐĐGtx", "", "", "", "ĐĐGgk", "ĐĐGck"]
    lower = [*[""] * len(who), "1", "2", "3", "4", "", ""]
    numbers = [str(number) for number in range(1, len(upper) + 1)]
    above = [["TRƯỜNG THCS HOA LƯ"], ["BẢNG ĐIỂM MÔN HỌC"], ["Môn học: Toán - Học kỳ: 1"], ["Năm học: 2025-2026"]]
    return [*above, upper, lower, numbers, *rows]


def mark_table(*rows, average="ĐTBmhkI"):
    """A table by hand below the school's name; the sub-heading row carries 1 to 4."""
    above = [["UBND QUẬN HOA LƯ"], ["TRƯỜNG THCS HOA LƯ"], ["BẢNG ĐIỂM HỌC KỲ I"], ["Môn: Toán"], ["LỚP 6A"]]
    upper = ["STT", "Họ và tên", "Ngày sinh", "ĐĐGtx", "", "", "", "ĐĐGgk", "ĐĐGck", average]
    return [*above, upper, ["", "", "", "1", "2", "3", "4"], *rows]


def old_mark_table(*rows):
    return [
        ["Môn học: Toán", "", "Lớp: 6A"],
        ["STT", "Họ và tên", "Ngày sinh", "Miệng", "15p", "1 tiết", "HK", "TBM"],
        *rows,
    ]


C1_CATALOGUE = ("Danh mục dân tộc", [["Dân tộc"], ["Kinh"], ["Tày"]])


def c1_pupils(*rows):
    headings = ["Mã lớp", "Mã học sinh", "Họ tên", "Ngày sinh\n(dd/mm/yyyy)", "Giới tính", "Trạng thái\nHS"]
    more = ["Ngày nhập trạng thái", "Dân tộc", "Loại khuyết tật", "Số định danh\ncá nhân"]
    place = ["Tỉnh/Thành phố\n(Theo địa chỉ thường trú)"]
    return [["DANH SÁCH HỌC SINH"], [], [], [*headings, *more, *place], *rows]


def class_profile(*rows):
    headings = [
        *("STT", "Mã định danh Bộ GD&ĐT", "Họ tên", "Ngày sinh", "Giới tính", "Dân tộc", "Trạng thái", "SĐT liên hệ"),
        *("Nơi sinh chi tiết", "Tổ/thôn Hộ khẩu thường trú", "Tỉnh thành quê quán", "Phường Xã quê quán"),
        *("Chỗ ở hiện nay", "Số CMND", "Ngày cấp", "Nơi cấp", "Tên cha", "Nghề nghiệp cha", "Năm sinh cha", "Tên mẹ"),
        *("Nghề nghiệp mẹ", "Năm sinh mẹ", "Lớp học", "Khối học", "Số định danh cá nhân"),
    ]
    return [["HỒ SƠ LỚP HỌC"], ["Năm học 2025-2026"], [], headings, *rows]


def admission_list(*classes):
    """One block a class: "LỚP 1A", the headings, the pupils; the first class stands above the first headings."""
    headings = ["STT", "Họ và tên", "Ngày sinh", "Số CCCD", "Nữ", "Dân tộc", "K.tật"]
    blocks = ([[f"LỚP {name}"], headings, *rows, []] for name, rows in classes)
    return [["DANH SÁCH HỌC SINH LỚP 1"], *(row for block in blocks for row in block)]


def staff_list(*rows):
    headings = ["Họ tên", "Mã cán bộ", "Email", "Trạng thái CB", "Vị trí việc làm", "Nhóm chức vụ", "Môn dạy"]
    return [headings, *rows]
