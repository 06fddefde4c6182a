"""Years with their plans, classes, enrolments, pupils' choices and exemptions, entry windows."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from services.gradebook.models.tables import TERM, metadata

YEAR_KEYS = ("school_year", "unit_id", "stage")
YEAR_PLACES = tuple(f"school_years.{key}" for key in YEAR_KEYS)

school_years = Table(
    "school_years",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("unit_id", UUID, primary_key=True),
    Column("stage", String, primary_key=True),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("begins_on", Date),
    Column("second_term_on", Date),
    Column("ends_on", Date),
    Column(
        "paper_grades",
        ARRAY(SmallInteger),
        nullable=False,
        server_default="{}",
        comment="grades that still keep paper books",
    ),
    Column("ended_at", DateTime(timezone=True)),
)

subjects = Table(
    "subjects",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("unit_id", UUID, primary_key=True),
    Column("stage", String, primary_key=True),
    Column("grade", SmallInteger, primary_key=True),
    Column("code", String, primary_key=True),
    Column("name", String, nullable=False),
    Column(
        "kind",
        String,
        CheckConstraint("kind IN ('SCORED', 'COMMENT', 'PRIMARY', 'QUALITIES')", name="kind"),
        nullable=False,
    ),
    Column("periods", Integer, nullable=False, comment="a year, without study-topic clusters"),
    Column("position", SmallInteger, nullable=False, comment="order on the printed form"),
    Column("is_elective", Boolean, nullable=False, server_default=false()),
    Column("has_cluster", Boolean, nullable=False, server_default=false(), comment="may be taken with a topic cluster"),
    Column("terms", ARRAY(SmallInteger), nullable=False, server_default="{1,2}", comment="when it is taught"),
    ForeignKeyConstraint(YEAR_KEYS, YEAR_PLACES),
)

classes = Table(
    "classes",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("unit_id", UUID, nullable=False),
    Column("stage", String, nullable=False),
    Column("name", String, nullable=False),
    Column("grade", SmallInteger, CheckConstraint("grade BETWEEN 1 AND 12", name="grade"), nullable=False),
    Column("homeroom_id", UUID, nullable=False),
    Column("results_version", Integer, nullable=False, server_default="0", comment="counts what was told of results"),
    UniqueConstraint("school_year", "unit_id", "name"),
    ForeignKeyConstraint(YEAR_KEYS, YEAR_PLACES),
)

enrolments = Table(
    "enrolments",
    metadata,
    Column("id", UUID, primary_key=True),
    Column("school_year", SmallInteger, nullable=False),
    Column("unit_id", UUID, nullable=False),
    Column("class_id", UUID, comment="null until the receiving school has placed the pupil"),
    Column("pupil_id", UUID, nullable=False),
    Column("code", String, nullable=False),
    Column("position", Integer, nullable=False, comment="order on the class's list"),
    Column("version", Integer, nullable=False, comment="counts the pupil's enrolments"),
    Column("began_on", Date, nullable=False),
    Column("ended_on", Date),
    Column("ended_as", String, CheckConstraint("ended_as IN ('MOVED', 'LEFT', 'YEAR_ENDED')", name="ended_as")),
    ForeignKeyConstraint(["school_year", "class_id"], ["classes.school_year", "classes.id"]),
    CheckConstraint("ended_on >= began_on", name="interval"),
    UniqueConstraint("pupil_id", "version"),
    Index("enrolments_one_active_key", "pupil_id", unique=True, postgresql_where=text("ended_on IS NULL")),
    Index("enrolments_class_id_idx", "school_year", "class_id"),
    Index("enrolments_unit_id_idx", "school_year", "unit_id"),
)

choices = Table(
    "choices",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("pupil_id", UUID, primary_key=True),
    Column("subject", String, primary_key=True),
    Column("has_cluster", Boolean, nullable=False, comment="takes the subject's study-topic cluster"),
)

exemptions = Table(
    "exemptions",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("pupil_id", UUID, primary_key=True),
    Column("subject", String, primary_key=True),
    Column("decision", String, nullable=False, comment="number of the principal's decision"),
    Column("decided_on", Date, nullable=False),
    Column("recorded_by", UUID, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

windows = Table(
    "windows",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("unit_id", UUID, nullable=False),
    Column("term", SmallInteger, CheckConstraint(TERM, name="term"), nullable=False),
    Column("kind", String, CheckConstraint("kind IN ('MARKS', 'COMMENTS')", name="kind"), nullable=False),
    Column("grade", SmallInteger, comment="null: every grade; likewise class, subject and column"),
    Column("class_id", UUID),
    Column("subject", String),
    Column("column_key", String),
    Column("opens_at", DateTime(timezone=True), nullable=False),
    Column("closes_at", DateTime(timezone=True), nullable=False),
    Column("opened_by", UUID, nullable=False),
    Column("reason", String, comment="why it was opened again"),
    CheckConstraint("closes_at >= opens_at", name="interval"),
    Index("windows_unit_id_idx", "school_year", "unit_id", "term", "kind"),
)
