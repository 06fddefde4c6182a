"""The part of a summary that is about a class's conduct and absences."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from uuid import UUID

from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.contracts.gradebook.conduct import ConductEntry
from services.contracts.gradebook.imports import ImportedCell, ImportedPart, Said
from services.gradebook.errors.entering import NotYourClass
from services.gradebook.importing.conduct import KEYS, BadConduct, conduct_in
from services.gradebook.importing.content import NewConduct, PageContent, RowContent
from services.gradebook.importing.faults import said, told
from services.gradebook.repository import conduct
from services.gradebook.usecases.imports.allowed import conduct_refusal, may_read_conduct
from services.gradebook.usecases.imports.comparing import Findings, FoundRow, content_of, place_of
from services.gradebook.usecases.imports.placing import Page

KEY = "conduct"
COLUMNS = {"conduct": "ren_luyen", "absences": "nghi_tong", "unexcused": "nghi_k"}
"""Which column of the file a field is read from."""
Known = Mapping[UUID, ConductEntry]


def says_conduct(page: Page) -> bool:
    return any(row.summary.get(key) for row in page.sheet.rows for key in KEYS)


def compare_conduct(tx: Tx, page: Page, found: Sequence[FoundRow], *, actor: Actor, findings: Findings) -> PageContent:
    """Tell of conduct and absences, and give what is kept of them."""
    of_class = page.of_class
    of_year = conduct.conduct_of(tx, of_class.school_year, of_class.id)
    known = {pupil_id: entry for (term, pupil_id), entry in of_year.items() if term == page.term}
    shown = known if may_read_conduct(tx, of_class, actor) else None
    refusal = cache(lambda: conduct_refusal(tx, of_class, page.term, actor))
    cells = [cell for one in found for cell in _cells(page, one, shown, refusal=refusal)]
    for cell in cells:
        findings.add(cell)
    refused = {cell.place.row for cell in cells if cell.refused}
    rows = tuple(_content(one, known, is_refused=one.row.number in refused) for one in found)
    return PageContent(
        page=page.sheet.page,
        school_year=of_class.school_year,
        class_id=of_class.id,
        term=page.term,
        sheet_id=None,
        rows=rows,
    )


def _cells(
    page: Page, one: FoundRow, shown: Known | None, *, refusal: Callable[[], Said | None]
) -> Iterator[ImportedCell]:
    """What the row says beside what stands there; who may not read the class's conduct is told nothing of it."""
    if one.pupil_id is None:
        return
    before = shown.get(one.pupil_id) if shown else None
    for name, new in _said_in(one, has_level=bool(before and before.conduct)).items():
        old = None if before is None else _text(getattr(before, name))
        why = told(NotYourClass()) if shown is None else said("bad_conduct") if new is None else None
        if why is None and new != old:
            why = refusal()
        yield ImportedCell(
            place=place_of(page, one.row, COLUMNS[name]),
            part=ImportedPart.CONDUCT,
            key=name,
            new=new or one.row.summary.get(COLUMNS[name], ""),
            old=old,
            pupil_id=one.pupil_id,
            refused=why,
        )


def _said_in(one: FoundRow, *, has_level: bool) -> dict[str, str | None]:
    """By field what the row says; None where it cannot be read, or where absences stand without a conduct."""
    try:
        new = conduct_in(one.row.summary)
    except BadConduct:
        return {"conduct": None}
    if new and new.conduct is None and not has_level:
        return {"conduct": None}
    return {name: text for name in COLUMNS if new and (text := _text(getattr(new, name))) is not None}


def _content(one: FoundRow, known: Known, *, is_refused: bool) -> RowContent:
    bases = {pupil_id: {KEY: known[pupil_id].version} for pupil_id in one.pupils if pupil_id in known}
    return content_of(one, (KEY,) if is_refused else (), bases, conduct=_readable(one))


def _readable(one: FoundRow) -> NewConduct | None:
    try:
        return conduct_in(one.row.summary)
    except BadConduct:
        return None


def _text(value: object) -> str | None:
    return None if value is None else str(value)
