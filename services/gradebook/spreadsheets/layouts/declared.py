"""How a layout is declared: its columns with their headings and parsers, and how a written file looks around them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from services.chassis.workbook import Heading, Path, Value, a_date, a_text
from services.gradebook.spreadsheets.imported import ImportedSheet, LayoutId
from services.gradebook.spreadsheets.readings import a_personal_id, a_result, as_stated

Parser: TypeAlias = Callable[[Value], object]


class Part(Enum):
    """What a column's cells say; values, comments, stated and summary are the mappings of an ImportedRow."""

    ORDER = "order"
    CLASS = "class"
    CODE = "code"
    PERSONAL_ID = "personal_id"
    NAME = "name"
    BORN = "born"
    VALUE = "values"
    REGULAR = "regular"  # several regular marks in one cell
    COMMENT = "comments"
    STATED = "stated"
    SUMMARY = "summary"
    FIELD = "field"  # of a ListedPupil, by its name
    DETAIL = "details"
    UNUSED = "unused"


class Form(Enum):
    """How marks are written: as numbers, or as text with a point or a comma."""

    NUMBER = "number"
    POINT = "point"
    COMMA = "comma"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column; ``heading`` is as the field writes it, from the top row down, ``parse`` reads a cell that is filled.

    A rare column is written only where it has something to say.
    """

    part: Part
    heading: Path
    key: str = ""
    aliases: tuple[str, ...] = ()
    parse: Parser = a_text
    subject: str | None = None
    is_required: bool = False
    is_filled: bool = False
    is_rare: bool = False

    @property
    def id(self) -> str:
        return "/".join((self.part.value, self.subject or "", self.key))

    def as_heading(self) -> Heading:
        return Heading(name=" ".join(self.heading), aliases=self.aliases, is_required=self.is_required, key=self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A layout by its columns; ``rest`` declares the columns of subjects, which differ from grade to grade.

    Where ``is_of_half``, the file is about one half of a term, and gk_ or ck_ goes before the keys of its values.
    The other fields say how a file is written: the column of a subject that is not in the list, in which row the
    headings begin, what stands above and below them, how marks and dates look.
    """

    id: LayoutId
    vi: str
    columns: tuple[Column, ...]
    rest: Callable[[Path], Column | None] | None = None
    is_of_half: bool = False
    of_subject: Callable[[str, str], Column] | None = None
    heading_row: int = 7
    title: Callable[[ImportedSheet], Sequence[str]] | None = None
    is_numbered: bool = False
    form: Form = Form.NUMBER
    date_form: str = "%d/%m/%Y"

    @property
    def headings(self) -> list[Heading]:
        """The headings to look for; those of subjects are left to ``rest``."""
        return [column.as_heading() for column in self.columns if column.heading and column.subject is None]

    @property
    def is_list(self) -> bool:
        return any(column.part is Part.FIELD for column in self.columns)


def mark(key: str, *heading: str, aliases: tuple[str, ...] = (), is_required: bool = False) -> Column:
    return Column(part=Part.VALUE, heading=heading, key=key, aliases=aliases, parse=a_result, is_required=is_required)


def stated(key: str, heading: str, *aliases: str, is_required: bool = False) -> Column:
    return Column(
        part=Part.STATED, heading=(heading,), key=key, aliases=aliases, parse=as_stated, is_required=is_required
    )


def comment(key: str, heading: str, *aliases: str, is_required: bool = False) -> Column:
    return Column(part=Part.COMMENT, heading=(heading,), key=key, aliases=aliases, is_required=is_required)


def blank(letter: str) -> Column:
    """A column that the layout leaves empty."""
    return Column(part=Part.UNUSED, heading=(), key=letter)


ORDER = Column(part=Part.ORDER, heading=("STT",), aliases=("Số TT", "TT"))
CODE = Column(
    part=Part.CODE,
    heading=("Mã định danh Bộ GD&ĐT",),
    aliases=("Mã định danh", "Mã học sinh", "Mã HS"),
    key="code",
    is_required=True,
)
MINISTRY_CODE = Column(
    part=Part.CODE, heading=("Mã định danh",), aliases=("Mã định danh Bộ GD&ĐT",), key="code", is_required=True
)
OWN_CODE = Column(part=Part.CODE, heading=("Mã học sinh",), aliases=("Mã HS",), key="own", is_required=True)
PERSONAL_ID = Column(
    part=Part.PERSONAL_ID,
    heading=("Số định danh cá nhân",),
    aliases=("Mã định danh cá nhân", "Số định danh", "Số CCCD"),
    parse=a_personal_id,
)
NAME = Column(
    part=Part.NAME,
    heading=("Họ và tên",),
    aliases=("Họ tên", "Họ và tên học sinh", "Họ tên học sinh"),
    is_required=True,
    is_filled=True,
)
BORN = Column(part=Part.BORN, heading=("Ngày sinh",), aliases=("Ngày tháng năm sinh",), parse=a_date)
CLASS = Column(part=Part.CLASS, heading=("Lớp",), aliases=("Lớp học",), is_required=True)
CLASS_NAME = Column(part=Part.CLASS, heading=("Tên lớp",), is_required=True)
SEX = Column(part=Part.UNUSED, heading=("Giới tính",), key="sex")


def school_title(sheet: ImportedSheet) -> list[str]:
    """Subject, class, term and year, each where it is known, as the national database's templates state them."""
    half = {"gk": "Giữa kỳ", "ck": "Cuối kỳ"}.get(sheet.half or "", "")
    term = {"TERM_1": "Học kỳ: 1", "TERM_2": "Học kỳ: 2", "YEAR": "Cả năm"}.get(sheet.term or "", "")
    return [
        f"Môn học: {sheet.subject}" if sheet.subject else "",
        f"Lớp: {sheet.class_name}" if sheet.class_name else "",
        " - ".join(filter(None, (term, half))),
        f"Năm học: {sheet.school_year}" if sheet.school_year else "",
    ]
