"""What a database holds, said in counts and digests that are equal exactly when the rows are."""

import hashlib

import psycopg
from psycopg import sql

from deploy.backup.manifest import Contents, Rows

TABLES = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
    ORDER BY relname
"""
ROWS = 'SELECT row_text FROM (SELECT (t.*)::text AS row_text FROM {} AS t) AS told ORDER BY row_text COLLATE "C"'
DIGESTS = {
    "gradebook": {"sheets": "SELECT school_year, id, history_rows, chain_head FROM sheets ORDER BY school_year, id"},
    "transcript": {
        "issued": """
            SELECT school_year, id, version, state, code, canonical, frozen_xml, frozen_pdf, xml, pdf
            FROM transcripts WHERE state IN ('ISSUED', 'REVOKED') ORDER BY school_year, id
        """,
        "class_sheets": "SELECT school_year, id, statement FROM class_sheets ORDER BY school_year, id",
        "received": "SELECT transcript_id, unit_id, code, xml, pdf FROM received ORDER BY transcript_id, unit_id",
    },
}
"""By service: what is answered for before the law, each in one order on every server."""

NAMED_FILES = {
    "gradebook": "SELECT file FROM evidence",
    "signing": "SELECT digest FROM mark_head_batches UNION SELECT file FROM class_sheet_signatures",
    "transcript": """
        SELECT unnest(ARRAY[canonical, frozen_xml, frozen_pdf, xml, pdf]) FROM transcripts
        UNION SELECT unnest(ARRAY[xml, pdf]) FROM received
        UNION SELECT statement FROM class_sheets
    """,
}
"""By service: the objects without which a record could not be shown or proven."""


def examine(conn: psycopg.Connection, service: str) -> Contents:
    """Everything in the database, as the connection's transaction sees it."""
    names = [name for (name,) in conn.execute(TABLES)]
    [(revision,)] = conn.execute("SELECT version_num FROM alembic_version")
    asked = DIGESTS.get(service, {})
    return Contents(
        revision=revision,
        tables={name: _rows(conn, sql.SQL(ROWS).format(sql.Identifier(name))) for name in names},
        digests={name: _rows(conn, sql.SQL(query)).sha256 for name, query in asked.items()},
    )


def named_files(service: str, conn: psycopg.Connection) -> set[str]:
    """The objects that must be in a backup of the service."""
    asked = NAMED_FILES.get(service)
    return {name for (name,) in conn.execute(asked) if name} if asked else set()


def first_difference(told: Contents, found: Contents) -> str | None:
    """Where two databases differ, in words; None where they are the same."""
    if told.revision != found.revision:
        return f"its migrations are at {found.revision} and not at {told.revision}"
    for name in sorted(told.tables.keys() | found.tables.keys()):
        if told.tables.get(name) != found.tables.get(name):
            return f"the rows of {name} are not the same"
    return next(
        (f"the digest of {name} is not the same" for name in told.digests if not _agree(told, found, name)), None
    )


def _agree(told: Contents, found: Contents, name: str) -> bool:
    return told.digests[name] == found.digests.get(name)


def _rows(conn: psycopg.Connection, query: sql.Composable) -> Rows:
    """COPY writes each row as one line, in one form."""
    digest, lines = hashlib.sha256(), 0
    with conn.cursor() as cursor, cursor.copy(sql.SQL("COPY ({}) TO STDOUT").format(query)) as copy:
        for part in copy:
            digest.update(part)
            lines += bytes(part).count(b"\n")
    return Rows(count=lines, sha256=digest.hexdigest())
