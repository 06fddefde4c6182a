"""The chassis's tables as a service's migrations first make them: frozen text; later migrations change them."""

FIRST_TABLES = (
    """
    CREATE TABLE grants (
        grant_id UUID NOT NULL,
        version INTEGER NOT NULL,
        person_id UUID NOT NULL,
        role VARCHAR NOT NULL,
        unit_id UUID NOT NULL,
        valid_from TIMESTAMP WITH TIME ZONE NOT NULL,
        valid_to TIMESTAMP WITH TIME ZONE,
        CONSTRAINT grants_pkey PRIMARY KEY (grant_id)
    )
    """,
    "CREATE INDEX grants_person_id_idx ON grants (person_id)",
    """
    CREATE TABLE idempotency (
        school_year SMALLINT NOT NULL,
        account_id UUID NOT NULL,
        key VARCHAR NOT NULL,
        operation VARCHAR NOT NULL,
        request_digest VARCHAR NOT NULL,
        answer BYTEA,
        made_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        CONSTRAINT idempotency_pkey PRIMARY KEY (school_year, account_id, key)
    )
    PARTITION BY LIST (school_year)
    """,
    "COMMENT ON COLUMN idempotency.school_year IS '0 for commands that belong to no school year'",
    "COMMENT ON COLUMN idempotency.key IS 'SHA-256 of the caller''s key'",
    "COMMENT ON COLUMN idempotency.answer IS 'AES-256-GCM under the caller''s key'",
    """
    CREATE TABLE inbox (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        event_id UUID NOT NULL,
        type VARCHAR NOT NULL,
        data JSONB,
        raw BYTEA,
        traceparent VARCHAR,
        received_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        state VARCHAR DEFAULT 'PENDING' NOT NULL,
        attempts INTEGER DEFAULT '0' NOT NULL,
        due_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        ended_at TIMESTAMP WITH TIME ZONE,
        reason VARCHAR,
        CONSTRAINT inbox_pkey PRIMARY KEY (id),
        CONSTRAINT inbox_event_id_key UNIQUE (event_id)
    )
    """,
    "COMMENT ON COLUMN inbox.data IS 'null where the message could not be decoded; raw holds it'",
    "COMMENT ON COLUMN inbox.state IS 'PENDING, DONE, DEAD or DROPPED'",
    "CREATE INDEX inbox_dead_idx ON inbox (id) WHERE state = 'DEAD'",
    "CREATE INDEX inbox_due_idx ON inbox (due_at, id) WHERE state = 'PENDING'",
    """
    CREATE TABLE outbox (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        event_id UUID NOT NULL,
        type VARCHAR NOT NULL,
        aggregate VARCHAR NOT NULL,
        data JSONB NOT NULL,
        traceparent VARCHAR NOT NULL,
        written_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        published_at TIMESTAMP WITH TIME ZONE,
        settled_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT outbox_pkey PRIMARY KEY (id),
        CONSTRAINT outbox_event_id_key UNIQUE (event_id)
    )
    """,
    "COMMENT ON COLUMN outbox.aggregate IS 'events of one aggregate keep their order'",
    "COMMENT ON COLUMN outbox.settled_at IS 'every declared consumer has it in its inbox'",
    "CREATE INDEX outbox_unpublished_idx ON outbox (id) WHERE published_at IS NULL",
    "CREATE INDEX outbox_unsettled_idx ON outbox (published_at) WHERE settled_at IS NULL",
    "CREATE TABLE idempotency_y0 PARTITION OF idempotency FOR VALUES IN (0)",
)

GRANTS_BY_UNIT = ("CREATE INDEX grants_unit_id_idx ON grants (unit_id)",)

UNIT_TREE = (
    "CREATE EXTENSION IF NOT EXISTS btree_gist",  # trusted: the database's owner may
    """
    CREATE TABLE unit_parents (
        unit_id UUID NOT NULL,
        valid_from DATE NOT NULL,
        valid_to DATE,
        parent_id UUID NOT NULL,
        kind VARCHAR NOT NULL,
        version INTEGER NOT NULL,
        CONSTRAINT unit_parents_pkey PRIMARY KEY (unit_id, valid_from),
        CONSTRAINT unit_parents_interval_check CHECK (valid_to > valid_from),
        CONSTRAINT unit_parents_one_at_a_time_excl
            EXCLUDE USING gist (unit_id WITH =, daterange(valid_from, valid_to) WITH &&)
    )
    """,
    "COMMENT ON COLUMN unit_parents.valid_from IS 'first day below this parent, in Vietnam''s time'",
    "COMMENT ON COLUMN unit_parents.valid_to IS 'first day no longer below it'",
    "COMMENT ON COLUMN unit_parents.kind IS 'of the unit'",
    "COMMENT ON COLUMN unit_parents.version IS 'of the unit, when this was told'",
    "CREATE INDEX unit_parents_parent_id_idx ON unit_parents (parent_id)",
)
