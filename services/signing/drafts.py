"""What is to be signed in a document or a class sheet, as digests, and the files once their values are there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.chassis.objects import Objects
from services.contracts.signing.documents import SlotRole
from services.contracts.transcript import SlotV1
from services.signing import cms, domain, pdf, sheet_file, xml
from services.signing.appearance import Drawing, qr
from services.signing.domain import Document, Item, Sheet
from services.signing.keys import Credential
from services.signing.summary import Issuer, summary_of
from services.signing.xades import Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """What the seal paints: the address of the public page, and the signed summary, checked without a network."""

    public_url: str
    issuer: Issuer

    def of(self, document: Document, at: datetime, objects: Objects) -> list[Drawing]:
        drawings = [qr(f"{self.public_url}/verify/{document.code}")]
        if document.canonical is not None:
            summary = summary_of(objects.get(document.canonical), issued_at=at)
            drawings.append(qr(self.issuer.write(summary)))
        return drawings


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One slot about to be signed: on the XML, and on the PDF where it has a field there."""

    document: Document
    slot: str
    statement: Statement
    paper: pdf.Draft | None

    @property
    def item(self) -> Item:
        return self.document.item(self.slot)

    @property
    def code(self) -> str:
        """What people know the document by."""
        return self.document.code

    @property
    def parts(self) -> tuple[str, ...]:
        """What each digest is of."""
        return ("XML",) if self.paper is None else ("XML", "PDF")

    def digests(self) -> list[bytes]:
        """What the provider is asked to sign; its values are wanted in the same order."""
        return [one.digest_to_sign() for one in (self.statement, self.paper) if one is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetDraft:
    """A class sheet about to be signed."""

    sheet: Sheet
    credential: Credential
    at: datetime

    @property
    def item(self) -> Item:
        return self.sheet.item

    @property
    def code(self) -> str:
        """What people know the sheet by."""
        return f"{self.sheet.subject}-{self.sheet.number}"

    @property
    def parts(self) -> tuple[str, ...]:
        return ("SHEET",)

    def digests(self) -> list[bytes]:
        return [cms.digest_to_sign(self.credential, bytes.fromhex(self.sheet.statement), at=self.at)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedSheet:
    """A class sheet's new signature: `file` holds statement and signature."""

    sheet: Sheet
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """One document's new signatures by slot, and its files with them; `xml` once it is complete."""

    document: Document
    signatures: dict[str, bytes]
    pdf: str
    xml: str | None


def prepare(
    document: Document,
    slots: Sequence[SlotV1],
    credential: Credential,
    *,
    at: datetime,
    objects: Objects,
    codes: Codes,
) -> list[Draft]:
    """The document's slots, of which one at most is on the PDF: each signature there covers the one before it."""
    frozen = objects.get(document.frozen_xml)
    statements = xml.prepare(frozen, [(slot.slot, credential) for slot in slots], at=at)
    return [
        Draft(
            document=document,
            slot=slot.slot,
            statement=statements[slot.slot],
            paper=_paper(document, slot, credential, at=at, objects=objects, codes=codes),
        )
        for slot in slots
    ]


def assemble(drafts: Sequence[tuple[Draft, Sequence[bytes]]], earlier: Mapping[str, bytes], objects: Objects) -> Signed:
    """One document's drafts with their values; `earlier` are the ds:Signature of slots that were signed before."""
    document = drafts[0][0].document
    made = {draft.slot: draft.statement.signature(values[0]) for draft, values in drafts}
    papers = [draft.paper.signed(values[1]) for draft, values in drafts if draft.paper is not None]
    whole = None
    if domain.is_complete(document, made):
        whole = objects.put(xml.splice(objects.get(document.frozen_xml), {**earlier, **made}))
    paper = objects.put(papers[0]) if papers else document.pdf
    return Signed(document=document, signatures=made, pdf=paper, xml=whole)


def assemble_sheet(draft: SheetDraft, value: bytes, objects: Objects) -> SignedSheet:
    """The file that anybody can check: JSON (RFC 8785), as the statement in it already is."""
    signature = cms.detached(draft.credential, bytes.fromhex(draft.sheet.statement), value, at=draft.at)
    file = sheet_file.write(signature, objects.get(draft.sheet.statement))
    return SignedSheet(sheet=draft.sheet, file=objects.put(file))


def _paper(
    document: Document, slot: SlotV1, credential: Credential, *, at: datetime, objects: Objects, codes: Codes
) -> pdf.Draft | None:
    """The seal paints its codes; the other fields stay as the form printed them."""
    if not slot.on_pdf:
        return None
    drawings = codes.of(document, at, objects) if slot.role == SlotRole.SEAL else ()
    return pdf.draft(objects.get(document.pdf), slot.slot, credential, at=at, drawings=drawings)
