"""A cohort's offer: who is in it and who is not and why, and its one link."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from services.chassis.errors import Forbidden, NotFound, Refused, to_wire
from services.chassis.ids import new_id
from services.contracts.gradebook.results import FindPromotions, Promotions
from services.contracts.identity import FindUnits, Role, Units
from services.contracts.transcript import FindPupilTranscripts
from services.contracts.transfer import AcceptCohort, AcceptTransfer, CancelCohort, CancelTransfer
from services.contracts.transfer import TransferState as State
from services.transfer import domain


def states(cohort):
    return {one.pupil_id: one.state for one in cohort.pupils}


def reasons(cohort):
    """The codes of the reasons, by pupil."""
    return {one.pupil_id: one.reason.split(":")[0] for one in cohort.pupils if one.reason}


def test_a_whole_class_is_offered_in_one_act_under_one_link(leaving):
    offered = leaving.offer()

    (row,) = leaving.transfers.sql("SELECT cohorts::text FROM cohorts WHERE id = :id", id=offered.cohort.id)
    assert offered.cohort.counts == {State.OFFERED: 4}
    assert states(offered.cohort) == dict.fromkeys(leaving.pupils, State.OFFERED)
    assert len(offered.link_code) == 26
    assert offered.link_code not in row[0]


def test_no_bundle_is_packed_while_the_school_waits_for_the_answer(leaving):
    leaving.offer()

    assert not leaving.transfers.others.of(FindPupilTranscripts)


def test_pupils_are_chosen_singly_beside_classes_and_left_out_of_them(leaving):
    first, second, *_ = leaving.pupils

    one = leaving.offer(pupil_ids=(first,))
    rest = leaving.offer(class_ids=(leaving.class_id,), except_ids=(first, second))

    assert states(one.cohort) == {first: State.OFFERED}
    assert set(states(rest.cohort)) == set(leaving.pupils[2:])


def test_each_who_cannot_be_offered_is_listed_with_the_reason_and_holds_up_nobody(leaving):
    promoted, waiting, repeating, gone = leaving.pupils
    stranger = new_id()
    leaving.offer(pupil_ids=(waiting,))
    leaving.promotions[repeating] = "NOT_PROMOTED"
    leaving.left.add(gone)
    without = new_id()
    leaving.answer(FindPromotions, with_one_unissued(leaving, without))

    cohort = leaving.offer(class_ids=(leaving.class_id,), pupil_ids=(stranger, without)).cohort

    assert states(cohort)[promoted] is State.OFFERED
    assert reasons(cohort) == {
        waiting: "transfer.open",
        repeating: "transfer.not_promoted",
        gone: "transfer.not_enrolled",
        stranger: "transfer.not_enrolled",
        without: "transfer.year_not_issued",
    }
    assert cohort.counts == {State.OFFERED: 1, State.REFUSED: 5}
    assert all(one.reason_vi for one in cohort.pupils if one.state is State.REFUSED)


def test_the_receiving_school_is_not_told_who_was_refused_and_why(leaving):
    repeating, *others = leaving.pupils
    leaving.promotions[repeating] = "NOT_PROMOTED"
    offered = leaving.offer()

    accepted = leaving.accept(offered.link_code)

    assert states(accepted) == dict.fromkeys(others, State.ACCEPTED)
    assert leaving.read(offered.cohort.id).counts == {State.ACCEPTED: 3}
    assert leaving.read(offered.cohort.id, by=leaving.old_admin).counts == {State.ACCEPTED: 3, State.REFUSED: 1}


def with_one_unissued(leaving, pupil_id):
    """What gradebook says when it also has this pupil, of whom transcript has issued nothing."""
    told = leaving.transfers.others.answers[FindPromotions]
    return lambda asked: Promotions(
        pupils=tuple(
            one if one.pupil_id != pupil_id else type(one)(pupil_id=pupil_id, is_enrolled=True, promotion="PROMOTED")
            for one in told(asked).pupils
        )
    )


def test_a_pupil_whose_books_are_on_paper_goes_on_with_a_digitised_copy(leaving):
    leaving.promotions[leaving.pupils[0]] = None

    assert leaving.offer().cohort.counts == {State.OFFERED: 4}


def test_the_same_order_again_gives_the_same_cohort_and_link(leaving):
    first, second = (leaving.transfers.ask(leaving.order(), leaving.old_admin, key="một lần") for _ in range(2))

    assert first == second


def test_a_class_offered_again_is_refused_pupil_by_pupil_until_the_first_offer_is_taken_back(leaving):
    first = leaving.offer()
    again = leaving.offer()
    leaving.transfers.ask(CancelCohort(cohort_id=first.cohort.id), leaving.old_admin)

    assert set(reasons(again.cohort).values()) == {"transfer.open"}
    assert leaving.offer().cohort.counts == {State.OFFERED: 4}


def test_of_two_cohorts_offered_at_once_each_pupil_is_in_one(leaving):
    with ThreadPoolExecutor(4) as people:
        cohorts = [offered.cohort for offered in people.map(lambda _: leaving.offer(), range(4))]

    offered = [pupil for cohort in cohorts for pupil, state in states(cohort).items() if state is State.OFFERED]
    assert sorted(offered) == leaving.pupils


def test_a_link_under_which_nobody_could_be_offered_says_so(leaving):
    leaving.left.update(leaving.pupils)

    with pytest.raises(Refused, match=r"transfer\.nobody_offered"):
        leaving.accept(leaving.offer().link_code)


def test_a_choice_of_nobody_is_refused(leaving):
    with pytest.raises(Refused, match=r"transfer\.nobody_chosen"):
        leaving.offer(class_ids=(leaving.class_id,), except_ids=tuple(leaving.pupils))


def test_more_pupils_than_any_school_has_in_a_grade_are_refused(leaving):
    with pytest.raises(Refused, match=r"transfer\.too_many_chosen"):
        leaving.offer(pupil_ids=tuple(new_id() for _ in range(domain.MOST_CHOSEN + 1)))


@pytest.mark.parametrize("role", [Role.PRINCIPAL, Role.CLERK, Role.STAFF])
def test_only_the_schools_admin_offers_a_cohort(leaving, role):
    with pytest.raises(Forbidden):
        leaving.transfers.ask(leaving.order(), leaving.transfers.grant(role, leaving.old_school))
    assert not leaving.transfers.others.asked


def test_a_cohort_goes_only_to_another_school(leaving):
    leaving.answer(FindUnits, Units(units=()))

    with pytest.raises(Refused, match=r"transfer\.not_another_school"):
        leaving.offer()


def test_a_cohorts_link_tells_another_school_what_an_unknown_code_tells_and_the_try_is_counted(leaving):
    offered = leaving.offer()
    thief = leaving.transfers.grant(Role.ADMIN, new_id())

    with pytest.raises(NotFound) as stolen:
        leaving.transfers.ask(AcceptCohort(link_code=offered.link_code), thief)
    with pytest.raises(NotFound) as unknown:
        leaving.transfers.ask(AcceptCohort(link_code="0" * 26), thief)

    (row,) = leaving.transfers.sql("SELECT strangers FROM cohorts WHERE id = :id", id=offered.cohort.id)
    assert to_wire(stolen.value) == to_wire(unknown.value)
    assert row.strangers == 1


def test_a_cohorts_link_opens_no_single_transfer(leaving):
    with pytest.raises(NotFound):
        leaving.transfers.ask(AcceptTransfer(link_code=leaving.offer().link_code), leaving.new_admin)


def test_one_pupil_is_taken_out_of_a_cohort_and_the_others_go_on(leaving):
    offered = leaving.offer()
    taken = offered.cohort.pupils[0]

    leaving.transfers.ask(CancelTransfer(transfer_id=taken.transfer_id), leaving.old_admin)

    assert leaving.accept(offered.link_code).counts == {State.CANCELLED: 1, State.ACCEPTED: 3}


def test_a_cohort_taken_back_opens_nothing(leaving):
    offered = leaving.offer()

    cancelled = leaving.transfers.ask(CancelCohort(cohort_id=offered.cohort.id), leaving.old_admin)

    assert cancelled.counts == {State.CANCELLED: 4}
    with pytest.raises(Refused, match=r"transfer\.link_cancelled"):
        leaving.accept(offered.link_code)


def test_what_was_used_of_a_cohort_cannot_be_taken_back(leaving):
    offered = leaving.offer()
    leaving.accept(offered.link_code)

    with pytest.raises(Refused, match=r"transfer\.nothing_to_take_back"):
        leaving.transfers.ask(CancelCohort(cohort_id=offered.cohort.id), leaving.old_admin)


def test_the_receiving_school_sees_a_cohort_but_does_not_take_it_back(leaving):
    offered = leaving.offer()

    with pytest.raises(Forbidden):
        leaving.transfers.ask(CancelCohort(cohort_id=offered.cohort.id), leaving.new_admin)


def test_an_expired_cohort_opens_nothing_and_makes_room_for_another(leaving):
    offered = leaving.offer()
    leaving.expire(offered.cohort.id)

    with pytest.raises(Refused, match=r"transfer\.link_expired"):
        leaving.accept(offered.link_code)
    assert leaving.read(offered.cohort.id).counts == {State.EXPIRED: 4}
    assert leaving.offer().cohort.counts == {State.OFFERED: 4}


def test_a_cohort_can_be_used_as_long_as_a_single_offer(leaving):
    (row,) = leaving.transfers.sql(
        "SELECT expires_at - offered_at AS for_ FROM cohorts WHERE id = :id", id=leaving.offer().cohort.id
    )

    assert row.for_ == timedelta(days=15)


def test_a_cohort_is_seen_by_the_admins_of_its_two_schools_only(leaving):
    cohort_id = leaving.offer().cohort.id

    assert leaving.read(cohort_id, by=leaving.old_admin) == leaving.read(cohort_id)
    for stranger in (
        leaving.transfers.grant(Role.ADMIN, new_id()),
        leaving.transfers.grant(Role.STAFF, leaving.new_school),
    ):
        with pytest.raises(NotFound):
            leaving.read(cohort_id, by=stranger)
