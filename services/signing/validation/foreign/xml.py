"""Validating an XML document that was signed elsewhere (XMLDSig, XAdES): signxml verifies, the rest is judged here."""

from base64 import b64decode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from asn1crypto import cms
from asn1crypto.x509 import Certificate
from cryptography import x509
from lxml import etree
from signxml.algorithms import CanonicalizationMethod
from signxml.exceptions import InvalidDigest, InvalidSignature, SignXMLException
from signxml.verifier import SignatureConfiguration, VerifyResult, XMLVerifier
from signxml.xades.xades import XAdESVerifier

from services.contracts.verdicts import Reason
from services.signing.evidence.proof import Proof
from services.signing.evidence.xml import XADES_141
from services.signing.validation.foreign import signed_data, xml_form
from services.signing.validation.foreign.found import Found, Token
from services.signing.validation.foreign.letter import Letter, taken
from services.signing.validation.report import Fault
from services.signing.xades import DS, SIGNATURE, XADES

KIND = "xml"
_NAMES = {"ds": DS, "xades": XADES, "xades141": XADES_141}
_PROPERTIES = "ds:Object/xades:QualifyingProperties"
_SIGNED = f"{_PROPERTIES}/xades:SignedProperties"
_SIGNED_SIGNATURE = f"{_SIGNED}/xades:SignedSignatureProperties"
_UNSIGNED = f"{_PROPERTIES}/xades:UnsignedProperties/xades:UnsignedSignatureProperties"
_STAMP, _ARCHIVE = f"{{{XADES}}}SignatureTimeStamp", f"{{{XADES_141}}}ArchiveTimeStamp"


def read_xml(xml: bytes, above: Sequence[x509.Certificate]) -> Letter:
    """What any bytes say; `above` are the certificates that may vouch for others, beside those in the file."""
    try:
        root = xml_form.parse(xml)
        places = [_Place(xml, root, *one) for one in enumerate(xml_form.signatures_in(root, size=len(xml)))]
        found = [taken(one.element.get("Id") or str(one.place + 1), partial(_found, one, above)) for one in places]
    except Fault as fault:
        return Letter(kind=KIND, whole=(fault.reason,))
    except Exception:  # noqa: BLE001 - a hostile file may fail a parser in any way; none of them is a signed document
        return Letter(kind=KIND, whole=(Reason.UNREADABLE,))
    return Letter(kind=KIND, signatures=tuple(found))


@dataclass(frozen=True, slots=True)
class _Place:
    """One signature of a document: the file's bytes, the root, its number, the element."""

    xml: bytes
    root: etree._Element
    place: int
    element: etree._Element


class _Plain(XMLVerifier):
    """Verifies the signature with this number, where signxml would take the first that it finds."""

    def __init__(self, place: int) -> None:
        super().__init__()
        self._place = place

    def _get_signature(self, root: etree._Element) -> etree._Element:
        return list(root.iter(SIGNATURE))[self._place]


class _Advanced(_Plain, XAdESVerifier):
    """Likewise, and that the signed properties name the certificate."""


def _found(one: _Place, above: Sequence[x509.Certificate]) -> Found:
    signature = one.element
    xml_form.check_signature(signature)
    certificates = _certificates(signature)
    results = _verified(one, certificates[0])
    signed_data.check_key(Certificate.load(certificates[0]))
    signed_data.check_vouched(certificates, above)
    is_whole = _covers_all(one)
    return Found(
        certificates=certificates,
        claimed=_claimed(signature),
        tokens=tuple(_tokens(signature, [each.signed_data for each in results])),
        proof=_proof(signature),
        is_baseline=_claimed(signature) is not None,
        is_whole=is_whole,
    )


def _certificates(signature: etree._Element) -> tuple[bytes, ...]:
    """DER, that of the signer first: the one that is no authority's."""
    found = [b64decode(each.text or "") for each in signature.iterfind("ds:KeyInfo//ds:X509Certificate", _NAMES)]
    try:
        own = sorted(found, key=lambda der: signed_data.is_authority(x509.load_der_x509_certificate(der)))
    except ValueError as error:
        raise Fault(Reason.SIGNATURE_MALFORMED) from error
    if not own:
        raise Fault(Reason.SIGNATURE_MALFORMED)
    return tuple(own)


def _verified(one: _Place, certificate: bytes) -> Sequence[VerifyResult]:
    """What each reference covers, canonicalised; a Fault where a digest or the signature is not right."""
    own = x509.load_der_x509_certificate(certificate)
    advanced = one.element.find(_PROPERTIES, _NAMES) is not None
    verifier = (_Advanced if advanced else _Plain)(one.place)
    expected = SignatureConfiguration(
        expect_references=True,  # any number of them
        verification_time=own.not_valid_before_utc,  # the time is judged later
        default_reference_c14n_method=CanonicalizationMethod.CANONICAL_XML_1_0,
    )
    try:
        results = verifier.verify(one.xml, x509_cert=own, expect_config=expected)
    except InvalidDigest as error:
        raise Fault(Reason.DIGEST_MISMATCH) from error
    except InvalidSignature as error:
        raise Fault(Reason.SIGNATURE_MISMATCH) from error
    except etree.DocumentInvalid as error:
        raise Fault(Reason.STRUCTURE) from error
    except (SignXMLException, ValueError, TypeError, KeyError, NotImplementedError) as error:
        raise Fault(Reason.SIGNATURE_MALFORMED) from error
    return results if isinstance(results, list) else [results]


def _covers_all(one: _Place) -> bool:
    """Whether the signature covers every part of the document; a Fault where something unsigned stands in itself."""
    covered = [_target(one.root, each) for each in xml_form.references_of(one.element)]
    signed = one.element.find(_SIGNED, _NAMES)
    content = [each for each in covered if each is not signed]
    properties = one.element.findall(_PROPERTIES, _NAMES)
    of_this = all(each.get("Target") == f"#{one.element.get('Id')}" for each in properties)
    if len(properties) > 1 or not of_this or (signed is not None and signed not in covered):
        raise Fault(Reason.STRUCTURE)
    if not all(_is_judged(each, covered) for each in one.element.iterfind("ds:Object", _NAMES)):
        raise Fault(Reason.STRUCTURE)
    if not content:
        raise Fault(Reason.WRONG_REFERENCE)
    # No canonical form that is accepted here keeps comments.
    comments = [*xml_form.comments_beside(one.root), *one.root.iter(etree.Comment)]
    return not comments and _is_whole(one.root, content)


def _target(root: etree._Element, reference: etree._Element) -> etree._Element:
    uri = reference.get("URI", "")
    return xml_form.by_id(root, uri[1:]) if uri else root


def _is_judged(thing: etree._Element, covered: Sequence[etree._Element]) -> bool:
    """Whether an object in a signature is signed, or holds XAdES properties alone."""
    properties = f"{{{XADES}}}QualifyingProperties"
    return thing in covered or (
        not (thing.text or "").strip()
        and all((each in covered or each.tag == properties) and not (each.tail or "").strip() for each in thing)
    )


def _is_whole(element: etree._Element, covered: Sequence[etree._Element]) -> bool:
    """Whether an element is covered or a signature, or says nothing itself while all its children are so."""
    if element in covered or element.tag == SIGNATURE:  # every signature is judged
        return True
    children = list(element)
    says = element.attrib or (element.text or "").strip() or any((each.tail or "").strip() for each in children)
    return bool(children) and not says and all(_is_whole(each, covered) for each in children)


def _claimed(signature: etree._Element) -> datetime | None:
    """The signing time of XAdES; one that names no zone is taken for UTC."""
    text = signature.findtext(f"{_SIGNED_SIGNATURE}/xades:SigningTime", None, _NAMES)
    try:
        claimed = datetime.fromisoformat(text.strip()) if text else None
    except ValueError as error:
        raise Fault(Reason.SIGNATURE_MALFORMED) from error
    return claimed.replace(tzinfo=UTC) if claimed and claimed.tzinfo is None else claimed


def _tokens(signature: etree._Element, covered: Sequence[bytes]) -> Iterator[Token]:
    """Timestamps on the value, then those over all that stands before each (EN 319 132-1, 5.3 and 5.5.2.2)."""
    properties = list(signature.iterfind(f"{_UNSIGNED}/*", _NAMES))
    value = signature.find("ds:SignatureValue", _NAMES)
    others = [each for each in signature.iterfind("ds:Object", _NAMES) if each.find("xades:*", _NAMES) is None]
    around = [signature.find(path, _NAMES) for path in ("ds:SignedInfo", "ds:SignatureValue", "ds:KeyInfo")]
    for each in signature.iterfind(f"{_UNSIGNED}/{_STAMP}", _NAMES):
        yield from _stamps(each, (), [value])
    for place, each in enumerate(properties):
        if each.tag == _ARCHIVE:
            yield from _stamps(each, covered, [*around, *properties[:place], *others])


def _stamps(
    stamp: etree._Element, covered: Sequence[bytes], elements: Sequence[etree._Element | None]
) -> Iterator[Token]:
    method = stamp.find("ds:CanonicalizationMethod", _NAMES)
    exclusive = method is not None and method.get("Algorithm") == xml_form.C14N[-1]

    def imprint(algorithm: str) -> bytes:
        octets = (_canonical(each, exclusive=exclusive) for each in elements if each is not None)
        return signed_data.digest_of(*covered, *octets)(algorithm)

    for each in stamp.iterfind("xades:EncapsulatedTimeStamp", _NAMES):
        try:
            message = cms.ContentInfo.load(b64decode(each.text or ""), strict=True)
        except (ValueError, TypeError) as error:
            raise Fault(Reason.TIMESTAMP_BROKEN) from error
        yield Token(message=message, imprint=imprint, archives=stamp.tag == _ARCHIVE)


def _canonical(element: etree._Element, *, exclusive: bool) -> bytes:
    octets: bytes = etree.tostring(element, method="c14n", exclusive=exclusive, with_comments=False, with_tail=False)
    return octets


def _proof(signature: etree._Element) -> Proof:
    def found(name: str) -> tuple[bytes, ...]:
        return tuple(b64decode(each.text or "") for each in signature.iterfind(f"{_UNSIGNED}//xades:{name}", _NAMES))

    return Proof(
        certificates=found("EncapsulatedX509Certificate"),
        lists=found("EncapsulatedCRLValue"),
        answers=found("EncapsulatedOCSPValue"),
    )
