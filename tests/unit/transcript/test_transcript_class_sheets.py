"""Class sheets: every row of a class is under its teacher's root, and a row's proof tells of no other pupil."""

import json
from dataclasses import replace
from hashlib import sha256

import pytest
from lxml import etree

from services.chassis.ids import CODE_LENGTH
from services.chassis.merkle import is_included
from services.transcript.canonical import Teacher, from_canonical, to_canonical
from services.transcript.class_sheets import Batch, bind, leaf_of
from services.transcript.document_xml import SCHEMA, write
from tests.unit.transcript.papers import identifier, papers

FIRST = Batch(number=1, seed=bytes(32))


def a_class(data, size, batch=FIRST):
    """Transcripts of so many pupils, as freezing makes them."""
    pupils = [replace(data.pupil, person_id=identifier(500 + number)) for number in range(size)]
    return [replace(data, pupil=pupil, code=batch.code_of(pupil.person_id, 1)) for pupil in pupils]


@pytest.mark.parametrize("stage", ["TH", "THCS", "THPT", "GDTX"])
@pytest.mark.parametrize("size", [1, 2, 3, 45])
def test_each_row_is_in_the_sheet_of_its_subject(stage, size):
    bound, sheets = bind(a_class(papers()[stage], size), FIRST)

    roots = {sheet.subject: sheet.root for sheet in sheets}
    assert len(sheets) == len(bound[0].subjects)
    for data in bound:
        for subject in data.subjects:
            place = subject.class_sheet
            path = [bytes.fromhex(one) for one in place.path]
            assert (place.root, place.size) == (roots[subject.code], size)
            assert is_included(leaf_of(data, subject, place), place.index, size, path, bytes.fromhex(place.root))


def test_the_statement_names_school_class_year_subject_teacher_and_root(transcript):
    _, sheets = bind(a_class(transcript, 3), FIRST)

    sheet = next(one for one in sheets if one.subject == "toan")
    assert json.loads(sheet.statement) == {
        "format": "vn.hocba.class_sheet.v1",
        "school": {"unit_id": str(identifier(1)), "name": transcript.school.name},
        "class": {"id": str(identifier(2)), "name": "6A"},
        "school_year": 2025,
        "subject": "toan",
        "teacher": {"person_id": str(sheet.teacher.person_id), "name": "Phạm Quốc Vượng"},
        "number": 1,
        "size": 3,
        "root": sheet.root,
    }


def test_rows_of_two_teachers_of_one_subject_are_two_sheets(transcript):
    first, *others = a_class(transcript, 3)
    maths = replace(first.subjects[1], teacher=Teacher(person_id=identifier(99), name="Ngô Ví Dụ"))
    taught_by_another = replace(first, subjects=(first.subjects[0], maths, *first.subjects[2:]))

    _, sheets = bind([taught_by_another, *others], FIRST)

    assert sorted((one.size, one.teacher.name) for one in sheets if one.subject == "toan") == [
        (1, "Ngô Ví Dụ"),
        (2, "Phạm Quốc Vượng"),
    ]


def test_a_row_that_nobody_answers_for_is_in_no_sheet(transcript):
    nobody = replace(transcript.subjects[0], teacher=None)

    (bound,), sheets = bind([replace(transcript, subjects=(nobody, *transcript.subjects[1:]))], FIRST)

    assert bound.subjects[0].class_sheet is None
    assert nobody.code not in {one.subject for one in sheets}


def test_the_same_secret_gives_the_same_codes_and_roots_in_whatever_order_the_pupils_come(transcript):
    again = list(reversed(a_class(transcript, 5)))

    bound, sheets = bind(a_class(transcript, 5), FIRST)

    assert {one.root for one in bind(again, FIRST)[1]} == {one.root for one in sheets}
    assert len({one.code for one in bound}) == 5
    assert {len(one.code) for one in bound} == {CODE_LENGTH}


def test_another_secret_gives_other_salts_and_another_version_another_code(transcript):
    other = Batch(number=1, seed=sha256(b"other").digest())

    (first,), (second,) = (bind([transcript], batch)[0] for batch in (FIRST, other))

    assert first.subjects[0].class_sheet.salt != second.subjects[0].class_sheet.salt
    assert len({one.class_sheet.salt for one in first.subjects}) == len(first.subjects)
    assert FIRST.code_of(identifier(3), 1) != FIRST.code_of(identifier(3), 2)


def test_a_transcript_older_than_class_sheets_keeps_its_bytes(transcript):
    assert b"class_sheet" not in to_canonical(transcript)
    assert from_canonical(to_canonical(transcript)) == transcript


@pytest.mark.parametrize("stage", ["TH", "THCS", "THPT", "GDTX"])
def test_a_transcript_with_its_places_is_read_back_and_fits_the_schema(stage):
    (bound, *_), _ = bind(a_class(papers()[stage], 3), FIRST)

    assert from_canonical(to_canonical(bound)) == bound
    root = etree.fromstring(write(bound))
    etree.XMLSchema(etree.parse(SCHEMA)).assertValid(root)
    assert len(root.findall(".//BANG_KY_LOP")) == len(bound.subjects)
