"""What identity knows of people, asked for in batches."""

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from services.chassis.service import Outside
from services.contracts.identity import FindPeople, PersonV1

MOST_ASKED = 2_000  # people in one question
SECONDS = 30
VIETNAMESE = "Việt Nam"


def people_of(person_ids: Collection[UUID], outside: Outside) -> dict[UUID, PersonV1]:
    """Those of them whom the asking person may know of, by id."""
    ids = sorted(person_ids)
    batches = (tuple(ids[first : first + MOST_ASKED]) for first in range(0, len(ids), MOST_ASKED))
    answers = (outside.ask(FindPeople(person_ids=batch), timeout=SECONDS) for batch in batches)
    return {person.id: person for answer in answers for person in answer.people}


def known_to_us(person_ids: Collection[UUID], outside: Outside) -> dict[UUID, PersonV1]:
    """The same asked for ourselves, where the person's right to the answer is decided already."""
    return people_of(person_ids, replace(outside, actor=None))


def lacking_personal_id(pupil_ids: Collection[UUID], outside: Outside) -> frozenset[UUID]:
    """Those of the pupils who still lack a personal ID (số định danh cá nhân); a foreigner needs none."""
    people = known_to_us(pupil_ids, outside).values()
    return frozenset(one.id for one in people if one.personal_id is None and one.nationality == VIETNAMESE)
