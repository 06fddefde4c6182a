"""Freezing a class makes its class sheets: the same after a crash, one more for whoever comes later, never changed."""

import json

import pytest

from services.contracts.transcript import ReadDocuments, RevokeTranscript
from services.transcript.canonical import from_canonical
from services.transcript.freezing import FreezeClassTask
from tests.integration.locked_class import MATHS, SPORT, YEAR


def sheets_of(a_class):
    """What signing is given."""
    question = ReadDocuments(school_year=YEAR, class_id=a_class.locked.class_id)
    return a_class.transcript.ask_as("signing", question).class_sheets


def frozen_data(a_class):
    statement = "SELECT canonical FROM transcripts WHERE class_id = :id AND canonical IS NOT NULL"
    rows = a_class.transcript.sql(statement, id=a_class.locked.class_id)
    return [from_canonical(a_class.transcript.objects.get(row.canonical)) for row in rows]


def attempt(a_class):
    """What freezing makes, not yet stored."""
    work = a_class.transcript.service.work[FreezeClassTask.type]
    return work.before([task_of(a_class)], a_class.transcript.outside)


def store(a_class, frozen):
    work = a_class.transcript.service.work[FreezeClassTask.type]
    with a_class.transcript.db.transaction() as tx:
        work.handler(tx, [task_of(a_class)], frozen)


def task_of(a_class):
    return FreezeClassTask(school_year=YEAR, class_id=a_class.locked.class_id)


def made(frozen):
    return {(sheet.subject, sheet.root, sheet.statement) for sheet in frozen.sheets}


def test_a_class_of_three_has_a_sheet_for_each_subject_that_its_transcripts_lead_to(frozen_class):
    sheets = {sheet.subject: sheet for sheet in sheets_of(frozen_class)}

    locked = frozen_class.locked
    assert {code: (one.holder, one.number, one.size) for code, one in sheets.items()} == {
        MATHS: (locked.maths_teacher, 1, 3),
        SPORT: (locked.sport_teacher, 1, 3),
    }
    for data in frozen_data(frozen_class):
        assert {one.code: one.class_sheet.root for one in data.subjects} == {
            code: sheet.root for code, sheet in sheets.items()
        }


def test_the_statement_is_kept_under_its_hash(frozen_class):
    (sheet,) = (one for one in sheets_of(frozen_class) if one.subject == MATHS)

    told = json.loads(frozen_class.transcript.objects.get(sheet.statement))
    assert (told["class"]["id"], told["school"]["unit_id"]) == (
        str(frozen_class.locked.class_id),
        str(frozen_class.locked.unit_id),
    )
    assert (told["root"], told["size"], told["teacher"]["name"]) == (sheet.root, 3, sheet.name)


def test_after_a_crash_the_same_sheets_are_made_again(ready_class):
    crashed = attempt(ready_class)
    ready_class.freeze()

    assert {(one.subject, one.root, one.statement) for one in sheets_of(ready_class)} == made(crashed)
    assert {row["code"] for row in crashed.rows} == {data.code for data in frozen_data(ready_class)}


def test_of_two_freezings_at_one_moment_one_is_kept(ready_class):
    waiting = ready_class.promoting("PROMOTED", "RETEST", "PROMOTED")
    first = attempt(waiting)
    decided = waiting.promoting("PROMOTED", "PROMOTED", "PROMOTED")
    second = attempt(decided)

    store(waiting, first)
    store(decided, second)
    decided.transcript.work()

    assert {(one.number, one.size) for one in sheets_of(decided)} == {(1, 2), (2, 1)}
    roots = {one.root for one in sheets_of(decided)}
    assert {subject.class_sheet.root for data in frozen_data(decided) for subject in data.subjects} == roots


def test_whoever_is_frozen_after_the_summer_is_on_a_sheet_of_the_next_freezing(ready_class):
    ready_class.promoting("PROMOTED", "RETEST", "PROMOTED").freeze()
    before = sheets_of(ready_class)

    ready_class.promoting("PROMOTED", "PROMOTED", "PROMOTED").freeze()

    after = sheets_of(ready_class)
    assert set(before) <= set(after)
    assert sorted((one.number, one.size) for one in after) == [(1, 2), (1, 2), (2, 1), (2, 1)]


def test_a_new_version_after_a_revocation_is_on_a_sheet_of_its_own(frozen_class):
    first = frozen_class.issue()
    command = RevokeTranscript(school_year=YEAR, transcript_id=first.id, reason="Sửa điểm.")
    frozen_class.transcript.ask(command, frozen_class.locked.principal)

    frozen_class.freeze()

    assert sorted((one.number, one.size) for one in sheets_of(frozen_class)) == [(1, 3), (1, 3), (2, 1), (2, 1)]


def test_freezing_again_makes_no_sheet(frozen_class):
    before = sheets_of(frozen_class)
    frozen_class.freeze()

    assert sheets_of(frozen_class) == before


def test_what_codes_and_salts_came_from_is_forgotten_once_they_are_frozen(frozen_class):
    statement = "SELECT seed FROM freeze_batches WHERE class_id = :id AND frozen_at IS NOT NULL"

    assert [row.seed for row in frozen_class.transcript.sql(statement, id=frozen_class.locked.class_id)] == [None]


@pytest.mark.parametrize("change", ["UPDATE class_sheets SET name = 'x'", "DELETE FROM class_sheets"])
def test_the_database_refuses_to_change_a_class_sheet(frozen_class, change):
    with pytest.raises(Exception, match="class sheets are frozen"):
        frozen_class.transcript.sql(change)
