"""Printing the school's books: who may, what goes into one, and the file that comes of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from uuid import UUID

from services.chassis import authority
from services.chassis.authority import Actor, Basis
from services.chassis.database import Tx
from services.chassis.errors import NotFound
from services.chassis.service import Outside
from services.contracts.gradebook.books import BookFormat, PrintClassBook, PrintedBook, PrintTeacherBook
from services.contracts.gradebook.school import ClassV1
from services.contracts.identity import FindUnits, PersonV1, Viewed
from services.gradebook.books import printing
from services.gradebook.books.layout import Book
from services.gradebook.books.source import ClassRecord, Pupil, School, Source
from services.gradebook.errors.files import NothingToPrint, NotYourBook
from services.gradebook.repository import books, school, sheets
from services.gradebook.roles import ABOVE, ANYONE_AT_SCHOOL, LEADERS
from services.gradebook.usecases import guards
from services.gradebook.usecases.people import known_to_us
from services.gradebook.usecases.views import tell


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What our own tables say of a book, to the minute: whoever prints twice in one gets the same file."""

    unit_id: UUID
    classes: tuple[ClassRecord, ...]
    printed_at: datetime
    from_above: Basis | None
    """The grant of who prints it from above the school."""

    @property
    def pupil_ids(self) -> tuple[UUID, ...]:
        return tuple(dict.fromkeys(pupil.id for record in self.classes for pupil in record.pupils))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """A book's file is stored; `gathered` is what it was made of."""

    printed: PrintedBook
    gathered: Gathered


def press_class_book(query: PrintClassBook, outside: Outside) -> Pressed:
    """Make the class's book and store its file, for the homeroom teacher, leaders and those who inspect."""
    with outside.db.transaction() as tx:
        of_class = guards.get_class(tx, query.school_year, query.class_id)
        basis = _reader(tx, outside.actor, of_class.unit_id, owner=of_class.homeroom_id)
        heads = sheets.sheets_of_classes(tx, query.school_year, [of_class.id])
        gathered = _gathered(tx, of_class.unit_id, [books.record_of(tx, of_class, heads)], basis=basis)
    source = _source(outside, gathered, term=query.term)
    return _press(outside, gathered, partial(printing.class_book, source, query.book), query.format)


def press_teacher_book(query: PrintTeacherBook, outside: Outside) -> Pressed:
    """Make the teacher's book and store its file, for the teacher, leaders and those who inspect."""
    with outside.db.transaction() as tx:
        basis = _reader(tx, outside.actor, query.unit_id, owner=query.teacher_id)
        classes = school.classes_of(tx, query.school_year, query.unit_id)
        gathered = _gathered(tx, query.unit_id, _taught(tx, query, classes), basis=basis)
    if not gathered.classes:
        raise NothingToPrint(school_year=f"{query.school_year}–{query.school_year + 1}")
    source = _source(outside, gathered, term=query.term, also=(query.teacher_id,))
    teacher = source.name_of(query.teacher_id)
    return _press(outside, gathered, partial(printing.teacher_book, source, teacher), query.format)


def hand_over(tx: Tx, _query: PrintClassBook | PrintTeacherBook, actor: Actor, pressed: Pressed) -> PrintedBook:
    """The answer; whose marks were looked at from above is told."""
    gathered = pressed.gathered
    if gathered.from_above:
        unit_id, pupil_ids = gathered.unit_id, gathered.pupil_ids
        tell(tx, actor, gathered.from_above, unit_id=unit_id, pupil_ids=pupil_ids, what=Viewed.MARKS)
    return pressed.printed


def _reader(tx: Tx, actor: Actor | None, unit_id: UUID, *, owner: UUID) -> Basis | None:
    """The grant of who reads from above, None for the school's own people.

    Whoever else is at the school is told that the book is not theirs; for others there is none.
    """
    if actor is None:
        raise NotFound
    at_school = authority.holds(tx, actor, ANYONE_AT_SCHOOL, unit_id)
    if at_school and (actor.person_id == owner or authority.holds(tx, actor, LEADERS, unit_id)):
        return None
    basis = authority.find_basis(tx, actor, ABOVE, unit_id)
    if basis is None:
        raise NotYourBook if at_school else NotFound
    return basis


def _taught(tx: Tx, query: PrintTeacherBook, classes: Sequence[ClassV1]) -> list[ClassRecord]:
    heads = books.heads_of_teacher(tx, query.school_year, query.unit_id, query.teacher_id)
    by_class = {one.id: [head for head in heads if head.class_id == one.id] for one in classes}
    return [books.record_of(tx, one, by_class[one.id]) for one in classes if by_class[one.id]]


def _gathered(tx: Tx, unit_id: UUID, classes: Sequence[ClassRecord], *, basis: Basis | None) -> Gathered:
    minute = tx.now().replace(second=0, microsecond=0)
    return Gathered(unit_id=unit_id, classes=tuple(classes), printed_at=minute, from_above=basis)


def _source(outside: Outside, gathered: Gathered, *, term: int | None, also: Sequence[UUID] = ()) -> Source:
    """With the names that identity knows, asked for ourselves: the right to the book is decided already."""
    pupils = {pupil.id for record in gathered.classes for pupil in record.pupils}
    teachers = {record.homeroom_id for record in gathered.classes}.union(also)
    teachers |= {one for record in gathered.classes for sheet in record.sheets for one in sheet.teacher_ids}
    people = known_to_us(pupils | teachers, outside)
    unit = replace(outside, actor=None).ask(FindUnits(unit_ids=(gathered.unit_id,))).units[0]
    return Source(
        school=School(name=unit.name, commune=unit.commune, province=unit.province, department=unit.department),
        school_year=gathered.classes[0].school_year,
        term=term,
        classes=tuple(
            replace(record, pupils=tuple(_named(pupil, people.get(pupil.id)) for pupil in record.pupils))
            for record in gathered.classes
        ),
        names={one: people[one].name for one in sorted(teachers) if one in people},
    )


def _named(pupil: Pupil, person: PersonV1 | None) -> Pupil:
    """Whom identity does not know is shown by the ministry's code."""
    if person is None:
        return replace(pupil, name=pupil.code)
    return replace(pupil, name=person.name, born_on=person.born_on, gender=person.gender, ethnicity=person.ethnicity)


def _press(outside: Outside, gathered: Gathered, make: Callable[..., Book], kind: BookFormat) -> Pressed:
    book, data = outside.run(_made, make, kind, gathered.printed_at)
    printed = PrintedBook(
        file=outside.objects.put(data),
        file_name=printing.file_name(book, kind),
        content_type=printing.CONTENT_TYPES[kind],
        digest=book.digest,
    )
    return Pressed(printed=printed, gathered=gathered)


def _made(make: Callable[..., Book], kind: BookFormat, printed_at: datetime) -> tuple[Book, bytes]:
    book = make(printed_at=printed_at)
    return book, printing.file_of(book, kind, printed_at=printed_at)
