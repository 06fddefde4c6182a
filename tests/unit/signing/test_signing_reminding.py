"""Who is reminded first of what, from what waits and who still has the roles."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from services.signing.due_rows import Due
from services.signing.usecases.reminding import first_for_each

TEACHER, CLERK, DEPUTY_CLERK, SCHOOL, OTHER = (UUID(int=number) for number in range(1, 6))
NOW = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)


def due(holder, unit_id=SCHOOL, *, hours=25):
    return Due(
        holder=holder, unit_id=unit_id, documents=3, class_sheets=0, classes=1, since=NOW - timedelta(hours=hours)
    )


def test_a_teacher_with_a_role_at_the_school_is_reminded():
    waiting = due(TEACHER)

    assert first_for_each([waiting], {(TEACHER, SCHOOL)}, set()) == {TEACHER: waiting}


def test_who_has_left_the_school_is_not_reminded_though_a_place_bears_the_name():
    assert first_for_each([due(TEACHER)], {(TEACHER, OTHER)}, set()) == {}


def test_every_clerk_is_reminded_of_the_schools_seal():
    waiting = due(SCHOOL)

    assert first_for_each([waiting], set(), {(CLERK, SCHOOL), (DEPUTY_CLERK, SCHOOL), (TEACHER, OTHER)}) == {
        CLERK: waiting,
        DEPUTY_CLERK: waiting,
    }


def test_of_two_schools_the_one_that_waits_longest_is_named():
    longest = due(TEACHER, OTHER, hours=50)
    both = {(TEACHER, SCHOOL), (TEACHER, OTHER)}

    assert first_for_each([longest, due(TEACHER)], both, set()) == {TEACHER: longest}
