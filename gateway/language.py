"""Which of the two languages a person reads: Vietnamese, unless they ask for English."""

import flask

LANGUAGES = ("vi", "en")


def language() -> str:
    """What the address asks for, else what was chosen before on the pages, else what the browser prefers."""
    chosen = flask.request.args.get("lang") or flask.session.get("lang")
    return chosen if chosen in LANGUAGES else flask.request.accept_languages.best_match(LANGUAGES, "vi")


def say(vi: str, en: str) -> str:
    """The text of the two that the person reads."""
    return en if language() == "en" else vi
