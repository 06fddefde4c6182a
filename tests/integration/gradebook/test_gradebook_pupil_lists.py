"""A list of pupils is shown row by row, then enrols, places and ends as shown."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.chassis.errors import Invalid, NotFound, Refused
from services.contracts.gradebook.enrolment import MovePupil
from services.contracts.gradebook.imports import ApplyPupils, ConfirmedMatch, PreviewPupils, PupilChange
from services.contracts.identity import PupilRef, PupilsRegistered, RegisterPupils
from services.gradebook.spreadsheets.imported import Imported, LayoutId, ListedPupil, PupilState
from services.gradebook.spreadsheets.writing import write
from tests.integration.gradebook.sent_files import introduce, row, sheet, workbook
from tests.integration.gradebook.small_school import YEAR, small_school


@pytest.fixture
def school(school):
    introduce(school)
    return school


@pytest.fixture
def registering(school):
    """Identity registers whom it is asked to, and gives what it was asked."""
    answers, before = school.gradebook.others.answers, school.gradebook.others.answers[RegisterPupils]
    asked = []

    def register(command):
        asked.extend(command.pupils)
        return before(command)

    answers[RegisterPupils] = register
    yield asked
    answers[RegisterPupils] = before


def listed(school, place, **differs):
    pupil = small_school().pupils[place]
    one = ListedPupil(
        class_name=school.paper.classes[0].code,
        full_name=pupil.person.full_name,
        born_on=pupil.person.born_on,
        sex=pupil.person.sex,
        code=pupil.code,
        personal_id=pupil.person.personal_id,
        state=PupilState.STUDYING,
    )
    return replace(one, **differs)


def preview(school, *pupils, by=None):
    return send(school, write(Imported(layout=LayoutId.PUPIL_LIST, pupils=pupils)), by=by)


def send(school, file, *, by=None):
    name = school.gradebook.objects.put(file)
    return school.gradebook.ask(PreviewPupils(school_year=YEAR, unit_id=school.unit_id, file=name), by or school.admin)


def apply(school, shown, **chosen):
    return school.gradebook.ask(ApplyPupils(school_year=YEAR, import_id=shown.id, **chosen), school.admin)


def enrolled(school):
    rows = school.gradebook.sql(
        "SELECT code, ended_as FROM enrolments WHERE unit_id = :id ORDER BY position", id=school.unit_id
    )
    return {one.code: one.ended_as for one in rows}


def refused(shown):
    return [one.refused.code for one in shown.pupils.rows if one.refused]


def test_a_list_enrols_the_new_ones_and_counts_the_others(school, registering):
    shown = preview(school, *(listed(school, place) for place in range(5)))
    before = enrolled(school)

    done = apply(school, shown)

    assert [one.change for one in shown.pupils.rows] == [PupilChange.ENROLS] * 2
    assert (shown.pupils.unchanged, len(before)) == (3, 3)
    assert (done.applied.enrolled, len(enrolled(school))) == (2, 5)
    assert [pupil.code for pupil in registering] == [pupil.code for pupil in small_school().pupils[3:5]]


def test_a_list_is_applied_once(school, registering):
    shown = preview(school, listed(school, 3))

    first, second = apply(school, shown), apply(school, shown)

    assert (first, len(registering)) == (second, 1)


def test_the_registration_of_pupils_is_asked_for_in_the_admins_name(school):
    apply(school, preview(school, listed(school, 3)))

    *_, (command, token, key) = school.gradebook.others.of(RegisterPupils)
    assert (command.unit_id, token) == (school.unit_id, str(school.admin))
    assert key.endswith("/identity.register_pupils")


def test_a_pupil_who_is_in_another_school_is_not_enrolled_from_a_list(school, other_school):
    answers, before = school.gradebook.others.answers, school.gradebook.others.answers[RegisterPupils]
    there = PupilRef(code=small_school().pupils[3].code, person_id=other_school.pupils[0])
    answers[RegisterPupils] = PupilsRegistered(pupils=(there,))

    with pytest.raises(Refused, match="enrolled_elsewhere") as refusal:
        apply(school, preview(school, listed(school, 3)))

    answers[RegisterPupils] = before
    assert refusal.value.fields["codes"] == there.code
    assert there.code not in enrolled(school)


def test_an_admission_list_without_codes_enrols_by_personal_id(school):
    pupil = small_school().pupils[4]
    lines = (
        f"LỚP {school.paper.classes[0].code},,,,,",
        "Họ và tên,Ngày sinh,Số CCCD,Nữ,Dân tộc,K.tật",
        f"{pupil.person.full_name},{pupil.person.born_on:%d/%m/%Y},{pupil.person.personal_id},x,Kinh,",
    )

    apply(school, send(school, "\n".join(lines).encode()))

    assert pupil.person.personal_id in enrolled(school)


def test_the_profile_of_a_class_is_a_list_like_any_other(school):
    pupil = small_school().pupils[3]
    given = {
        "Mã định danh Bộ GD&ĐT": pupil.code,
        "Họ tên": pupil.person.full_name,
        "Ngày sinh": f"{pupil.person.born_on:%d/%m/%Y}",
        "Giới tính": pupil.person.sex.value,
        "Dân tộc": "Kinh",
        "Trạng thái": "Đang học",
        "Lớp học": school.paper.classes[0].code,
        "Số định danh cá nhân": pupil.person.personal_id,
    }
    lines = [",".join(("STT", *given)), ",".join(("1", *given.values()))]

    shown = send(school, "\n".join(lines).encode())

    assert (shown.layout, [one.change for one in shown.pupils.rows]) == ("class_profile", [PupilChange.ENROLS])


def test_who_moved_away_or_stopped_leaves_and_who_came_back_stays(school):
    states = (PupilState.MOVED_IN_TERM_1, PupilState.LEFT_IN_SUMMER, PupilState.RETURNED_IN_TERM_2)
    shown = preview(school, *(listed(school, place, state=state) for place, state in enumerate(states)))

    done = apply(school, shown)

    assert (done.applied.left, list(enrolled(school).values())) == (2, ["LEFT", "LEFT", None])


def test_who_leaves_in_the_future_has_not_left(school):
    tomorrow = datetime.now(UTC).date() + timedelta(days=2)

    shown = preview(school, listed(school, 0, state=PupilState.LEFT_IN_TERM_1, state_on=tomorrow))

    assert refused(shown) == ["impossible_leave"]
    with pytest.raises(Refused, match="import_has_refusals"):
        apply(school, shown)


def test_a_pupil_of_another_class_or_of_none_that_there_is_is_refused(school):
    shown = preview(school, listed(school, 3, class_name="9Z"))

    assert refused(shown) == ["unknown_class"]


def test_a_pupil_who_came_by_transfer_is_placed(school, other_school):
    arrived = other_school.pupils[0]
    move = MovePupil(school_year=YEAR, pupil_id=arrived, from_unit_id=other_school.unit_id, to_unit_id=school.unit_id)
    school.gradebook.sql("UPDATE enrolments SET code = 'HS-CHUYEN-DEN' WHERE pupil_id = :id", id=arrived)
    school.gradebook.ask_as("transfer", move)
    one = listed(school, 5, code="HS-CHUYEN-DEN", personal_id=None)

    shown = preview(school, one)

    assert [row.change for row in shown.pupils.rows] == [PupilChange.PLACES]
    assert apply(school, shown).applied.placed == 1


def test_a_namesake_born_the_same_day_is_confirmed_or_left_out(school):
    shown = preview(school, listed(school, 0, code="KHAC", personal_id=None, state=PupilState.LEFT_IN_TERM_1))
    (suggestion,) = shown.pupils.suggestions
    where = {"page": suggestion.place.page, "row": suggestion.place.row}

    with pytest.raises(Refused, match="import_has_refusals"):
        apply(school, shown)
    with pytest.raises(Invalid, match="not_suggested"):
        apply(school, shown, matches=(ConfirmedMatch(**where, pupil_id=school.pupils[1]),))
    apply(school, shown, matches=(ConfirmedMatch(**where, pupil_id=school.pupils[0]),))

    assert list(enrolled(school).values()) == ["LEFT", None, None]


def test_a_school_that_has_changed_since_refuses_the_list(school):
    shown = preview(school, listed(school, 0, state=PupilState.LEFT_IN_TERM_1))
    apply(school, preview(school, listed(school, 0, state=PupilState.LEFT_IN_TERM_1)))

    with pytest.raises(Refused, match="import_moved_on"):
        apply(school, shown)


def test_only_an_admin_sends_a_list(school):
    with pytest.raises(NotFound):
        preview(school, listed(school, 3), by=school.teacher)


def test_a_workbook_of_marks_is_no_list(school):
    with pytest.raises(Invalid, match="not_of_this_kind"):
        send(school, workbook(sheet(school, [row(school, 0, values={"tx1": "8.0"})])))
