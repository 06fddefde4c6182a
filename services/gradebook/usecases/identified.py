"""Whom identity knows by a personal ID (số định danh cá nhân)."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from services.chassis.service import Outside
from services.contracts.identity import FindPeople

PEOPLE_AT_ONCE = 2_000
VIETNAMESE = "Việt Nam"


def lacking_personal_id(pupil_ids: Sequence[UUID], outside: Outside) -> frozenset[UUID]:
    """Those of the pupils who still lack a personal ID; a foreigner needs none. Asked for ourselves, in batches."""
    ourselves = replace(outside, actor=None)
    batches = (pupil_ids[first : first + PEOPLE_AT_ONCE] for first in range(0, len(pupil_ids), PEOPLE_AT_ONCE))
    people = [one for batch in batches for one in ourselves.ask(FindPeople(person_ids=tuple(batch)), timeout=30).people]
    return frozenset(one.id for one in people if one.personal_id is None and one.nationality == VIETNAMESE)
