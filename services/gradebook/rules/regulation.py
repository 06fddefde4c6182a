"""Which regulation governs a class in a school year: decided here, once, from the ministry's roadmap."""

from dataclasses import dataclass
from enum import Enum, StrEnum

from services.chassis.errors import Refused


class Stage(StrEnum):
    """A stage of general education (cấp học), or its continuing-education counterpart."""

    PRIMARY = "TH"
    LOWER_SECONDARY = "THCS"
    UPPER_SECONDARY = "THPT"
    CONTINUING = "GDTX"


class Regulation(Enum):
    """A circular on assessing pupils, with its amendments; the value is stored with every result it makes."""

    TT32_2009 = "TT32/2009"
    TT30_2014 = "TT30/2014"
    TT22_2016 = "TT30/2014+TT22/2016"
    TT27_2020 = "TT27/2020"
    QD40_2006 = "QĐ40/2006"
    TT58_2011 = "TT58/2011"
    TT26_2020 = "TT58/2011+TT26/2020"
    TT22_2021 = "TT22/2021"
    TT43_2021 = "TT43/2021"


IN_CODE = frozenset(  # results under any other are kept as they were given
    {
        Regulation.TT27_2020,
        Regulation.TT58_2011,
        Regulation.TT26_2020,
        Regulation.TT22_2021,
        Regulation.TT43_2021,
    }
)
FIRST_YEAR = 2010  # the oldest school year on record here


@dataclass(frozen=True, slots=True, kw_only=True)
class Reign:
    """The grades of a stage that a regulation governs, from a school year (its first calendar year) on."""

    stages: tuple[Stage, ...]
    grades: tuple[int, ...]
    since: int
    regulation: Regulation


GENERAL = (Stage.LOWER_SECONDARY, Stage.UPPER_SECONDARY)


def _primary(since: int, regulation: Regulation, *grades: int) -> Reign:
    return Reign(stages=(Stage.PRIMARY,), grades=grades, since=since, regulation=regulation)


def _secondary(since: int, regulation: Regulation, *grades: int) -> Reign:
    return Reign(stages=GENERAL, grades=grades, since=since, regulation=regulation)


def _continuing(since: int, *grades: int) -> Reign:
    return Reign(stages=(Stage.CONTINUING,), grades=grades, since=since, regulation=Regulation.TT43_2021)


SECONDARY_GRADES = tuple(range(6, 13))
REIGNS = (  # of each stage and grade, the latest that has begun governs
    _primary(FIRST_YEAR, Regulation.TT32_2009, 1, 2, 3, 4, 5),
    _primary(2014, Regulation.TT30_2014, 1, 2, 3, 4, 5),  # in force 15/10/2014
    _primary(2016, Regulation.TT22_2016, 1, 2, 3, 4, 5),  # in force 6/11/2016
    _primary(2020, Regulation.TT27_2020, 1),
    _primary(2021, Regulation.TT27_2020, 2),
    _primary(2022, Regulation.TT27_2020, 3),
    _primary(2023, Regulation.TT27_2020, 4),
    _primary(2024, Regulation.TT27_2020, 5),
    _secondary(FIRST_YEAR, Regulation.QD40_2006, *SECONDARY_GRADES),
    _secondary(2011, Regulation.TT58_2011, *SECONDARY_GRADES),  # in force 26/1/2012
    _secondary(2020, Regulation.TT26_2020, *SECONDARY_GRADES),  # in force 11/10/2020
    _secondary(2021, Regulation.TT22_2021, 6),
    _secondary(2022, Regulation.TT22_2021, 7, 10),
    _secondary(2023, Regulation.TT22_2021, 8, 11),
    _secondary(2024, Regulation.TT22_2021, 9, 12),
    _continuing(2021, 6),
    _continuing(2022, 7, 10),
    _continuing(2023, 8, 11),
    _continuing(2024, 9, 12),
)
GRADES = {
    Stage.PRIMARY: range(1, 6),
    Stage.LOWER_SECONDARY: range(6, 10),
    Stage.UPPER_SECONDARY: range(10, 13),
    Stage.CONTINUING: range(6, 13),
}


class RegulationNotSupported(Refused):
    """Results of {stage} grade {grade} in {school_year} are kept as given: they fall under {regulation}."""

    code = "gradebook.regulation_not_supported"
    vi = "Kết quả {stage} lớp {grade} năm học {school_year} chỉ lưu như đã có: theo {regulation}."


def regulation_of(stage: str, grade: int, school_year: int) -> Regulation | None:
    """The circular on a class; ``stage`` is a Stage's value, ``school_year`` its first calendar year.

    None where no circular is on record: an unknown stage, a grade it does not have, a year before 2010, and GDTX
    before TT43/2021, of which no text was at hand.
    """
    begun = [reign for reign in REIGNS if reign.since <= school_year and _covers(reign, stage, grade)]
    return max(begun, key=lambda reign: reign.since).regulation if begun else None


def _covers(reign: Reign, stage: str, grade: int) -> bool:
    return stage in reign.stages and grade in reign.grades and grade in GRADES[Stage(stage)]


def governing(stage: str, grade: int, school_year: int, *, among: frozenset[Regulation] = IN_CODE) -> Regulation:
    """The circular to judge a class by; raises RegulationNotSupported where it is not one ``among`` those judged."""
    regulation = regulation_of(stage, grade, school_year)
    if regulation not in among:
        named = regulation.value if regulation else None
        raise RegulationNotSupported(regulation=named, stage=stage, grade=grade, school_year=school_year)
    return regulation
