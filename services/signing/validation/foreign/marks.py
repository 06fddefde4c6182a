"""Whether a file has anything of a transcript of ours about it; one that has stays with the strict validator.

A transcript of ours that was damaged must not come out as the good letter of a stranger. What cannot be read is no
letter of anybody, and the strict validator says so.
"""

from base64 import b64decode
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from cryptography import x509
from lxml import etree
from pyhanko.pdf_utils.reader import PdfFileReader

from services.signing.authority import MARK, is_ours
from services.signing.validation.foreign import pdf
from services.signing.validation.pdf import ATTACHMENT
from services.signing.xades import DS

ROOT = "HOC_BA"
_PARTS = ("DU_LIEU_HOC_BA", "PHAT_HANH_HOC_BA", f"<{ROOT}", f":{ROOT}")
_NAME = "vn.hocba."  # of every format
_MARKS = tuple(
    text.encode() for text in (*_PARTS, ATTACHMENT, _NAME, MARK, MARK.encode().hex(), MARK.encode().hex().upper())
)
_DEEPEST = 8  # levels of a tree of names


def is_foreign(data: bytes) -> bool:
    """Whether neither the bytes nor what they hold, packed or not, bear a mark of ours: data, forms or certificates."""
    if len(data) > pdf.LARGEST or any(mark in data for mark in _MARKS):
        return False
    try:
        return not (_is_our_pdf(data) if data.startswith(b"%PDF-") else _is_our_xml(data))
    except Exception:  # noqa: BLE001 - a hostile file may fail a parser in any way
        return False


def _is_our_pdf(data: bytes) -> bool:
    reader = PdfFileReader(BytesIO(data))
    root = reader.root
    files = [*root.get("/AF", ()), *_named(root.get("/Names", {}).get("/EmbeddedFiles", {}), _DEEPEST)]
    names = {str(each.get_object().get(key)) for each in files for key in ("/F", "/UF")}
    certificates = [one.dump() for each in reader.embedded_signatures for one in each.signed_data["certificates"]]
    return ATTACHMENT in names or any(map(_is_of_ours, certificates))


def _named(node: Any, levels: int) -> Iterator[Any]:
    """The files in a tree of names (ISO 32000-2, 7.9.6); RecursionError for one that is deeper than anybody's."""
    if not levels:
        raise RecursionError
    yield from node.get("/Names", ())[1::2]
    for each in node.get("/Kids", ()):
        yield from _named(each.get_object(), levels - 1)


def _is_our_xml(data: bytes) -> bool:
    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    names = {etree.QName(each).localname for each in root.iter("*")}
    certificates = [b64decode(each.text or "") for each in root.iter(f"{{{DS}}}X509Certificate")]
    return ROOT in names or any(map(_is_of_ours, certificates))


def _is_of_ours(der: bytes) -> bool:
    return is_ours(x509.load_der_x509_certificate(der))
