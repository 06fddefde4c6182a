"""The endpoints, one module for each resource; `ALL` is what the application serves."""

from gateway.resources import (
    books,
    classes,
    enrolments,
    history,
    exports,
    imports,
    people,
    sessions,
    sheets,
    signing,
    statistics,
    transcripts,
    transfers,
    units,
    verifications,
    years,
)

ALL = (
    sessions.api,
    units.api,
    people.api,
    years.api,
    sheets.api,
    history.api,
    imports.api,
    exports.api,
    classes.api,
    statistics.api,
    enrolments.api,
    books.api,
    transcripts.api,
    signing.api,
    transfers.api,
    verifications.api,
)
