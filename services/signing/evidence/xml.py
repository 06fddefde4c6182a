"""Unsigned properties of an XML signature (ETSI EN 319 132-1, 5.3-5.5), in the one form that we write and accept."""

from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from hashlib import sha256

from lxml import etree

from services.signing import xades
from services.signing.evidence.proof import Level, Proof, Stamped

XADES_141 = "http://uri.etsi.org/01903/v1.4.1#"
_NAMES = {"ds": xades.DS, "xades": xades.XADES, "xades141": XADES_141}
_C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
_BEFORE = b"<xades:UnsignedProperties>"
_AFTER = b"</xades:QualifyingProperties>"

# Every text below is its own inclusive C14N where it stands in a signature, whose start tags declare ds and xades.
_STAMP = (
    f'<ds:CanonicalizationMethod Algorithm="{_C14N}"></ds:CanonicalizationMethod>'
    "<xades:EncapsulatedTimeStamp>{token}</xades:EncapsulatedTimeStamp>"
)
_SIGNATURE_STAMP = f"<xades:SignatureTimeStamp>{_STAMP}</xades:SignatureTimeStamp>"
_ARCHIVE_STAMP = f'<xades141:ArchiveTimeStamp xmlns:xades141="{XADES_141}">{_STAMP}</xades141:ArchiveTimeStamp>'
_VALUES = (
    "<xades:CertificateValues>{certificates}</xades:CertificateValues>"
    "<xades:RevocationValues>{lists}{answers}</xades:RevocationValues>"
)
_STAMP_VALUES = (
    f'<xades141:TimeStampValidationData xmlns:xades141="{XADES_141}">{_VALUES}</xades141:TimeStampValidationData>'
)
_UNSIGNED = (
    "<xades:UnsignedProperties><xades:UnsignedSignatureProperties>{properties}"
    "</xades:UnsignedSignatureProperties></xades:UnsignedProperties>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """A timestamp over the signature with all before it; `proof` is about its own authority, for the next one."""

    token: bytes
    proof: Proof | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a signature has: a timestamp over its value, proof about its certificates, archive timestamps."""

    stamp: bytes
    proof: Proof | None = None
    archives: tuple[Archive, ...] = ()

    @property
    def level(self) -> Level:
        if self.archives:
            return Level.B_LTA
        return Level.B_LT if self.proof else Level.B_T

    @property
    def proofs(self) -> list[Proof]:
        return [one for one in (self.proof, *(each.proof for each in self.archives)) if one]

    def write(self) -> bytes:
        """The UnsignedProperties element, as it stands in a signature."""
        return _UNSIGNED.format(properties="".join(self._properties())).encode()

    def _properties(self) -> Iterator[str]:
        yield _SIGNATURE_STAMP.format(token=_text(self.stamp))
        if self.proof:
            yield _values(_VALUES, self.proof)
        for each in self.archives:
            yield _ARCHIVE_STAMP.format(token=_text(each.token))
            if each.proof:
                yield _values(_STAMP_VALUES, each.proof)


def stamp_digest(signature: etree._Element) -> bytes:
    """SHA-256 that the first timestamp must be on: of the canonical ds:SignatureValue (5.3)."""
    return sha256(xades.canonical(_one(signature, "ds:SignatureValue"))).digest()


def archive_digest(signature: etree._Element, covered: bytes, *, before: int | None = None) -> bytes:
    """SHA-256 that an archive timestamp must be on (5.5.2.2).

    `covered` is the canonical element that the signature is about; `before` counts the properties that stand before the
    timestamp, all of them by default.
    """
    signed = (".//xades:SignedProperties", "ds:SignedInfo", "ds:SignatureValue", "ds:KeyInfo")
    elements = [_one(signature, path) for path in signed]
    elements += signature.findall(".//xades:UnsignedSignatureProperties/*", _NAMES)[:before]
    return sha256(b"".join((covered, *map(xades.canonical, elements)))).digest()


def stamped(signature: etree._Element, evidence: Evidence, covered: bytes) -> Iterator[Stamped]:
    """The timestamps that a signature has, oldest first; `covered` as for `archive_digest`."""
    yield Stamped(token=evidence.stamp, digest=stamp_digest(signature))
    before = 3 if evidence.proof else 1  # the first timestamp, and the two properties of its proof
    for each in evidence.archives:
        yield Stamped(token=each.token, digest=archive_digest(signature, covered, before=before))
        before += 2 if each.proof else 1


def put(signature: bytes, evidence: Evidence) -> bytes:
    """The ds:Signature with this evidence in place of what it had; every signed byte stays."""
    head, tail = signature.split(_AFTER)
    return head.split(_BEFORE)[0] + evidence.write() + _AFTER + tail


def split(signature: etree._Element) -> tuple[etree._Element, Evidence | None]:
    """A ds:Signature as it was signed, and its evidence if it has any; raises ValueError like `read`."""
    bare = deepcopy(signature)
    bare.tail = None
    if (unsigned := bare.find("ds:Object/xades:QualifyingProperties/xades:UnsignedProperties", _NAMES)) is None:
        return bare, None
    evidence = read(unsigned)
    _one(bare, "ds:Object/xades:QualifyingProperties").remove(unsigned)
    return bare, evidence


def read(unsigned: etree._Element) -> Evidence:
    """The evidence in an UnsignedProperties element; ValueError when one byte is not as `Evidence.write` writes it."""
    stamp, proof, archives = b"", None, list[Archive]()
    for each in unsigned.findall("xades:UnsignedSignatureProperties/*", _NAMES):
        match etree.QName(each).localname:
            case "SignatureTimeStamp":
                stamp = _token(each)
            case "RevocationValues":
                proof = _proof(unsigned.find("xades:UnsignedSignatureProperties", _NAMES))
            case "ArchiveTimeStamp":
                archives.append(Archive(token=_token(each)))
            case "TimeStampValidationData" if archives:
                archives[-1] = Archive(token=archives[-1].token, proof=_proof(each))
    found = Evidence(stamp=stamp, proof=proof, archives=tuple(archives))
    if xades.canonical(unsigned) != _alone(found.write()):
        raise ValueError("The unsigned properties are not in the form in which this platform writes them.")
    return found


def _alone(written: bytes) -> bytes:
    """Canonical form on its own, where its start tag carries the namespaces of its ancestors."""
    declared = f'<xades:UnsignedProperties xmlns:ds="{xades.DS}" xmlns:xades="{xades.XADES}">'
    return declared.encode() + written.removeprefix(_BEFORE)


def _values(form: str, proof: Proof) -> str:
    return form.format(
        certificates=_each("EncapsulatedX509Certificate", proof.certificates),
        lists=_group("CRLValues", "EncapsulatedCRLValue", proof.lists),
        answers=_group("OCSPValues", "EncapsulatedOCSPValue", proof.answers),
    )


def _group(group: str, name: str, octets: Sequence[bytes]) -> str:
    return f"<xades:{group}>{_each(name, octets)}</xades:{group}>" if octets else ""


def _each(name: str, octets: Sequence[bytes]) -> str:
    return "".join(f"<xades:{name}>{_text(one)}</xades:{name}>" for one in octets)


def _proof(holder: etree._Element | None) -> Proof:
    def found(path: str) -> tuple[bytes, ...]:
        return () if holder is None else tuple(b64decode(one.text or "") for one in holder.findall(path, _NAMES))

    return Proof(
        certificates=found("xades:CertificateValues/*"),
        lists=found("xades:RevocationValues/xades:CRLValues/*"),
        answers=found("xades:RevocationValues/xades:OCSPValues/*"),
    )


def _token(stamp: etree._Element) -> bytes:
    return b64decode(stamp.findtext("xades:EncapsulatedTimeStamp", "", _NAMES))


def _one(signature: etree._Element, path: str) -> etree._Element:
    found = signature.find(path, _NAMES)
    if found is None:
        raise ValueError(f"The signature has no {path}.")
    return found


def _text(octets: bytes) -> str:
    return b64encode(octets).decode()
