"""Class sheets: which of them a batch may sign now, keeping their signatures, and who sees them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from services.chassis import authority as grants
from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import NotFound
from services.chassis.service import Outside
from services.contracts.identity import Role
from services.contracts.signing.class_sheets import (
    ClassSheets,
    FindClassSheets,
    FindRowSheets,
    ReadClassSheet,
    ReadSheetFiles,
    SheetFiles,
    SignedSheetV1,
)
from services.contracts.signing.log import LogKind
from services.contracts.transcript.class_sheets import ClassSheetV1
from services.signing import class_sheets, domain, repository
from services.signing.domain import Item, Refusal, Sheet
from services.signing.drafts import SheetDraft, SignedSheet
from services.signing.log import sequencing as log
from services.signing.log.rows import Waiting
from services.signing.providers import Key
from services.signing.repository import Session
from services.signing.validation.class_rows import rows_of

AT_SCHOOL = tuple(Role)


def prepare(
    items: Sequence[Item],
    known: Mapping[UUID, Sheet],
    confirmed: Sequence[ClassSheetV1],
    key: Key,
    *,
    now: datetime,
    at: datetime,
) -> tuple[list[SheetDraft], list[tuple[Item, Refusal]]]:
    """Drafts of the sheets that may be signed now, stating the time `at`, and why the others may not."""
    prepared: list[SheetDraft] = []
    refused: list[tuple[Item, Refusal]] = []
    for item in items:
        sheet = known[item.transcript_id]
        why = domain.sheet_refusal(sheet, key.holder, confirmed, key.validity, now)
        if why:
            refused.append((item, why))
        else:
            prepared.append(SheetDraft(sheet=sheet, credential=key.credential, at=at))
    return prepared, refused


def keep(tx: Tx, session: Session, signed: Sequence[SignedSheet], at: datetime) -> list[Item]:
    """Store the signatures of the sheets that had none, and have them in the log; gives what was kept."""
    new = class_sheets.insert_signatures(tx, [_row(one, session, at) for one in signed])
    kept = [one for one in signed if one.sheet.id in new]
    log.add(tx, [Waiting(kind=LogKind.FILE, reference=one.file, digest=bytes.fromhex(one.file)) for one in kept])
    return [one.sheet.item for one in kept]


def find_class_sheets(tx: Tx, query: FindClassSheets, actor: Actor) -> ClassSheets:
    found = class_sheets.told_of_class(tx, query.school_year, query.class_id)
    if not found or not grants.holds(tx, actor, AT_SCHOOL, found[0][0]):
        raise NotFound(class_id=query.class_id)
    return ClassSheets(sheets=tuple(sheet for _, sheet in found))


def read_class_sheet(tx: Tx, query: ReadClassSheet, actor: Actor) -> SignedSheetV1:
    found = class_sheets.find_told(tx, query.school_year, query.sheet_id)
    if found is None or not grants.holds(tx, actor, AT_SCHOOL, found[0]):
        raise NotFound(sheet_id=query.sheet_id)
    return found[1]


def read_sheet_files(tx: Tx, query: ReadSheetFiles, _actor: Actor) -> SheetFiles:
    found = class_sheets.told_of_class(tx, query.school_year, query.class_id)
    return SheetFiles(files=tuple(sheet.file for _, sheet in found if sheet.file))


def find_row_sheets(query: FindRowSheets, outside: Outside) -> SheetFiles:
    """Each file once; documents that are not sealed, or have no place in a sheet, add none."""
    files: dict[str, None] = {}
    for one in query.documents:
        with outside.db.transaction() as tx:
            sealed = repository.find_sealed(tx, one.school_year, one.transcript_id, one.version)
            told = class_sheets.told_of_class(tx, one.school_year, sealed.class_id) if sealed else []
        signed = {sheet.root: sheet.file for _, sheet in told if sheet.file}
        if sealed and sealed.canonical and signed:
            roots = (row.place.root for row in rows_of(outside.objects.get(sealed.canonical)))
            files |= dict.fromkeys(signed[root] for root in roots if root in signed)
    return SheetFiles(files=tuple(files))


def give_row_sheets(_tx: Tx, _query: FindRowSheets, _actor: Actor, found: SheetFiles) -> SheetFiles:
    return found


def _row(signed: SignedSheet, session: Session, at: datetime) -> dict[str, object]:
    return {
        "school_year": signed.sheet.school_year,
        "sheet_id": signed.sheet.id,
        "file": signed.file,
        "session_id": session.id,
        "authorised_by": session.account_id,
        "signed_at": at,
    }
