"""The invented school is whole, repeatable and plausible, and nobody in it can exist."""

import os
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from deploy.demo.exam_marks import finals_from_exam_csv
from deploy.demo.school import SUBJECTS, TERMS, MarkKey, invent_schools
from services.gradebook.rules.judgement import SubjectMarks, TermInput, YearInput, judge_term, judge_year
from services.gradebook.rules.tt22_2021 import Cell, CellState, Promotion, is_mark
from services.gradebook.spreadsheets.imported import Sex


@pytest.fixture(scope="module")
def schools():
    return invent_schools()


@pytest.fixture(scope="module")
def school(schools):
    return schools[0]


def cell(result):
    return Cell(state=CellState.VALUE, value=result)


def judged_year(school, pupil):
    terms = [
        judge_term(
            TermInput(
                subjects=tuple(subject_marks(school, pupil, subject, term) for subject in SUBJECTS),
                conduct=pupil.conduct[term - 1],
                absences=pupil.absences[term - 1],
            )
        )
        for term in TERMS
    ]
    return judge_year(YearInput(first=terms[0], second=terms[1]))


def subject_marks(school, pupil, subject, term):
    marks = school.marks[MarkKey(pupil.code, subject.code, term)]
    return SubjectMarks(
        code=subject.code,
        name=subject.name,
        kind=subject.kind,
        regular=tuple(map(cell, marks.regular)),
        midterm=cell(marks.midterm),
        final=cell(marks.final),
    )


def test_the_school_has_twelve_classes_of_forty_and_about_thirty_teachers(school):
    assert Counter(pupil.class_code for pupil in school.pupils) == dict.fromkeys(
        (f"{grade}{letter}" for grade in range(6, 10) for letter in "ABC"), 40
    )
    assert sum(member.position == "Giáo viên" for member in school.staff) == 29


def test_every_subject_of_every_class_has_a_teacher_and_every_class_its_own_homeroom_teacher(schools):
    for school in schools:
        codes = {member.code for member in school.staff}
        for school_class in school.classes:
            taught_by = [school.teacher_codes[school_class.code, subject.code] for subject in SUBJECTS]
            assert set(taught_by) <= codes
            assert school_class.homeroom_code in taught_by
        assert len({school_class.homeroom_code for school_class in school.classes}) == len(school.classes)


def test_the_office_is_three_different_people(school):
    assert len({school.principal_code, school.admin_code, school.clerk_code}) == 3


def test_nobody_in_it_can_exist_and_no_identifier_repeats(schools):
    people = [member.person for school in schools for member in (*school.staff, *school.pupils)]
    codes = [member.code for school in schools for member in (*school.staff, *school.pupils)]
    emails = [m.email for school in schools for m in (*school.staff, *(p.guardian for p in school.pupils))]

    assert all(re.fullmatch(r"000[0-9]{9}", person.personal_id) for person in people)
    assert all(re.fullmatch(r"[0-9]{10}", code) for code in codes)
    assert all(re.fullmatch(r"[a-z]+\.[a-z]+[0-9]+@example\.vn", email) for email in emails)
    for identifiers in ([person.personal_id for person in people], codes, emails):
        assert len(set(identifiers)) == len(identifiers)


def test_personal_ids_fit_sex_and_birth(schools):
    for school in schools:
        for pupil in school.pupils:
            digit = 3 if pupil.person.sex is Sex.FEMALE else 2
            assert pupil.person.personal_id[3:6] == f"{digit}{pupil.person.born_on:%y}"


def test_the_year_is_complete_and_its_marks_may_all_stand(school):
    assert len(school.marks) == len(school.pupils) * len(SUBJECTS) * len(TERMS)
    for marks in school.marks.values():
        results = (*marks.regular, marks.midterm, marks.final)
        assert all(is_mark(result) for result in results if isinstance(result, Decimal))


def test_most_pupils_pass_and_a_few_meet_every_other_outcome(school):
    outcomes = Counter(judged_year(school, pupil).promotion for pupil in school.pupils)

    assert 0.02 <= outcomes[Promotion.RETEST] / len(school.pupils) <= 0.04
    assert 2 <= outcomes[Promotion.SUMMER_TRAINING] <= 10
    assert outcomes[Promotion.PROMOTED] > 0.9 * len(school.pupils)
    assert None not in outcomes


def test_the_same_school_is_invented_every_time(school):
    assert invent_schools()[0] == school


CSV_HEAD = "TOAN,VAN,NGOAI_NGU,SU,DIA,GDKT_PL,LI,HOA,SINH,TIN_HOC,GIAO_DUC_CONG_DAN,CN_CONG_NGHIEP,CN_NONG_NGHIEP"


def test_examination_marks_are_lent_by_subject_and_the_nearest_stands_in(tmp_path):
    path = tmp_path / "exam.csv"
    rows = ("7.25,6.5,-1,-1,5.85,-1,8.25,-1,7,-1,-1,-1,-1", "-1,5,-1,-1,-1,-1,-1,-1,-1,-1,-1,-1,-1")
    path.write_text("\n".join((CSV_HEAD, rows[1], rows[0])), encoding="utf-8")

    finals = finals_from_exam_csv(path, ["0100000001"])

    assert {subject: str(mark) for (_, subject), mark in finals.items()} == {
        "TOAN": "7.3",
        "VAN": "6.5",
        "NN1": "6.5",
        "LSDL": "5.9",
        "KHTN": "7.6",  # (8.25 + 7) / 2 = 7.625
        "GDCD": "6.5",
        "CN": "7.3",
        "TIN": "7.3",
    }


def test_too_few_candidates_are_refused(tmp_path):
    path = tmp_path / "exam.csv"
    path.write_text(CSV_HEAD + "\n", encoding="utf-8")

    with pytest.raises(ValueError, match="shorter"):
        finals_from_exam_csv(path, ["0100000001"])


def test_final_marks_of_term_two_come_from_the_examination(school):
    pupil = school.pupils[0]

    changed = school.with_finals({(pupil.code, "TOAN"): Decimal("3.3")})

    key = MarkKey(pupil.code, "TOAN", 2)
    assert changed.marks[key].final == Decimal("3.3")
    assert changed.marks[key].regular == school.marks[key].regular


def test_the_real_examination_gives_every_pupil_final_marks(school):
    path = Path(os.environ.get("HOCBA_SHARED", "../shared")) / "data" / "marks" / "thpt2025_4prov.csv"
    if not path.exists():
        pytest.skip(f"no examination marks at {path}")

    finals = finals_from_exam_csv(path, [pupil.code for pupil in school.pupils])

    assert len(finals) == 480 * 8
    assert all(is_mark(mark) for mark in finals.values())
    assert None not in {judged_year(school.with_finals(finals), pupil).promotion for pupil in school.pupils[:40]}
