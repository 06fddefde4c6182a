"""From a locked result to what is frozen, and from a name to what a stranger may see of it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from services.contracts.gradebook.results import ClusterMarks, QualityResult
from services.contracts.signing.documents import SlotRole
from services.contracts.transcript import SlotV1
from services.transcript.canonical import Cluster, Gender, Kind
from services.transcript.domain import PARKED, Setting, freeze, initials, slots_of
from tests.integration.locked_class import LockedClass

FROZEN_AT = datetime(2026, 5, 30, 2, 0, 0, 123456, tzinfo=UTC)
CODE = "01JZ8M4Q7W3K5X9C2V6T0BNRHD"


@pytest.fixture(scope="module")
def locked():
    return LockedClass()


@pytest.fixture(scope="module")
def setting(locked):
    return Setting(results=locked.results, unit=locked.unit, people=locked.people, principal_id=locked.principal)


@pytest.fixture
def result(setting):
    return setting.results.results[0]


def frozen(setting, result):
    return freeze(setting, result, code=CODE, version=1, now=FROZEN_AT)


def test_what_is_frozen_is_the_result_as_it_was_locked(setting, result):
    data = frozen(setting, result)

    assert (data.code, data.version, data.origin, data.regulation) == (CODE, 1, "BORN_DIGITAL", "TT22/2021")
    assert (data.stage, data.grade, data.school_year, data.class_.name) == ("THCS", 6, 2025, "6A")
    assert [(s.code, s.kind, s.term1, s.year, s.retest) for s in data.subjects] == [
        ("TOAN", Kind.SCORED, "8.3", "8.3", None),
        ("GDTC", Kind.COMMENT, "Đ", "Đ", None),
    ]
    assert [(term.term, term.absences) for term in data.terms] == [(1, 1), (2, 2)]
    assert (data.year.level, data.year.promotion, data.year.reasons) == (
        "Khá",
        "PROMOTED",
        ("Nghỉ 3 buổi, không quá 45 buổi.",),
    )


def test_people_and_school_bear_the_names_of_that_day(setting, result, locked):
    data = frozen(setting, result)

    assert (data.pupil.name, data.pupil.gender) == ("Trần Nguyễn Phương Uyên", Gender.FEMALE)
    assert (data.school.unit_id, data.school.name) == (locked.unit_id, "Trường THCS Sông Mây")
    assert [subject.teacher.name for subject in data.subjects] == ["Phạm Quốc Vượng", "Lý Văn Khoẻ"]


def test_the_moment_of_freezing_is_kept_to_the_second(setting, result):
    assert frozen(setting, result).frozen_at == datetime(2026, 5, 30, 2, tzinfo=UTC)


def test_the_slots_stand_in_the_order_of_signing_and_say_what_they_cover(setting, result, locked):
    slots = slots_of(frozen(setting, result).slots)

    assert [(slot.slot, slot.role, slot.reference, slot.holder, slot.on_pdf) for slot in slots] == [
        ("GVBM-TOAN", "GVBM", "dtk-TOAN", locked.maths_teacher, False),
        ("GVBM-GDTC", "GVBM", "dtk-GDTC", locked.sport_teacher, False),
        ("GVCN", "GVCN", "thongtinhocba", locked.homeroom, True),
        ("CBQL", "CBQL", "data", locked.principal, True),
        ("KY_PHAT_HANH", "KY_PHAT_HANH", "data", locked.unit_id, True),
    ]
    assert all(isinstance(slot, SlotV1) for slot in slots)


def test_in_primary_no_subject_teacher_signs(setting, result):
    primary = replace(setting, results=replace(setting.results, stage="TH"))

    assert [slot.slot for slot in frozen(primary, result).slots] == ["GVCN", "CBQL", "KY_PHAT_HANH"]


def test_what_a_stage_has_of_its_own_is_frozen_too(setting, result):
    maths, *others = result.subjects
    told = replace(
        result,
        subjects=(replace(maths, test="9", is_elective=True, cluster=ClusterMarks(term1="8.5", term2=None)), *others),
        qualities=(QualityResult(code="yeu_nuoc", level="T"), QualityResult(code="cham_chi", level="C", retest="Đ")),
        qualities_comment="Trung thực.",
        unexcused=1,
        completion="COMPLETED",
    )

    data = frozen(setting, told)

    assert (data.subjects[0].test, data.subjects[0].is_elective) == ("9", True)
    assert data.subjects[0].cluster == Cluster(term1="8.5", term2=None)
    assert [(one.code, one.level, one.retest) for one in data.qualities] == [
        ("yeu_nuoc", "T", None),
        ("cham_chi", "C", "Đ"),
    ]
    assert (data.qualities_comment, data.year.unexcused, data.year.completion) == ("Trung thực.", 1, "COMPLETED")


@pytest.mark.parametrize("field", ["born_on", "gender"])
def test_without_birth_date_or_gender_nothing_is_frozen(setting, result, field):
    people = dict(setting.people)
    people[result.pupil_id] = replace(people[result.pupil_id], **{field: None})

    with pytest.raises(ValueError, match=str(result.pupil_id)):
        frozen(replace(setting, people=people), result)


@pytest.mark.parametrize(("promotion", "waits"), [("PROMOTED", False), ("NOT_PROMOTED", False), ("RETEST", True)])
def test_only_a_pupil_whose_year_is_not_decided_yet_waits(promotion, waits):
    assert (promotion in PARKED) is waits


@pytest.mark.parametrize(
    ("name", "shown"), [("Nguyễn Thị Bình An", "N. T. B. A."), ("Đỗ  Ước", "Đ. Ư."), ("An", "A."), ("", "")]
)
def test_of_a_name_a_stranger_sees_the_initials(name, shown):
    assert initials(name) == shown


def test_the_roles_are_those_that_the_form_has_places_for():
    assert list(SlotRole) == ["GVBM", "GVCN", "CBQL", "KY_PHAT_HANH"]
