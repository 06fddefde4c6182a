"""A sheet, a class or a list of pupils put into the shape that spreadsheets are written from. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from services.contracts.gradebook.conduct import ConductEntry
from services.contracts.gradebook.results import Period
from services.contracts.gradebook.school import ClassV1, SubjectKind
from services.contracts.gradebook.sheets import CellState, SheetHead, SubjectComment
from services.gradebook.domain import Cell, Roster
from services.gradebook.errors.files import LayoutUnfit, PeopleUnknown
from services.gradebook.importing.averages import average_by_law
from services.gradebook.spreadsheets.imported import (
    Half,
    ImportedRow,
    ImportedSheet,
    LayoutId,
    ListedPupil,
    PupilKey,
    PupilState,
    Sex,
)
from services.gradebook.spreadsheets.layouts import LAYOUTS, Layout, Part
from services.gradebook.spreadsheets.writing import WRITABLE

PERIODS = {1: Period.TERM_1, 2: Period.TERM_2}
SECONDARY = (SubjectKind.SCORED, SubjectKind.COMMENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedPupil:
    """A pupil as identity and the class's list know them."""

    pupil_id: UUID
    code: str
    name: str
    born_on: date | None
    personal_id: str | None = None
    gender: str | None = None
    ethnicity: str | None = None
    class_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetContent:
    """A sheet as it stands."""

    head: SheetHead
    roster: Roster
    cells: Mapping[tuple[UUID, UUID], Cell]
    comments: Mapping[tuple[UUID, str], SubjectComment]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassContent:
    """A class's term: pupils in the order of the list, sheets in that of the form, conduct, and levels once locked."""

    of_class: ClassV1
    term: int
    pupils: Sequence[ExportedPupil]
    sheets: Sequence[SheetContent]
    conduct: Mapping[UUID, ConductEntry] = field(default_factory=dict)
    levels: Mapping[UUID, str] = field(default_factory=dict)


def layout_of(name: str) -> Layout:
    """The layout of that name; LayoutUnfit where there is none that files are written in."""
    if name not in WRITABLE:
        raise LayoutUnfit(layout=name, what="xuất tệp (writing): chỉ có " + ", ".join(sorted(WRITABLE)))
    return LAYOUTS[LayoutId(name)]


def sheet_in(layout: Layout, content: SheetContent, pupils: Sequence[ExportedPupil]) -> ImportedSheet:
    """One sheet in a layout of one subject; LayoutUnfit where marks of it would be lost."""
    if layout.rest is not None or layout.is_list:
        raise LayoutUnfit(layout=layout.id, what="một môn (one subject alone)")
    lost = sorted(_filled(content) - _room(layout))
    if lost and _holds_marks(layout):
        raise LayoutUnfit(layout=layout.id, what=f"cột {', '.join(lost)} (columns)")
    rows = [_row(content, pupil) for pupil in pupils if pupil.pupil_id in content.roster.members]
    if _shares_a_cell(layout) and any(_has_gap(row) for row in rows):
        raise LayoutUnfit(layout=layout.id, what="ô điểm thường xuyên còn trống ở giữa (gaps among regular marks)")
    return _sheet(content.head, rows, subject=content.head.subject_name)


def fits(layout: Layout, content: SheetContent) -> bool:
    """Whether the layout has room for the sheet's columns, filled or not."""
    return not _holds_marks(layout) or {column.key for column in content.head.columns} <= _room(layout)


def summary_of(layout: Layout, content: ClassContent, half: Half) -> list[ImportedSheet]:
    """All subjects of the class in a layout that holds them, after what belongs to none."""
    if layout.rest is None:
        raise LayoutUnfit(layout=layout.id, what="tất cả các môn (all subjects)")
    if layout.is_of_half:
        return [_half_of(one, content, half) for one in content.sheets]
    head = content.sheets[0].head
    rows = [_summary_row(content, pupil) for pupil in content.pupils]
    return [_sheet(head, rows, subject=None), *(_averages_of(one, content) for one in content.sheets)]


def listed(pupils: Sequence[ExportedPupil]) -> tuple[ListedPupil, ...]:
    """The pupils as a list; PeopleUnknown for those of whom a list cannot be written."""
    sexes = {sex.value for sex in Sex}
    unknown = [one.code for one in pupils if not (one.name and one.born_on and one.gender in sexes)]
    if unknown:
        raise PeopleUnknown(codes=", ".join(unknown))
    return tuple(
        ListedPupil(
            class_name=one.class_name,
            full_name=one.name,
            born_on=one.born_on,
            sex=Sex(one.gender),
            code=one.code,
            personal_id=one.personal_id,
            state=PupilState.STUDYING,
            ethnicity=one.ethnicity or None,
        )
        for one in pupils
        if one.born_on
    )


def _filled(content: SheetContent) -> set[str]:
    """The keys of the columns in which some pupil of the class has a value."""
    keys = {column.id: column.key for column in content.head.columns}
    return {
        keys[column_id]
        for (column_id, pupil_id), cell in content.cells.items()
        if cell.state is CellState.VALUE and pupil_id in content.roster.members
    }


def _room(layout: Layout) -> set[str]:
    """The keys that the layout has columns for; a cell that regular marks share has room for five."""
    keys = {column.key for column in layout.columns if column.part is Part.VALUE}
    return keys | ({f"tx{number}" for number in range(1, 6)} if _shares_a_cell(layout) else set())


def _shares_a_cell(layout: Layout) -> bool:
    return any(column.part is Part.REGULAR for column in layout.columns)


def _has_gap(row: ImportedRow) -> bool:
    """Whether a regular mark stands behind an empty one: in one cell it would be read as the mark before it."""
    regular = sorted(key for key in row.values if key.startswith("tx"))
    return regular != [f"tx{number}" for number in range(1, len(regular) + 1)]


def _holds_marks(layout: Layout) -> bool:
    """Whether it is a layout of marks, and not of comments alone."""
    return any(column.part in {Part.VALUE, Part.REGULAR} for column in layout.columns)


def _row(content: SheetContent, pupil: ExportedPupil) -> ImportedRow:
    head, values = content.head, _values(content, pupil.pupil_id)
    member = content.roster.members.get(pupil.pupil_id)
    average = average_by_law(head, values, has_cluster=bool(member and member.has_cluster))
    said = {key: one.text for (of, key), one in content.comments.items() if of == pupil.pupil_id and one.text}
    stated = {key: average for key in ("tb", f"tb_hk{head.term}") if average is not None}
    comments = {"hk": said["ck"]} if head.kind in SECONDARY and "ck" in said else said
    return ImportedRow(pupil=_key(pupil), values=values, comments=comments, stated=stated)


def _half_of(one: SheetContent, content: ClassContent, half: Half) -> ImportedSheet:
    rows = [
        ImportedRow(
            pupil=_key(pupil),
            values={key: value for key, value in _values(one, pupil.pupil_id).items() if key.startswith(f"{half}_")},
        )
        for pupil in content.pupils
    ]
    is_subject = one.head.kind is not SubjectKind.QUALITIES
    return _sheet(one.head, rows, subject=one.head.subject_name if is_subject else None, half=half)


def _averages_of(one: SheetContent, content: ClassContent) -> ImportedSheet:
    rows = []
    for pupil in content.pupils:
        stated = _row(one, pupil).stated
        rows.append(ImportedRow(pupil=_key(pupil), stated={"tb": stated["tb"]} if stated else {}))
    return _sheet(one.head, rows, subject=one.head.subject_name)


def _summary_row(content: ClassContent, pupil: ExportedPupil) -> ImportedRow:
    entry = content.conduct.get(pupil.pupil_id)
    says = {"hoc_tap": content.levels.get(pupil.pupil_id)}
    if entry is not None:
        excused = entry.absences - entry.unexcused
        says |= {"ren_luyen": entry.conduct, "nghi_p": str(excused), "nghi_k": str(entry.unexcused)}
        says |= {"nghi_tong": str(entry.absences)}
    return ImportedRow(pupil=_key(pupil), summary={key: text for key, text in says.items() if text is not None})


def _values(content: SheetContent, pupil_id: UUID) -> dict[str, str]:
    cells = ((column.key, content.cells.get((column.id, pupil_id))) for column in content.head.columns)
    return {key: cell.value for key, cell in cells if cell is not None and cell.value is not None}


def _sheet(
    head: SheetHead, rows: Sequence[ImportedRow], *, subject: str | None, half: Half | None = None
) -> ImportedSheet:
    return ImportedSheet(
        class_name=head.class_name,
        subject=subject,
        term=PERIODS[head.term],
        school_year=f"{head.school_year}-{head.school_year + 1}",
        half=half,
        rows=tuple(rows),
    )


def _key(pupil: ExportedPupil) -> PupilKey:
    return PupilKey(
        code=pupil.code, personal_id=pupil.personal_id, name=pupil.name or pupil.code, born_on=pupil.born_on
    )
