"""Which regulation governs a class in a school year: decided here, once, from the ministry's roadmap."""

from collections.abc import Mapping
from enum import Enum, StrEnum

from services.chassis.errors import Refused


class Stage(StrEnum):
    """A stage of general education (cấp học), or its continuing-education counterpart."""

    PRIMARY = "TH"
    LOWER_SECONDARY = "THCS"
    UPPER_SECONDARY = "THPT"
    CONTINUING = "GDTX"


class Regulation(Enum):
    """A circular on assessing pupils; the value is stored with every result it makes."""

    TT30_2014 = "TT30/2014"  # amended by TT22/2016
    TT27_2020 = "TT27/2020"
    TT58_2011 = "TT58/2011"  # amended by TT26/2020, in force 11/10/2020
    TT22_2021 = "TT22/2021"
    TT43_2021 = "TT43/2021"


IN_CODE = frozenset({Regulation.TT22_2021})

# Each grade's first school year (its first calendar year) under the newer circular.
ROADMAP = {
    1: 2020,
    2: 2021,
    3: 2022,
    4: 2023,
    5: 2024,
    6: 2021,
    7: 2022,
    8: 2023,
    9: 2024,
    10: 2022,
    11: 2023,
    12: 2024,
}

SUCCESSION: Mapping[str, tuple[range, Regulation | None, Regulation | None]] = {
    # stage: its grades, the circular before the roadmap's year (None: not on record here), the one since
    Stage.PRIMARY: (range(1, 6), Regulation.TT30_2014, Regulation.TT27_2020),
    Stage.LOWER_SECONDARY: (range(6, 10), Regulation.TT58_2011, Regulation.TT22_2021),
    Stage.UPPER_SECONDARY: (range(10, 13), Regulation.TT58_2011, Regulation.TT22_2021),
    Stage.CONTINUING: (range(6, 13), None, Regulation.TT43_2021),
}


class RegulationNotSupported(Refused):
    """Results of {stage} grade {grade} in {school_year} are kept as given: they fall under {regulation}."""

    code = "gradebook.regulation_not_supported"
    vi = "Kết quả {stage} lớp {grade} năm học {school_year} chỉ lưu như đã có: theo {regulation}."


def regulation_of(stage: str, grade: int, school_year: int) -> Regulation | None:
    """The circular on a class; ``stage`` is a Stage's value, ``school_year`` its first calendar year.

    None where no circular is on record: an unknown stage, a grade it does not have, GDTX before TT43/2021.
    """
    grades, earlier, current = SUCCESSION.get(stage, (range(0), None, None))
    if grade not in grades:
        return None
    return current if school_year >= ROADMAP[grade] else earlier


def governing(stage: str, grade: int, school_year: int) -> Regulation:
    """The circular to judge a class by; raises RegulationNotSupported where these rules hold no code for it."""
    regulation = regulation_of(stage, grade, school_year)
    if regulation not in IN_CODE:
        named = regulation.value if regulation else None
        raise RegulationNotSupported(regulation=named, stage=stage, grade=grade, school_year=school_year)
    return regulation
