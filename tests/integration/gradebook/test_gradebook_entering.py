"""Windows over parts of a school, centralised columns, drafts kept offline, comments, phrases and conduct."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.chassis.errors import Forbidden, Invalid, NotFound, Refused
from services.chassis.ids import new_id
from services.contracts.gradebook.conduct import ConductEntry, ReadConduct, SaveConduct
from services.contracts.gradebook.phrases import AddPhrases, FindPhrases, RemovePhrase
from services.contracts.gradebook.sheets import (
    CellState,
    CentraliseColumns,
    DraftCell,
    MergeDraft,
    SaveComments,
    SubjectComment,
)
from services.contracts.gradebook.windows import CloseWindow, FindWindows, OpenWindow, WindowKind
from tests.integration.gradebook.small_school import MATHS, SPORT, YEAR, cell


@pytest.fixture
def shut(school):
    """The school with its windows of term 1 closed."""
    for kind in WindowKind:
        command = CloseWindow(school_year=YEAR, window_id=school.windows[1, kind].id)
        school.gradebook.ask(command, school.admin)
    return school


def reopen(school, kind=WindowKind.MARKS, **narrowed):
    command = OpenWindow(
        school_year=YEAR,
        unit_id=school.unit_id,
        term=1,
        kind=kind,
        closes_at=datetime.now(UTC) + timedelta(hours=1),
        reason="Bổ sung điểm kiểm tra bù.",
        **narrowed,
    )
    return school.gradebook.ask(command, school.admin)


def centralise(school, key="ck", *, by=None, is_centralised=True):
    command = CentraliseColumns(
        school_year=YEAR,
        unit_id=school.unit_id,
        grade=6,
        subject=MATHS,
        term=1,
        key=key,
        is_centralised=is_centralised,
    )
    return school.gradebook.ask(command, by or school.admin)


def merge(school, *entries, key="tx1", by=None):
    head = school.sheets[MATHS, 1]
    column_id = next(column.id for column in head.columns if column.key == key)
    cells = tuple(DraftCell(column_id=column_id, entry=entry) for entry in entries)
    command = MergeDraft(school_year=YEAR, sheet_id=head.id, cells=cells)
    return school.gradebook.ask(command, by or school.teacher)


def comment(school, text, *, version=0, key="ck", by=None):
    one = SubjectComment(pupil_id=school.pupils[0], text=text, version=version, key=key)
    command = SaveComments(school_year=YEAR, sheet_id=school.sheets[MATHS, 1].id, comments=(one,))
    return school.gradebook.ask(command, by or school.teacher)


@pytest.mark.parametrize("narrowed", [{}, {"grade": 6}, {"subject": MATHS}, {"column_key": "tx1"}], ids=str)
def test_a_window_over_a_part_of_the_school_opens_that_part(shut, narrowed):
    reopen(shut, **narrowed)

    assert shut.save(["7.5"]).written == 1
    assert shut.sheet().is_open


@pytest.mark.parametrize("narrowed", [{"grade": 7}, {"subject": SPORT}, {"column_key": "ck"}], ids=str)
def test_a_window_over_another_part_leaves_the_rest_closed(shut, narrowed):
    reopen(shut, **narrowed)

    with pytest.raises(Refused, match="window_"):
        shut.save(["7.5"])


def test_a_window_over_one_class_opens_no_other(shut):
    reopen(shut, class_id=new_id())
    with pytest.raises(Refused, match="window_closed"):
        shut.save(["7.5"])

    reopen(shut, class_id=shut.class_id)

    assert shut.save(["7.5"]).written == 1


def test_every_window_and_the_reason_of_its_reopening_can_be_looked_up(shut):
    again = reopen(shut, subject=MATHS)

    found = shut.gradebook.ask(FindWindows(school_year=YEAR, unit_id=shut.unit_id), shut.teacher).windows

    assert found[0] == again
    assert (again.reason, again.subject) == ("Bổ sung điểm kiểm tra bù.", MATHS)
    assert len(found) == 5


def test_marks_and_comments_have_windows_of_their_own(shut):
    reopen(shut, WindowKind.COMMENTS)

    assert comment(shut, "Tiến bộ.").written == 1
    with pytest.raises(Refused, match="window_closed"):
        shut.save(["7.5"])


def test_a_centralised_exams_column_is_written_by_admins_and_by_no_teacher(school):
    assert centralise(school).columns == 1

    with pytest.raises(Forbidden, match="centralised"):
        school.save(["7.5"], key="ck")
    command = school.column([cell(school.pupils[0], "7.5")], key="ck")

    assert school.gradebook.ask(command, school.admin).written == 1
    assert school.values("ck")[0] == ("7.5", 1)


def test_an_admin_writes_no_other_column(school):
    centralise(school)

    with pytest.raises(Forbidden, match="not_your_sheet"):
        school.gradebook.ask(school.column([cell(school.pupils[0], "7.5")]), school.admin)


def test_a_column_given_back_is_the_teachers_again(school):
    centralise(school)
    centralise(school, is_centralised=False)

    assert school.save(["7.5"], key="ck").written == 1


def test_only_an_admin_centralises_a_column_that_there_is(school):
    with pytest.raises(Forbidden):
        centralise(school, by=school.teacher)
    with pytest.raises(NotFound):
        centralise(school, key="tx9")


def test_a_draft_sent_a_day_later_is_merged_cell_by_cell(school):
    school.save(["5.0"])
    first, second, third = school.pupils

    merged = merge(school, cell(first, "9.0"), cell(second, "7.0"), cell(third, "8.0"))

    assert (merged.written, merged.unchanged) == (2, 0)
    assert [(one.yours.value, one.current.value, one.current.version) for one in merged.moved_on] == [("9.0", "5.0", 1)]
    assert [(one.entry.pupil_id, one.entry.version) for one in merged.cells] == [(second, 1), (third, 1)]
    assert school.values() == [("5.0", 1), ("7.0", 1), ("8.0", 1)]


def test_a_draft_that_says_what_stands_there_already_has_moved_on_nowhere(school):
    school.save(["5.0"])

    merged = merge(school, cell(school.pupils[0], "5.0"))

    assert (merged.written, merged.unchanged, merged.moved_on) == (0, 1, ())


def test_a_draft_with_a_cell_that_cannot_stand_is_refused_whole(school):
    with pytest.raises(Invalid, match="cells_invalid"):
        merge(school, cell(school.pupils[0], "7.0"), cell(school.pupils[1], "70"))

    assert school.values() == [(None, 0)] * 3


def test_a_draft_comes_too_late_once_the_window_has_closed(shut):
    with pytest.raises(Refused, match="window_closed"):
        merge(shut, cell(shut.pupils[0], "7.0"))


def test_a_comment_is_never_written_over_another_unseen(school):
    comment(school, "Chăm chỉ.")

    with pytest.raises(Refused, match="stale_version") as refusal:
        comment(school, "Lười.")

    (told,) = refusal.value.fields["cells"]
    assert (told["yours"]["text"], told["current"]["text"]) == ("Lười.", "Chăm chỉ.")
    assert comment(school, "Rất chăm chỉ.", version=1).comments[0].version == 2


def test_a_comment_belongs_to_mid_term_or_end_and_has_an_end_itself(school):
    with pytest.raises(Invalid):
        comment(school, "Tốt.", key="tx1")
    with pytest.raises(Invalid):
        comment(school, "dài" * 1000)


def test_a_teacher_keeps_phrases_that_nobody_else_sees(school):
    kept = school.gradebook.ask(
        AddPhrases(subject=MATHS, texts=("Tính toán  nhanh.", "Cần cẩn thận hơn.")), school.teacher
    ).phrases
    again = school.gradebook.ask(AddPhrases(subject=MATHS, texts=("Tính toán nhanh.",)), school.teacher).phrases

    assert [one.text for one in kept] == ["Cần cẩn thận hơn.", "Tính toán nhanh."]
    assert again == kept
    assert school.gradebook.ask(FindPhrases(), school.homeroom).phrases == ()
    school.gradebook.ask(RemovePhrase(phrase_id=kept[0].id), school.homeroom)
    assert school.gradebook.ask(RemovePhrase(phrase_id=kept[0].id), school.teacher).phrases == kept[1:]


def test_an_empty_phrase_is_none(school):
    with pytest.raises(Invalid):
        school.gradebook.ask(AddPhrases(subject=None, texts=(" ",)), school.teacher)


def test_conduct_of_a_class_is_one_screen_and_nobody_writes_over_another_unseen(school):
    saved = school.save_conduct()
    entries = tuple(replace(entry, conduct="Khá") for entry in saved.entries)
    command = SaveConduct(school_year=YEAR, class_id=school.class_id, term=1, entries=entries)

    again = school.gradebook.ask(command, school.homeroom)

    assert {(entry.conduct, entry.version) for entry in again.entries} == {("Khá", 2)}
    with pytest.raises(Refused, match="stale_version"):
        school.gradebook.ask(command, school.homeroom)
    question = ReadConduct(school_year=YEAR, class_id=school.class_id, term=1)
    assert school.gradebook.ask(question, school.principal) == again
    with pytest.raises(Forbidden):
        school.gradebook.ask(question, school.teacher)


def test_absences_without_leave_are_among_the_absences(school):
    entry = ConductEntry(pupil_id=school.pupils[0], conduct="Tốt", absences=2, unexcused=3, remark="", version=0)
    command = SaveConduct(school_year=YEAR, class_id=school.class_id, term=1, entries=(entry,))

    with pytest.raises(Invalid):
        school.gradebook.ask(command, school.homeroom)


def test_a_missed_test_is_neither_empty_nor_zero(school):
    school.save([CellState.MISSED_EXCUSED, CellState.MISSED_UNEXCUSED, "0"])

    states = [row.cells[0].state for row in school.sheet().rows]

    assert states == [CellState.MISSED_EXCUSED, CellState.MISSED_UNEXCUSED, CellState.VALUE]
