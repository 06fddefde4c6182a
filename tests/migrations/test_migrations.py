"""Migrations build what the models say, and what must not change cannot."""

import re
from importlib import import_module
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError, ProgrammingError

from services.chassis import migrations, tables
from services.chassis.migrations import is_at_head
from services.contracts.platform import SERVICES
from services.gradebook.repository import school
from services.transcript.models import transcripts
from tests.integration.conftest import SERVICES as FOLDER

YEAR = 2025
PARTITION = re.compile(r".*_y\d+")
FACTS = """
    SELECT 'column', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull::text,
           a.attidentity::text, pg_get_expr(d.adbin, d.adrelid), col_description(c.oid, a.attnum)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (c.oid, a.attnum)
    WHERE c.relnamespace = CAST(:schema AS regnamespace) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    UNION ALL
    SELECT 'constraint', c.relname, k.conname, pg_get_constraintdef(k.oid), NULL, NULL, NULL, NULL
    FROM pg_class c JOIN pg_constraint k ON k.conrelid = c.oid
    WHERE c.relnamespace = CAST(:schema AS regnamespace) AND NOT c.relispartition
    UNION ALL
    SELECT 'index', c.relname, i.relname, replace(pg_get_indexdef(i.oid), :schema || '.', ''), NULL, NULL, NULL, NULL
    FROM pg_class c JOIN pg_index x ON x.indrelid = c.oid JOIN pg_class i ON i.oid = x.indexrelid
    WHERE c.relnamespace = CAST(:schema AS regnamespace) AND NOT c.relispartition
    UNION ALL
    SELECT 'partitioned', c.relname, pg_get_partkeydef(c.oid), NULL, NULL, NULL, NULL, NULL
    FROM pg_class c WHERE c.relnamespace = CAST(:schema AS regnamespace) AND c.relkind = 'p'
"""


@pytest.fixture
def gradebook(databases):
    """Gradebook with one school year open and one row of history in it."""
    with databases["gradebook"].transaction() as tx:
        school.make_partitions(tx, YEAR)
        tx.conn.execute(
            text("""
                INSERT INTO mark_history VALUES
                (:year, :id, 1, :id, :id, 1, 'VALUE', '7.5', :id, :id, now(), 'hash')
            """),
            {"year": YEAR, "id": uuid4()},
        )
    return databases["gradebook"]


@pytest.fixture
def frozen(databases):
    """Transcript with one frozen transcript in it; gives database and id."""
    transcript_id = uuid4()
    with databases["transcript"].transaction() as tx:
        tx.conn.execute(
            text("""
                INSERT INTO transcripts (school_year, id, class_id, unit_id, pupil_id, version, state, code, canonical)
                VALUES (:year, :id, :id, :id, :id, 1, 'FROZEN', :code, 'digest')
            """),
            {"year": YEAR, "id": transcript_id, "code": str(transcript_id)},
        )
    return databases["transcript"], transcript_id


def models_of(service):
    return import_module(f"services.{service}.models").metadata


def facts(conn, schema):
    """Every column, constraint, index and partitioning of a schema's tables, as PostgreSQL itself writes them."""
    conn.execute(text(f"SET LOCAL search_path = {schema}"))
    rows = conn.execute(text(FACTS), {"schema": schema}).all()
    return {tuple(row) for row in rows if row[1] != "alembic_version"}


@pytest.mark.parametrize("service", SERVICES)
def test_migrations_leave_nothing_to_add_to_what_the_models_say(databases, service):
    def ours(name, kind, _parents):
        return kind != "table" or not PARTITION.fullmatch(name)

    with databases[service].transaction() as tx:
        options = {"include_name": ours, "compare_server_default": True}
        context = MigrationContext.configure(tx.conn, opts=options)

        assert compare_metadata(context, [tables.metadata, models_of(service)]) == []


@pytest.mark.parametrize("service", SERVICES)
def test_migrations_build_every_constraint_default_and_comment_of_the_models(databases, service):
    with databases[service].engine.connect() as conn, conn.begin() as undone:
        conn.execute(text("CREATE SCHEMA models"))
        conn.execute(text("SET LOCAL search_path = models"))
        tables.metadata.create_all(conn)
        models_of(service).create_all(conn)

        assert facts(conn, "public") == facts(conn, "models")
        undone.rollback()


@pytest.mark.parametrize("service", SERVICES)
def test_migrating_again_changes_nothing(databases, service):
    with databases[service].transaction() as tx:
        before = facts(tx.conn, "public")
        migrations.upgrade(tx.conn, FOLDER / service / "migrations")

        assert is_at_head(tx.conn, FOLDER / service / "migrations")
        assert facts(tx.conn, "public") == before


@pytest.mark.parametrize("service", SERVICES)
def test_no_table_of_a_service_is_called_as_one_that_every_service_has(service):
    assert models_of(service).tables.keys().isdisjoint(tables.metadata.tables)


@pytest.mark.parametrize("table", ["mark_history", f"mark_history_y{YEAR}"])
@pytest.mark.parametrize("change", ["UPDATE {} SET value = '10.0'", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_history_of_marks_is_only_ever_added_to(gradebook, table, change):
    with pytest.raises(ProgrammingError, match="append-only"), gradebook.transaction() as tx:
        tx.conn.execute(text(change.format(table)))


@pytest.mark.parametrize("change", ["UPDATE {} SET reason = ''", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_access_log_is_only_ever_added_to(databases, change):
    with databases["identity"].transaction() as tx:
        tx.conn.execute(
            text("""
                INSERT INTO access_log (at, account_id, person_id, unit_id, what)
                VALUES (now(), :id, :id, :id, 'PERSON')
            """),
            {"id": uuid4()},
        )

    with pytest.raises(ProgrammingError, match="append-only"), databases["identity"].transaction() as tx:
        tx.conn.execute(text(change.format("access_log")))


@pytest.mark.parametrize("column", ["canonical", "code", "frozen_xml", "frozen_pdf"])
def test_what_is_frozen_cannot_be_changed_even_by_hand(frozen, column):
    database, transcript_id = frozen
    change = update(transcripts).where(transcripts.c.id == transcript_id).values({column: "other"})

    with pytest.raises(DBAPIError, match="is frozen"), database.transaction() as tx:
        tx.conn.execute(change)


def test_a_frozen_transcript_is_kept_for_life(frozen):
    database, transcript_id = frozen

    with pytest.raises(DBAPIError, match="kept for life"), database.transaction() as tx:
        tx.conn.execute(text("DELETE FROM transcripts WHERE id = :id"), {"id": transcript_id})
