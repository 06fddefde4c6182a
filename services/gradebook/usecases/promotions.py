"""What the year decides of whole classes, for those who send them on to the next school."""

from uuid import UUID

from services.chassis import authority
from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import NotFound
from services.contracts.gradebook.results import FindPromotions, Promotions, PromotionV1
from services.gradebook.repository import enrolment, results, school
from services.gradebook.roles import LEADERS


def find_promotions(tx: Tx, query: FindPromotions, actor: Actor) -> Promotions:
    """By leaders of the school; in the order of the classes' lists; whom the year's end left there is enrolled."""
    authority.require(tx, actor, LEADERS, query.unit_id)
    own = {one.id for one in school.classes_of(tx, query.school_year, query.unit_id)}
    for class_id in query.class_ids:
        if class_id not in own:
            raise NotFound(class_id=class_id)
    listed = enrolment.pupils_of_classes(tx, query.school_year, query.class_ids)
    chosen = dict.fromkeys([*(pupil for of_class in listed.values() for pupil in of_class), *query.pupil_ids])
    here = (query.school_year, query.unit_id)
    newest = enrolment.newest_enrolments(tx, chosen, hold=False)
    places = {
        pupil: row.class_id
        for pupil, row in newest.items()
        if (row.school_year, row.unit_id) == here and enrolment.stayed_to_the_end(row)
    }
    decided = results.promotions(tx, query.school_year, set(filter(None, places.values())))
    return Promotions(pupils=tuple(_promotion(pupil, places, decided) for pupil in chosen))


def _promotion(
    pupil_id: UUID, places: dict[UUID, UUID | None], decided: dict[tuple[UUID | None, UUID], str]
) -> PromotionV1:
    known = decided.get((places.get(pupil_id), pupil_id))
    return PromotionV1(pupil_id=pupil_id, is_enrolled=pupil_id in places, promotion=known)
