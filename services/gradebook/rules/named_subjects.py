"""The few subjects that the circulars call by name, known by the codes that schools give them."""

from enum import Enum


class NamedSubject(Enum):
    """A subject by which a circular sets a condition or a test; the value lists its codes, in small letters."""

    MATHEMATICS = ("toan",)
    LITERATURE = ("van", "ngu_van", "tieng_viet", "tv")
    FOREIGN_LANGUAGE = ("ngoai_ngu", "ngoai_ngu_1", "nn1", "nn", "tieng_anh", "anh")
    HISTORY_AND_GEOGRAPHY = ("lich_su_dia_li", "lich_su_va_dia_li", "lsdl", "ls_dl")
    SCIENCE = ("khoa_hoc", "kh")
    INFORMATICS_AND_TECHNOLOGY = (
        "tin_hoc_cong_nghe",
        "tin_hoc_va_cong_nghe",
        "thcn",
        "tin_hoc",
        "tin",
        "cong_nghe",
        "cn",
    )


BY_CODE = {code: subject for subject in NamedSubject for code in subject.value}


def named(code: str) -> NamedSubject | None:
    """The subject that a code stands for, whatever its case; None for one no circular names."""
    return BY_CODE.get(code.casefold())
