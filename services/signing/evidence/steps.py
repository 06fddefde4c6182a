"""A signed file's next step towards lasting: what is to be stamped or proven, and the file with the answers in it."""

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from typing import Protocol

from lxml import etree
from pyhanko.pdf_utils.reader import PdfFileReader

from services.signing import pdf_file, sheet_file, xades
from services.signing.evidence import cades, pdf, xml
from services.signing.evidence.cades import Cades
from services.signing.evidence.proof import Level, Proof, Stamped
from services.signing.evidence.xml import Archive, Evidence
from services.signing.timestamps.token import certificates_in

Chain = tuple[bytes, ...]


class Signed(Protocol):
    """A file of completed signatures, all of them at one level.

    Digests, tokens, chains and proofs are in one order: an entry for each signature of an XML document, and one for
    a whole PDF or class sheet. A chain is of one signer or timestamp, DER, its own certificate first, without the root.
    """

    @property
    def level(self) -> Level: ...
    def digests(self) -> list[bytes]:
        """SHA-256 that the next timestamps must be on."""
        ...

    def stamped(self, tokens: Sequence[bytes]) -> bytes: ...
    def chains(self) -> list[list[Chain]]:
        """What is still to be proven: signers and first timestamp, or after an archive timestamp that one alone."""
        ...

    def proven(self, proofs: Sequence[Proof]) -> bytes: ...


class XmlSigned:
    """An XML document as signing completed it: canonical, its signatures in our one form."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        root = etree.fromstring(raw, etree.XMLParser(resolve_entities=False, no_network=True))
        self._covered = {f"#{one.get('Id')}": one for one in root.iterfind(".//*[@Id]")}
        self._signatures = list(root.iter(xades.SIGNATURE))
        self._evidence = [xml.split(one)[1] for one in self._signatures]

    @property
    def level(self) -> Level:
        return min((one.level if one else Level.B_B for one in self._evidence), key=list(Level).index)

    def digests(self) -> list[bytes]:
        return [self._digest(*pair) for pair in zip(self._signatures, self._evidence, strict=True)]

    def _digest(self, signature: etree._Element, evidence: Evidence | None) -> bytes:
        if evidence is None:
            return xml.stamp_digest(signature)
        target = str(signature.xpath("string(ds:SignedInfo/ds:Reference[1]/@URI)", namespaces={"ds": xades.DS}))
        return xml.archive_digest(signature, xades.canonical(self._covered[target]))

    def stamped(self, tokens: Sequence[bytes]) -> bytes:
        return self._with([_stamped(one, token) for one, token in zip(self._evidence, tokens, strict=True)])

    def chains(self) -> list[list[Chain]]:
        return [_chains(*pair) for pair in zip(self._signatures, self._evidence, strict=True)]

    def proven(self, proofs: Sequence[Proof]) -> bytes:
        return self._with([_proven(one, proof) for one, proof in zip(self._evidence, proofs, strict=True)])

    def _with(self, evidence: Sequence[Evidence]) -> bytes:
        """Every signature stands once in the document, in the very bytes of its canonical form."""
        raw = self._raw
        for signature, one in zip(self._signatures, evidence, strict=True):
            before, after = raw.split(octets := xades.canonical(signature))
            raw = before + xml.put(octets, one) + after
        return raw


class PdfSigned:
    """A paper as signing sealed it, with the evidence added since."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._signatures = PdfFileReader(BytesIO(raw)).embedded_regular_signatures
        file, first = pdf_file.read(raw), self._signatures[-1].signed_revision + 1
        self._added = [pdf.read(file, index) for index in range(first, len(file.revisions))]

    @property
    def level(self) -> Level:
        stamps = sum(isinstance(one, Stamped) for one in self._added)
        if stamps > 1:
            return Level.B_LTA
        return list(Level)[len(self._added)]

    def digests(self) -> list[bytes]:
        return [pdf.draft_timestamp(self._raw).digest]

    def stamped(self, tokens: Sequence[bytes]) -> bytes:
        (token,) = tokens
        return pdf.draft_timestamp(self._raw).filled(token)

    def chains(self) -> list[list[Chain]]:
        (*_, last) = (one for one in self._added if isinstance(one, Stamped))
        of_last = certificates_in(last.token)
        if self.level is Level.B_LTA:
            return [[of_last]]
        signers = [(one.signer_cert, *one.other_embedded_certs) for one in self._signatures]
        return [[*(tuple(each.dump() for each in chain) for chain in signers), of_last]]

    def proven(self, proofs: Sequence[Proof]) -> bytes:
        (proof,) = proofs
        return pdf.add_proof(self._raw, proof)


class SheetSigned:
    """A class sheet with its teacher's signature, and the evidence added since."""

    def __init__(self, raw: bytes) -> None:
        signature, self._statement = sheet_file.read(raw)
        self._signature = cades.read(signature)

    @property
    def level(self) -> Level:
        return self._signature.level

    def digests(self) -> list[bytes]:
        return [self._signature.next_digest()]

    def stamped(self, tokens: Sequence[bytes]) -> bytes:
        (token,) = tokens
        return self._with(self._signature.with_token(token))

    def chains(self) -> list[list[Chain]]:
        of_last = certificates_in(self._signature.tokens[-1])
        if self.level is Level.B_LTA:
            return [[of_last]]
        return [[self._signature.parts.certificates, of_last]]

    def proven(self, proofs: Sequence[Proof]) -> bytes:
        (proof,) = proofs
        return self._with(self._signature.with_proof(proof))

    def _with(self, signature: Cades) -> bytes:
        return sheet_file.write(signature.write(), self._statement)


def _stamped(evidence: Evidence | None, token: bytes) -> Evidence:
    if evidence is None:
        return Evidence(stamp=token)
    return replace(evidence, archives=(*evidence.archives, Archive(token=token)))


def _proven(evidence: Evidence | None, proof: Proof) -> Evidence:
    """Proof of the signature itself, or of its last archive timestamp."""
    if evidence is None:
        raise ValueError("Nothing is proven before it is stamped.")
    if not evidence.archives:
        return replace(evidence, proof=proof)
    return replace(evidence, archives=(*evidence.archives[:-1], replace(evidence.archives[-1], proof=proof)))


def _chains(signature: etree._Element, evidence: Evidence | None) -> list[Chain]:
    if evidence is None:
        return []
    if evidence.archives:
        return [certificates_in(evidence.archives[-1].token)]
    statement, _ = xades.read(xml.split(signature)[0], str(signature.get("Id")).removeprefix("sig-"))
    return [statement.certificates, certificates_in(evidence.stamp)]
