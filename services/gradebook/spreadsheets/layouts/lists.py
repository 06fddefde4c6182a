"""Lists of pupils: C1-HocSinh, the ministry's class profile, a school's admission list; and staff, to be told apart."""

from services.chassis.workbook import Fault, a_choice, a_date, a_text
from services.gradebook.spreadsheets.imported import LayoutId
from services.gradebook.spreadsheets.layouts.declared import (
    ORDER,
    Column,
    Layout,
    Parser,
    Part,
)
from services.gradebook.spreadsheets.readings import TICKS, a_personal_id, a_sex, a_state

BAD_FEMALE = Fault(
    code="bad_female", vi="Cột Nữ chỉ ghi x (hoặc Nữ), nam để trống", en="x or Nữ for a girl, empty for a boy"
)
a_girl = a_choice(dict.fromkeys((*TICKS, "Nữ"), "Nữ"), BAD_FEMALE)


def _field(key: str, *names: str, parse: Parser = a_text, is_required: bool = True, is_filled: bool = False) -> Column:
    return Column(
        part=Part.FIELD,
        heading=names[:1],
        aliases=names[1:],
        key=key,
        parse=parse,
        is_required=is_required,
        is_filled=is_filled,
    )


def _detail(key: str, heading: str) -> Column:
    return Column(part=Part.DETAIL, heading=(heading,), key=key)


NAME = _field("full_name", "Họ tên", "Họ và tên", is_filled=True)
BORN = _field("born_on", "Ngày sinh", "Ngày tháng năm sinh", parse=a_date, is_filled=True)
SEX = _field("sex", "Giới tính", parse=a_sex, is_filled=True)
STATE = _field("state", "Trạng thái HS", "Trạng thái", parse=a_state)
ETHNICITY = _field("ethnicity", "Dân tộc")
PERSONAL_ID = _field("personal_id", "Số định danh cá nhân", "Số CCCD", parse=a_personal_id)
DETAILS = {
    "phone": "SĐT liên hệ",
    "birthplace": "Nơi sinh chi tiết",
    "residence_hamlet": "Tổ/thôn Hộ khẩu thường trú",
    "home_province": "Tỉnh thành quê quán",
    "home_ward": "Phường Xã quê quán",
    "address": "Chỗ ở hiện nay",
    "id_card": "Số CMND",
    "id_card_on": "Ngày cấp",
    "id_card_by": "Nơi cấp",
    "father": "Tên cha",
    "father_job": "Nghề nghiệp cha",
    "father_born": "Năm sinh cha",
    "mother": "Tên mẹ",
    "mother_job": "Nghề nghiệp mẹ",
    "mother_born": "Năm sinh mẹ",
}

PUPILS = Layout(
    id=LayoutId.PUPIL_LIST,
    vi="CSDL ngành, danh sách học sinh C1-HocSinh",
    columns=(
        *(_field("class_name", "Mã lớp", is_filled=True), _field("code", "Mã học sinh", is_filled=True)),
        *(NAME, BORN, SEX, STATE),
        _field("state_on", "Ngày nhập trạng thái", parse=a_date, is_required=False),
        *(ETHNICITY, _field("disability", "Loại khuyết tật", is_required=False), PERSONAL_ID),
    ),
    heading_row=4,
)
PROFILE = Layout(
    id=LayoutId.CLASS_PROFILE,
    vi="Bộ GD&ĐT, hồ sơ lớp",
    columns=(
        *(ORDER, _field("code", "Mã định danh Bộ GD&ĐT", "Mã định danh"), NAME, BORN, SEX, ETHNICITY, STATE),
        *(_detail(key, heading) for key, heading in DETAILS.items()),
        *(_field("class_name", "Lớp học", is_filled=True), _detail("grade", "Khối học"), PERSONAL_ID),
    ),
    heading_row=4,
)
ADMISSION = Layout(
    id=LayoutId.ADMISSION_LIST,
    vi="danh sách tuyển sinh lớp 1 theo lớp",
    columns=(
        *(NAME, BORN, PERSONAL_ID),
        _field("female", "Nữ", parse=a_girl),
        *(ETHNICITY, _field("disability", "K.tật", "Khuyết tật", is_required=False)),
    ),
)
STAFF = Layout(
    id=LayoutId.STAFF_LIST,
    vi="CSDL ngành, danh sách cán bộ CSDL_GiaoVien",
    columns=(NAME, _field("email", "Email"), _field("state", "Trạng thái CB"), _field("position", "Vị trí việc làm")),
)
LAYOUTS = (PUPILS, PROFILE, ADMISSION, STAFF)
