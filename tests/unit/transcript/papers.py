"""Invented pupils' frozen years, one of each stage, in the shape that every test of the documents starts from."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

from services.contracts.signing.documents import SlotRole
from services.transcript.canonical import (
    Cluster,
    Corrections,
    Gender,
    Guardian,
    Kind,
    Pupil,
    Quality,
    School,
    SchoolClass,
    Schooling,
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


def slots(subjects: tuple[Subject, ...], school: str = SCHOOL) -> tuple[Slot, ...]:
    teachers = (
        Slot(
            slot=f"GVBM-{s.code}",
            role=SlotRole.SUBJECT_TEACHER,
            subject=s.code,
            holder=s.teacher.person_id,
            name=s.teacher.name,
        )
        for s in subjects
        if s.teacher
    )
    others = ((SlotRole.HOMEROOM, 90, HOMEROOM), (SlotRole.PRINCIPAL, 91, PRINCIPAL), (SlotRole.SEAL, 1, school))
    return (
        *teachers,
        *(Slot(slot=role, role=role, subject=None, holder=identifier(n), name=name) for role, n, name in others),
    )


def way(school_year: int, class_name: str, school: str) -> Schooling:
    return Schooling(
        school_year=school_year, class_name=class_name, school=school, commune="Xã Hải Xuân", province="Tỉnh Ninh Bình"
    )


def lower() -> TranscriptData:
    """Grade 6."""
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
            guardians=(
                Guardian(relation="Cha", name="Trần Văn Thụ"),
                Guardian(relation="Mẹ", name="Nguyễn Thị Phương"),
            ),
        ),
        schooling=(way(2024, "5C", "Trường Tiểu học Hải Xuân"), way(2025, "6A", SCHOOL)),
        subjects=subjects,
        terms=(
            Term(term=1, level="Khá", conduct="Tốt", absences=2, unexcused=1),
            Term(term=2, level="Khá", conduct="Tốt", absences=1, unexcused=0),
        ),
        year=Year(
            level="Khá",
            level_after=None,
            conduct_after=None,
            conduct="Tốt",
            absences=3,
            unexcused=1,
            promotion="PROMOTED",
            title=None,
            reasons=("Không môn nào dưới 5,0; sáu môn từ 6,5 trở lên.", "Nghỉ 3 buổi, không quá 45 buổi."),
        ),
        remark="Chăm ngoan, lễ phép, hoà đồng với bạn bè; có tiến bộ rõ ở học kì II. Cần đọc sách nhiều hơn trong hè.",
        corrections=Corrections(count=0, subjects=()),
        slots=slots(subjects),
    )


PRIMARY_SUBJECTS = (
    ("tieng_viet", "Tiếng Việt", "T", "9", "Đọc trôi chảy, viết đúng chính tả; đoạn văn có hình ảnh."),
    ("toan", "Toán", "T", "10", "Tính đúng, giải được bài toán có ba bước tính."),
    ("ngoai_ngu", "Ngoại ngữ 1 (Tiếng Anh)", "T", "9", "Phát âm rõ, nghe hiểu tốt."),
    ("dao_duc", "Đạo đức", "T", None, "Lễ phép, biết giúp đỡ bạn."),
    ("ls_dl", "Lịch sử và Địa lí", "H", "8", "Nhớ được các mốc chính."),
    ("khoa_hoc", "Khoa học", "T", "9", "Quan sát kĩ, biết nêu câu hỏi."),
    ("tin_cn", "Tin học và Công nghệ", "T", "9", "Sử dụng chuột và bàn phím thành thạo."),
    ("gdtc", "Giáo dục thể chất", "T", None, "Động tác đúng, khoẻ khoắn."),
    ("am_nhac", "Nghệ thuật (Âm nhạc)", "H", None, "Hát đúng giai điệu."),
    ("mi_thuat", "Nghệ thuật (Mĩ thuật)", "T", None, "Vẽ có sáng tạo, phối màu hài hoà."),
    ("hdtn", "Hoạt động trải nghiệm", "T", None, "Nhiệt tình trong hoạt động chung."),
)
QUALITIES = (
    "yeu_nuoc", "nhan_ai", "cham_chi", "trung_thuc", "trach_nhiem",
    "tu_chu_tu_hoc", "giao_tiep_hop_tac", "giai_quyet_van_de",
    "ngon_ngu", "tinh_toan", "khoa_hoc", "cong_nghe", "tin_hoc", "tham_mi", "the_chat",
)  # fmt: skip
UPPER_SUBJECTS = (
    ("ngu_van", "Ngữ văn", "7.9"),
    ("toan", "Toán", "8.6"),
    ("ngoai_ngu", "Ngoại ngữ 1 (Tiếng Anh)", "8.1"),
    ("lich_su", "Lịch sử", "7.7"),
    ("gdqp_an", "Giáo dục quốc phòng và an ninh", "9.0"),
    ("vat_li", "Vật lí", "8.4"),
    ("hoa_hoc", "Hoá học", "8.8"),
    ("sinh_hoc", "Sinh học", "7.5"),
    ("tin_hoc", "Tin học", "9.1"),
    ("gdtc", "Giáo dục thể chất", "Đ"),
    ("hdtn_hn", "Hoạt động trải nghiệm, hướng nghiệp", "Đ"),
    ("gddp", "Nội dung giáo dục của địa phương", "Đ"),
)
CHOSEN, WITH_CLUSTER = ("vat_li", "hoa_hoc", "sinh_hoc", "tin_hoc"), ("toan", "vat_li", "hoa_hoc")
CONTINUING_SUBJECTS = (*UPPER_SUBJECTS[:4], *UPPER_SUBJECTS[5:9], *UPPER_SUBJECTS[10:])


def primary() -> TranscriptData:
    """Grade 4, under TT27/2020."""
    subjects = tuple(
        Subject(
            code=code,
            name=name,
            kind=Kind.PRIMARY,
            term1="H",
            term2=level,
            year=level,
            test=test,
            retest=None,
            comment=comment,
            teacher=Teacher(person_id=identifier(90), name=HOMEROOM),
        )
        for code, name, level, test, comment in PRIMARY_SUBJECTS
    )
    return replace(
        of_school("TH", 4, "TT27/2020", "4B", "Trường Tiểu học Hải Xuân"),
        subjects=subjects,
        qualities=tuple(Quality(code=code, level="Đ" if code == "tham_mi" else "T") for code in QUALITIES),
        qualities_comment="Chăm chỉ, trung thực, biết giúp bạn; tự giác trong học tập và trong việc chung của lớp.",
        terms=tuple(Term(term=term, level=None, conduct=None, absences=2, unexcused=term - 1) for term in (1, 2)),
        year=Year(
            level="Hoàn thành",
            conduct=None,
            level_after=None,
            conduct_after=None,
            absences=4,
            unexcused=1,
            promotion="PROMOTED",
            title=None,
            reasons=(),
        ),
        slots=slots((), "Trường Tiểu học Hải Xuân"),
    )


def upper() -> TranscriptData:
    """Grade 12 at its end, with electives and study-topic clusters."""
    subjects = marked(UPPER_SUBJECTS)
    data = of_school("THPT", 12, "TT22/2021", "12A1", "Trường THPT Hải Xuân")
    return replace(
        data,
        subjects=subjects,
        slots=slots(subjects, data.school.name),
        year=replace(data.year, level="Tốt", completion="COMPLETED"),
    )


def continuing() -> TranscriptData:
    """Grade 12 of a centre of continuing education."""
    subjects = marked(CONTINUING_SUBJECTS, clusters=())
    data = of_school("GDTX", 12, "TT43/2021", "12.1", "Trung tâm GDTX Hải Xuân")
    return replace(
        data,
        subjects=subjects,
        slots=slots(subjects, data.school.name),
        year=replace(data.year, completion="COMPLETED"),
    )


def papers() -> dict[str, TranscriptData]:
    """One of each form, by stage."""
    return {"TH": primary(), "THCS": lower(), "THPT": upper(), "GDTX": continuing()}


def of_school(stage: str, grade: int, regulation: str, class_name: str, school: str) -> TranscriptData:
    data = lower()
    return replace(
        data,
        stage=stage,
        grade=grade,
        regulation=regulation,
        school=replace(data.school, name=school),
        class_=replace(data.class_, name=class_name),
        schooling=(way(2025, class_name, school),),
    )


def marked(rows: tuple[tuple[str, str, str], ...], *, clusters: tuple[str, ...] = WITH_CLUSTER) -> tuple[Subject, ...]:
    """Subjects with the same result in all periods, electives and clusters among them."""
    return tuple(
        replace(
            subject(10 + number, (code, name, year, year, year, "Nắm vững kiến thức, vận dụng tốt.", "Lê Thị Thuỷ")),
            is_elective=code in CHOSEN,
            cluster=Cluster(term1="8.5", term2="9.0") if code in clusters else None,
        )
        for number, (code, name, year) in enumerate(rows)
    )
