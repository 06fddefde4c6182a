"""One invented pupil's frozen year, in the shape every test of the documents starts from."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from services.transcript.canonical import (
    Corrections,
    Gender,
    Kind,
    Pupil,
    Role,
    School,
    SchoolClass,
    Slot,
    Subject,
    Teacher,
    Term,
    TranscriptData,
    Year,
)

SCHOOL = "Trường THCS Nguyễn Thị Hoàng Oanh"
HOMEROOM, PRINCIPAL = "Đỗ Thị Hường", "Nguyễn Hữu Nghĩa"
SUBJECTS = (
    ("ngu_van", "Ngữ văn", "7.4", "7.9", "7.7", "Đọc hiểu tốt; cần luyện thêm chính tả.", "Lê Thị Thuỷ"),
    ("toan", "Toán", "7.9", "8.5", "8.3", "Tính toán cẩn thận, biết trình bày lời giải.", "Phạm Quốc Vượng"),
    ("ngoai_ngu", "Ngoại ngữ 1 (Tiếng Anh)", "6.8", "7.2", "7.1", "Phát âm rõ, mạnh dạn trong nhóm.", "Vũ Ngọc Quỳnh"),
    ("gdcd", "Giáo dục công dân", "8.6", "8.8", "8.7", "Có ý thức, biết giúp đỡ bạn.", "Hoàng Thị Lưỡng"),
    ("ls_dl", "Lịch sử và Địa lí", "7.0", "7.7", "7.5", "Nhớ mốc sự kiện, đọc được bản đồ.", "Bùi Đức Thuận"),
    ("khtn", "Khoa học tự nhiên", "7.6", "8.1", "7.9", "Thực hành cẩn thận, ghi chép đầy đủ.", "Trịnh Thị Ngoãn"),
    ("cong_nghe", "Công nghệ", "8.2", "8.4", "8.3", "Sản phẩm đẹp, hoàn thành đúng hạn.", "Đặng Xuân Trường"),
    ("tin_hoc", "Tin học", "8.0", "8.9", "8.6", "Sử dụng thành thạo bảng tính.", "Ngô Thị Mỹ Duyên"),
    ("gdtc", "Giáo dục thể chất", "Đ", "Đ", "Đ", "Tham gia tích cực, có sức bền.", "Lý Văn Khoẻ"),
    ("nghe_thuat", "Nghệ thuật", "Đ", "Đ", "Đ", "Hát đúng giai điệu, vẽ có sáng tạo.", "Phan Thị Ánh Tuyết"),
    ("hdtn_hn", "Hoạt động trải nghiệm, hướng nghiệp", "Đ", "Đ", "Đ", "Nhiệt tình trong hoạt động chung.", HOMEROOM),
    ("gddp", "Nội dung giáo dục của địa phương", "Đ", "Đ", "Đ", "Hiểu biết về làng nghề quê em.", "Bùi Đức Thuận"),
)  # fmt: skip


def identifier(number: int) -> UUID:
    return UUID(int=0x0190_0000_0000_7000_8000_0000_0000_0000 + number)


def subject(number: int, row: tuple[str, ...]) -> Subject:
    code, name, term1, term2, year, comment, teacher = row
    return Subject(
        code=code,
        name=name,
        kind=Kind.COMMENT if year == "Đ" else Kind.SCORED,
        term1=term1,
        term2=term2,
        year=year,
        retest=None,
        comment=comment,
        teacher=Teacher(person_id=identifier(number), name=teacher),
    )


def slots(subjects: tuple[Subject, ...]) -> tuple[Slot, ...]:
    teachers = (
        Slot(slot=f"GVBM-{s.code}", role=Role.GVBM, subject=s.code, holder=s.teacher.person_id, name=s.teacher.name)
        for s in subjects
        if s.teacher
    )
    others = ((Role.GVCN, 90, HOMEROOM), (Role.CBQL, 91, PRINCIPAL), (Role.KY_PHAT_HANH, 1, SCHOOL))
    return (
        *teachers,
        *(Slot(slot=role, role=role, subject=None, holder=identifier(n), name=name) for role, n, name in others),
    )


@pytest.fixture(scope="session")
def transcript() -> TranscriptData:
    subjects = tuple(subject(10 + number, row) for number, row in enumerate(SUBJECTS))
    return TranscriptData(
        code="01JZ8M4Q7W3K5X9C2V6T0BNRHD",
        version=1,
        origin="BORN_DIGITAL",
        frozen_at=datetime(2026, 5, 30, 2, tzinfo=UTC),
        stage="THCS",
        grade=6,
        school_year=2025,
        regulation="TT22/2021",
        school=School(
            unit_id=identifier(1),
            code="36000001",
            name=SCHOOL,
            commune="Xã Hải Xuân",
            province="Tỉnh Ninh Bình",
            department="Sở GDĐT Ninh Bình",
        ),
        class_=SchoolClass(id=identifier(2), name="6A"),
        pupil=Pupil(
            person_id=identifier(3),
            code="3600000001",
            personal_id="000314000017",
            name="Trần Nguyễn Phương Uyên",
            born_on=date(2014, 9, 1),
            gender=Gender.FEMALE,
            ethnicity="Kinh",
            nationality="Việt Nam",
        ),
        subjects=subjects,
        terms=(
            Term(term=1, level="Khá", conduct="Tốt", absences=2),
            Term(term=2, level="Khá", conduct="Tốt", absences=1),
        ),
        year=Year(
            level="Khá",
            level_after=None,
            conduct_after=None,
            conduct="Tốt",
            absences=3,
            promotion="PROMOTED",
            title=None,
            reasons=("Không môn nào dưới 5,0; sáu môn từ 6,5 trở lên.", "Nghỉ 3 buổi, không quá 45 buổi."),
        ),
        remark="Chăm ngoan, lễ phép, hoà đồng với bạn bè; có tiến bộ rõ ở học kì II. Cần đọc sách nhiều hơn trong hè.",
        corrections=Corrections(count=0, subjects=()),
        slots=slots(subjects),
    )
