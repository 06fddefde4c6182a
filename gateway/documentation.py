"""The API's description (OpenAPI 3.1, generated from what serves the requests) and its pages under /docs."""

from importlib.resources import files
from typing import Any

import flask
from flask_openapi3.models.info import Info
from flask_openapi3.models.security_scheme import SecurityScheme

INFO = Info(
    title="Học bạ",
    version="1.0",
    description="Học bạ số: điểm, kết quả, học bạ ký số, chuyển trường, kiểm tra công khai. Digital transcripts.",
)
SCHEMES: dict[str, SecurityScheme | dict[str, Any]] = {
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'"
)
BROWSER = str(files("flask_openapi3_swagger") / "templates" / "swagger")

pages = flask.Blueprint("docs", __name__, static_folder=BROWSER, static_url_path="/docs/swagger")


@pages.get("/openapi.json")
def description() -> flask.Response:
    return flask.jsonify(flask.current_app.api_doc)  # type: ignore[attr-defined]  # flask_openapi3 adds it


@pages.get("/docs")
def browse() -> flask.Response:
    response = flask.make_response(flask.render_template("docs.html"))
    response.headers["Content-Security-Policy"] = POLICY  # the API browser styles its elements in place
    return response
