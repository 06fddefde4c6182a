"""Identifiers are ordered by time; codes forgive how people type them."""

import pytest

from services.chassis.ids import CROCKFORD, new_code, new_id, normalise_code


def test_later_records_have_greater_identifiers():
    ids = [new_id() for _ in range(1000)]

    assert ids == sorted(set(ids))
    assert {made.version for made in ids} == {7}


def test_a_code_has_26_letters_that_nobody_confuses():
    code = new_code()

    assert len(code) == 26
    assert set(code) <= set(CROCKFORD)
    assert code == normalise_code(code)


@pytest.mark.parametrize("typed", ["abcd-1230", "ABCD 123O", "abcd-i23o", " AbCd l23O "])
def test_a_code_is_known_again_however_it_is_typed(typed):
    assert normalise_code(typed) == "ABCD1230"
