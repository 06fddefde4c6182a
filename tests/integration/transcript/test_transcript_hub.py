"""Packing a class for the ministry's hub: who goes, who waits, and that a reason that has gone releases by itself."""

import io
import json
import zipfile
from dataclasses import replace

import pytest

from services.chassis.errors import NotFound
from services.contracts.identity import FindPeople, People, Role
from services.contracts.signing.class_sheets import ReadSheetFiles, SheetFiles
from services.contracts.transcript import RevokeTranscript
from services.contracts.transcript.hub import PackForHub
from tests.integration.locked_class import YEAR


@pytest.fixture
def issued_class(ready_class):
    """The first two of the class have their transcripts, the third waits for a retest."""
    waiting = ready_class.promoting("PROMOTED", "PROMOTED", "RETEST")
    waiting.freeze()
    for place in (0, 1):
        transcript = waiting.of_pupil(place)
        document = waiting.sign(place, transcript.slots)
        frozen = waiting.transcript.sql("SELECT frozen_xml FROM transcripts WHERE id = :id", id=transcript.id)
        waiting.hear_of(replace(document, xml=frozen[0].frozen_xml, signatures=transcript.slots + 1, complete=True))
    return waiting


def packed(a_class, by=None):
    question = PackForHub(school_year=YEAR, class_id=a_class.locked.class_id)
    return a_class.transcript.ask(question, by or a_class.admin)


def index(a_class, package):
    archive = zipfile.ZipFile(io.BytesIO(a_class.transcript.objects.get(package.file)))
    return json.loads(archive.read("index.json"))


def knowing(a_class, place, **changed):
    """Identity knows this of a pupil from now on."""
    people = dict(a_class.locked.people)
    people[a_class.locked.pupils[place]] = replace(people[a_class.locked.pupils[place]], **changed)
    a_class.transcript.others.answers[FindPeople] = lambda asked: People(
        people=tuple(person for person in people.values() if person.id in asked.person_ids)
    )


def test_what_is_issued_is_packed_and_who_waits_is_named_with_the_reason(issued_class):
    package = packed(issued_class)

    assert [one.pupil_id for one in package.records] == list(issued_class.locked.pupils[:2])
    assert [(one.pupil_id, one.reason) for one in package.parked] == [(issued_class.locked.pupils[2], "RETEST")]
    assert [line["sukien"] for line in index(issued_class, package)] == ["NEW", "NEW"]


def test_who_has_no_personal_id_waits_and_goes_once_it_is_known_without_anything_entered_again(issued_class):
    knowing(issued_class, 0, personal_id=None)
    before = packed(issued_class)
    knowing(issued_class, 0, personal_id="000314000099")

    after = packed(issued_class)

    first = issued_class.locked.pupils[0]
    assert (first, "NO_PERSONAL_ID") in {(one.pupil_id, one.reason) for one in before.parked}
    assert first in {one.pupil_id for one in after.records}
    assert index(issued_class, after)[0]["nguoivn"] == {"sodinhdanh": "000314000099"}


def test_what_was_taken_back_is_cancelled_until_its_next_version_is_issued(issued_class):
    first = issued_class.of_pupil(0)
    command = RevokeTranscript(school_year=YEAR, transcript_id=first.id, reason="Sửa điểm.")
    issued_class.transcript.ask(command, issued_class.locked.principal)
    issued_class.freeze()

    package = packed(issued_class)

    assert [(one.change, one.version) for one in package.records] == [("CANCEL", 2), ("NEW", 1)]
    assert [line["is_co_hieu_luc"] for line in index(issued_class, package)] == ["0", "1"]


def test_only_the_leaders_of_the_school_pack(issued_class, stranger):
    for other in (stranger, issued_class.transcript.grant(Role.STAFF, issued_class.locked.unit_id)):
        with pytest.raises(NotFound):
            packed(issued_class, other)


def test_signed_class_sheets_go_with_the_transcripts_whose_rows_they_hold(issued_class):
    statement = "SELECT statement FROM class_sheets WHERE class_id = :id AND subject = 'TOAN'"
    (row,) = issued_class.transcript.sql(statement, id=issued_class.locked.class_id)
    objects = issued_class.transcript.objects
    signed = objects.put(b'{"signature":"","statement":%b}' % objects.get(row.statement))
    issued_class.transcript.others.answers[ReadSheetFiles] = SheetFiles(files=(signed,))

    found = index(issued_class, packed(issued_class))

    assert [line["bang_ky_lop"] for line in found] == [[f"bang_ky_lop/{signed}.json"]] * 2
