"""How an XML file of others must be written before its signatures are looked at: nothing hidden, nothing ambiguous.

A signature covers the canonical form, which many bytes give (other blanks between attributes, other ends of lines). Of
those only what serialisers write is let through, so that a damaged file does not pass for the one that was signed.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterator

from lxml import etree

from services.contracts.verdicts import Reason
from services.signing.validation.report import Fault
from services.signing.xades import DS, SIGNATURE

LARGEST = 5_000_000  # bytes
MOST_SIGNATURES = 20
MOST_REFERENCES = 20  # of all signatures
MOST_READ = 40_000_000  # bytes; for each reference the whole document is read anew
DS11 = "http://www.w3.org/2009/xmldsig11#"
_IDS = ("Id", "ID", "id")  # of any namespace, so xml:id too
_NUMBERS = "id"  # plain and in small letters it is often no more than a number
C14N = (
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
    "http://www.w3.org/2006/12/xml-c14n11",
    "http://www.w3.org/2001/10/xml-exc-c14n#",
)
ENVELOPED = f"{DS}enveloped-signature"
_HASHES = tuple(
    f"http://www.w3.org/{name}"
    for name in ("2001/04/xmlenc#sha256", "2001/04/xmldsig-more#sha384", "2001/04/xmlenc#sha512")
)
_METHODS = tuple(
    f"http://www.w3.org/{name}"
    for name in (
        *(f"2001/04/xmldsig-more#{key}-sha{size}" for key in ("rsa", "ecdsa") for size in (256, 384, 512)),
        *(f"2007/05/xmldsig-more#sha{size}-rsa-MGF1" for size in (256, 384, 512)),
    )
)
ALGORITHMS = frozenset((*C14N, ENVELOPED, *_HASHES, *_METHODS))
INCLUSIVE = "{http://www.w3.org/2001/10/xml-exc-c14n#}InclusiveNamespaces"

_HEAD = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:<\?xml version=(?P<q>[\"'])1\.0(?P=q)(?: encoding=(?P=q)(?:UTF-8|utf-8)(?P=q))?"
    rb"(?: standalone=(?P=q)(?:yes|no)(?P=q))? ?\?>(?:\r?\n)*)?(?=<[^?])"
)
_TAG = re.compile(rb"</?[^\s<>/!?\"']+((?:[^<>\"']|\"[^<\"]*\"|'[^<']*')*)>")
_QUOTED = re.compile(rb"\"[^\"]*\"|'[^']*'")
_BLANKS = re.compile(rb"[ \t\r\n]+")
_BLANK = re.compile(rb" |\r?\n(?: +|\t+)")
_LINES = re.compile(r"\n *|\n\t*|\r\n")
_BASE64 = ("SignatureValue", "DigestValue", "X509Certificate", "X509CRL")
_ENCAPSULATED = "Encapsulated"


def parse(xml: bytes) -> etree._Element:
    """The root; a Fault for what is too large, unreadable, or written in a way that could hide something."""
    if len(xml) > LARGEST:
        raise Fault(Reason.TOO_LARGE)
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise Fault(Reason.STRUCTURE)
    try:
        root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except (etree.LxmlError, ValueError) as error:
        raise Fault(Reason.UNREADABLE) from error
    _check_bytes(xml)
    if any(each not in comments_beside(root) for each in _beside(root)):  # a style sheet, say, shows something else
        raise Fault(Reason.STRUCTURE)
    _check_ids(root)
    return root


def comments_beside(root: etree._Element) -> list[etree._Element]:
    """Those before and after the root."""
    return [*root.itersiblings(etree.Comment, preceding=True), *root.itersiblings(etree.Comment)]


def signatures_in(root: etree._Element, *, size: int) -> list[etree._Element]:
    """The signatures in the order of a document of this size in bytes; a Fault for more than anybody needs."""
    found = list(root.iter(SIGNATURE))
    references = sum(len(references_of(each)) for each in found)
    if len(found) > MOST_SIGNATURES or references > MOST_REFERENCES or references * size > MOST_READ:
        raise Fault(Reason.TOO_LARGE)
    return found


def references_of(signature: etree._Element) -> list[etree._Element]:
    return signature.findall(f"{{{DS}}}SignedInfo/{{{DS}}}Reference")


def by_id(root: etree._Element, name: str) -> etree._Element:
    """The one element with this Id; a Fault for none and for two, by whatever name they have it."""
    found = [each for each in root.iter("*") if name in _ids_of(each).values()]
    if len(found) > 1:
        raise Fault(Reason.DUPLICATE_ID)
    if not found:
        raise Fault(Reason.WRONG_REFERENCE)
    return found[0]


def check_signature(signature: etree._Element) -> None:
    """A Fault for algorithms, transforms and references that are not accepted, and for what nobody would judge."""
    if any(each.attrib["Algorithm"] not in ALGORITHMS for each in signature.iter("*") if "Algorithm" in each.attrib):
        raise Fault(Reason.ALGORITHM)
    for each in references_of(signature):
        _check_reference(each)
    for info in signature.iterfind(f"{{{DS}}}KeyInfo"):
        if any(etree.QName(each).namespace not in (DS, DS11) for each in info.iter("*")):
            raise Fault(Reason.STRUCTURE)
    for each in signature.iter("*"):
        name = etree.QName(each).localname
        if name in _BASE64 or name.startswith(_ENCAPSULATED):
            _check_base64(each.text or "")


def _beside(root: etree._Element) -> list[etree._Element]:
    return [*root.itersiblings(preceding=True), *root.itersiblings()]


def _check_reference(reference: etree._Element) -> None:
    """Into the document alone; canonicalised, and before that at most freed of the signature itself."""
    uri, transforms = reference.get("URI"), reference.findall(f"{{{DS}}}Transforms/{{{DS}}}Transform")
    if uri is None or (uri and not re.fullmatch(r"#[\w.-]+", uri)):
        raise Fault(Reason.ALGORITHM)
    named = [each.get("Algorithm") for each in transforms]
    plain = named[1:] if named[:1] == [ENVELOPED] else named
    foreign = [child for each in transforms for child in each if child.tag != INCLUSIVE]
    if len(plain) > 1 or not set(plain) <= set(C14N) or foreign or str(reference.get("Type")).endswith("#Manifest"):
        raise Fault(Reason.ALGORITHM)


def _check_bytes(xml: bytes) -> None:
    head = _HEAD.match(xml)
    tail = xml[xml.rindex(b">") + 1 :]
    lone = re.search(rb"\r(?!\n)", xml)
    if head is None or lone or tail.strip(b"\r\n") or any(map(_is_odd, _tags(xml[head.end() :]))):
        raise Fault(Reason.NOT_CANONICAL)


def _tags(xml: bytes) -> Iterator[bytes]:
    """What stands in each tag after its name."""
    return (found[1] for found in _TAG.finditer(xml))


def _is_odd(inside: bytes) -> bool:
    """Blanks as no serialiser writes them: between attributes, or hidden in one as something else than a space."""
    between = _QUOTED.sub(b"''", inside)
    hidden = any(mark in quoted for quoted in _QUOTED.findall(inside) for mark in (b"\t", b"\r", b"\n"))
    return hidden or not all(_BLANK.fullmatch(each) for each in _BLANKS.findall(between))


def _check_base64(text: str) -> None:
    """One spelling: no bits to spare, and nothing between the lines but their ends."""
    parts = re.findall(r"\s+", text)
    packed = "".join(text.split())
    try:
        sound = b64encode(b64decode(packed, validate=True)).decode() == packed
    except ValueError:
        sound = False
    if not sound or not all(_LINES.fullmatch(each) for each in parts):
        raise Fault(Reason.SIGNATURE_MALFORMED)


def _check_ids(root: etree._Element) -> None:
    """No Id twice: each program has its own idea which attributes are Ids, and which of two elements is meant."""
    found = [value for each in root.iter("*") for name, value in _ids_of(each).items() if name != _NUMBERS]
    if len(found) != len(set(found)):
        raise Fault(Reason.DUPLICATE_ID)


def _ids_of(element: etree._Element) -> dict[str, str]:
    return {str(name): str(value) for name, value in element.attrib.items() if etree.QName(name).localname in _IDS}
