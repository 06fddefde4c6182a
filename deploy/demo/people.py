"""Invented people: common names put together at random, personal IDs that no one can hold."""

import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from services.gradebook.spreadsheets.imported import Sex

SURNAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý")
MIDDLE_NAMES = {
    Sex.MALE: ("Văn", "Đức", "Minh", "Quang", "Hữu", "Gia", "Tuấn", "Quốc"),
    Sex.FEMALE: ("Thị", "Ngọc", "Thu", "Phương", "Khánh", "Thanh", "Bảo", "Diệu"),
}
GIVEN_NAMES = {
    Sex.MALE: (
        "An",
        "Bình",
        "Cường",
        "Dũng",
        "Đạt",
        "Hiếu",
        "Hưng",
        "Khải",
        "Long",
        "Nam",
        "Phúc",
        "Sơn",
        "Tùng",
        "Việt",
    ),
    Sex.FEMALE: (
        "Anh",
        "Chi",
        "Dung",
        "Giang",
        "Hà",
        "Hương",
        "Lan",
        "Linh",
        "Mai",
        "Ngân",
        "Oanh",
        "Thảo",
        "Trang",
        "Yến",
    ),
}
INVENTED_PROVINCE = "000"
ID_DIGIT = {Sex.MALE: 0, Sex.FEMALE: 1}  # two more for each century after the 1900s


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One invented person; the personal ID fits birth and sex."""

    full_name: str
    sex: Sex
    born_on: date
    personal_id: str


def invent_person(rng: Random, *, born_in: int, serial: int, surname: str | None = None) -> Person:
    """A person born in a year; ``serial`` is the ID's last six digits and must not repeat."""
    sex = rng.choice(tuple(Sex))
    names = (surname or rng.choice(SURNAMES), rng.choice(MIDDLE_NAMES[sex]), rng.choice(GIVEN_NAMES[sex]))
    return Person(
        full_name=" ".join(names),
        sex=sex,
        born_on=date(born_in, 1, 1) + timedelta(days=rng.randrange(365)),
        personal_id=personal_id(sex, born_in, serial),
    )


def personal_id(sex: Sex, born_in: int, serial: int) -> str:
    """Twelve digits: province of birth, century and sex, year, serial."""
    century = born_in // 100 - 19
    return f"{INVENTED_PROVINCE}{ID_DIGIT[sex] + 2 * century}{born_in % 100:02}{serial:06}"


def email_of(full_name: str, number: int) -> str:
    """An address under the reserved name example.vn: given name, initials, number."""
    *before, given = without_marks(full_name).lower().split()
    return f"{given}.{''.join(name[0] for name in before)}{number}@example.vn"


def without_marks(text: str) -> str:
    """``text`` in ASCII letters: Đỗ → Do."""
    decomposed = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
