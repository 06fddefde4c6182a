"""Saying what a workbook would change, and saying it again."""

from collections.abc import Sequence
from uuid import UUID

from services.chassis import authority
from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import NotFound
from services.chassis.ids import new_id
from services.contracts.gradebook.imports import (
    ImportedPage,
    ImportKind,
    ImportV1,
    MarksReport,
    PreviewImport,
    PreviewPupils,
    ReadImport,
)
from services.gradebook.importing.content import PageContent
from services.gradebook.repository import enrolment, imports
from services.gradebook.repository.imports import KeptImport
from services.gradebook.roles import LEADERS
from services.gradebook.spreadsheets.imported import LayoutId
from services.gradebook.usecases.imports.comparing import Findings, found_rows, row_refusals
from services.gradebook.usecases.imports.conduct_page import compare_conduct, says_conduct
from services.gradebook.usecases.imports.placing import Page, pages_of
from services.gradebook.usecases.imports.reading import FileRead
from services.gradebook.usecases.imports.sheet_page import compare_sheet, echoes


def preview_import(tx: Tx, command: PreviewImport, actor: Actor, read: FileRead) -> ImportV1:
    """Compare the whole file with what stands there, and keep both for 24 hours; no mark is written."""
    findings = Findings()
    pages = pages_of(tx, command, read.imported)
    contents = [content for page in pages for content in _compared(tx, page, read, actor=actor, findings=findings)]
    report = MarksReport(
        pages=tuple(map(_shown, pages)),
        changes=tuple(findings.changes),
        unchanged=findings.unchanged,
        refused=tuple(dict.fromkeys(findings.refused)),
        warnings=tuple(dict.fromkeys(findings.warnings)),
        suggestions=tuple(dict.fromkeys(findings.suggestions)),
    )
    return keep(tx, command, actor, layout=read.imported.layout, content=contents, report=report)


def keep(
    tx: Tx, command: PreviewImport | PreviewPupils, actor: Actor, *, layout: LayoutId, content: object, report: object
) -> ImportV1:
    """The preview kept, and as it is told."""
    import_id = new_id()
    kind = ImportKind.MARKS if isinstance(command, PreviewImport) else ImportKind.PUPILS
    names = ("school_year", "unit_id", "file", "file_name")
    row = {name: getattr(command, name) for name in names}
    row |= {"id": import_id, "kind": kind, "layout": layout, "previewed_by": actor.person_id}
    imports.insert_import(tx, row, content=content, report=report)
    return imports.as_import(get_import(tx, command.school_year, import_id), tx.now())


def read_import(tx: Tx, query: ReadImport, actor: Actor) -> ImportV1:
    kept = get_import(tx, query.school_year, query.import_id)
    if kept.shown.previewed_by != actor.person_id and not authority.holds(tx, actor, LEADERS, kept.shown.unit_id):
        raise NotFound(import_id=query.import_id)
    return imports.as_import(kept, tx.now())


def get_import(tx: Tx, school_year: int, import_id: UUID, *, to_apply: bool = False) -> KeptImport:
    kept = imports.find_import(tx, school_year, import_id, to_apply=to_apply)
    if kept is None:
        raise NotFound(import_id=import_id)
    return kept


def _compared(tx: Tx, page: Page, read: FileRead, *, actor: Actor, findings: Findings) -> Sequence[PageContent]:
    """What is kept of the page: nothing where it only states averages."""
    pupils = read.known(enrolment.pupils_of(tx, page.of_class.school_year, page.of_class.id))
    found = found_rows(page, pupils, findings)
    kept = []
    if page.head is not None:
        of_sheet = compare_sheet(tx, page, page.head, found=found, actor=actor, findings=findings)
        kept += [of_sheet] if any(row.marks or row.comments for row in of_sheet.rows) else []
    if says_conduct(page):
        kept.append(compare_conduct(tx, page, found, actor=actor, findings=findings))
    findings.refused += row_refusals(page, found) if kept else []
    return kept


def _shown(page: Page) -> ImportedPage:
    return ImportedPage(
        page=page.sheet.page,
        class_id=page.of_class.id,
        class_name=page.of_class.name,
        term=page.term,
        rows=len(page.sheet.rows),
        subject=page.head.subject if page.head else page.sheet.subject,
        sheet_id=page.head.id if page.head else None,
        columns=echoes(page, page.head) if page.head else (),
    )
