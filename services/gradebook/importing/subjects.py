"""Which subject a file means: by its code, its name in the school's plan, or the short form that software prints."""

from collections.abc import Sequence

from services.chassis.workbook import spelling_key, squashed
from services.contracts.gradebook.school import SubjectKind
from services.contracts.gradebook.sheets import SheetHead

SHORT_FORMS = {
    "LS&ĐL": ("Lịch sử và Địa lí",),
    "KHTN": ("Khoa học tự nhiên",),
    "TNXH": ("Tự nhiên và xã hội",),
    "Tin": ("Tin học",),
    "TH-CN (Tin học)": ("Tin học", "Tin học và Công nghệ"),
    "Văn": ("Ngữ văn",),
    "Ng.ngữ": ("Ngoại ngữ", "Ngoại ngữ 1", "Tiếng Anh"),
    "Ngoại ngữ": ("Ngoại ngữ 1", "Tiếng Anh"),
    "Anh": ("Tiếng Anh", "Ngoại ngữ"),
    "GDCD": ("Giáo dục công dân",),
    "C.nghệ": ("Công nghệ",),
    "GDTC": ("Giáo dục thể chất",),
    "NDGDCĐP": ("Nội dung giáo dục của địa phương", "Giáo dục địa phương", "Nội dung giáo dục địa phương"),
    "HĐTN&HN": ("Hoạt động trải nghiệm, hướng nghiệp",),
    "HĐTN": ("Hoạt động trải nghiệm", "Hoạt động trải nghiệm, hướng nghiệp"),
    "GDKT&PL": ("Giáo dục kinh tế và pháp luật",),
    "Nghệ thuật (Âm nhạc)": ("Âm nhạc",),
    "Nghệ thuật (Mĩ thuật)": ("Mĩ thuật",),
}


def sheet_named(heads: Sequence[SheetHead], subject: str) -> SheetHead | None:
    """The sheet of that subject among those of one class and term."""
    wanted = _key(subject)
    names = {wanted, *_LONG_FORMS.get(wanted, ())}
    exact = [head for head in heads if wanted in {_key(head.subject_name), _key(head.subject)}]
    found = exact or [head for head in heads if _key(head.subject_name) in names]
    return found[0] if found else None


def sheet_of_qualities(heads: Sequence[SheetHead]) -> SheetHead | None:
    """The primary class's sheet of qualities and competences."""
    return next((head for head in heads if head.kind is SubjectKind.QUALITIES), None)


def same_class(one: str, other: str) -> bool:
    """Whether both name one class: "6 a" and "6A" do."""
    return squashed(one) == squashed(other)


def _key(name: str) -> str:
    """A subject's name as it is compared; lý is lí, and what stands in brackets counts."""
    return squashed(spelling_key(name).translate(_FOLDED)).replace("y", "i")


_FOLDED = str.maketrans({"(": " ", ")": " "})
_LONG_FORMS = {_key(short): {_key(name) for name in names} for short, names in SHORT_FORMS.items()}
