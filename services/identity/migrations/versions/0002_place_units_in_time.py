"""Units valid in time: places in the tree, versions of the name, closing and merging; the units there are announced.

Nothing was released before, so the columns that move are dropped at once. Announced once here, by the outbox, are the
units that were made before there was an event to tell of them.
"""

from alembic import op

from services.chassis.migrations import create_unit_tree

revision = "0002"
down_revision = "0001"

STATEMENTS = (
    """
    ALTER TABLE units
        ADD COLUMN opened_on DATE,
        ADD COLUMN closed_on DATE,
        ADD COLUMN merged_into UUID,
        ADD COLUMN version INTEGER DEFAULT '1' NOT NULL,
        ADD CONSTRAINT units_merged_into_fkey FOREIGN KEY(merged_into) REFERENCES units (id),
        ADD CONSTRAINT units_merged_check CHECK (merged_into IS NULL OR closed_on IS NOT NULL),
        ADD CONSTRAINT units_interval_check CHECK (closed_on >= opened_on)
    """,
    "COMMENT ON COLUMN units.opened_on IS 'in Vietnam''s time, as every day here'",
    "COMMENT ON COLUMN units.closed_on IS 'first day on which it was no more'",
    "COMMENT ON COLUMN units.version IS 'counts what was told of the unit'",
    "UPDATE units SET opened_on = (valid_from AT TIME ZONE 'Asia/Ho_Chi_Minh')::date",
    "ALTER TABLE units ALTER COLUMN opened_on SET NOT NULL",
    "ALTER TABLE units DROP CONSTRAINT units_kind_check",
    """
    ALTER TABLE units ADD CONSTRAINT units_kind_check
        CHECK (kind IN ('BO', 'SO', 'PHONG', 'XA', 'TRUONG', 'DIEM_TRUONG'))
    """,
    """
    CREATE TABLE unit_names (
        unit_id UUID NOT NULL,
        valid_from DATE NOT NULL,
        valid_to DATE,
        name VARCHAR NOT NULL,
        commune VARCHAR NOT NULL,
        province VARCHAR NOT NULL,
        CONSTRAINT unit_names_pkey PRIMARY KEY (unit_id, valid_from),
        CONSTRAINT unit_names_unit_id_fkey FOREIGN KEY(unit_id) REFERENCES units (id),
        CONSTRAINT unit_names_interval_check CHECK (valid_to > valid_from),
        CONSTRAINT unit_names_one_at_a_time_excl
            EXCLUDE USING gist (unit_id WITH =, daterange(valid_from, valid_to) WITH &&)
    )
    """,
    "COMMENT ON COLUMN unit_names.valid_to IS 'open for a closed unit too: the name by which it is still known'",
    """
    INSERT INTO unit_names (unit_id, valid_from, name, commune, province)
    SELECT id, opened_on, name, commune, province FROM units
    """,
    """
    INSERT INTO unit_parents (unit_id, valid_from, parent_id, kind, version)
    SELECT id, opened_on, parent_id, kind, version FROM units WHERE parent_id IS NOT NULL
    """,
    """
    INSERT INTO outbox (event_id, type, aggregate, traceparent, data)
    SELECT gen_random_uuid(), 'vn.hocba.identity.unit_changed.v1', id::text, '',
        jsonb_build_object(
            'record_id', id, 'change', 'NEW', 'version', version, 'updated_at', now(), 'kind', kind,
            'closed_on', NULL, 'merged_into', NULL,
            'parents', CASE WHEN parent_id IS NULL THEN '[]'::jsonb ELSE jsonb_build_array(
                jsonb_build_object('parent_id', parent_id, 'valid_from', opened_on, 'valid_to', NULL)) END)
    FROM units
    """,
    """
    ALTER TABLE units
        DROP COLUMN name, DROP COLUMN parent_id, DROP COLUMN commune, DROP COLUMN province,
        DROP COLUMN valid_from, DROP COLUMN valid_to
    """,
)


def upgrade() -> None:
    create_unit_tree()
    for statement in STATEMENTS:
        op.execute(statement)
