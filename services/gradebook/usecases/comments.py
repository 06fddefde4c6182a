"""Subject teachers' comments, and the phrases they keep to use again."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import Invalid, NotFound
from services.contracts.gradebook.phrases import AddPhrases, FindPhrases, Phrases, RemovePhrase
from services.contracts.gradebook.sheets import CommentsSaved, SaveComments, SubjectComment
from services.gradebook.errors.entering import StaleVersion
from services.gradebook.repository import comments, enrolment
from services.gradebook.usecases import guards
from services.gradebook.usecases.guards import TERM_PERIOD

KEYS = ("gk", "ck")
LONGEST = 1_000  # characters: what the printed form has room for, and more


def save_comments(tx: Tx, command: SaveComments, actor: Actor) -> CommentsSaved:
    """Write comments of a class: all or none, and none over what somebody else wrote meanwhile."""
    head = guards.hold_sheet(tx, command.school_year, command.sheet_id).head
    guards.require_teacher(tx, head, actor)
    guards.require_unlocked(tx, command.school_year, head.class_id, TERM_PERIOD[head.term])
    guards.require_open_comments(tx, head)
    _check(command, set(enrolment.roster_of(tx, head).members))
    known = comments.comments_of(tx, command.school_year, [head.id])
    _refuse_stale(command, {(one.pupil_id, one.key): one for one in known.values()})
    kept = comments.write_comments(tx, command.school_year, head.id, command.comments, actor.person_id)
    return CommentsSaved(written=len(kept), comments=tuple(kept))


def add_phrases(tx: Tx, command: AddPhrases, actor: Actor) -> Phrases:
    texts = [" ".join(text.split()) for text in command.texts]
    if not all(0 < len(text) <= LONGEST for text in texts):
        raise Invalid(reason=f"a phrase has 1 to {LONGEST} characters")
    comments.add_phrases(tx, actor.person_id, command.subject, texts)
    return _phrases(tx, actor)


def remove_phrase(tx: Tx, command: RemovePhrase, actor: Actor) -> Phrases:
    comments.remove_phrase(tx, actor.person_id, command.phrase_id)
    return _phrases(tx, actor)


def find_phrases(tx: Tx, _query: FindPhrases, actor: Actor) -> Phrases:
    return _phrases(tx, actor)


def _phrases(tx: Tx, actor: Actor) -> Phrases:
    return Phrases(phrases=tuple(comments.phrases_of(tx, actor.person_id)))


def _check(command: SaveComments, pupils: set[UUID]) -> None:
    for one in command.comments:
        if one.pupil_id not in pupils:
            raise NotFound(pupil_id=one.pupil_id)
        if one.key not in KEYS or len(one.text) > LONGEST:
            raise Invalid(reason=f"a comment belongs to {' or '.join(KEYS)} and has at most {LONGEST} characters")
    if len({(one.pupil_id, one.key) for one in command.comments}) < len(command.comments):
        raise Invalid(reason="a pupil has one comment of a kind")


def _refuse_stale(command: SaveComments, known: Mapping[tuple[UUID, str], SubjectComment]) -> None:
    pairs = [(one, known.get((one.pupil_id, one.key))) for one in command.comments]
    stale = [_both(one, before) for one, before in pairs if one.version != (before.version if before else 0)]
    if stale:
        raise StaleVersion(count=len(stale), cells=stale)


def _both(yours: SubjectComment, current: SubjectComment | None) -> dict[str, Any]:
    return {
        "pupil_id": yours.pupil_id,
        "key": yours.key,
        "yours": {"text": yours.text, "version": yours.version},
        "current": {"text": current.text, "version": current.version} if current else {"text": "", "version": 0},
    }
