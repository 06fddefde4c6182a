"""What happens before the transaction: the file is parsed in a process of its own, and pupils' names are asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from services.chassis import authority
from services.chassis.errors import Invalid, NotFound
from services.chassis.service import Outside
from services.chassis.workbook import bounded, spelling_key
from services.contracts.gradebook.imports import PreviewImport
from services.contracts.identity import PersonV1
from services.gradebook.errors.files import NotOfThisKind
from services.gradebook.importing.matching import KnownPupil
from services.gradebook.repository import enrolment, school
from services.gradebook.roles import ANYONE_AT_SCHOOL
from services.gradebook.spreadsheets.imported import Half, Imported
from services.gradebook.spreadsheets.reading import read
from services.gradebook.usecases.people import people_of


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRead:
    """A parsed file, and who the pupils are whom it may be about."""

    imported: Imported
    people: Mapping[UUID, PersonV1]

    def known(self, pupils: Mapping[UUID, str]) -> list[KnownPupil]:
        """These pupils, given by code, as their rows are found."""
        return [_known(pupil_id, code, self.people.get(pupil_id)) for pupil_id, code in pupils.items()]


def read_marks_file(command: PreviewImport, outside: Outside) -> FileRead:
    """The workbook's sheets; a stranger to the school has nothing parsed."""
    if command.half not in {None, *Half}:
        raise Invalid(reason="half is gk or ck")
    _refuse_strangers(command.unit_id, outside)
    imported = parse(command.file, outside, half=Half(command.half) if command.half else None)
    if not imported.sheets:
        raise NotOfThisKind(found="danh sách học sinh (pupils)")
    with outside.db.transaction() as tx:
        pupils = {
            pupil_id
            for one in school.classes_of(tx, command.school_year, command.unit_id)
            if one.id == command.class_id or _speaks_of(imported, one.name)
            for pupil_id in enrolment.pupils_of(tx, command.school_year, one.id)
        }
    return FileRead(imported=imported, people=people_of(pupils, outside))


def parse(file: str, outside: Outside, *, half: Half | None = None) -> Imported:
    """The file read within limits; WorkbookRefused names every cell that cannot be read."""
    imported: Imported = outside.run(partial(bounded, half=half), read, outside.objects.get(file))
    return imported


def _refuse_strangers(unit_id: UUID, outside: Outside) -> None:
    with outside.db.transaction() as tx:
        if outside.actor is None or not authority.holds(tx, outside.actor, ANYONE_AT_SCHOOL, unit_id):
            raise NotFound(unit_id=unit_id)


def _speaks_of(imported: Imported, class_name: str) -> bool:
    """Whether a sheet is of that class, or says of none which it is."""
    names = {spelling_key(sheet.class_name) if sheet.class_name else None for sheet in imported.sheets}
    return None in names or spelling_key(class_name) in names


def _known(pupil_id: UUID, code: str, person: PersonV1 | None) -> KnownPupil:
    return KnownPupil(
        pupil_id=pupil_id,
        code=code,
        personal_id=person.personal_id if person else None,
        name=person.name if person else "",
        born_on=person.born_on if person else None,
    )
