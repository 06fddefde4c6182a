"""Why a log, a note or a witness is not believed."""


class LogFault(Exception):  # noqa: N818 - what was found, not a failure of the program
    """Its text is one sentence for a person: what is wrong, and with which figures."""
