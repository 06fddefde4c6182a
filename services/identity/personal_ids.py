"""What the 12 digits of a personal ID (số định danh cá nhân) say of their holder: province, century and sex, year."""

from datetime import date

from services.contracts.identity import VIETNAM, Doubt, NewPupil

CENTURY_AND_SEX = {
    "0": (19, "Nam"),
    "1": (19, "Nữ"),
    "2": (20, "Nam"),
    "3": (20, "Nữ"),
    "4": (21, "Nam"),
    "5": (21, "Nữ"),
}
"""The fourth digit: the first two digits of the year of birth, and the sex. There is no check digit."""


def doubts_about(pupil: NewPupil) -> list[Doubt]:
    """What does not fit; nothing is asked of a pupil of another nationality."""
    if pupil.nationality != VIETNAM:
        return []
    if pupil.personal_id is None:
        return [Doubt.PERSONAL_ID_MISSING]
    return _misfits(pupil.personal_id, pupil.born_on, pupil.gender)


def _misfits(personal_id: str, born_on: date, gender: str) -> list[Doubt]:
    century, sex = CENTURY_AND_SEX.get(personal_id[3:4], (0, ""))
    checks = (
        (Doubt.PERSONAL_ID_SEX, sex == gender),
        (Doubt.PERSONAL_ID_CENTURY, century == born_on.year // 100),
        (Doubt.PERSONAL_ID_BIRTH_YEAR, personal_id[4:6] == f"{born_on.year % 100:02}"),
    )
    return [doubt for doubt, fits in checks if not fits]
