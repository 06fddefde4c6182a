"""A workbook is shown as what it would change, then applied whole, on the versions that were shown."""

from dataclasses import replace

import pytest

from deploy.demo.school import SUBJECTS
from deploy.demo.workbooks import mark_template
from services.chassis.errors import Invalid, NotFound, Refused
from services.chassis.ids import new_id
from services.contracts.gradebook.assignments import AssignTeachers, NewAssignment
from services.contracts.gradebook.history import AuditSheet
from services.contracts.gradebook.imports import ConfirmedMatch, ImportState, PreviewImport, ReadImport
from services.contracts.gradebook.results import Period
from services.contracts.gradebook.school import CreateClasses, NewClass
from services.contracts.gradebook.sheets import CentraliseColumns
from services.contracts.gradebook.windows import CloseWindow
from services.gradebook.spreadsheets.imported import ImportedRow, LayoutId, PupilKey
from tests.integration.gradebook.sent_files import apply, introduce, preview, row, sheet, workbook
from tests.integration.gradebook.small_school import MATHS, SPORT, YEAR, enrol, small_school

SUBJECT = next(subject for subject in SUBJECTS if subject.code == MATHS)


@pytest.fixture
def school(school):
    """The small school, its pupils known to identity."""
    introduce(school)
    return school


@pytest.fixture
def template(school):
    """The class's maths of term 1 in the national database's template, filled in."""
    return mark_template(school.paper, class_code=school.paper.classes[0].code, subject=SUBJECT, term=1)


def reasons(shown):
    return {cell.refused.code for cell in shown.marks.refused}


def doubts(shown):
    return [doubt.said.code for doubt in shown.marks.warnings]


def close_windows(school):
    for window in school.windows.values():
        school.gradebook.ask(CloseWindow(school_year=YEAR, window_id=window.id), school.admin)


def centralise(school, key):
    head = school.sheets[MATHS, 1]
    where = {"school_year": YEAR, "unit_id": school.unit_id, "grade": head.grade, "subject": MATHS, "term": 1}
    school.gradebook.ask(CentraliseColumns(**where, key=key, is_centralised=True), school.admin)


def test_a_preview_shows_every_change_and_writes_nothing(school, template):
    shown = preview(school, template)

    assert shown.state is ImportState.PREVIEWED
    assert [len(shown.marks.changes), shown.marks.refused, shown.marks.suggestions] == [21, (), ()]
    assert {cell.old for cell in shown.marks.changes} == {None}
    assert school.history() == []


def test_a_preview_echoes_each_column_to_compare_with_the_paper(school):
    file = workbook(sheet(school, [row(school, 0, values={"tx1": "7.5"}), row(school, 1, values={"tx1": "9.0"})]))

    (page,) = preview(school, file).marks.pages

    (echo,) = page.columns
    assert (echo.key, echo.filled, echo.total, echo.lowest, echo.highest) == ("tx1", 2, "16.5", "7.5", "9.0")


def test_what_was_shown_is_written_as_ordinary_entry_with_one_row_of_history_a_cell(school, template):
    done = apply(school, preview(school, template))

    head = school.sheets[MATHS, 1]
    audit = school.gradebook.ask(AuditSheet(school_year=YEAR, sheet_id=head.id), school.teacher)
    assert (done.state, done.applied.marks, done.applied.comments) == (ImportState.APPLIED, 18, 3)
    assert (audit.intact, audit.history_rows) == (True, 18)
    assert {entry.basis for entry in school.history()} == {None}


def test_the_same_workbook_again_changes_nothing(school, template):
    apply(school, preview(school, template))

    again = preview(school, template)

    assert (again.marks.changes, again.marks.unchanged) == ((), 21)
    assert apply(school, again).applied.marks == 0


def test_an_import_is_applied_once_however_often_it_is_asked_for(school, template):
    shown = preview(school, template)

    first, second = (apply(school, shown) for _ in range(2))

    assert first == second
    assert len(school.history()) == 18


def test_the_order_of_rows_does_not_matter(school):
    rows = [row(school, place, values={"tx1": f"{place + 5}.0"}) for place in (2, 0, 1)]

    apply(school, preview(school, workbook(sheet(school, rows))))

    assert [value for value, _ in school.values()] == ["5.0", "6.0", "7.0"]


def test_empty_cells_of_a_file_erase_nothing(school):
    school.save(["9.0", "9.0", "9.0"])

    apply(school, preview(school, workbook(sheet(school, [row(school, 0, values={"tx2": "8.0"})]))))

    assert [value for value, _ in school.values()] == ["9.0", "9.0", "9.0"]
    assert school.values("tx2")[0] == ("8.0", 1)


@pytest.mark.parametrize(
    ("differs", "target", "reason"),
    [
        ({"school_year": "2024-2025"}, {}, "wrong_year"),
        ({"class_name": "9Z"}, {}, "unknown_class"),
        ({"subject": "Vật lí"}, {}, "wrong_subject"),
        ({"term": Period.YEAR}, {}, "wrong_term"),
        ({"term": Period.TERM_2}, {"term": 1}, "wrong_term"),
        ({"term": None}, {}, "missing_title"),
        ({"subject": None}, {}, "missing_title"),
    ],
    ids=str,
)
def test_a_workbook_of_another_place_is_refused_whole(school, differs, target, reason):
    file = workbook(sheet(school, [row(school, 0, values={"tx1": "8.0"})], **differs))

    with pytest.raises(Invalid, match="workbook_refused") as refusal:
        preview(school, file, **target)

    assert [fault["reason_code"] for fault in refusal.value.fields["errors"]] == [reason]


def test_what_the_file_does_not_say_the_person_says(school):
    file = workbook(sheet(school, [row(school, 0, values={"tx1": "8.0"})], term=None, subject=None, school_year=None))

    apply(school, preview(school, file, sheet_id=school.sheets[MATHS, 1].id))

    assert school.values()[0] == ("8.0", 1)


def test_a_cell_that_moved_on_refuses_the_whole_with_both_values(school):
    rows = [row(school, place, values={"tx1": "8.0", "tx2": "8.0"}) for place in range(3)]
    shown = preview(school, workbook(sheet(school, rows)))
    school.save(["5.0"])

    with pytest.raises(Refused, match="stale_version") as refusal:
        apply(school, shown)

    (moved,) = refusal.value.fields["cells"]
    assert (moved["yours"]["value"], moved["current"]["value"]) == ("8.0", "5.0")
    assert len(school.history()) == 1


def test_a_window_that_closed_before_refuses_every_change_by_name(school, template):
    close_windows(school)

    shown = preview(school, template)

    assert reasons(shown) == {"gradebook.window_closed"}
    with pytest.raises(Refused, match="import_has_refusals"):
        apply(school, shown)
    assert apply(school, shown, leave_out_refused=True).applied.marks == 0


def test_a_window_that_closes_meanwhile_refuses_the_whole(school, template):
    shown = preview(school, template)
    close_windows(school)

    with pytest.raises(Refused, match="window_closed"):
        apply(school, shown, leave_out_refused=True)


def test_marks_that_are_there_already_need_no_open_window(school, template):
    apply(school, preview(school, template))
    close_windows(school)

    assert preview(school, template).marks.refused == ()


def test_the_teacher_leaves_out_a_centralised_column_and_the_admin_writes_it(school, template):
    centralise(school, "ck")
    shown = preview(school, template)
    apply(school, shown, leave_out_refused=True)

    by_admin = preview(school, template, by=school.admin)
    apply(school, by_admin, by=school.admin)

    assert {(cell.key, cell.refused.code) for cell in shown.marks.refused} == {("ck", "gradebook.centralised")}
    assert {cell.key for cell in by_admin.marks.changes} == {"ck"}
    assert {value for value, _ in school.values("ck")} != {None}


def test_more_marks_than_the_law_has_columns_for_are_refused_cell_by_cell(school):
    file = workbook(sheet(school, [row(school, 0, values={"tx1": "8.0", "tx5": "9.0"})]))

    shown = preview(school, file)

    assert [(cell.key, cell.refused.code) for cell in shown.marks.refused] == [("tx5", "no_such_column")]
    assert [cell.key for cell in shown.marks.changes] == ["tx1"]


def test_a_value_of_another_scale_is_refused_cell_by_cell(school):
    file = workbook(sheet(school, [row(school, 0, values={"tx1": "8.0"})], subject="Giáo dục thể chất"))

    assert reasons(preview(school, file)) == {"bad_value"}


def test_an_unknown_pupil_and_one_who_stands_twice_are_refused_by_row(school):
    stranger = row(school, 0, values={"tx1": "8.0"})
    stranger = type(stranger)(pupil=type(stranger.pupil)(code="000", personal_id=None, name="Lạ", born_on=None))
    rows = [row(school, 0, values={"tx1": "8.0"}), row(school, 0, by=["personal_id"], values={"tx1": "9.0"}), stranger]

    shown = preview(school, workbook(sheet(school, rows), layout=LayoutId.MARK_TABLE))

    assert sorted(cell.refused.code for cell in shown.marks.refused) == ["unknown_pupil", "written_twice"]


def test_a_pupil_is_found_by_personal_id_where_the_code_is_missing(school):
    file = workbook(
        sheet(school, [row(school, 1, by=["personal_id"], values={"tx1": "8.0"})]), layout=LayoutId.MARK_TABLE
    )

    apply(school, preview(school, file))

    assert school.values()[1] == ("8.0", 1)


def test_a_pupil_known_by_name_and_birth_date_alone_is_written_once_a_person_confirms(school):
    introduce(school, name={school.pupils[0]: "Nguyễn Thị Hoà", school.pupils[1]: "Trần Văn Thủy"})
    by_name = row(school, 0, by=[], values={"tx1": "8.0"})
    by_name = type(by_name)(
        pupil=type(by_name.pupil)(code=None, personal_id=None, name="NGUYỄN THỊ HÒA", born_on=by_name.pupil.born_on),
        values=by_name.values,
    )
    shown = preview(school, workbook(sheet(school, [by_name]), layout=LayoutId.MARK_TABLE))
    (suggestion,) = shown.marks.suggestions
    (candidate,) = suggestion.candidates
    where = {"page": suggestion.place.page, "row": suggestion.place.row}

    with pytest.raises(Refused, match="import_has_refusals"):
        apply(school, shown)
    with pytest.raises(Invalid, match="not_suggested"):
        apply(school, shown, matches=(ConfirmedMatch(**where, pupil_id=school.pupils[1]),))
    apply(school, shown, matches=(ConfirmedMatch(**where, pupil_id=candidate.pupil_id),))

    assert candidate.pupil_id == school.pupils[0]
    assert school.values()[0] == ("8.0", 1)


def test_a_row_nobody_confirmed_can_be_left_out(school):
    rows = [row(school, 0, by=[], values={"tx1": "8.0"}), row(school, 1, values={"tx1": "7.0"})]
    shown = preview(school, workbook(sheet(school, rows), layout=LayoutId.MARK_TABLE))

    apply(school, shown, leave_out_refused=True)

    assert school.values()[:2] == [(None, 0), ("7.0", 1)]


def test_a_code_beside_another_name_warns_of_shifted_rows(school):
    introduce(school, name={school.pupils[0]: "Người Khác"})

    shown = preview(school, workbook(sheet(school, [row(school, 0, values={"tx1": "8.0"})])))

    assert doubts(shown) == ["name_differs"]


@pytest.mark.parametrize(("stated", "said"), [("8.0", []), ("8.4", ["average_differs"])])
def test_a_stated_average_is_compared_with_the_one_by_law(school, stated, said):
    keys = [column.key for column in school.sheets[MATHS, 1].columns]
    one = row(school, 0, values=dict.fromkeys(keys, "8.0"), stated={"tb": stated})

    shown = preview(school, workbook(sheet(school, [one]), layout=LayoutId.MARK_TABLE))

    assert doubts(shown) == said


def test_a_colleague_learns_nothing_of_marks_that_are_not_theirs(school, template):
    school.save(["9.0", "9.0", "9.0"])
    colleague = school.gradebook.grant(role="staff", unit_id=school.unit_id)

    shown = preview(school, template, by=colleague)

    assert reasons(shown) == {"gradebook.not_your_sheet"}
    assert {cell.old for cell in shown.marks.refused} == {None}
    assert (shown.marks.changes, shown.marks.unchanged) == ((), 0)


def test_a_stranger_has_nothing_read(school, template):
    with pytest.raises(NotFound):
        preview(school, template, by=new_id())


def test_a_file_that_was_never_uploaded_is_not_found(school):
    command = PreviewImport(school_year=YEAR, unit_id=school.unit_id, file="0" * 64)

    with pytest.raises(NotFound):
        school.gradebook.ask(command, school.teacher)


def test_only_who_saw_the_preview_applies_it_while_leaders_may_read_it(school, template):
    shown = preview(school, template)

    with pytest.raises(NotFound):
        apply(school, shown, by=school.admin)
    question = ReadImport(school_year=YEAR, import_id=shown.id)
    assert school.gradebook.ask(question, school.principal).marks == shown.marks
    with pytest.raises(NotFound):
        school.gradebook.ask(question, school.homeroom)


def test_a_preview_expires_after_a_day(school, template):
    shown = preview(school, template)
    school.gradebook.sql("UPDATE imports SET expires_at = now() WHERE id = :id", id=shown.id)

    with pytest.raises(Refused, match="import_expired"):
        apply(school, shown)
    read = school.gradebook.ask(ReadImport(school_year=YEAR, import_id=shown.id), school.teacher)
    assert read.state is ImportState.EXPIRED
    preview(school, template)
    assert school.gradebook.sql("SELECT content FROM imports WHERE id = :id", id=shown.id)[0].content == []


def test_the_original_file_stays(school, template):
    done = apply(school, preview(school, template, file_name="toan.xlsx"))

    assert (school.gradebook.objects.get(done.file), done.file_name) == (template, "toan.xlsx")


def summary(school, **differs):
    """The class's conduct, absences and maths average as vnEdu prints them."""
    says = {"summary": {"ren_luyen": "Khá", "nghi_p": "3", "nghi_k": "1", "nghi_tong": "4"}}
    rows = [row(school, place, **says) for place in range(3)]
    averages = [row(school, place, stated={"tb": "8.0"}) for place in range(3)]
    return workbook(
        sheet(school, rows, subject=None, **differs),
        sheet(school, averages, subject="Toán", **differs),
        layout=LayoutId.VNEDU_SUMMARY,
    )


def test_a_summary_brings_conduct_and_absences_by_the_homeroom_teacher(school):
    school.save_conduct(remark="Chăm.", absences=0)

    done = apply(school, preview(school, summary(school), by=school.homeroom), by=school.homeroom)

    rows = school.gradebook.sql("SELECT * FROM conduct WHERE class_id = :id", id=school.class_id)
    assert done.applied.conduct == 3
    assert {(one.level, one.absences, one.unexcused, one.remark, one.version) for one in rows} == {
        ("Khá", 4, 1, "Chăm.", 2)
    }


def test_a_summary_by_another_teacher_brings_no_conduct(school):
    shown = preview(school, summary(school))

    assert reasons(shown) == {"gradebook.not_your_class"}


def test_conduct_that_moved_on_refuses_the_summary(school):
    shown = preview(school, summary(school), by=school.homeroom)
    school.save_conduct()

    with pytest.raises(Refused, match="stale_version"):
        apply(school, shown, by=school.homeroom)


def test_a_workbook_with_a_page_for_each_sheet_is_applied_whole(school):
    sport = sheet(school, [row(school, 0, values={"tx1": "Đ"})], subject="Giáo dục thể chất")
    maths = sheet(school, [row(school, 0, values={"tx1": "8.0"})])

    done = apply(school, preview(school, workbook(maths, sport)))

    assert done.applied.marks == 2
    assert school.values(subject=SPORT)[0] == ("Đ", 1)


def test_a_workbook_of_several_classes_fills_each_class(school):
    other = open_second_class(school)
    one = sheet(school, [row(school, 0, values={"tx1": "8.0"})])
    pupil = PupilKey(code=other.code, personal_id=None, name=other.person.full_name, born_on=other.person.born_on)
    two = sheet(school, [ImportedRow(pupil=pupil, values={"tx1": "6.0"})], class_name=SECOND_CLASS)

    shown = preview(school, workbook(one, two))
    done = apply(school, shown)

    assert [page.class_name for page in shown.marks.pages] == [school.paper.classes[0].code, SECOND_CLASS]
    assert done.applied.marks == 2


SECOND_CLASS = "6B"


def open_second_class(school):
    """Another class of the school with one pupil, in the same teacher's maths; gives the pupil."""
    pupil = replace(small_school().pupils[5], class_code=SECOND_CLASS)
    here = {"school_year": YEAR, "unit_id": school.unit_id}
    new = NewClass(name=SECOND_CLASS, grade=school.paper.classes[0].grade, homeroom_id=school.homeroom)
    classes = school.gradebook.ask(CreateClasses(**here, classes=(new,)), school.admin).classes
    class_id = next(one.id for one in classes if one.name == SECOND_CLASS)
    enrol(school.gradebook, school.unit_id, class_id, [pupil.code], admin=school.admin)
    taught = NewAssignment(class_id=class_id, subject=MATHS, teacher_id=school.teacher)
    school.gradebook.ask(AssignTeachers(**here, assignments=(taught,)), school.admin)
    return pupil
