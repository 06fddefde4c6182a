"""Signing the XML transcript: signatures are spliced into the empty containers, and no other byte is written anew."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from lxml import etree

from services.signing import xades
from services.signing.keys import Credential, Signer
from services.signing.xades import Statement

_CONTAINER = re.compile(rb' Id="ky-([\w-]+)">(?=</)')


class NoEmptySlot(ValueError):  # noqa: N818 - a refusal is an answer, not a fault of the program
    """The document has no empty container for this slot, or does not say what the slot covers."""


def prepare(xml: bytes, slots: Sequence[tuple[str, Credential]], *, at: datetime) -> dict[str, Statement]:
    """What is to be signed for each slot; with its value a statement becomes the ds:Signature to be spliced in.

    What a slot covers is read from the document's own list of slots (THAM_CHIEU). Raises NoEmptySlot for a slot that
    the document does not list, or that is given twice.
    """
    covered, made = _Covered.read(xml), dict[str, Statement]()
    for slot, credential in slots:
        if slot in made:
            raise NoEmptySlot(f"{slot} is asked for twice.")
        made[slot] = _statement(slot, covered, credential, at=at)
    return made


def sign(xml: bytes, slots: Sequence[tuple[str, Signer]], *, at: datetime) -> bytes:
    """The document with these slots filled by keys at hand; raises NoEmptySlot like `prepare` and `splice`."""
    statements = prepare(xml, [(slot, signer.credential) for slot, signer in slots], at=at)
    made = {}
    for slot, signer in slots:
        (value,) = signer.sign([statements[slot].digest_to_sign()])
        made[slot] = statements[slot].signature(value)
    return splice(xml, made)


def splice(xml: bytes, made: Mapping[str, bytes]) -> bytes:
    """The document with these signatures in their containers; raises NoEmptySlot for one missing or already filled."""
    places = {match[1].decode(): match.end() for match in _CONTAINER.finditer(xml)}
    for slot in made:
        if slot not in places:
            raise NoEmptySlot(f"There is no empty container for {slot}.")
    parts, done = [], 0
    for place, slot in sorted((places[slot], slot) for slot in made):
        parts += [xml[done:place], made[slot]]
        done = place
    return b"".join((*parts, xml[done:]))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Covered:
    """What each slot covers; every element is canonicalised and hashed once, however many slots cover it."""

    targets: dict[str, str]
    elements: dict[str, etree._Element]
    digests: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def read(cls, xml: bytes) -> "_Covered":
        root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))
        rows = root.iterfind("DU_LIEU_HOC_BA/DANH_SACH_O_KY/O_KY")
        return cls(
            targets={row.findtext("MA", ""): row.findtext("THAM_CHIEU", "") for row in rows},
            elements={str(element.get("Id")): element for element in root.iterfind(".//*[@Id]")},
        )

    def digest(self, target: str) -> bytes:
        if target not in self.digests:
            self.digests[target] = sha256(xades.canonical(self.elements[target])).digest()
        return self.digests[target]


def _statement(slot: str, covered: _Covered, credential: Credential, *, at: datetime) -> Statement:
    target = covered.targets.get(slot)
    if target not in covered.elements:
        raise NoEmptySlot(f"The document does not say what {slot} covers.")
    return Statement(
        slot=slot,
        target=target,
        digest=covered.digest(target),
        at=at,
        certificates=credential.certificates,
        algorithm=credential.algorithm,
    )
