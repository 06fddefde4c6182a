"""Validating the XML transcript: its bytes are canonical, its structure is fixed, each slot is signed by its holder."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256

from cryptography import x509
from lxml import etree

from services.contracts.verdicts import Reason
from services.signing import xades
from services.signing.evidence import xml as evidence
from services.signing.validation import class_rows, report
from services.signing.validation.reading import Reading, complete
from services.signing.validation.report import Fault, Slot, Transcript
from services.signing.validation.signature import Signed, find

KIND = "xml"
LARGEST = 2_000_000  # bytes; a transcript with all its signatures takes about 100,000
SCAN = "BAN_QUET"  # in a digitised copy in place of results
_NAMESPACES = {None, xades.DS, xades.XADES, evidence.XADES_141}
_ATTRIBUTES = {"Id", "Algorithm", "URI", "Type", "Target", "ObjectReference"}


def read_xml(xml: bytes, *, roots: Sequence[x509.Certificate]) -> Reading:
    """What any bytes hold of a transcript's XML, believing these root certificates."""
    try:
        document = _Document.read(_root(xml))
    except Fault as fault:
        return Reading(kind=KIND, whole=(fault.reason,))
    found = [find(slot, partial(_signed, document=document), roots) for slot in document.transcript.slots]
    return complete(KIND, document.transcript, found, roots)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Document:
    """The elements, found by their place in the structure and not by their Ids, which anyone may write anywhere."""

    transcript: Transcript
    targets: dict[str, etree._Element]
    containers: dict[str, etree._Element]

    @classmethod
    def read(cls, root: etree._Element) -> "_Document":
        data, people, issue = _children(root, "DU_LIEU_HOC_BA", "DANH_SACH_THONG_TIN_KY", "PHAT_HANH_HOC_BA")
        content = SCAN if data.find(SCAN) is not None else "THONG_TIN_HOC_BA"
        general, _, results, rows = _children(data, "THONG_TIN_CHUNG", "LY_LICH", content, "DANH_SACH_O_KY")
        targets = _targets(data, results)
        slots = tuple(_slot(row, targets) for row in rows)
        _check_format(general, results, slots)
        return cls(
            transcript=_transcript(general, slots, xades.canonical(data)),
            targets=targets,
            containers=_containers(slots, [*_teachers(people, results), *_children(issue, "CBQL", "KY_PHAT_HANH")]),
        )


def _root(xml: bytes) -> etree._Element:
    if len(xml) > LARGEST:
        raise Fault(Reason.TOO_LARGE)
    if b"<!" in xml or b"<?" in xml:  # no DTD, comment, CDATA or instruction; `<` in text is always escaped
        raise Fault(Reason.NOT_CANONICAL)
    try:
        root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
        canonical = xades.canonical(root)
    except etree.LxmlError as error:
        raise Fault(Reason.UNREADABLE) from error
    if root.tag != "HOC_BA" or canonical != xml:
        raise Fault(Reason.NOT_CANONICAL)
    _check_names(root)
    return root


def _check_names(root: etree._Element) -> None:
    """Only our namespaces and attributes, and no Id twice: nothing that another program could read otherwise."""
    elements = list(root.iter())
    if any(
        etree.QName(element).namespace not in _NAMESPACES or set(element.attrib) - _ATTRIBUTES for element in elements
    ):
        raise Fault(Reason.STRUCTURE)
    ids = [element.get("Id") for element in elements if "Id" in element.attrib]
    if len(ids) != len(set(ids)):
        raise Fault(Reason.DUPLICATE_ID)


def _children(parent: etree._Element, *tags: str) -> list[etree._Element]:
    """Exactly these children and no text between them."""
    children = list(parent)
    if [child.tag for child in children] != list(tags) or parent.text or any(child.tail for child in children):
        raise Fault(Reason.STRUCTURE)
    return children


def _targets(data: etree._Element, results: etree._Element) -> dict[str, etree._Element]:
    """What signatures may cover, by Id; a digitised copy is signed as a whole alone."""
    subjects = {f"dtk-{each.findtext('MA_MON')}": each for each in results.iterfind("DIEM_TONG_KET")}
    targets = {"data": data} if results.tag == SCAN else {"data": data, "thongtinhocba": results, **subjects}
    if any(element.get("Id") != name for name, element in targets.items()):
        raise Fault(Reason.STRUCTURE)
    return targets


def _check_format(general: etree._Element, results: etree._Element, slots: tuple[Slot, ...]) -> None:
    """A Fault unless the slots are those of the format, and a copy says that it is one and no original does."""
    school, told = general.findtext("TRUONG/DON_VI_ID"), (general.findtext("DINH_DANG"), general.findtext("NGUON_GOC"))
    if results.tag == SCAN and told[0] == report.DIGITISED:
        report.check_copy(slots, origin=told[1], school=school)
    elif results.tag == SCAN or {report.DIGITISED, report.COPY} & set(told):
        raise Fault(Reason.STRUCTURE)
    else:
        subjects = [each.findtext("MA_MON") for each in results.iterfind("DIEM_TONG_KET")]
        report.check_slots(slots, stage=general.findtext("CAP_HOC"), subjects=subjects, school=school)
        class_rows.check(class_rows.rows_in_xml(general, results))


def _teachers(people: etree._Element, results: etree._Element) -> list[etree._Element]:
    """The places of subject and homeroom teachers, of whom none signs a digitised copy."""
    if results.tag == SCAN:
        return _children(people)
    teachers, homeroom = _children(people, "DANH_SACH_GVBM", "GVCN")
    return [*teachers, homeroom]


def _slot(row: etree._Element, targets: dict[str, etree._Element]) -> Slot:
    name, role, covers, holder, title = (
        cell.text or "" for cell in _children(row, "MA", "VAI_TRO", "THAM_CHIEU", "NGUOI_KY", "HO_TEN")
    )
    slot = Slot(slot=name, role=role, holder=holder, name=title)
    if row.tag != "O_KY" or role not in report.ROLES or covers != slot.covers or covers not in targets:
        raise Fault(Reason.SLOT_LIST)
    return slot


def _transcript(general: etree._Element, slots: tuple[Slot, ...], data: bytes) -> Transcript:
    code, version = general.findtext("MA_HOC_BA", ""), general.findtext("PHIEN_BAN", "")
    if not code or not version.isdecimal():
        raise Fault(Reason.DATA_MISSING)
    origin = report.COPY if general.findtext("DINH_DANG") == report.DIGITISED else report.ORIGINAL
    return Transcript(code=code, version=int(version), data=data, slots=slots, origin=origin)


def _containers(slots: tuple[Slot, ...], elements: list[etree._Element]) -> dict[str, etree._Element]:
    found = {(element.tag, element.get("Id")): element for element in elements}
    if found.keys() != {(slot.role, f"ky-{slot.slot}") for slot in slots} or len(found) != len(elements):
        raise Fault(Reason.STRUCTURE)
    return {slot.slot: found[slot.role, f"ky-{slot.slot}"] for slot in slots}


def _signed(slot: Slot, document: _Document) -> Signed:
    container = document.containers[slot.slot]
    if not len(container) and not container.text:
        raise Fault(Reason.SLOT_EMPTY)
    (element,) = _children(container, xades.SIGNATURE)
    try:
        bare, added = evidence.split(element)
        statement, value = xades.read(bare, slot.slot)
    except ValueError as error:
        raise Fault(Reason.SIGNATURE_MALFORMED) from error
    if statement.target != slot.covers:
        raise Fault(Reason.WRONG_REFERENCE)
    covered = xades.canonical(document.targets[slot.covers])
    return Signed(
        stated=statement.digest,
        actual=sha256(covered).digest(),
        message=statement.to_sign(),
        value=value,
        certificates=statement.certificates,
        at=statement.at,
        stamped=tuple(evidence.stamped(element, added, covered)) if added else (),
        proofs=tuple(added.proofs) if added else (),
    )
