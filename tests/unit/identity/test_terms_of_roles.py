"""How long a role lasts: it ends after it begins, and an inspector's belongs to a case."""

from datetime import UTC, datetime, timedelta

import pytest

from services.chassis.errors import Invalid, Refused
from services.contracts.identity import NewStaff, Role
from services.identity.domain import require_term

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)


def member(role, **fields):
    return NewStaff(code="1", name="Lê Thị Ví Dụ", email="le@example.vn", role=role, **fields)


def inspector(**fields):
    return member(Role.INSPECTOR, **({"case_no": "12/QĐ-TTr", "valid_to": NOW + timedelta(days=90)} | fields))


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.INSPECTOR])
def test_other_roles_need_neither_an_end_nor_a_case(role):
    assert require_term(member(role), NOW) is None


@pytest.mark.parametrize("lacking", [{"case_no": None}, {"case_no": " "}, {"valid_to": None}])
def test_an_inspector_needs_a_case_and_an_end(lacking):
    with pytest.raises(Refused, match="case_missing"):
        require_term(inspector(**lacking), NOW)


def test_an_inspector_stays_ninety_days_and_no_second_longer():
    require_term(inspector(), NOW)

    with pytest.raises(Refused, match="case_too_long"):
        require_term(inspector(valid_to=NOW + timedelta(days=90, seconds=1)), NOW)


def test_the_ninety_days_count_from_the_first_day_of_the_case():
    begins = NOW + timedelta(days=30)

    assert require_term(inspector(valid_from=begins, valid_to=begins + timedelta(days=90)), NOW) is None


@pytest.mark.parametrize("begins", [NOW - timedelta(days=2), NOW + timedelta(days=2)])
def test_a_role_ends_after_it_begins_and_not_in_the_past(begins):
    with pytest.raises(Invalid, match="grant_ends_early"):
        require_term(member(Role.STAFF, valid_from=begins, valid_to=max(begins, NOW)), NOW)
