"""What browsers are told with every answer: run nothing that is not ours, show us in no frame, keep nothing."""

import flask

SOURCES = "default-src 'none'; style-src 'self'; img-src 'self'"
HEADERS = {
    "Content-Security-Policy": f"{SOURCES}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",  # the code of a transcript is in the address
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",  # marks and names stay in no cache
}


def install(app: flask.Flask) -> None:
    """Add the headers to every answer; a view's own stay."""

    def add(response: flask.Response) -> flask.Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    app.after_request(add)
