"""Whole classes with marks, made of a random number generator: secondary and primary, running and locked."""

from dataclasses import replace
from datetime import UTC, date, datetime
from random import Random
from uuid import UUID

from services.contracts.gradebook.conduct import ConductEntry
from services.contracts.gradebook.results import Period
from services.contracts.gradebook.school import SubjectKind
from services.contracts.gradebook.sheets import CellState, ColumnKind, ColumnV1, Scale
from services.gradebook.books.averages import values_of
from services.gradebook.books.source import (
    TERM_PERIOD,
    ClassRecord,
    Correction,
    Pupil,
    Result,
    School,
    Sheet,
    Source,
)
from services.gradebook.books.writing import EXEMPT
from services.gradebook.domain import Cell
from services.gradebook.rules.reasons27 import QUALITY_NAMES

YEAR = 2025
PRINTED_AT = datetime(2026, 5, 30, 2, 15, tzinfo=UTC)
SCHOOL = School(
    name="Trường Trung học cơ sở Sao Biển Xanh",
    commune="Xã Hải Xuân",
    province="Tỉnh Ninh Bình",
    department="Sở Giáo dục và Đào tạo Ninh Bình",
)
SCORED, COMMENT = SubjectKind.SCORED, SubjectKind.COMMENT
SECONDARY = (
    ("VAN", "Ngữ văn", SCORED), ("TOAN", "Toán", SCORED), ("NN1", "Ngoại ngữ 1", SCORED),
    ("GDCD", "Giáo dục công dân", SCORED), ("LSDL", "Lịch sử và Địa lí", SCORED), ("KHTN", "Khoa học tự nhiên", SCORED),
    ("CN", "Công nghệ", SCORED), ("TIN", "Tin học", SCORED), ("DTTS", "Tiếng dân tộc thiểu số", SCORED),
    ("NN2", "Ngoại ngữ 2", SCORED), ("GDTC", "Giáo dục thể chất", COMMENT), ("NT", "Nghệ thuật", COMMENT),
    ("HDTN", "Hoạt động trải nghiệm, hướng nghiệp", COMMENT), ("GDDP", "Nội dung giáo dục của địa phương", COMMENT),
)  # fmt: skip
PRIMARY = (
    ("TV", "Tiếng Việt", True), ("TOAN", "Toán", True), ("NN1", "Ngoại ngữ 1", True), ("DD", "Đạo đức", False),
    ("LSDL", "Lịch sử và Địa lí", True), ("KH", "Khoa học", True), ("TIN", "Tin học", True),
    ("CN", "Công nghệ", True), ("GDTC", "Giáo dục thể chất", False), ("AN", "Âm nhạc", False),
    ("MT", "Mĩ thuật", False), ("HDTN", "Hoạt động trải nghiệm", False),
)  # fmt: skip
NAMES = (
    "Trần Nguyễn Phương Uyên", "Lê Văn An", "Công Tằng Tôn Nữ Nguyễn Phước Hoàng Ngọc Bảo Trâm Anh Thư",
    "Hờ A Páo", "Nguyễn Thị Ước", "Đặng Quốc Khánh",
)  # fmt: skip
WORDS = (
    "Có nhiều cố gắng.",
    "Đọc hiểu tốt; cần luyện thêm chính tả và cách trình bày bài làm cho rõ ràng, sạch đẹp hơn.",
    "",
    "Chăm ngoan, lễ phép, hoà đồng với bạn bè.",
)


def random(seed: int) -> Random:
    return Random(seed)  # noqa: S311  # invented marks, not secrets


def new_uuid(rng: Random) -> UUID:
    return UUID(int=rng.getrandbits(128), version=4)


def pupils(rng: Random, size: int) -> tuple[Pupil, ...]:
    return tuple(
        Pupil(
            id=new_uuid(rng),
            code=f"36{rng.randrange(10**8):08}",
            name=rng.choice(NAMES),
            born_on=date(2014, rng.randint(1, 12), rng.randint(1, 28)),
            gender=rng.choice(("Nam", "Nữ")),
            ethnicity=rng.choice(("Kinh", "Tày", "Hmông")),
            ended_on=date(2026, 1, 5) if number == 4 else None,
            ended_as="MOVED" if number == 4 else None,
        )
        for number in range(size)
    )


def cell(rng: Random, scale: Scale, *, is_full: bool) -> Cell:
    """One cell; in a full class nothing is open, otherwise a few cells are empty or missed with permission."""
    lot = rng.random()
    if not is_full and lot < 0.05:
        return Cell(state=rng.choice((CellState.EMPTY, CellState.MISSED_EXCUSED)))
    if lot > 0.97 and scale in (Scale.MARK, Scale.PASS):
        return Cell(state=CellState.MISSED_UNEXCUSED)
    value = {
        Scale.MARK: lambda: str(rng.randint(20, 100) / 10),
        Scale.PASS: lambda: rng.choice("ĐĐĐĐĐĐĐĐĐC").replace("C", "CĐ"),
        Scale.TEST: lambda: str(rng.randint(3, 10)),
        Scale.LEVEL: lambda: rng.choice("TTHC"),
        Scale.QUALITY: lambda: rng.choice("TTĐC"),
    }[scale]()
    return Cell(state=CellState.VALUE, value=value)


def columns(rng: Random, keys: dict[str, Scale]) -> tuple[ColumnV1, ...]:
    kinds = {"tx": ColumnKind.REGULAR, "gk": ColumnKind.MIDTERM, "ck": ColumnKind.FINAL}
    return tuple(ColumnV1(id=new_uuid(rng), key=key, kind=kinds[key[:2]], scale=one) for key, one in keys.items())


def sheet(rng: Random, listed: tuple[Pupil, ...], subject: tuple[str, str, SubjectKind], term: int, **given) -> Sheet:
    code, name, kind = subject
    made, is_full = columns(rng, given["keys"]), given["is_full"]
    exempt = listed[2].id if code == "GDTC" and listed[2:] else None
    cells = {
        pupil.id: {
            column.id: Cell(state=CellState.EXEMPT) if pupil.id == exempt else cell(rng, column.scale, is_full=is_full)
            for column in made
        }
        for pupil in listed
    }
    return Sheet(
        subject=code,
        name=name,
        kind=kind,
        term=term,
        teacher_ids=given["teachers"],
        columns=made,
        takers=tuple(pupil.id for pupil in listed),
        cells=cells,
        comments={pupil.id: {key: rng.choice(WORDS) for key in ("gk", "ck")} for pupil in listed},
    )


def secondary_class(
    seed: int, *, size: int = 45, subjects: int = 14, is_full: bool = True, name: str = "6A"
) -> ClassRecord:
    """A class of grade 6 under TT22/2021 with two teachers for its subjects, nothing locked yet."""
    rng = random(seed)
    listed, teachers = pupils(rng, size), (new_uuid(rng), new_uuid(rng))
    chosen = SECONDARY[: subjects - 4] + SECONDARY[-4:]
    sheets = tuple(
        sheet(rng, listed, subject, term, keys=_keys(subject), is_full=is_full, teachers=(teachers[number % 2],))
        for number, subject in enumerate(chosen)
        for term in (1, 2)
    )
    return ClassRecord(
        id=new_uuid(rng),
        name=name,
        grade=6,
        stage="THCS",
        school_year=YEAR,
        homeroom_id=teachers[0],
        pupils=listed,
        sheets=sheets,
        conduct={pupil.id: {period: _conduct(rng, pupil) for period in TERM_PERIOD.values()} for pupil in listed},
    )


def primary_class(seed: int, *, size: int = 35, is_full: bool = True, name: str = "5A") -> ClassRecord:
    """A class of grade 5 under TT27/2020, one teacher for all."""
    rng = random(seed)
    listed, teacher = pupils(rng, size), new_uuid(rng)
    subjects = [((code, name, SubjectKind.PRIMARY), has_test) for code, name, has_test in PRIMARY]
    qualities = {f"{point}_{code}": Scale.QUALITY for point in ("gk", "ck") for code in QUALITY_NAMES}
    sheets = [
        sheet(rng, listed, subject, term, keys=_periodic_keys(subject[0], has_test=has_test), is_full=is_full,
              teachers=(teacher,))
        for subject, has_test in subjects
        for term in (1, 2)
    ]  # fmt: skip
    about = ("PCNL", "Phẩm chất và năng lực", SubjectKind.QUALITIES)
    sheets += [sheet(rng, listed, about, term, keys=qualities, is_full=is_full, teachers=(teacher,)) for term in (1, 2)]
    return ClassRecord(
        id=new_uuid(rng),
        name=name,
        grade=5,
        stage="TH",
        school_year=YEAR,
        homeroom_id=teacher,
        pupils=listed,
        sheets=tuple(sheets),
        conduct={
            pupil.id: {period: replace(_conduct(rng, pupil), conduct=None) for period in TERM_PERIOD.values()}
            for pupil in listed
        },
    )


def locked(record: ClassRecord, seed: int = 1) -> ClassRecord:
    """The class with every period locked, its levels drawn by lot."""
    rng, values = random(seed), values_of(record)
    levels = ("Hoàn thành xuất sắc", "Hoàn thành tốt", "Hoàn thành") if record.is_primary else ("Tốt", "Khá", "Đạt")
    results = {
        pupil.id: {period: _result(rng, values[pupil.id].of(period), levels, period) for period in Period}
        for pupil in record.pupils
    }
    return replace(record, results=results, locked=tuple(Period))


def corrected(record: ClassRecord, *subjects: str, term: int = 1) -> ClassRecord:
    return replace(record, corrections=tuple(Correction(subject=one, term=term, key="tx1") for one in subjects))


def source_of(*classes: ClassRecord, term: int | None = None) -> Source:
    teachers = {one for record in classes for each in record.sheets for one in each.teacher_ids}
    names = {one: f"Phạm Thị Minh {number}" for number, one in enumerate(sorted(teachers), start=1)}
    return Source(school=SCHOOL, school_year=YEAR, term=term, classes=classes, names=names)


def taught_by(record: ClassRecord, teacher_id: UUID) -> ClassRecord:
    """The class as its teacher's book holds it."""
    return replace(record, sheets=tuple(one for one in record.sheets if teacher_id in one.teacher_ids))


def _keys(subject: tuple[str, str, SubjectKind]) -> dict[str, Scale]:
    if subject[2] is COMMENT:
        return dict.fromkeys(("tx1", "tx2", "gk", "ck"), Scale.PASS)
    regular = 4 if subject[0] in ("VAN", "TOAN", "NN1") else 2
    return dict.fromkeys((*(f"tx{number}" for number in range(1, regular + 1)), "gk", "ck"), Scale.MARK)


def _periodic_keys(code: str, *, has_test: bool) -> dict[str, Scale]:
    """TT27/2020 Art. 7: mid-term tests of grades 4 and 5 are of Vietnamese and mathematics alone."""
    keys = {"gk_muc": Scale.LEVEL, "gk_kt": Scale.TEST, "ck_muc": Scale.LEVEL, "ck_kt": Scale.TEST}
    tested = {"gk_kt": code in ("TV", "TOAN"), "ck_kt": has_test}
    return {key: scale for key, scale in keys.items() if tested.get(key, True)}


def _conduct(rng: Random, pupil: Pupil) -> ConductEntry:
    absences = rng.randint(0, 9)
    return ConductEntry(
        pupil_id=pupil.id,
        version=1,
        conduct=rng.choice(("Tốt", "Tốt", "Khá", "Đạt")),
        absences=absences,
        unexcused=rng.randint(0, absences),
        remark=rng.choice(WORDS),
    )


def _result(rng: Random, values: dict[str, str], levels: tuple[str, ...], period: Period) -> Result:
    is_year, completion = period is Period.YEAR, "COMPLETED" if "Hoàn thành" in levels else None
    return Result(
        subjects={code: value for code, value in values.items() if value != EXEMPT},
        level=rng.choice(levels),
        conduct=rng.choice(("Tốt", "Khá")),
        promotion=rng.choice(("PROMOTED", "PROMOTED", "RETEST")) if is_year else None,
        completion=completion if is_year else None,
        title=rng.choice(("Học sinh Giỏi", "Học sinh Xuất sắc", None)) if is_year else None,
    )
