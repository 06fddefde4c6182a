"""A person's own page: roles, and for guardians what was issued of each child and handed out of it."""

from dataclasses import dataclass
from uuid import UUID

import flask
from werkzeug.wrappers import Response

from gateway.pages.visit import ask
from gateway.resources.transcripts import send_transcript
from services.chassis.errors import Unauthenticated
from services.contracts.identity import Child, FindChildren, FindUnits, ReadMe
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
    child: Child
    transcripts: tuple[ChildTranscript, ...]
    copies: tuple[ChildCopy, ...]


@site.errorhandler(Unauthenticated)
def send_to_login(_: Unauthenticated) -> Response:
    return flask.redirect(flask.url_for("account.show_login"), 303)


@site.get("/account")
def show() -> str:
    children = [_shown(child) for child in ask(FindChildren()).children]
    schools = {copy.unit_id for one in children for copy in one.copies}
    return flask.render_template("person.html", me=ask(ReadMe()), children=children, schools=_names(schools))


@site.get("/account/children/<uuid:pupil_id>/transcripts/<uuid:transcript_id>.<any(pdf, xml):kind>")
def download(pupil_id: UUID, transcript_id: UUID, kind: str) -> flask.Response:
    return send_transcript(ask(ReadChildTranscript(pupil_id=pupil_id, transcript_id=transcript_id)), kind)


def _shown(child: Child) -> ChildShown:
    return ChildShown(
        child=child,
        transcripts=ask(FindChildTranscripts(pupil_id=child.pupil_id)).transcripts,
        copies=ask(FindChildCopies(pupil_id=child.pupil_id)).copies,
    )


def _names(unit_ids: set[UUID]) -> dict[UUID, str]:
    return {unit.id: unit.name for unit in ask(FindUnits(unit_ids=tuple(unit_ids))).units} if unit_ids else {}
