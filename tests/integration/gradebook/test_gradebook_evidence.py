"""What changes rest on is kept by the school before they name it, and shown to those who decide."""

from dataclasses import replace

import pytest

from services.chassis.errors import Forbidden, Invalid, NotFound
from services.contracts.gradebook.corrections import RequestCorrection
from services.contracts.gradebook.evidence import KeepEvidence, ReadEvidence
from services.contracts.gradebook.sheets import CellState
from services.contracts.gradebook.windows import CloseWindow, WindowKind
from services.contracts.identity import Role
from tests.integration.gradebook.small_school import MATHS, YEAR


def keep(school, content, by=None):
    command = KeepEvidence(school_year=YEAR, unit_id=school.unit_id, file=school.gradebook.objects.put(content))
    return school.gradebook.ask(command, by or school.teacher)


def read(school, kept, by):
    return school.gradebook.ask(ReadEvidence(unit_id=school.unit_id, file=kept.file), by)


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"%PDF-1.4 x", "application/pdf"), (b"\xff\xd8\xff\xe0 x", "image/jpeg"), (b"\x89PNG\r\n\x1a\n x", "image/png")],
)
def test_a_scan_is_kept_with_its_kind(school, content, kind):
    assert keep(school, content).content_type == kind


def test_what_is_no_scan_is_refused(school):
    with pytest.raises(Invalid, match="not_a_scan"):
        keep(school, b"<html>")


def test_a_scan_sent_again_stays_who_sent_it_first(school):
    first = keep(school, b"%PDF-1.4 twice")

    assert keep(school, b"%PDF-1.4 twice", by=school.homeroom) == first


def test_a_scan_is_read_by_its_sender_and_the_leaders_and_by_nobody_else(school, other_school):
    kept = keep(school, b"%PDF-1.4 private")

    assert {read(school, kept, by).file for by in (school.teacher, school.principal, school.admin)} == {kept.file}
    for other in (school.homeroom, other_school.principal):
        with pytest.raises(NotFound):
            read(school, kept, other)


def test_the_homeroom_teacher_reads_what_a_correction_of_the_class_rests_on(school):
    school.save(["4.9", "8.0", "8.0"])
    window = school.windows[1, WindowKind.MARKS]
    school.gradebook.ask(CloseWindow(school_year=YEAR, window_id=window.id), school.admin)
    kept = keep(school, b"%PDF-1.4 minutes of the correction")
    head = school.sheets[MATHS, 1]
    asked = RequestCorrection(
        school_year=YEAR,
        sheet_id=head.id,
        column_id=head.columns[0].id,
        pupil_id=school.pupils[0],
        version=1,
        state=CellState.VALUE,
        value="5.0",
        reason="Cộng nhầm.",
        evidence=kept.file,
    )

    with pytest.raises(Invalid, match="evidence_required"):
        school.gradebook.ask(replace(asked, evidence="ab" * 32), school.teacher)
    school.gradebook.ask(asked, school.teacher)

    assert read(school, kept, school.homeroom) == kept


def test_a_stranger_keeps_nothing_at_the_school(school, other_school):
    stranger = school.gradebook.grant(Role.STAFF, other_school.unit_id)

    with pytest.raises(Forbidden):
        keep(school, b"%PDF-1.4 foreign", by=stranger)
