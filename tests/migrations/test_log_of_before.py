"""What was issued and kept before there was a transparency log is the first to enter it."""

from alembic import command
from sqlalchemy import text

from services.chassis import migrations
from tests.integration.conftest import SERVICES as FOLDER

SHA = {name: f"{number:064x}" for number, name in enumerate(("batch", "xml", "pdf", "other"))}


def test_issued_files_and_batches_of_heads_wait_for_the_new_log(new_database):
    database = new_database("signing")
    with database.transaction() as tx:
        tx.conn.execute(text("DROP SCHEMA public CASCADE"))
        tx.conn.execute(text("CREATE SCHEMA public"))
        _upgrade(tx.conn, "0003")
        tx.conn.execute(
            text("""
                INSERT INTO documents (school_year, transcript_id, version, class_id, unit_id, code, frozen_xml,
                                       frozen_pdf, slots, pdf, xml, completed_at)
                SELECT 2025, gen_random_uuid(), 1, gen_random_uuid(), gen_random_uuid(), '', '', '', '[]', one.*
                FROM (VALUES (:pdf, :xml, now()), (:other, NULL, NULL)) AS one
            """),
            SHA,
        )
        tx.conn.execute(
            text("INSERT INTO mark_head_batches VALUES (1, gen_random_uuid(), :batch, 3, now(), now())"), SHA
        )

        _upgrade(tx.conn, "head")

        rows = tx.conn.execute(text("SELECT kind, encode(digest, 'hex') FROM log_queue ORDER BY id")).all()
    assert [tuple(row) for row in rows] == [("mark_heads", SHA["batch"]), ("file", SHA["pdf"]), ("file", SHA["xml"])]


def _upgrade(conn, revision):
    config = migrations._config(FOLDER / "signing" / "migrations")  # noqa: SLF001 - there is no way to an older state
    config.attributes["connection"] = conn
    command.upgrade(config, revision)
