"""Freezing a class: who is promoted gets a document that never changes; who waits is parked with the reason."""

from dataclasses import replace

import pytest
from lxml import etree

from services.chassis.errors import Forbidden, NotFound, Refused, Unavailable
from services.chassis.ids import new_id
from services.contracts.gradebook.given import FindGivenYears
from services.contracts.gradebook.results import Period, ReadClassResults, TakeResults
from services.contracts.identity import Change, FindPeople, Role
from services.contracts.transcript import (
    FindClassTranscripts,
    FreezeClass,
    ReadDocuments,
    ReadTranscript,
    RevokeTranscript,
    TranscriptsFrozenV1,
    TranscriptState,
)
from services.transcript.canonical import from_canonical
from services.transcript.document_xml import SCHEMA
from tests.integration.locked_class import YEAR
from tests.integration.transcript.test_transcript_copies import given

FROZEN, PARKED = TranscriptState.FROZEN, TranscriptState.PARKED


def documents(a_class):
    question = ReadDocuments(school_year=YEAR, class_id=a_class.locked.class_id)
    return a_class.transcript.ask_as("signing", question).documents


def rows(a_class):
    statement = "SELECT * FROM transcripts WHERE class_id = :id ORDER BY id"
    return a_class.transcript.sql(statement, id=a_class.locked.class_id)


def test_a_class_is_frozen_with_a_document_for_each_pupil(ready_class, states):
    found = ready_class.freeze()

    assert (found.expected, len(found.transcripts)) == (3, 3)
    assert states(ready_class) == [FROZEN] * 3
    assert {one.slots for one in found.transcripts} == {5}
    assert len({one.code for one in found.transcripts}) == 3


def test_every_file_of_a_frozen_transcript_is_kept_under_its_hash(frozen_class):
    for row in rows(frozen_class):
        assert frozen_class.transcript.objects.get(row.frozen_pdf).startswith(b"%PDF-")
        xml = frozen_class.transcript.objects.get(row.frozen_xml)
        etree.XMLSchema(etree.parse(SCHEMA)).assertValid(etree.fromstring(xml))
        data = from_canonical(frozen_class.transcript.objects.get(row.canonical))
        assert (data.code, data.pupil.person_id, data.regulation) == (row.code, row.pupil_id, "TT22/2021")
        assert (row.xml, row.pdf) == (row.frozen_xml, row.frozen_pdf)


def test_the_slots_are_those_of_teachers_homeroom_principal_and_seal_in_this_order(frozen_class):
    document = documents(frozen_class)[0]
    locked = frozen_class.locked

    assert [(slot.slot, slot.holder, slot.on_pdf) for slot in document.slots] == [
        ("GVBM-TOAN", locked.maths_teacher, False),
        ("GVBM-GDTC", locked.sport_teacher, False),
        ("GVCN", locked.homeroom, True),
        ("CBQL", locked.principal, True),
        ("KY_PHAT_HANH", locked.unit_id, True),
    ]
    assert {box.slot for box in document.boxes} == {"GVCN", "CBQL", "KY_PHAT_HANH"}


def test_signing_is_told_once_that_the_class_is_frozen(frozen_class):
    (event,) = frozen_class.told(TranscriptsFrozenV1)

    assert (event["record_id"], event["version"]) == (str(frozen_class.locked.class_id), 3)


@pytest.mark.parametrize(
    ("promotion", "reason"), [("RETEST", "RETEST"), ("SUMMER_TRAINING", "PENDING_SUMMER"), ("", "INCOMPLETE")]
)
def test_a_pupil_who_still_has_a_chance_in_summer_is_parked_with_the_reason(ready_class, states, promotion, reason):
    waiting = ready_class.promoting("PROMOTED", promotion, "NOT_PROMOTED")
    found = waiting.freeze()

    parked = waiting.of_pupil(1)
    assert found.expected == 3
    assert states(waiting) == [FROZEN, PARKED, FROZEN]
    assert (parked.reason, parked.code, parked.xml, parked.slots) == (reason, None, None, 0)
    assert len(documents(waiting)) == 2


def test_freezing_again_makes_nothing_new(frozen_class):
    before = rows(frozen_class)

    frozen_class.freeze()

    assert rows(frozen_class) == before
    assert len(frozen_class.told(TranscriptsFrozenV1)) == 1


def test_a_parked_transcript_is_frozen_later_and_the_others_stay(ready_class, states):
    waiting = ready_class.promoting("PROMOTED", "RETEST", "PROMOTED")
    waiting.freeze()
    before = {row.id: row for row in rows(waiting)}
    parked = waiting.of_pupil(1)

    decided = waiting.promoting("PROMOTED", "PROMOTED", "PROMOTED")
    decided.freeze()

    assert states(decided) == [FROZEN] * 3
    assert decided.of_pupil(1).id == parked.id
    assert decided.of_pupil(1).reason is None
    assert [row for row in rows(decided) if row.id != parked.id] == [
        row for row in before.values() if row.id != parked.id
    ]
    assert [event["version"] for event in decided.told(TranscriptsFrozenV1)] == [2, 3]


def test_a_parked_transcript_that_waits_on_shows_its_newest_reason(ready_class):
    waiting = ready_class.promoting("RETEST", "PROMOTED", "PROMOTED")
    waiting.freeze()
    later = waiting.promoting("SUMMER_TRAINING", "PROMOTED", "PROMOTED")
    later.freeze()

    assert later.of_pupil(0).reason == "PENDING_SUMMER"


def test_the_background_reads_results_and_people_under_the_services_own_grant(frozen_class):
    (_, persons_token, _), *background = frozen_class.transcript.others.of(ReadClassResults)

    assert persons_token is not None  # whether there is a form is looked at for the person who asks
    background += frozen_class.transcript.others.of(FindPeople)
    assert [token for _, token, _ in background] == [None, None]


def taken(a_class):
    """Whose results gradebook was asked to give for good, each time, and for which version."""
    asked = [one for one, _, _ in a_class.transcript.others.of(TakeResults) if one.class_id == a_class.locked.class_id]
    return [[(made.pupil_id, made.version) for made in one.transcripts] for one in asked]


def test_gradebook_is_told_whose_results_the_transcripts_are_made_of(ready_class):
    waiting = ready_class.promoting("PROMOTED", "RETEST", "PROMOTED")
    waiting.freeze()
    revoked = waiting.issue()
    waiting.transcript.ask(
        RevokeTranscript(school_year=YEAR, transcript_id=revoked.id, reason="Sửa điểm."), waiting.locked.principal
    )

    waiting.announce(Period.YEAR)
    waiting.freeze()

    parked = waiting.of_pupil(1).pupil_id
    assert taken(waiting) == [
        [(pupil, 1) for pupil in waiting.locked.pupils],
        [(parked, 1)],
        [(revoked.pupil_id, 2), (parked, 1)],
    ]


def test_what_gradebook_corrected_since_we_looked_is_what_the_transcript_says(ready_class, states):
    corrected = ready_class.locked.promoting("RETEST", "PROMOTED", "PROMOTED").results
    ready_class.transcript.others.answers[TakeResults] = corrected

    ready_class.freeze()

    assert states(ready_class) == [PARKED, FROZEN, FROZEN]


def test_a_freezing_broken_off_is_taken_up_again(ready_class, states):
    answer = ready_class.transcript.others.answers[FindPeople]
    ready_class.transcript.others.answers[FindPeople] = Unavailable()
    begun = ready_class.freeze()
    ready_class.transcript.others.answers[FindPeople] = answer
    ready_class.transcript.work()

    assert (begun.expected, begun.transcripts) == (-1, ())
    assert states(ready_class) == [FROZEN] * 3
    assert ready_class.transcript.unfinished() == []


@pytest.mark.parametrize("principals", [0, 2])
def test_a_school_without_exactly_one_principal_cannot_freeze(ready_class, principals):
    ready_class.transcript.sql("DELETE FROM grants WHERE person_id = :id", id=ready_class.locked.principal)
    for _ in range(principals):
        ready_class.transcript.grant(Role.PRINCIPAL, ready_class.locked.unit_id)

    found = ready_class.freeze()

    (reason,) = ready_class.transcript.unfinished()
    assert found.transcripts == ()
    assert reason.startswith("transcript.no_principal")
    assert taken(ready_class) == []
    ready_class.transcript.sql("DELETE FROM inbox WHERE state = 'PENDING'")


@pytest.mark.parametrize("period", [Period.TERM_1, Period.TERM_2])
def test_a_class_whose_year_is_not_locked_is_not_frozen(unlocked_class, period):
    unlocked_class.announce(period)

    with pytest.raises(Refused, match="results_not_locked"):
        unlocked_class.freeze()


def test_only_the_schools_leaders_freeze(ready_class, stranger):
    command = FreezeClass(school_year=YEAR, class_id=ready_class.locked.class_id)

    for other in (stranger, ready_class.transcript.grant(Role.STAFF, ready_class.locked.unit_id)):
        with pytest.raises(Forbidden):
            ready_class.transcript.ask(command, other)


def test_a_class_is_seen_by_its_school_and_its_files_by_the_leaders(frozen_class, stranger):
    a_class = FindClassTranscripts(school_year=YEAR, class_id=frozen_class.locked.class_id)
    one = ReadTranscript(school_year=YEAR, transcript_id=frozen_class.of_pupil(0).id)
    teacher = frozen_class.transcript.grant(Role.STAFF, frozen_class.locked.unit_id)

    assert len(frozen_class.transcript.ask(a_class, teacher).transcripts) == 3
    assert frozen_class.transcript.ask(one, frozen_class.locked.principal) == frozen_class.of_pupil(0)
    for question, other in ((a_class, stranger), (one, stranger), (one, teacher), (a_class, new_id())):
        with pytest.raises(NotFound):
            frozen_class.transcript.ask(question, other)


def test_no_person_is_given_the_documents_to_be_signed(frozen_class):
    question = ReadDocuments(school_year=YEAR, class_id=frozen_class.locked.class_id)

    with pytest.raises(Forbidden):
        frozen_class.transcript.ask(question, frozen_class.locked.principal)
    with pytest.raises(NotFound):
        frozen_class.transcript.ask_as("signing", ReadDocuments(school_year=YEAR, class_id=new_id()))


@pytest.mark.parametrize(
    "column",
    ["canonical", "code", "frozen_xml", "frozen_pdf", "slots", "boxes", "frozen_at", "pupil_id", "pupil_initials"],
)
def test_the_database_refuses_to_change_what_is_frozen(frozen_class, column):
    other = "SELECT {0} FROM transcripts WHERE id <> t.id AND {0} IS DISTINCT FROM t.{0} AND code IS NOT NULL LIMIT 1"
    value = {"frozen_at": "now()", "slots": "'[]'", "boxes": "'[]'"}.get(column, f"({other.format(column)})")

    with pytest.raises(Exception, match="is frozen"):
        frozen_class.transcript.sql(
            f"UPDATE transcripts t SET {column} = {value} WHERE id = :id",  # noqa: S608 - columns named above
            id=frozen_class.of_pupil(0).id,
        )


def test_a_class_without_a_printed_form_is_refused_by_name_before_anybody_waits(ready_class):
    answers = ready_class.transcript.others.answers
    answers[ReadClassResults] = replace(ready_class.locked.results, stage="TH")  # whose pupils TT22 does not judge

    with pytest.raises(Refused, match="no_form") as refusal:
        ready_class.freeze()

    assert refusal.value.fields == {"stage": "TH", "regulation": "TT22/2021"}
    assert rows(ready_class) == []


def test_a_revoked_transcript_gets_its_next_version_when_the_class_is_frozen_again(frozen_class):
    first = frozen_class.issue()
    command = RevokeTranscript(school_year=YEAR, transcript_id=first.id, reason="Sửa điểm.")
    frozen_class.transcript.ask(command, frozen_class.locked.principal)

    found = frozen_class.freeze()

    mine = [one for one in found.transcripts if one.pupil_id == first.pupil_id]
    assert [(one.version, one.state) for one in mine] == [(1, TranscriptState.REVOKED), (2, FROZEN)]
    assert len({one.code for one in mine}) == 2


def test_a_reason_that_has_gone_releases_the_parked_without_asking_again(ready_class, states):
    waiting = ready_class.promoting("PROMOTED", "RETEST", "SUMMER_TRAINING")
    waiting.freeze()

    decided = waiting.promoting("PROMOTED", "PROMOTED", "SUMMER_TRAINING")
    decided.announce(change=Change.UPDATE, version=4)

    assert states(decided) == [FROZEN, FROZEN, PARKED]
    assert decided.of_pupil(2).reason == "PENDING_SUMMER"


def test_a_change_of_results_freezes_nothing_that_nobody_asked_for(ready_class, frozen_class):
    first = frozen_class.issue()
    command = RevokeTranscript(school_year=YEAR, transcript_id=first.id, reason="Sửa điểm.")
    frozen_class.transcript.ask(command, frozen_class.locked.principal)

    frozen_class.announce(change=Change.UPDATE, version=4)

    assert [one.version for one in frozen_class.found().transcripts] == [1, 1, 1]


def test_a_revoked_year_that_waits_for_the_summer_comes_back_as_its_next_version(frozen_class):
    first = frozen_class.issue()
    command = RevokeTranscript(school_year=YEAR, transcript_id=first.id, reason="Sửa điểm.")
    frozen_class.transcript.ask(command, frozen_class.locked.principal)
    frozen_class.promoting("RETEST", "PROMOTED", "PROMOTED").freeze()

    decided = frozen_class.promoting("PROMOTED", "PROMOTED", "PROMOTED")
    decided.announce(change=Change.UPDATE, version=4)

    mine = [one for one in decided.found().transcripts if one.pupil_id == first.pupil_id]
    assert [(one.version, one.state) for one in mine] == [(1, TranscriptState.REVOKED), (2, FROZEN)]


@pytest.mark.parametrize(
    "told", ["'PARKED', reason = 'x'", "'FROZEN'", "'SIGNING'", "'ISSUED'", "'REVOKED', reason = 'x'", "'REVOKED'"]
)
def test_the_database_lets_no_transcript_leave_its_way(frozen_class, told):
    issued = frozen_class.issue()

    with pytest.raises(Exception, match=r"does not go from|keeps its signed bytes|violates check constraint"):
        frozen_class.transcript.sql(
            f"UPDATE transcripts SET state = {told} WHERE id = :id",  # noqa: S608 - values named above
            id=issued.id,
        )


def test_the_database_keeps_the_signed_bytes_of_what_was_issued(frozen_class):
    issued = frozen_class.issue()
    change = "UPDATE transcripts SET pdf = 'other' {more} WHERE id = :id"

    for more in ("", ", state = 'REVOKED', reason = 'x', revoked_at = now()"):
        with pytest.raises(Exception, match=r"does not go from|keeps its signed bytes"):
            frozen_class.transcript.sql(change.format(more=more), id=issued.id)


def test_no_transcript_begins_signed_or_issued(frozen_class):
    insert = """
        INSERT INTO transcripts (school_year, id, class_id, unit_id, pupil_id, version, state, canonical, signatures)
        VALUES (2025, :id, :id, :id, :id, 1, :state, 'x', :count)
    """
    for state, count in (("SIGNING", 0), ("FROZEN", 3)):
        with pytest.raises(Exception, match="begins parked or frozen"):
            frozen_class.transcript.sql(insert, id=new_id(), state=state, count=count)


def test_the_way_through_schools_names_earlier_years_of_ours_and_those_given(ready_class):
    pupil = ready_class.locked.pupils[0]
    ready_class.transcript.others.answers[FindGivenYears] = given(pupil, 2023)
    ready_class.freeze()

    canonical = next(row.canonical for row in rows(ready_class) if row.pupil_id == pupil)
    data = from_canonical(ready_class.transcript.objects.get(canonical))
    assert [(line.school_year, line.school) for line in data.schooling] == [
        (2023, "Trường Tiểu học Cũ"),
        (2025, "Trường THCS Sông Mây"),
    ]


def test_the_personal_page_names_the_guardians_of_that_day_and_nothing_else_of_them(frozen_class):
    pupil = frozen_class.locked.pupils[0]
    row = next(row for row in rows(frozen_class) if row.pupil_id == pupil)

    data = from_canonical(frozen_class.transcript.objects.get(row.canonical))

    assert [(one.relation, one.name) for one in data.pupil.guardians] == [("Mẹ", "Nguyễn Thị Ví Dụ")]
    assert b"me@example.vn" not in frozen_class.transcript.objects.get(row.frozen_xml)
