"""Offers and their one-time links: who may make one, whom it opens for, how often and how long."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from services.chassis.errors import Forbidden, NotFound, Refused, to_wire
from services.chassis.ids import new_id
from services.contracts.gradebook.enrolment import FindEnrolment
from services.contracts.identity import FindUnits, Role, Units
from services.contracts.signing.class_sheets import FindRowSheets
from services.contracts.transcript import FindPupilTranscripts
from services.contracts.transfer import AcceptTransfer, CancelTransfer, OfferTransfer, ReadTransfer, TransferState
from services.transfer import bundle
from services.transfer.models import transfers


def test_an_offer_answers_the_links_code_and_the_table_keeps_only_its_hash(move):
    offered = move.offer()

    (row,) = move.transfers.sql("SELECT transfers::text FROM transfers WHERE id = :id", id=offered.transfer.id)
    assert len(offered.link_code) == 26
    assert offered.link_code not in row[0]
    assert offered.transfer.state is TransferState.OFFERED


def test_the_bundle_holds_every_issued_transcript_as_it_was_signed_and_the_class_sheets_it_stands_on(move):
    offered = move.offer()
    used = move.accept(offered.link_code)

    opened = bundle.unpack(move.transfers.objects.get(used.bundle))
    assert opened.index.files == move.files
    assert opened.contents.keys() == {*(name for file in move.files for name in (file.xml, file.pdf)), *move.sheets}
    assert opened.index.sheets == move.sheets
    ((asked, _, _),) = move.transfers.others.of(FindRowSheets)
    assert [one.transcript_id for one in asked.documents] == [file.transcript_id for file in move.files]


def test_the_owners_of_the_facts_decide_on_the_admin_who_offers(move):
    move.offer()

    assert {token for _, token, _ in move.transfers.others.asked} == {str(move.old_admin)}


def test_an_admin_of_another_school_cannot_tell_whether_the_pupil_exists(move):
    command = OfferTransfer(school_year=2025, pupil_id=move.pupil_id, to_unit_id=move.new_school)
    move.answer(FindEnrolment, NotFound())

    with pytest.raises(NotFound):
        move.transfers.ask(command, move.new_admin)
    assert len(move.transfers.others.asked) == 1


@pytest.mark.parametrize("role", [Role.PRINCIPAL, Role.CLERK, Role.STAFF])
def test_only_the_schools_admin_offers_a_transfer(move, role):
    command = OfferTransfer(school_year=2025, pupil_id=move.pupil_id, to_unit_id=move.new_school)

    with pytest.raises(Forbidden):
        move.transfers.ask(command, move.transfers.grant(role, move.old_school))
    assert not move.transfers.others.of(FindPupilTranscripts)


def test_a_pupil_without_an_issued_transcript_has_nothing_to_take_along(move):
    known = move.transfers.others.answers[FindPupilTranscripts]
    move.answer(FindPupilTranscripts, replace(known, files=()))

    with pytest.raises(Refused, match=r"transfer\.nothing_issued"):
        move.offer()


def test_a_pupil_is_transferred_only_to_another_school(move):
    move.answer(FindUnits, Units(units=()))

    with pytest.raises(Refused, match=r"transfer\.not_another_school"):
        move.offer()


def test_a_pupil_who_is_not_enrolled_this_year_is_not_transferred(move):
    known = move.transfers.others.answers[FindEnrolment]
    move.answer(FindEnrolment, replace(known, school_year=2024))

    with pytest.raises(Refused, match=r"transfer\.not_enrolled"):
        move.offer()


def test_a_pupil_has_one_open_transfer(move):
    move.offer()

    with pytest.raises(Refused, match=r"transfer\.open"):
        move.offer()


def test_the_database_itself_allows_one_open_transfer(move):
    offered = move.offer()
    with move.transfers.db.transaction() as tx:
        twin = tx.conn.execute(select(transfers).where(transfers.c.id == offered.transfer.id)).mappings().one()

    with pytest.raises(IntegrityError, match="one_open_per_pupil"), move.transfers.db.transaction() as tx:
        tx.conn.execute(transfers.insert().values({**twin, "id": new_id(), "link_hash": "0" * 64}))


def test_a_stolen_link_tells_another_school_what_an_unknown_code_tells(move):
    offered = move.offer()
    thief = move.transfers.grant(Role.ADMIN, new_id())

    with pytest.raises(NotFound) as stolen:
        move.transfers.ask(AcceptTransfer(link_code=offered.link_code), thief)
    with pytest.raises(NotFound) as unknown:
        move.transfers.ask(AcceptTransfer(link_code="0" * 26), thief)

    assert to_wire(stolen.value) == to_wire(unknown.value)


def test_a_try_with_a_stolen_link_is_counted_and_leaves_the_link_usable(move):
    offered = move.offer()
    thief = move.transfers.grant(Role.ADMIN, new_id())
    for _ in range(2):
        with pytest.raises(NotFound):
            move.transfers.ask(AcceptTransfer(link_code=offered.link_code), thief)

    (row,) = move.transfers.sql("SELECT strangers FROM transfers WHERE id = :id", id=offered.transfer.id)
    assert row.strangers == 2
    assert move.accept(offered.link_code).state is TransferState.ACCEPTED


def test_a_teacher_of_the_receiving_school_cannot_use_the_link(move):
    offered = move.offer()

    with pytest.raises(NotFound):
        move.transfers.ask(
            AcceptTransfer(link_code=offered.link_code), move.transfers.grant(Role.STAFF, move.new_school)
        )


def test_a_link_works_as_people_type_it(move):
    offered = move.offer()
    typed = f"{offered.link_code[:13]}-{offered.link_code[13:]}".lower()

    assert move.accept(typed).state is TransferState.ACCEPTED


def test_a_link_works_once(move):
    offered = move.offer()
    move.accept(offered.link_code)

    with pytest.raises(Refused, match=r"transfer\.link_used"):
        move.accept(offered.link_code)


def test_of_two_who_use_a_link_at_once_one_gets_the_transfer(move):
    offered = move.offer()

    def attempt(_) -> str:
        try:
            return move.accept(offered.link_code).state
        except Refused as refusal:
            return refusal.code

    with ThreadPoolExecutor(4) as people:
        outcomes = sorted(people.map(attempt, range(4)))

    assert outcomes == ["ACCEPTED", *["transfer.link_used"] * 3]


def test_an_expired_link_opens_nothing(move):
    offered = move.offer()
    move.expire(offered.transfer.id)

    with pytest.raises(Refused, match=r"transfer\.link_expired"):
        move.accept(offered.link_code)
    assert move.read(offered.transfer.id).state is TransferState.EXPIRED


def test_after_an_offer_has_expired_another_can_be_made(move):
    first = move.offer()
    move.expire(first.transfer.id)

    second = move.offer()

    assert move.accept(second.link_code).state is TransferState.ACCEPTED
    assert move.read(first.transfer.id).state is TransferState.EXPIRED


def test_an_offer_taken_back_opens_nothing_and_makes_room_for_another(move):
    offered = move.offer()

    cancelled = move.transfers.ask(CancelTransfer(transfer_id=offered.transfer.id), move.old_admin)

    assert cancelled.state is TransferState.CANCELLED
    with pytest.raises(Refused, match=r"transfer\.link_cancelled"):
        move.accept(offered.link_code)
    assert move.offer().transfer.state is TransferState.OFFERED


def test_a_used_link_cannot_be_taken_back(move):
    offered = move.offer()
    move.accept(offered.link_code)

    with pytest.raises(Refused, match=r"transfer\.not_offered.*ACCEPTED"):
        move.transfers.ask(CancelTransfer(transfer_id=offered.transfer.id), move.old_admin)


def test_the_receiving_school_sees_an_offer_but_does_not_take_it_back(move):
    offered = move.offer()

    with pytest.raises(Forbidden):
        move.transfers.ask(CancelTransfer(transfer_id=offered.transfer.id), move.new_admin)


def test_a_transfer_is_seen_by_the_admins_of_its_two_schools_only(move):
    offered = move.offer()
    question = ReadTransfer(transfer_id=offered.transfer.id)

    assert move.transfers.ask(question, move.old_admin) == move.transfers.ask(question, move.new_admin)
    for stranger in (move.transfers.grant(Role.ADMIN, new_id()), move.transfers.grant(Role.STAFF, move.new_school)):
        with pytest.raises(NotFound):
            move.transfers.ask(question, stranger)


def test_the_bundle_is_named_only_once_the_link_was_used(move):
    offered = move.offer()

    before = move.read(offered.transfer.id).bundle
    move.accept(offered.link_code)

    assert before is None
    assert move.read(offered.transfer.id).bundle is not None
