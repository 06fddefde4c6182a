"""Puts the application together; everything it talks to is handed in."""

import flask
from flask_openapi3.openapi import OpenAPI

from gateway import documentation, headers, observing, pages, problems, resources
from gateway.backend import Backend
from gateway.budgets import Budgets
from gateway.pages import visit
from gateway.settings import Settings
from services.chassis.objects import Objects
from services.chassis.rpc_client import RpcClient

BODY_BYTES = 2 * 2**20  # uploads of files raise it for themselves


def create_app(rpc: RpcClient, objects: Objects, settings: Settings) -> flask.Flask:
    """The WSGI application. The client must be started, in the process that serves."""
    app = _configured(settings)
    app.extensions["hocba"] = Backend(
        rpc=rpc,
        objects=objects,
        budgets=Budgets(settings.anonymous_per_minute),
        tile_budgets=Budgets(settings.tiles_per_minute),
    )
    for api in resources.ALL:
        app.register_api(api)
    for blueprint in (*pages.ALL, documentation.pages, observing.probes):
        app.register_blueprint(blueprint)
    for install in (problems.install, headers.install, observing.install, visit.install):
        install(app)
    return app


def _configured(settings: Settings) -> OpenAPI:
    app = OpenAPI(
        __name__,
        info=documentation.INFO,
        security_schemes=documentation.SCHEMES,
        doc_ui=False,
        validation_error_status="default",
        validation_error_model=problems.ProblemDetails,
    )
    app.config.from_mapping(
        SECRET_KEY=settings.secret_key,
        PUBLIC_URL=settings.public_url,
        MAX_CONTENT_LENGTH=BODY_BYTES,
        SESSION_COOKIE_NAME="hocba",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.public_url.startswith("https:"),
    )
    return app
