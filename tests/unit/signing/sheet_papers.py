"""Class sheets of an invented class, signed as signing signs them."""

from dataclasses import replace

from services.chassis.objects import Objects
from services.signing.domain import Sheet
from services.signing.drafts import SheetDraft, assemble_sheet
from services.signing.validation.class_rows import rows_of
from services.transcript.canonical import Teacher, to_canonical
from services.transcript.class_sheets import Batch, bind
from tests.unit.signing import school_papers as papers
from tests.unit.signing.school_papers import SIGNED_AT, holder
from tests.unit.transcript.papers import identifier

MATHS = 1
BATCH = Batch(number=1, seed=bytes(32))


def frozen(data, size=5, *, teacher="GVBM-toan"):
    """A class whose subjects are all taught by one person, as freezing makes it."""
    named = Teacher(person_id=holder(teacher), name=papers.PEOPLE[teacher])
    subjects = tuple(replace(one, teacher=named) for one in data.subjects)
    pupils = [replace(data.pupil, person_id=identifier(500 + number)) for number in range(size)]
    codes = [BATCH.code_of(pupil.person_id, 1) for pupil in pupils]
    transcripts = [
        replace(data, code=code, pupil=pupil, subjects=_marked(subjects, number))
        for number, (code, pupil) in enumerate(zip(codes, pupils, strict=True))
    ]
    return bind(transcripts, BATCH)


def _marked(subjects, number):
    """Each pupil has another mark in mathematics."""
    return tuple(replace(one, year=f"{number}.5") if place == MATHS else one for place, one in enumerate(subjects))


def signed_by(objects: Objects, sheet, signer, *, at=SIGNED_AT):
    """The file of a sheet with this signature."""
    registered = Sheet(
        school_year=2025,
        id=identifier(1),
        class_id=identifier(2),
        unit_id=identifier(1),
        subject=sheet.subject,
        number=sheet.number,
        holder=sheet.teacher.person_id,
        name=sheet.teacher.name,
        size=sheet.size,
        root=sheet.root,
        statement=objects.put(sheet.statement),
        is_signed=False,
    )
    draft = SheetDraft(sheet=registered, credential=signer.credential, at=at)
    (value,) = signer.sign(draft.digests())
    return objects.get(assemble_sheet(draft, value, objects).file)


def row_of(data, place=MATHS):
    return rows_of(to_canonical(data))[place]


def with_maths(data, **changed):
    before, after = data.subjects[:MATHS], data.subjects[MATHS + 1 :]
    return replace(data, subjects=(*before, replace(data.subjects[MATHS], **changed), *after))


def mutated(file, dice):
    """A bit turned, a byte put in, taken out or doubled, or a letter of the signature or of a hash changed."""
    changed, place = bytearray(file), dice.randrange(len(file))
    match dice.randrange(5):
        case 0:
            changed[place] ^= 1 << dice.randrange(8)
        case 1:
            changed.insert(place, dice.randrange(256))
        case 2:
            del changed[place]
        case 3:
            changed[place:place] = changed[place : place + dice.randrange(1, 40)]
        case _:
            letters = b"ABCDEFGHabcdef0123456789+/="
            changed[place] = dice.choice(letters.replace(bytes([changed[place]]), b""))
    return bytes(changed) if changed != file else b""
