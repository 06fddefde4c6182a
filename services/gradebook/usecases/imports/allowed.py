"""Whether a person may write there now: the guards of ordinary entry, asked for each column and told, not raised."""

from collections.abc import Callable
from typing import Any

from services.chassis import authority
from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import Problem
from services.contracts.gradebook.imports import Said
from services.contracts.gradebook.school import ClassV1
from services.contracts.gradebook.sheets import ColumnV1, SheetHead
from services.gradebook.importing.faults import told
from services.gradebook.roles import LEADERS
from services.gradebook.usecases import guards
from services.gradebook.usecases.guards import TERM_PERIOD


def may_read(tx: Tx, head: SheetHead, actor: Actor) -> bool:
    return _refusal(guards.readable, tx, head.school_year, head.id, actor) is None


def may_read_conduct(tx: Tx, of_class: ClassV1, actor: Actor) -> bool:
    return of_class.homeroom_id == actor.person_id or authority.holds(tx, actor, LEADERS, of_class.unit_id)


def column_refusal(tx: Tx, head: SheetHead, column: ColumnV1, actor: Actor) -> Said | None:
    """Why the person does not write the column now; None where they do."""

    def check() -> None:
        guards.require_writer(tx, head, [column], actor)
        guards.require_unlocked(tx, head.school_year, head.class_id, TERM_PERIOD[head.term])
        guards.require_open_columns(tx, head, [column.key])

    return _refusal(check)


def comments_refusal(tx: Tx, head: SheetHead, actor: Actor) -> Said | None:
    def check() -> None:
        guards.require_teacher(tx, head, actor)
        guards.require_unlocked(tx, head.school_year, head.class_id, TERM_PERIOD[head.term])
        guards.require_open_comments(tx, head)

    return _refusal(check)


def conduct_refusal(tx: Tx, of_class: ClassV1, term: int, actor: Actor) -> Said | None:
    def check() -> None:
        guards.require_homeroom(tx, of_class, actor)
        guards.require_unlocked(tx, of_class.school_year, of_class.id, TERM_PERIOD[term])
        guards.require_open_conduct(tx, of_class, term)

    return _refusal(check)


def _refusal(check: Callable[..., Any], *arguments: Any) -> Said | None:
    try:
        check(*arguments)
    except Problem as problem:
        if type(problem) is Problem:
            raise
        return told(problem)
    return None
