"""Look-up by name, foreign pupils, inspectors' cases, health links, and the log of who looked at whom."""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

TONES = "\u0300\u0301\u0303\u0309\u0323"

COLUMNS = (
    "ALTER TABLE people ADD COLUMN name_key VARCHAR",
    "ALTER TABLE people ADD COLUMN passport VARCHAR",
    "ALTER TABLE people ADD COLUMN programme VARCHAR DEFAULT 'Việt Nam' NOT NULL",
    "COMMENT ON COLUMN people.name_key IS 'the name as it is looked up'",
    "COMMENT ON COLUMN people.programme IS 'of study, where it is another'",
)

TABLES = (
    "ALTER TABLE people ALTER COLUMN name_key SET NOT NULL",
    "CREATE INDEX people_name_key_idx ON people (name_key, born_on) WHERE kind = 'PUPIL'",
    """
    CREATE TABLE cases (
        grant_id UUID NOT NULL,
        case_no VARCHAR NOT NULL,
        CONSTRAINT cases_pkey PRIMARY KEY (grant_id)
    )
    """,
    """
    CREATE TABLE health_links (
        pupil_id UUID NOT NULL,
        url VARCHAR NOT NULL,
        CONSTRAINT health_links_pkey PRIMARY KEY (pupil_id),
        CONSTRAINT health_links_pupil_id_fkey FOREIGN KEY(pupil_id) REFERENCES people (id)
    )
    """,
    """
    CREATE TABLE access_log (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        account_id UUID NOT NULL,
        person_id UUID NOT NULL,
        role VARCHAR,
        unit_id UUID NOT NULL,
        pupil_id UUID,
        what VARCHAR NOT NULL,
        reason VARCHAR,
        case_no VARCHAR,
        CONSTRAINT access_log_pkey PRIMARY KEY (id)
    )
    """,
    "COMMENT ON TABLE access_log IS 'append-only'",
    "COMMENT ON COLUMN access_log.role IS 'under which the person looked'",
    "COMMENT ON COLUMN access_log.pupil_id IS 'null for a look-up that found nobody'",
    "CREATE INDEX access_log_pupil_id_idx ON access_log (pupil_id, at)",
    "CREATE INDEX access_log_unit_id_idx ON access_log (unit_id, at)",
    "CREATE INDEX access_log_person_id_idx ON access_log (person_id, at)",
    """
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'access_log is append-only';
    END $$
    """,
    """
    CREATE TRIGGER access_log_append_only BEFORE UPDATE OR DELETE ON access_log
    FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER access_log_not_truncated BEFORE TRUNCATE ON access_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
)


def upgrade() -> None:
    for statement in COLUMNS:
        op.execute(statement)
    while _fill_keys():
        pass
    for statement in TABLES:
        op.execute(statement)


def _fill_keys() -> bool:
    """Give a batch of people the key of their name; False when everybody has one."""
    conn = op.get_bind()
    rows = conn.execute(sa.text("SELECT id, name FROM people WHERE name_key IS NULL LIMIT 10000")).all()
    keys = [{"id": row.id, "key": _name_key(row.name)} for row in rows]
    if keys:
        conn.execute(sa.text("UPDATE people SET name_key = :key WHERE id = :id"), keys)
    return bool(keys)


def _name_key(name: str) -> str:
    """As services.identity.naming made it when this was written."""
    return " ".join(_syllable(word) for word in unicodedata.normalize("NFD", name).casefold().split())


def _syllable(word: str) -> str:
    tones = "".join(sign for sign in word if sign in TONES)
    return unicodedata.normalize("NFC", "".join(sign for sign in word if sign not in TONES)) + tones
