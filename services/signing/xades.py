"""The XML signature of a slot (XAdES-B-B, ETSI EN 319 132-1), in the one form that we write and accept."""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from lxml import etree

from services.signing import algorithms
from services.signing.algorithms import Algorithm

DS = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
SIGNATURE = f"{{{DS}}}Signature"
_C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
_SIGNATURE_METHODS = {  # RFC 6931, 2.3.2 and 2.3.6; SignatureValue is the raw value of either
    Algorithm.RSA: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    Algorithm.ECDSA: "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
}
_SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
_SIGNED_PROPERTIES = "http://uri.etsi.org/01903#SignedProperties"
_TIME = "%Y-%m-%dT%H:%M:%SZ"

# Every text below is its own inclusive C14N. SignedInfo and SignedProperties are canonicalised on their own, where
# their start tags carry the namespaces of their ancestors; so the texts leave those start tags out.
_TRANSFORM = f'<ds:Transforms><ds:Transform Algorithm="{_C14N}"></ds:Transform></ds:Transforms>'
_METHOD = f'<ds:DigestMethod Algorithm="{_SHA256}"></ds:DigestMethod>'
_SIGNED_INFO = (
    f'<ds:CanonicalizationMethod Algorithm="{_C14N}"></ds:CanonicalizationMethod>'
    f'<ds:SignatureMethod Algorithm="{{method}}"></ds:SignatureMethod>'
    f'<ds:Reference Id="ref-{{slot}}" URI="#{{target}}">{_TRANSFORM}'
    f"{_METHOD}<ds:DigestValue>{{digest}}</ds:DigestValue></ds:Reference>"
    f'<ds:Reference Type="{_SIGNED_PROPERTIES}" URI="#sp-{{slot}}">{_TRANSFORM}'
    f"{_METHOD}<ds:DigestValue>{{properties}}</ds:DigestValue></ds:Reference></ds:SignedInfo>"
)
_PROPERTIES = (
    ' Id="sp-{slot}"><xades:SignedSignatureProperties><xades:SigningTime>{at}</xades:SigningTime>'
    f"<xades:SigningCertificateV2><xades:Cert><xades:CertDigest>{_METHOD}"
    "<ds:DigestValue>{certificate}</ds:DigestValue></xades:CertDigest></xades:Cert></xades:SigningCertificateV2>"
    "</xades:SignedSignatureProperties><xades:SignedDataObjectProperties>"
    '<xades:DataObjectFormat ObjectReference="#ref-{slot}"><xades:MimeType>text/xml</xades:MimeType>'
    "</xades:DataObjectFormat></xades:SignedDataObjectProperties></xades:SignedProperties>"
)
_SIGNATURE = (
    f'<ds:Signature xmlns:ds="{DS}" Id="sig-{{slot}}"><ds:SignedInfo>{{signed_info}}'
    "<ds:SignatureValue>{value}</ds:SignatureValue><ds:KeyInfo><ds:X509Data>{certificates}</ds:X509Data></ds:KeyInfo>"
    f'<ds:Object><xades:QualifyingProperties xmlns:xades="{XADES}" Target="#sig-{{slot}}">'
    "<xades:SignedProperties{properties}</xades:QualifyingProperties></ds:Object></ds:Signature>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What is signed for a slot: an element's Id and SHA-256, the time, the certificates (DER, own first) and how."""

    slot: str
    target: str
    digest: bytes
    at: datetime
    certificates: tuple[bytes, ...]
    algorithm: Algorithm

    def to_sign(self) -> bytes:
        """SignedInfo in canonical form."""
        return f'<ds:SignedInfo xmlns:ds="{DS}">{self._signed_info()}'.encode()

    def digest_to_sign(self) -> bytes:
        return sha256(self.to_sign()).digest()

    def signature(self, value: bytes) -> bytes:
        """The ds:Signature element, with `value` the raw signature over `to_sign()`."""
        return _SIGNATURE.format(
            slot=self.slot,
            signed_info=self._signed_info(),
            value=_text(value),
            certificates="".join(f"<ds:X509Certificate>{_text(der)}</ds:X509Certificate>" for der in self.certificates),
            properties=self._properties(),
        ).encode()

    def _signed_info(self) -> str:
        alone = f'<xades:SignedProperties xmlns:ds="{DS}" xmlns:xades="{XADES}"{self._properties()}'
        return _SIGNED_INFO.format(
            slot=self.slot,
            method=_SIGNATURE_METHODS[self.algorithm],
            target=self.target,
            digest=_text(self.digest),
            properties=_text(sha256(alone.encode()).digest()),
        )

    def _properties(self) -> str:
        at, certificate = self.at.astimezone(UTC).strftime(_TIME), _text(sha256(self.certificates[0]).digest())
        return _PROPERTIES.format(slot=self.slot, at=at, certificate=certificate)


def read(signature: etree._Element, slot: str) -> tuple[Statement, bytes]:
    """The statement and the signature value of a ds:Signature.

    Raises ValueError when one byte of its canonical form is not as `Statement.signature` writes it: in a form
    that leaves no choice there is nothing to wrap, to hide or to substitute.
    """
    names = {"ds": DS, "xades": XADES}
    certificates = tuple(b64decode(found.text or "") for found in signature.iterfind(".//ds:X509Certificate", names))
    if not certificates:
        raise ValueError("The signature carries no certificate.")
    statement = Statement(
        slot=slot,
        target=str(signature.xpath("string(ds:SignedInfo/ds:Reference[1]/@URI)", namespaces=names)).removeprefix("#"),
        digest=b64decode(signature.findtext("ds:SignedInfo/ds:Reference/ds:DigestValue", "", names)),
        at=datetime.strptime(signature.findtext(".//xades:SigningTime", "", names), _TIME).replace(tzinfo=UTC),
        certificates=certificates,
        algorithm=algorithms.algorithm_of(algorithms.public_key(certificates[0])),
    )
    value = b64decode(signature.findtext("ds:SignatureValue", "", names))
    if statement.signature(value) != canonical(signature):
        raise ValueError("The signature is not in the form in which this platform writes signatures.")
    return statement, value


def canonical(element: etree._Element) -> bytes:
    """Inclusive C14N of an element, without what follows it."""
    octets: bytes = etree.tostring(element, method="c14n", with_tail=False)
    return octets


def _text(octets: bytes) -> str:
    return b64encode(octets).decode()
