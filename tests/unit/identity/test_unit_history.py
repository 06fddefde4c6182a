"""How the history of a unit grows: places that follow one another without gap or overlap."""

from datetime import date
from uuid import UUID

import pytest

from services.chassis.errors import Refused
from services.contracts.identity import UnitKind, UnitParent
from services.identity.domain import BELOW, Unit, UnitName

OPENED, REFORM, LATER = date(2020, 9, 1), date(2025, 7, 1), date(2026, 3, 1)
DISTRICT_ID, COMMUNE_ID, SCHOOL_ID = UUID(int=1), UUID(int=2), UUID(int=3)
DISTRICT = Unit(id=DISTRICT_ID, kind=UnitKind.DISTRICT, code="P", opened_on=OPENED)
COMMUNE = Unit(id=COMMUNE_ID, kind=UnitKind.COMMUNE, code="X", opened_on=OPENED)
FIRST = UnitParent(parent_id=DISTRICT_ID, valid_from=OPENED, valid_to=None)
SCHOOL = Unit(id=SCHOOL_ID, kind=UnitKind.SCHOOL, code="T", opened_on=OPENED, parents=(FIRST,))


def places(unit):
    return [(place.parent_id, place.valid_from, place.valid_to) for place in unit.parents]


def test_a_school_that_moves_leaves_its_district_on_the_day_it_joins_its_commune():
    moved = SCHOOL.moved(COMMUNE, REFORM)

    assert places(moved) == [(DISTRICT_ID, OPENED, REFORM), (COMMUNE_ID, REFORM, None)]
    assert moved.version == SCHOOL.version + 1


def test_a_move_of_the_same_day_is_corrected():
    wrong = SCHOOL.moved(COMMUNE, REFORM)

    assert places(wrong.moved(DISTRICT, REFORM)) == [(DISTRICT_ID, OPENED, REFORM), (DISTRICT_ID, REFORM, None)]


def test_a_move_to_where_the_school_is_changes_nothing():
    assert SCHOOL.moved(DISTRICT, REFORM) is SCHOOL


def test_history_is_not_rewritten_below_a_later_change():
    moved = SCHOOL.moved(COMMUNE, LATER)

    with pytest.raises(Refused, match="unit_changed_later"):
        moved.moved(DISTRICT, REFORM)
    with pytest.raises(Refused, match="unit_changed_later"):
        moved.closed(REFORM)


def test_a_closed_school_is_below_nothing_and_changes_no_more():
    closed = SCHOOL.closed(REFORM)

    assert (places(closed), closed.closed_on) == ([(DISTRICT_ID, OPENED, REFORM)], REFORM)
    for change in (lambda: closed.moved(COMMUNE, LATER), lambda: closed.closed(LATER), lambda: closed.renamed(LATER)):
        with pytest.raises(Refused, match="unit_not_there"):
            change()


def test_nothing_moves_below_a_unit_that_is_not_there_on_that_day():
    with pytest.raises(Refused, match="unit_not_there"):
        SCHOOL.moved(Unit(id=COMMUNE_ID, kind=UnitKind.COMMUNE, code="X", opened_on=LATER), REFORM)


def test_units_merge_into_one_of_their_own_kind_only():
    assert COMMUNE.closed(
        REFORM, into=Unit(id=SCHOOL_ID, kind=UnitKind.COMMUNE, code="Y", opened_on=OPENED)
    ).merged_into
    with pytest.raises(Refused, match="merge_of_kinds"):
        DISTRICT.closed(REFORM, into=COMMUNE)


@pytest.mark.parametrize("kind", UnitKind)
def test_every_kind_stands_below_higher_ones_only(kind):
    ranks = {one: rank for rank, one in enumerate(UnitKind)}

    assert all(ranks[above] < ranks[kind] for above in BELOW[kind])


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        (UnitKind.DEPARTMENT, ("Xã Cũ", "Tỉnh Mới")),
        (UnitKind.COMMUNE, ("Xã Mới", "Tỉnh Mới")),
        (UnitKind.SCHOOL, ("Xã Cũ", "Tỉnh Cũ")),
    ],
)
def test_a_school_takes_the_address_of_the_merged_department_or_commune_above_it(kind, address):
    own = UnitName(name="Trường Ví Dụ", commune="Xã Cũ", province="Tỉnh Cũ", valid_from=OPENED)
    into = UnitName(name="Đơn vị mới", commune="Xã Mới", province="Tỉnh Mới", valid_from=OPENED)

    moved = own.moved_with(kind, into, REFORM)

    assert (moved.name, moved.commune, moved.province, moved.valid_from) == ("Trường Ví Dụ", *address, REFORM)


def test_a_new_name_does_not_begin_before_the_last_one():
    last = UnitName(name="Trường Mới", commune="", province="", valid_from=LATER)

    with pytest.raises(Refused, match="code T changes on 2026-03-01"):
        UnitName(name="Trường Khác", commune="", province="", valid_from=REFORM).in_place_of(last, "T")
