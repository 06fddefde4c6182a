"""A closed mark changes only through different hands, and everything stays on record."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import IntegrityError

from services.chassis.errors import Forbidden, Invalid, NotFound, Refused
from services.chassis.ids import new_id
from services.contracts.gradebook.corrections import (
    CorrectionState,
    DecideCorrection,
    FindCorrections,
    RequestCorrection,
    VerifyCorrection,
)
from services.contracts.gradebook.history import AuditSheet
from services.contracts.gradebook.results import CorrectionCount, Period, ReadClassResults, ResultsLockedV1
from services.contracts.gradebook.sheets import CellState
from services.contracts.gradebook.windows import CloseWindow, WindowKind
from services.contracts.identity import Role
from services.contracts.messages import Change
from services.contracts.transcript import TranscriptIssuedV1, TranscriptRevokedV1
from services.gradebook.repository import sheets
from tests.integration.gradebook.small_school import MATHS, SCAN, SPORT, YEAR


@pytest.fixture
def closed(school):
    """The school with the first pupil's first maths mark 4.9, the window closed."""
    school.save(["4.9", "8.0", "8.0"])
    close(school)
    return school


@pytest.fixture
def locked(school):
    """The school with its year locked."""
    school.fill(1, 2)
    for period in Period:
        school.lock(period)
    return school


def close(school, term=1):
    window = school.windows[term, WindowKind.MARKS]
    school.gradebook.ask(CloseWindow(school_year=YEAR, window_id=window.id), school.admin)


def request_of(school, value="5.0", *, version=1, key="tx1", subject=MATHS, **changed):
    head = school.sheets[subject, 1]
    command = RequestCorrection(
        school_year=YEAR,
        sheet_id=head.id,
        column_id=next(column.id for column in head.columns if column.key == key),
        pupil_id=school.pupils[0],
        version=version,
        state=CellState.VALUE,
        value=value,
        reason="Cộng nhầm điểm bài 3.",
        evidence=SCAN,
    )
    return replace(command, **changed)


def ask(school, value="5.0", *, by=None, **rest):
    return school.gradebook.ask(request_of(school, value, **rest), by or school.teacher)


def verify(school, correction, by=None):
    command = VerifyCorrection(school_year=YEAR, correction_id=correction.id)
    return school.gradebook.ask(command, by or school.homeroom)


def decide(school, correction, by=None, **changed):
    command = DecideCorrection(school_year=YEAR, correction_id=correction.id, is_approved=True)
    return school.gradebook.ask(replace(command, **changed), by or school.principal)


def apply(school, value="5.0", **rest):
    """A correction through all three hands."""
    correction = ask(school, value, **rest)
    verify(school, correction)
    return decide(school, correction)


def issued(school, *, revoked=False):
    shape = TranscriptRevokedV1 if revoked else TranscriptIssuedV1
    return shape(
        record_id=new_id(),
        change=Change.CANCEL if revoked else Change.NEW,
        version=1,
        updated_at=datetime.now(UTC),
        school_year=YEAR,
        pupil_id=school.pupils[0],
        unit_id=school.unit_id,
    )


def test_a_closed_mark_changes_once_asked_verified_and_approved(closed):
    correction = ask(closed)
    verified = verify(closed, correction)
    assert closed.values()[0] == ("4.9", 1)

    applied = decide(closed, correction)

    assert (correction.state, verified.state, applied.state) == ("REQUESTED", "VERIFIED", "APPLIED")
    assert (applied.old_value, applied.new_value) == ("4.9", "5.0")
    assert (applied.requested_by, applied.verified_by, applied.decided_by) == (
        closed.teacher, closed.homeroom, closed.principal,
    )  # fmt: skip
    assert closed.values()[0] == ("5.0", 2)


def test_a_correction_is_a_row_of_history_that_names_its_basis(closed):
    applied = apply(closed)

    *_, last = closed.history()

    assert (last.value, last.person_id, last.basis) == ("5.0", closed.principal, f"correction:{applied.id}")
    audit = AuditSheet(school_year=YEAR, sheet_id=closed.sheets[MATHS, 1].id)
    assert closed.gradebook.ask(audit, closed.principal).intact


def test_while_the_window_is_open_nobody_needs_a_correction(school):
    school.save(["4.9"])

    with pytest.raises(Refused, match="still_open"):
        ask(school)


@pytest.mark.parametrize(
    "changed", [{"reason": " "}, {"evidence": "biên bản"}, {"value": "11"}, {"value": "4.9"}], ids=str
)
def test_a_request_has_a_reason_evidence_and_a_new_value_that_can_stand(closed, changed):
    with pytest.raises(Invalid):
        closed.gradebook.ask(request_of(closed, **changed), closed.teacher)


def test_a_request_on_an_old_version_is_refused_with_both_values(closed):
    with pytest.raises(Refused, match="stale_version"):
        ask(closed, version=0)


def test_one_cell_has_one_correction_under_way(closed):
    ask(closed)

    with pytest.raises(Refused, match="correction_under_way"):
        ask(closed, "6.0")


def test_who_asks_neither_verifies_nor_approves(closed):
    principal_who_teaches = closed.gradebook.grant(Role.PRINCIPAL, closed.unit_id, closed.teacher)
    correction = ask(closed)

    with pytest.raises(Forbidden, match="same_person"):
        verify(closed, correction, by=closed.teacher)
    verify(closed, correction)
    with pytest.raises(Forbidden, match="same_person"):
        decide(closed, correction, by=principal_who_teaches)


def test_who_verified_does_not_approve_where_the_school_has_three_people(closed):
    closed.gradebook.grant(Role.DEPUTY, closed.unit_id, closed.homeroom)
    correction = ask(closed)
    verify(closed, correction)

    with pytest.raises(Forbidden, match="same_person"):
        decide(closed, correction, by=closed.homeroom)


def test_where_the_homeroom_teacher_asks_an_admin_verifies(school):
    class_teacher = school.homeroom
    statement = "UPDATE sheets SET teacher_id = :person WHERE id = :id"
    school.save(["4.9"])
    school.gradebook.sql(statement, person=class_teacher, id=school.sheets[MATHS, 1].id)
    close(school)
    correction = ask(school, by=class_teacher)

    with pytest.raises(Forbidden):
        verify(school, correction, by=school.teacher)

    assert verify(school, correction, by=school.admin).state is CorrectionState.VERIFIED


def test_a_correction_is_approved_only_after_it_was_verified(closed):
    correction = ask(closed)

    with pytest.raises(Refused, match="wrong_step"):
        decide(closed, correction)


@pytest.mark.parametrize("who", ["teacher", "homeroom", "admin"])
def test_only_the_principal_or_a_deputy_approves(closed, who):
    correction = ask(closed)
    verify(closed, correction)

    with pytest.raises(Forbidden):
        decide(closed, correction, by=getattr(closed, who))


def test_a_deputy_approves_in_the_principals_place(closed):
    deputy = closed.gradebook.grant(Role.DEPUTY, closed.unit_id)
    correction = ask(closed)
    verify(closed, correction)

    assert decide(closed, correction, by=deputy).state is CorrectionState.APPLIED


def test_a_refused_correction_says_why_and_changes_nothing(closed):
    correction = ask(closed)

    with pytest.raises(Invalid):
        decide(closed, correction, is_approved=False)
    refused = decide(closed, correction, is_approved=False, refusal="Biên bản không khớp.")

    assert (refused.state, refused.refusal) == (CorrectionState.REFUSED, "Biên bản không khớp.")
    assert closed.values()[0] == ("4.9", 1)
    with pytest.raises(Refused, match="wrong_step"):
        verify(closed, correction)


def test_even_a_program_gone_wrong_cannot_let_one_person_do_both(closed):
    correction = ask(closed)

    with pytest.raises(IntegrityError, match="never_alone"):
        closed.gradebook.sql(
            "UPDATE corrections SET decided_by = requested_by, state = 'APPLIED' WHERE id = :id", id=correction.id
        )


def test_after_the_lock_a_correction_judges_the_pupil_again_and_is_counted(locked):
    apply(locked, "2.0", key="ck")

    question = ReadClassResults(school_year=YEAR, class_id=locked.class_id)
    first, second, _ = locked.gradebook.ask(question, locked.principal).results
    versions = locked.gradebook.sql(
        "SELECT period, version, basis FROM results WHERE pupil_id = :id ORDER BY period, version", id=locked.pupils[0]
    )
    assert first.subjects[0].term1 != second.subjects[0].term1
    assert (first.version, first.corrections) == (2, (CorrectionCount(subject=MATHS, count=1),))
    assert (second.version, second.corrections) == (1, ())
    assert {(row.period, row.version) for row in versions} == {
        (period, version) for period in Period for version in (1, 2)
    }


def test_three_corrections_of_which_one_is_refused_count_two(locked):
    apply(locked, "7.0")
    apply(locked, "7.5", key="tx2")
    decide(locked, ask(locked, "1.0", key="tx3"), is_approved=False, refusal="Không có căn cứ.")

    question = ReadClassResults(school_year=YEAR, class_id=locked.class_id)
    first = locked.gradebook.ask(question, locked.principal).results[0]

    assert first.corrections == (CorrectionCount(subject=MATHS, count=2),)


def test_whoever_uses_the_results_is_told_of_the_change_with_a_greater_version(locked):
    before = [
        one["version"] for one in locked.gradebook.told(ResultsLockedV1) if one["record_id"] == str(locked.class_id)
    ]
    apply(locked, "7.0")

    after = [one for one in locked.gradebook.told(ResultsLockedV1) if one["record_id"] == str(locked.class_id)]

    assert before == [1, 2, 3]
    assert [(one["version"], one["change"]) for one in after[3:]] == [(4, "UPDATE"), (5, "UPDATE"), (6, "UPDATE")]


def test_an_issued_transcript_is_revoked_before_a_mark_of_it_is_corrected(locked):
    locked.gradebook.tell(issued(locked))
    with pytest.raises(Refused, match="transcript_issued"):
        ask(locked, "7.0")

    locked.gradebook.tell(issued(locked, revoked=True))

    assert apply(locked, "7.0").state is CorrectionState.APPLIED


def test_what_is_issued_while_a_correction_waits_stops_it(locked):
    correction = ask(locked, "7.0")
    verify(locked, correction)
    locked.gradebook.tell(issued(locked))

    with pytest.raises(Refused, match="transcript_issued"):
        decide(locked, correction)


def test_a_revocation_heard_before_the_issue_still_wins(locked):
    locked.gradebook.tell(issued(locked, revoked=True))
    locked.gradebook.tell(issued(locked))

    assert ask(locked, "7.0").state is CorrectionState.REQUESTED


def test_leaders_find_all_corrections_and_others_those_they_have_a_part_in(closed):
    correction = ask(closed)
    colleague = closed.gradebook.grant(Role.STAFF, closed.unit_id)
    question = FindCorrections(school_year=YEAR, unit_id=closed.unit_id)

    found = {who: closed.gradebook.ask(question, person).corrections for who, person in {
        "principal": closed.principal, "teacher": closed.teacher, "homeroom": closed.homeroom, "colleague": colleague,
    }.items()}  # fmt: skip

    assert found["principal"] == found["teacher"] == found["homeroom"] == (correction,)
    assert found["colleague"] == ()


def test_for_another_school_there_is_no_such_correction(closed, other_school):
    correction = ask(closed)

    with pytest.raises(NotFound):
        verify(closed, correction, by=other_school.homeroom)
    with pytest.raises(NotFound):
        decide(closed, correction, by=other_school.principal)


def test_two_corrections_of_one_class_decided_at_once_do_not_wait_in_a_circle(locked, pool, await_waiting):
    marks, sport = ask(locked, "5.0"), ask(locked, "CĐ", subject=SPORT)
    for correction in (marks, sport):
        verify(locked, correction)
    with locked.gradebook.db.transaction() as tx:
        sheets.hold_class(tx, YEAR, locked.class_id)  # both begin behind this
        deciding = [pool.submit(decide, locked, correction) for correction in (marks, sport)]
        await_waiting(2)

    assert {done.result().state for done in deciding} == {CorrectionState.APPLIED}
