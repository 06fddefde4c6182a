"""What was issued and kept before there was a transparency log is the first to enter it."""

from sqlalchemy import text

SHA = {name: f"{number:064x}" for number, name in enumerate(("batch", "xml", "pdf", "other"))}


def test_issued_files_and_batches_of_heads_wait_for_the_new_log(database_of_before):
    with database_of_before("signing", "0003") as (conn, upgrade):
        conn.execute(
            text("""
                INSERT INTO documents (school_year, transcript_id, version, class_id, unit_id, code, frozen_xml,
                                       frozen_pdf, slots, pdf, xml, completed_at)
                SELECT 2025, gen_random_uuid(), 1, gen_random_uuid(), gen_random_uuid(), '', '', '', '[]', one.*
                FROM (VALUES (:pdf, :xml, now()), (:other, NULL, NULL)) AS one
            """),
            SHA,
        )
        conn.execute(text("INSERT INTO mark_head_batches VALUES (1, gen_random_uuid(), :batch, 3, now(), now())"), SHA)

        upgrade()

        rows = conn.execute(text("SELECT kind, encode(digest, 'hex') FROM log_queue ORDER BY id")).all()
    assert [tuple(row) for row in rows] == [("mark_heads", SHA["batch"]), ("file", SHA["pdf"]), ("file", SHA["xml"])]
