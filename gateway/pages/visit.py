"""A person's visit to the pages: who they are, which language they read, and that a form is really theirs."""

import hmac
import secrets
from datetime import datetime, timedelta, timezone
from typing import TypeVar

import flask

from gateway import backend
from gateway.language import LANGUAGES, language, say
from gateway.problems import FormExpired
from services.chassis.errors import Unauthenticated
from services.contracts.identity import Tokens
from services.contracts.messages import Command, Request

A = TypeVar("A")
VIETNAM = timezone(timedelta(hours=7), "ICT")


def install(app: flask.Flask) -> None:
    """Give the templates what they need, and remember a chosen language."""
    app.jinja_env.globals.update(say=say, language=language, form_token=form_token)
    app.jinja_env.filters["local"] = _local
    app.before_request(_remember_language)


def ask(request: Request[A]) -> A:
    """The service's answer to the person who has logged in; Unauthenticated without one."""
    if "access_token" not in flask.session:
        raise Unauthenticated
    key = secrets.token_urlsafe(16) if isinstance(request, Command) else None  # each form that is sent is a new order
    return backend.ask(request, backend.Caller(token=flask.session["access_token"], key=key))


def begin(tokens: Tokens) -> None:
    """Remember who has logged in; nothing from before stays but the language."""
    chosen = flask.session.get("lang")
    flask.session.clear()
    flask.session.update(access_token=tokens.access_token, refresh_token=tokens.refresh_token)
    if chosen:
        flask.session["lang"] = chosen


def form_token() -> str:
    """What a form must bring back: known to this visit's cookie and to our pages alone."""
    token: str = flask.session.setdefault("form_token", secrets.token_urlsafe(16))
    return token


def check_form() -> None:
    """FormExpired unless the form comes from a page of this visit."""
    sent = flask.request.form.get("form_token", "")
    if not hmac.compare_digest(sent.encode(), flask.session.get("form_token", "").encode()) or not sent:
        raise FormExpired


def _remember_language() -> None:
    if flask.request.args.get("lang") in LANGUAGES:
        flask.session["lang"] = flask.request.args["lang"]


def _local(moment: datetime) -> str:
    return moment.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M")
