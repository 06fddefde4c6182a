"""A person's own page: what waits for one's signature, reminders of it, and what guardians see of each child."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import flask
from werkzeug.wrappers import Response

from gateway.pages import visit
from gateway.pages.desk import current_year
from gateway.pages.visit import ask
from gateway.resources.transcripts import send_transcript
from services.chassis.errors import Forbidden, Unauthenticated
from services.contracts.gradebook.school import FindClasses
from services.contracts.identity import Child, FindChildren, FindUnits, Me, ReadMe
from services.contracts.notify import ChooseReminders, ReadReminderChoice
from services.contracts.signing.boards import FindWaiting, WaitingClass
from services.contracts.transcript.children import (
    ChildCopy,
    ChildTranscript,
    FindChildCopies,
    FindChildTranscripts,
    ReadChildTranscript,
)

site = flask.Blueprint("person", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildShown:
    """A child with what was issued and what was handed out."""

    child: Child
    transcripts: tuple[ChildTranscript, ...]
    copies: tuple[ChildCopy, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingShown:
    """What waits in a class of that year; `class_name` is empty where the person sees no classes."""

    school_year: int
    class_name: str
    waiting: WaitingClass


@site.errorhandler(Unauthenticated)
def send_to_login(_: Unauthenticated) -> Response:
    return flask.redirect(flask.url_for("account.show_login"), 303)


@site.get("/account")
def show() -> str:
    me = ask(ReadMe())
    children, waiting = [_shown(child) for child in ask(FindChildren()).children], _waiting(me)
    mentioned = {copy.unit_id for one in children for copy in one.copies} | {one.waiting.unit_id for one in waiting}
    return flask.render_template(
        "person.html",
        me=me,
        waiting=waiting,
        is_reminded=bool(me.grants) and ask(ReadReminderChoice()).wanted,
        children=children,
        schools=_names(mentioned),
    )


@site.post("/account/reminders")
def choose_reminders() -> Response:
    visit.check_form()
    ask(ChooseReminders(wanted=flask.request.form.get("wanted") == "yes"))
    return flask.redirect(flask.url_for(".show"), 303)


@site.get("/account/children/<uuid:pupil_id>/transcripts/<uuid:transcript_id>.<any(pdf, xml):kind>")
def download(pupil_id: UUID, transcript_id: UUID, kind: str) -> flask.Response:
    return send_transcript(ask(ReadChildTranscript(pupil_id=pupil_id, transcript_id=transcript_id)), kind)


def _shown(child: Child) -> ChildShown:
    return ChildShown(
        child=child,
        transcripts=ask(FindChildTranscripts(pupil_id=child.pupil_id)).transcripts,
        copies=ask(FindChildCopies(pupil_id=child.pupil_id)).copies,
    )


def _waiting(me: Me) -> list[WaitingShown]:
    """What waits for somebody with a role, of this school year and of the last, which is signed in the summer."""
    years = (current_year(), current_year() - 1) if me.grants else ()
    return [one for year in years for one in _waiting_in(year)]


def _waiting_in(year: int) -> list[WaitingShown]:
    found = ask(FindWaiting(school_year=year)).classes
    names = _class_names(year, found)
    return [WaitingShown(school_year=year, class_name=names.get(one.class_id, ""), waiting=one) for one in found]


def _class_names(year: int, found: Sequence[WaitingClass]) -> dict[UUID, str]:
    names: dict[UUID, str] = {}
    for unit_id in {one.unit_id for one in found}:
        try:
            classes = ask(FindClasses(school_year=year, unit_id=unit_id)).classes
        except Forbidden:  # who has left the school still sees what waits there
            continue
        names |= {one.id: one.name for one in classes}
    return names


def _names(unit_ids: set[UUID]) -> dict[UUID, str]:
    return {unit.id: unit.name for unit in ask(FindUnits(unit_ids=tuple(unit_ids))).units} if unit_ids else {}
