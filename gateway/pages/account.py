"""Logging in and out on the pages."""

import flask
from werkzeug.wrappers import Response

from gateway import backend
from gateway.pages import visit
from gateway.problems import status_of
from services.chassis.errors import Problem, Unavailable
from services.contracts.identity import LogIn, LogOut

site = flask.Blueprint("account", __name__)


@site.get("/login")
def show_login() -> str:
    return flask.render_template("login.html")


@site.post("/login")
def log_in() -> Response | tuple[str, int]:
    visit.check_form()
    form = flask.request.form
    request = LogIn(username=form.get("username", "").strip(), password=form.get("password", ""))
    try:
        visit.begin(backend.ask(request, backend.admit(LogIn)))
    except Unavailable:
        raise
    except Problem as problem:
        return flask.render_template("login.html", problem=problem, username=request.username), status_of(problem)
    return flask.redirect(flask.url_for("desk.home"), 303)


@site.post("/logout")
def log_out() -> Response:
    visit.check_form()
    refresh_token = flask.session.get("refresh_token", "")
    flask.session.clear()  # first: whoever shares this browser is safe even when the services are away
    backend.ask(LogOut(refresh_token=refresh_token), backend.admit(LogOut))
    return flask.redirect(flask.url_for(".show_login"), 303)
