"""Results of classes that were frozen before transcript took them: those that documents rest on stay as they are."""

from uuid import uuid4

import pytest
from sqlalchemy import text

RESULT = text("""
    INSERT INTO results (school_year, class_id, period, pupil_id, version, regulation, inputs_digest, result)
    VALUES (2025, :of_class, 'YEAR', :pupil, :version, '', '',
            jsonb_build_object('promotion', CAST(:promotion AS text)))
""")
TOLD = text("INSERT INTO document_states VALUES (2025, :pupil, 1, :state)")


@pytest.fixture
def known_after(database_of_before):
    """What is known of the documents of a class's pupils afterwards, by each's promotions and what was told of it."""

    def upgraded(pupils, *, frozen):
        ids = [uuid4() for _ in pupils]
        with database_of_before("gradebook", "0009") as (conn, upgrade):
            place = {"unit": uuid4(), "of_class": uuid4()}
            conn.execute(text("CREATE TABLE results_y2025 PARTITION OF results FOR VALUES IN (2025)"))
            conn.execute(text("INSERT INTO school_years VALUES (2025, :unit, 'THCS', now())"), place)
            conn.execute(
                text("""
                    INSERT INTO classes (school_year, id, unit_id, name, grade, homeroom_id, stage, frozen_at)
                    VALUES (2025, :of_class, :unit, '6A', 6, :unit, 'THCS', CASE WHEN :frozen THEN now() END)
                """),
                place | {"frozen": frozen},
            )
            for pupil, (state, *promotions) in zip(ids, pupils, strict=True):
                for version, promotion in enumerate(promotions, start=1):
                    one = {"pupil": pupil, "version": version, "promotion": promotion}
                    conn.execute(RESULT, place | one)
                if state:
                    conn.execute(TOLD, {"pupil": pupil, "state": state})

            upgrade()

            found = conn.execute(text("SELECT pupil_id, state FROM document_states")).all()
        states = {row.pupil_id: row.state for row in found}
        return [states.get(pupil) for pupil in ids]

    return upgraded


def test_settled_pupils_of_a_frozen_class_are_those_of_whom_transcripts_are_made(known_after):
    pupils = [(None, "PROMOTED"), (None, "RETEST"), (None, "RETEST", "NOT_PROMOTED")]

    assert known_after(pupils, frozen=True) == ["FROZEN", None, "FROZEN"]


def test_what_was_told_of_a_document_stays(known_after):
    pupils = [("ISSUED", "PROMOTED"), ("REVOKED", "PROMOTED")]

    assert known_after(pupils, frozen=True) == ["ISSUED", "REVOKED"]


def test_of_a_class_that_was_not_frozen_nothing_is_held(known_after):
    assert known_after([(None, "PROMOTED")], frozen=False) == [None]
