"""Saving marks: who may, when, on which version; all cells or none; one sheet is written by one at a time."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from services.chassis.authority import Actor
from services.chassis.errors import Forbidden, Invalid, NotFound, Refused
from services.chassis.ids import new_id
from services.contracts.gradebook.sheets import (
    CellState,
    FindSheets,
    ReadSheet,
    SaveColumn,
    SaveComments,
    SubjectComment,
)
from services.contracts.gradebook.windows import CloseWindow, OpenWindow, WindowKind
from services.contracts.identity import Role
from services.gradebook.domain import SCHOOL_TIME
from services.gradebook.ledger import genesis
from services.gradebook.models.school import windows
from services.gradebook.usecases import marks
from tests.integration.gradebook.small_school import MATHS, SPORT, YEAR, cell


def close(school, term=1, kind=WindowKind.MARKS, by=None):
    command = CloseWindow(school_year=YEAR, window_id=school.windows[term, kind].id)
    return school.gradebook.ask(command, by or school.admin)


def test_a_saved_column_is_read_back_in_the_form_that_the_law_writes(school):
    saved = school.save(["7,5", "8", "10"])

    assert saved.written == 3
    assert [one.version for one in saved.cells] == [1, 1, 1]
    assert school.values() == [("7.5", 1), ("8.0", 1), ("10.0", 1)]


def test_a_comment_subject_takes_comments(school):
    school.save(["Đ", "CĐ", CellState.MISSED_EXCUSED], subject=SPORT)

    assert school.values(subject=SPORT) == [("Đ", 1), ("CĐ", 1), (None, 1)]


def test_every_write_is_kept_in_the_history_with_who_and_when(school):
    school.save(["7.5", "8.0", "9.0"])
    saved = school.save(["7.5", "6.0", "9.0"], versions=(1, 1, 1))

    history = school.history()
    assert [(row.seq, row.value, row.version) for row in history] == [
        (1, "7.5", 1),
        (2, "8.0", 1),
        (3, "9.0", 1),
        (4, "6.0", 2),
    ]
    assert {row.person_id for row in history} == {school.teacher}
    assert history[-1].recorded_at == saved.saved_at
    assert school.sheet().chain_head == history[-1].hash


def test_the_chain_of_a_new_sheet_begins_with_the_sheet_itself(school):
    sheet = school.sheet()

    assert (sheet.history_rows, sheet.chain_head) == (0, genesis(YEAR, sheet.head.id))


def test_cells_that_stay_as_they_are_are_not_written_again(school):
    school.save(["7.5", "8.0", "9.0"])
    again = school.save(["7,5", "8", "9.5"], versions=(1, 1, 1))

    assert again.written == 1
    assert [one.version for one in again.cells] == [1, 1, 2]
    assert len(school.history()) == 4


def test_a_save_on_an_old_version_is_refused_with_both_values_and_writes_nothing(school):
    school.save(["7.5", "8.0", "9.0"])

    with pytest.raises(Refused, match="stale_version") as refusal:
        school.save(["5.0", "5.0", "9.0"], versions=(1, 0, 1))

    assert refusal.value.fields["count"] == 1
    (stale,) = refusal.value.fields["cells"]
    assert stale["pupil_id"] == str(school.pupils[1])
    assert stale["yours"] == {"state": "VALUE", "value": "5.0", "version": 0}
    assert stale["current"] == {"state": "VALUE", "value": "8.0", "version": 1}
    assert school.values() == [("7.5", 1), ("8.0", 1), ("9.0", 1)]


def test_a_save_sent_again_with_its_key_is_answered_again_and_written_once(school):
    command = school.column([cell(school.pupils[0], "7.5")])

    first, second = (school.gradebook.ask(command, school.teacher, key="một lần") for _ in range(2))

    assert first == second
    assert len(school.history()) == 1


@pytest.mark.parametrize("value", ["10.5", "-1", "7.25", "abc", "", "NaN", "Đ", "7.5.1"])
def test_what_is_no_mark_is_refused_and_with_it_the_whole_column(school, value):
    with pytest.raises(Invalid, match="cells_invalid") as refusal:
        school.save(["7.5", value, "9.0"])

    (fault,) = refusal.value.fields["errors"]
    assert (fault["pupil_id"], fault["value"], fault["reason"]) == (str(school.pupils[1]), value, "bad_value")
    assert school.history() == []


def test_a_pupil_of_another_class_and_one_written_twice_are_refused(school):
    stranger, twice = new_id(), school.pupils[0]
    cells = [cell(stranger, "7.5"), cell(twice, "8.0"), cell(twice, "9.0")]

    with pytest.raises(Invalid, match="cells_invalid") as refusal:
        school.gradebook.ask(school.column(cells), school.teacher)

    assert [(fault["pupil_id"], fault["reason"]) for fault in refusal.value.fields["errors"]] == [
        (str(stranger), "unknown_pupil"),
        (str(twice), "written_twice"),
    ]
    assert school.history() == []


def test_a_column_of_another_sheet_does_not_exist(school):
    mine, other = school.sheets[MATHS, 1], school.sheets[MATHS, 2]

    with pytest.raises(NotFound):
        school.gradebook.ask(
            SaveColumn(school_year=YEAR, sheet_id=mine.id, column_id=other.columns[0].id, cells=()), school.teacher
        )


@pytest.mark.parametrize("who", ["homeroom", "admin", "principal"])
def test_those_who_may_read_a_sheet_are_told_that_only_its_teacher_writes(school, who):
    command = school.column([cell(school.pupils[0], "7.5")])

    with pytest.raises(Forbidden, match="not_your_sheet"):
        school.gradebook.ask(command, getattr(school, who))


@pytest.mark.parametrize("role", [Role.STAFF, Role.CLERK])
def test_a_colleague_without_the_class_is_told_that_the_sheet_is_not_theirs_to_write_and_reads_nothing(school, role):
    colleague = school.gradebook.grant(role, school.unit_id)

    with pytest.raises(Forbidden, match="not_your_sheet"):
        school.gradebook.ask(school.column([]), colleague)
    with pytest.raises(NotFound):
        school.gradebook.ask(ReadSheet(school_year=YEAR, sheet_id=school.sheets[MATHS, 1].id), colleague)


def test_for_another_schools_people_there_is_no_such_sheet(school):
    stranger = school.gradebook.grant(Role.ADMIN, new_id())

    for request in (school.column([]), ReadSheet(school_year=YEAR, sheet_id=school.sheets[MATHS, 1].id)):
        with pytest.raises(NotFound):
            school.gradebook.ask(request, stranger)


def test_leaders_find_all_sheets_and_a_teacher_the_own_ones(school):
    question = FindSheets(school_year=YEAR, unit_id=school.unit_id)
    colleague = school.gradebook.grant(Role.STAFF, school.unit_id)

    found = {
        who: len(school.gradebook.ask(question, who).sheets) for who in (school.principal, school.teacher, colleague)
    }

    assert found == {school.principal: 4, school.teacher: 4, colleague: 0}


def test_after_the_window_has_closed_a_save_is_refused_with_its_time(school):
    closed = close(school)

    with pytest.raises(Refused, match="window_closed") as refusal:
        school.save(["7.5"])

    assert refusal.value.fields["closed_at"] == closed.closes_at.astimezone(SCHOOL_TIME).strftime("%H:%M %d/%m/%Y")
    assert school.history() == []


def test_a_window_opened_again_lets_the_teacher_write_again(school):
    closed = close(school)
    again = OpenWindow(
        school_year=YEAR, unit_id=school.unit_id, term=1, kind=WindowKind.MARKS,
        closes_at=school.windows[1, WindowKind.MARKS].closes_at, reason="Thầy Vượng ốm.",
    )  # fmt: skip

    with pytest.raises(Invalid, match="reason_required"):
        school.gradebook.ask(replace(again, reason=" "), school.admin)
    school.gradebook.ask(again, school.admin)

    assert school.save(["7.5"]).saved_at > closed.closes_at


def test_the_window_of_one_term_opens_no_other_and_that_of_marks_no_conduct(school):
    close(school, term=2)
    close(school, kind=WindowKind.COMMENTS)
    school.save(["7.5"])

    with pytest.raises(Refused, match="window_closed"):
        school.save(["7.5"], term=2)
    with pytest.raises(Refused, match="window_closed"):
        school.save_conduct()


def test_before_any_window_was_opened_nothing_is_written(school):
    school.gradebook.sql("DELETE FROM windows WHERE unit_id = :id", id=school.unit_id)

    with pytest.raises(Refused, match="window_not_open"):
        school.save(["7.5"])


def test_only_the_schools_admin_opens_and_closes_windows(school):
    with pytest.raises(Forbidden):
        close(school, by=school.teacher)


def test_closing_a_window_waits_for_the_save_under_way(school, pool, await_waiting):
    command = school.column([cell(school.pupils[0], "7.5")])
    with school.gradebook.db.transaction() as tx:
        saved = marks.save_column(tx, command, Actor(account_id=school.teacher, person_id=school.teacher))
        closing = pool.submit(close, school)
        await_waiting(1)

    assert closing.result().closes_at > saved.saved_at
    assert school.values()[0] == ("7.5", 1)


def test_whoever_reads_a_sheet_waits_for_nobody_who_opens_or_closes_windows(school):
    with school.gradebook.db.transaction() as tx:
        tx.conn.execute(select(windows).with_for_update())

        assert school.values()[0] == (None, 0)


def test_a_save_that_waited_until_the_window_had_closed_is_refused(school, pool, await_waiting):
    with school.gradebook.db.transaction() as tx:
        marks.sheets.lock_sheet(tx, YEAR, school.sheets[MATHS, 1].id)
        saving = pool.submit(school.save, ["7.5"])
        await_waiting(1)
        close(school)

    with pytest.raises(Refused, match="window_closed"):
        saving.result()
    assert school.history() == []


def test_two_who_save_in_one_sheet_at_once_write_one_after_the_other(school, pool):
    keys = ["tx1", "tx2", "gk", "ck"]

    saved = list(pool.map(lambda key: school.save(["7.5", "8.0", "9.0"], key=key), keys))

    assert [one.written for one in saved] == [3, 3, 3, 3]
    assert [row.seq for row in school.history()] == list(range(1, 13))
    assert all(school.values(key) == [("7.5", 1), ("8.0", 1), ("9.0", 1)] for key in keys)


def test_of_two_who_save_one_cell_at_once_the_second_is_told_of_the_firsts_value(school, pool):
    def save(value):
        try:
            return school.save([value])
        except Refused as refusal:
            return refusal.fields["cells"][0]["current"]["value"]

    answers = list(pool.map(save, ["7.5", "8.5"]))

    assert [answer for answer in answers if isinstance(answer, str)] == [school.values()[0][0]]


def test_comments_of_a_subject_are_written_by_its_teacher(school):
    texts = ("Nắm vững kiến thức.", "Cần luyện tập thêm.", "")
    comments = tuple(SubjectComment(pupil_id=p, text=t, version=0) for p, t in zip(school.pupils, texts, strict=True))
    command = SaveComments(school_year=YEAR, sheet_id=school.sheets[MATHS, 1].id, comments=comments)

    assert school.gradebook.ask(command, school.teacher).written == 3
    assert [row.comments[0].text for row in school.sheet().rows] == list(texts)
    with pytest.raises(Forbidden):
        school.gradebook.ask(command, school.homeroom)


def test_a_comment_on_a_pupil_of_another_class_is_refused(school):
    comments = (SubjectComment(pupil_id=new_id(), text="Chăm chỉ.", version=0),)

    with pytest.raises(NotFound):
        school.gradebook.ask(
            SaveComments(school_year=YEAR, sheet_id=school.sheets[MATHS, 1].id, comments=comments), school.teacher
        )
