"""One key for every way of writing a name, and what a personal ID says of its holder."""

import unicodedata
from datetime import date

import pytest

from services.contracts.identity import Doubt, NewPupil
from services.identity.naming import name_key
from services.identity.personal_ids import doubts_about


def pupil(personal_id, **fields):
    known = {"code": "1", "name": "Trần Thị Ví Dụ", "born_on": date(2014, 9, 1), "gender": "Nữ", "ethnicity": "Kinh"}
    return NewPupil(**(known | fields), personal_id=personal_id)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Nguyễn Thị Hoà", "Nguyễn Thị Hòa"),
        ("Trần Thuý Quỳnh", "Trần Thúy Quỳnh"),
        ("LÊ  VĂN   Đức ", "lê văn đức"),
        (unicodedata.normalize("NFD", "Lường Thị Ươm"), "Lường Thị Ươm"),
    ],
)
def test_a_name_is_one_however_it_is_written(one, other):
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(("one", "other"), [("Hòa", "Hoa"), ("Hoà", "Hoá"), ("Đức", "Dức"), ("Trân", "Tran")])
def test_names_that_differ_in_a_tone_or_a_letter_are_two(one, other):
    assert name_key(one) != name_key(other)


def test_a_fitting_personal_id_raises_no_doubt():
    assert doubts_about(pupil("000314000001")) == []


@pytest.mark.parametrize(
    ("personal_id", "doubts"),
    [
        ("000214000001", [Doubt.PERSONAL_ID_SEX]),
        ("000114000001", [Doubt.PERSONAL_ID_CENTURY]),
        ("000313000001", [Doubt.PERSONAL_ID_BIRTH_YEAR]),
        ("000914000001", [Doubt.PERSONAL_ID_SEX, Doubt.PERSONAL_ID_CENTURY]),
        (None, [Doubt.PERSONAL_ID_MISSING]),
    ],
)
def test_what_does_not_fit_is_doubted(personal_id, doubts):
    assert doubts_about(pupil(personal_id)) == doubts


def test_the_province_of_a_personal_id_is_not_doubted():
    assert doubts_about(pupil("001314000001")) == []


@pytest.mark.parametrize("personal_id", [None, "000214000001"])
def test_nothing_is_asked_of_a_pupil_of_another_nationality(personal_id):
    assert doubts_about(pupil(personal_id, nationality="Hàn Quốc", passport="M00000000")) == []
