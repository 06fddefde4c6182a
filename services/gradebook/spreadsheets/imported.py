"""What a spreadsheet says, in one shape for all layouts: sheets of marks, or a list of pupils."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, StrEnum

from services.chassis.workbook import CellProblem, Fault, problem
from services.contracts.gradebook.results import Period


class LayoutId(StrEnum):
    """The layouts that are known; the value is for programs and never changes."""

    CSDL_MARKS_1 = "csdl_marks_1"
    CSDL_MARKS_2 = "csdl_marks_2"
    CSDL_COMMENTS = "csdl_comments"
    CSDL_COMMENT_SUBJECT = "csdl_comment_subject"
    CSDL_PRIMARY = "csdl_primary"
    CSDL_PRIMARY_RESULTS = "csdl_primary_results"
    VNEDU_GRADEBOOK = "vnedu_gradebook"
    VNEDU_SUMMARY = "vnedu_summary"
    SOFTWARE_EXPORT = "software_export"
    SOFTWARE_CSDL_EXPORT = "software_csdl_export"
    MARK_TABLE = "mark_table"
    OLD_MARK_TABLE = "old_mark_table"
    PUPIL_LIST = "pupil_list"
    CLASS_PROFILE = "class_profile"
    ADMISSION_LIST = "admission_list"
    STAFF_LIST = "staff_list"


class Half(StrEnum):
    """The part of a term that a primary assessment closes: giữa kỳ or cuối kỳ."""

    MIDTERM = "gk"
    FINAL = "ck"


class Sex(Enum):
    MALE = "Nam"
    FEMALE = "Nữ"


class PupilState(Enum):
    """The twelve states that the national database knows (Trạng thái HS), as it writes them."""

    STUDYING = "Đang học"
    ARRIVED_IN_TERM_1 = "Chuyển đến kỳ 1"
    RETURNED_IN_TERM_1 = "Nghỉ học xin học lại kỳ 1"
    MOVED_IN_TERM_1 = "Chuyển đi kỳ 1"
    LEFT_IN_TERM_1 = "Thôi học kỳ 1"
    ARRIVED_IN_TERM_2 = "Chuyển đến kỳ 2"
    RETURNED_IN_TERM_2 = "Nghỉ học xin học lại kỳ 2"
    MOVED_IN_TERM_2 = "Chuyển đi kỳ 2"
    LEFT_IN_TERM_2 = "Thôi học kỳ 2"
    ARRIVED_IN_SUMMER = "Chuyển đến trong hè"
    MOVED_IN_SUMMER = "Chuyển đi trong hè"
    LEFT_IN_SUMMER = "Thôi học trong hè"

    @property
    def is_at_school(self) -> bool:
        """Whether the pupil sits in class; one who came back after a break (xin học lại) does."""
        return not self.value.startswith(("Chuyển đi", "Thôi học"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PupilKey:
    """By what a pupil is found: the ministry's code, else the personal ID, else name and birth date, confirmed.

    Names are compared by ``services.chassis.workbook.spelling_key``.
    """

    code: str | None
    personal_id: str | None
    name: str
    born_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedRow:
    """One pupil's cells as a sheet stores them ("7.5", "8.0", "Đ", "T"); an empty cell has no key.

    ``values`` are by column: tx1 to tx5, gk, ck; at primary schools gk_muc, gk_kt, ck_muc, ck_kt and the qualities and
    competences such as ck_yeu_nuoc. ``comments`` are by hk (with hk_ma, the code of a stock phrase), gk and ck.
    ``stated`` are results that the file computed: tb, tb_hk1, tb_hk2, tb_cn; they are compared and never stored.
    ``summary`` holds hoc_tap, ren_luyen, nghi_p, nghi_k, nghi_tong, ghi_chu, hoan_thanh, len_lop, xep_loai.
    """

    pupil: PupilKey
    values: Mapping[str, str] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)
    stated: Mapping[str, str] = field(default_factory=dict)
    summary: Mapping[str, str] = field(default_factory=dict)
    number: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedSheet:
    """The rows of one class and one subject; None for what the file leaves unsaid.

    A file of all subjects gives a sheet for each, and one without subject for what belongs to none. ``school_year`` is
    written 2025-2026. ``page`` and ``letters`` say where a person sees it: the sheet's name, the columns by key.
    """

    class_name: str | None
    subject: str | None
    term: Period | None
    school_year: str | None
    half: Half | None
    rows: tuple[ImportedRow, ...]
    page: str = field(default="", compare=False)
    letters: Mapping[str, str] = field(default_factory=dict, compare=False)

    def problem(self, fault: Fault, row: ImportedRow, key: str, value: str = "") -> CellProblem:
        """What is wrong with a cell for reasons that only its reader knows, in its place."""
        return problem(fault, sheet=self.page, row=row.number, column=self.letters.get(key), value=value)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPupil:
    """One pupil of a list; ``details`` are contacts and parents by key, as the list writes them."""

    class_name: str
    full_name: str
    born_on: date
    sex: Sex
    code: str | None = None
    personal_id: str | None = None
    state: PupilState | None = None
    state_on: date | None = None
    ethnicity: str | None = None
    disability: str | None = None
    details: Mapping[str, str] = field(default_factory=dict)
    page: str = field(default="", compare=False)
    number: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A file read: either its sheets of marks or its pupils, as its layout has them."""

    layout: LayoutId
    sheets: tuple[ImportedSheet, ...] = ()
    pupils: tuple[ListedPupil, ...] = ()
