"""Files for download: a sheet, a class or the school's pupils, written where no transaction waits for it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from services.chassis import authority
from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import Forbidden, Invalid, NotFound, Unauthenticated
from services.chassis.service import Outside
from services.contracts.gradebook.exports import ExportClass, ExportedFile, ExportPupils, ExportSheet
from services.contracts.gradebook.school import ClassV1
from services.contracts.gradebook.sheets import SheetHead
from services.contracts.identity import PersonV1, Viewed
from services.gradebook import exporting
from services.gradebook.errors.files import LayoutUnfit
from services.gradebook.exporting import ClassContent, ExportedPupil, SheetContent
from services.gradebook.repository import comments, conduct, enrolment, marks, results, school, sheets
from services.gradebook.roles import LEADERS
from services.gradebook.spreadsheets.imported import Half, Imported, ImportedSheet
from services.gradebook.spreadsheets.layouts import Layout
from services.gradebook.spreadsheets.writing import write
from services.gradebook.usecases import guards
from services.gradebook.usecases.people import people_of
from services.gradebook.usecases.views import basis_above, tell

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """The file, and whose marks are in it: a look from above is logged."""

    file: ExportedFile
    unit_id: UUID
    pupil_ids: tuple[UUID, ...]
    sheet: SheetHead | None = None


def write_sheet(query: ExportSheet, outside: Outside) -> Exported:
    """The sheet's workbook, for those who may read the sheet."""
    layout = exporting.layout_of(query.layout)
    with outside.db.transaction() as tx:
        head = guards.readable(tx, query.school_year, query.sheet_id, _actor(outside)).head
        pupils = enrolment.pupils_of(tx, query.school_year, head.class_id)
        content = _content(tx, head)
    known = _known(pupils, people_of(pupils, outside))
    one = exporting.sheet_in(layout, content, known)
    name = f"{head.class_name}-{head.subject}-HK{head.term}.xlsx"
    file = _stored(outside, Imported(layout=layout.id, sheets=(one,)), name)
    return Exported(file=file, unit_id=head.unit_id, pupil_ids=tuple(pupils), sheet=head)


def export_sheet(tx: Tx, _query: ExportSheet, actor: Actor, exported: Exported) -> ExportedFile:
    if exported.sheet is not None:
        guards.tell_if_from_above(tx, exported.sheet, actor, exported.pupil_ids, Viewed.MARKS)
    return exported.file


def write_class(query: ExportClass, outside: Outside) -> Exported:
    """The class's workbook, in one page or one for each subject that the layout has room for."""
    if query.term not in (1, 2) or query.half not in {None, *Half}:
        raise Invalid(reason="a term is 1 or 2, a half gk or ck")
    layout = exporting.layout_of(query.layout)
    with outside.db.transaction() as tx:
        of_class = guards.get_class(tx, query.school_year, query.class_id)
        _require_class_reader(tx, of_class, _actor(outside))
        pupils = enrolment.pupils_of(tx, query.school_year, of_class.id)
        content = _class_content(tx, of_class, query.term)
    content = replace(content, pupils=_known(pupils, people_of(pupils, outside)))
    pages = _pages(layout, content, Half(query.half) if query.half else Half.FINAL)
    file = _stored(outside, Imported(layout=layout.id, sheets=tuple(pages)), f"{of_class.name}-HK{query.term}.xlsx")
    return Exported(file=file, unit_id=of_class.unit_id, pupil_ids=tuple(pupils))


def export_class(tx: Tx, query: ExportClass, actor: Actor, exported: Exported) -> ExportedFile:
    of_class = guards.get_class(tx, query.school_year, query.class_id)
    basis = None if _belongs(tx, of_class, actor) else basis_above(tx, actor, of_class.unit_id)
    if basis is not None:
        tell(tx, actor, basis, unit_id=of_class.unit_id, pupil_ids=exported.pupil_ids, what=Viewed.MARKS)
    return exported.file


def write_pupils(query: ExportPupils, outside: Outside) -> Exported:
    """The list of pupils who sit in a class."""
    layout = exporting.layout_of(query.layout)
    if not layout.is_list or not any(column.key == "code" for column in layout.columns):
        raise LayoutUnfit(layout=layout.id, what="danh sách học sinh có mã (a list of pupils by code)")
    with outside.db.transaction() as tx:
        if not authority.holds(tx, _actor(outside), LEADERS, query.unit_id):
            raise Forbidden
        names = {one.id: one.name for one in school.classes_of(tx, query.school_year, query.unit_id)}
        pupils = {class_id: enrolment.pupils_of(tx, query.school_year, class_id) for class_id in names}
    people = people_of({pupil_id for of_class in pupils.values() for pupil_id in of_class}, outside)
    known = [one for class_id, codes in pupils.items() for one in _known(codes, people, names[class_id])]
    file = _stored(outside, Imported(layout=layout.id, pupils=exporting.listed(known)), "C1-HocSinh.xlsx")
    return Exported(file=file, unit_id=query.unit_id, pupil_ids=())


def export_pupils(_tx: Tx, _query: ExportPupils, _actor: Actor, exported: Exported) -> ExportedFile:
    return exported.file


def _actor(outside: Outside) -> Actor:
    if outside.actor is None:
        raise Unauthenticated
    return outside.actor


def _belongs(tx: Tx, of_class: ClassV1, actor: Actor) -> bool:
    return of_class.homeroom_id == actor.person_id or authority.holds(tx, actor, LEADERS, of_class.unit_id)


def _require_class_reader(tx: Tx, of_class: ClassV1, actor: Actor) -> None:
    if not _belongs(tx, of_class, actor) and basis_above(tx, actor, of_class.unit_id) is None:
        raise NotFound(class_id=of_class.id)


def _content(tx: Tx, head: SheetHead) -> SheetContent:
    said = comments.comments_of(tx, head.school_year, [head.id])
    return SheetContent(
        head=head,
        roster=enrolment.roster_of(tx, head),
        cells=marks.cells_of(tx, head.school_year, [head.id]),
        comments={(pupil_id, key): one for (_, pupil_id, key), one in said.items()},
    )


def _class_content(tx: Tx, of_class: ClassV1, term: int) -> ClassContent:
    """The class without its pupils' names, which identity has."""
    year = of_class.school_year
    heads = [head for head in sheets.sheets_of_classes(tx, year, [of_class.id]) if head.term == term]
    if not heads:
        raise NotFound(class_id=of_class.id, term=term)
    judged = results.newest_results(tx, year, [of_class.id])[of_class.id]
    period = guards.TERM_PERIOD[term]
    return ClassContent(
        of_class=of_class,
        term=term,
        pupils=(),
        sheets=[_content(tx, head) for head in heads],
        conduct={of: one for (number, of), one in conduct.conduct_of(tx, year, of_class.id).items() if number == term},
        levels={
            of: one.result["level"] for (at, of), one in judged.items() if at is period and one.result.get("level")
        },
    )


def _pages(layout: Layout, content: ClassContent, half: Half) -> list[ImportedSheet]:
    if layout.rest is not None:
        return exporting.summary_of(layout, content, half)
    pages = [exporting.sheet_in(layout, one, content.pupils) for one in content.sheets if exporting.fits(layout, one)]
    if not pages:
        raise LayoutUnfit(layout=layout.id, what="các môn của lớp (the class's subjects)")
    return pages


def _known(pupils: Mapping[UUID, str], people: Mapping[UUID, PersonV1], class_name: str = "") -> list[ExportedPupil]:
    """The pupils in the order of the class's list; one whom identity does not tell has no name."""
    return [_pupil(pupil_id, code, people.get(pupil_id), class_name) for pupil_id, code in pupils.items()]


def _pupil(pupil_id: UUID, code: str, person: PersonV1 | None, class_name: str) -> ExportedPupil:
    if person is None:
        return ExportedPupil(pupil_id=pupil_id, code=code, name="", born_on=None, class_name=class_name)
    names = ("name", "born_on", "personal_id", "gender", "ethnicity")
    told = {name: getattr(person, name) for name in names}
    return ExportedPupil(pupil_id=pupil_id, code=code, class_name=class_name, **told)


def _stored(outside: Outside, imported: Imported, name: str) -> ExportedFile:
    """Written and stored by its content: the same marks give the same file."""
    data: bytes = outside.run(write, imported)
    return ExportedFile(file=outside.objects.put(data), content_type=XLSX, file_name=name)
