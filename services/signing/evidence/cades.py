"""Evidence in a file's signature (CAdES, ETSI EN 319 122-1, 5.3, 5.5 and 6), in the one form that we write and accept.

Certificates and what tells of revocation lie in SignedData, where no signature covers them; timestamps are unsigned
attributes. An archive timestamp carries the hashes of all that it is over, so that more can be added beside it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256

from asn1crypto import core

from services.signing import cms
from services.signing.evidence.elements import OCTETS, SEQUENCE, SET, changed, children, content, emit, last
from services.signing.evidence.proof import Level, Proof, Stamped


def _oid(dotted: str) -> bytes:
    octets: bytes = core.ObjectIdentifier(dotted).dump()
    return octets


_FIRST = _oid("1.2.840.113549.1.9.16.2.14")  # id-aa-signatureTimeStampToken
_ARCHIVE = _oid("0.4.0.1733.2.4")  # id-aa-ets-archiveTimestampV3
_INDEX = _oid("0.4.0.19122.1.5")  # id-aa-ATSHashIndex-v3
_SHA256 = emit(SEQUENCE, _oid("2.16.840.1.101.3.4.2.1"))
_OCSP = _oid("1.3.6.1.5.5.7.16.2")  # id-ri-ocsp-response (RFC 5940, 2.1)
_VERSIONS = {False: b"\x02\x01\x01", True: b"\x02\x01\x05"}  # of SignedData, without and with OCSP (RFC 5652, 5.1)

_ADDED = (2, 1, 1)  # [1]: revocation data in SignedData, unsigned attributes in SignerInfo, an OCSP answer among lists
_ADDED_TAG = b"\xa1"
_SIGNED_DATA, _SIGNER_INFO = 2, 4  # how far down the last children of a ContentInfo they are


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """ATSHashIndexV3 (5.5.2): SHA-256 of certificates, of revocation data, and of earlier timestamps as attributes."""

    certificates: tuple[bytes, ...]
    revocations: tuple[bytes, ...]
    attributes: tuple[bytes, ...]

    def write(self) -> bytes:
        groups = (self.certificates, self.revocations, self.attributes)
        return emit(SEQUENCE, _SHA256, *(emit(SEQUENCE, *(emit(OCTETS, one) for one in each)) for each in groups))

    @classmethod
    def read(cls, der: bytes) -> "Index":
        _, *groups = children(der)
        certificates, revocations, attributes = (tuple(map(content, children(group))) for group in groups)
        return cls(certificates=certificates, revocations=revocations, attributes=attributes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cades:
    """A file's signature with all certificates beside it, and what else was added to it (DER each).

    `tokens` are timestamps, oldest first: that on the signature's value, then archive timestamps with their indexes.
    """

    parts: cms.Parts
    lists: tuple[bytes, ...] = ()
    answers: tuple[bytes, ...] = ()
    tokens: tuple[bytes, ...] = ()

    @property
    def level(self) -> Level:
        if len(self.tokens) > 1:
            return Level.B_LTA
        if self.lists or self.answers:
            return Level.B_LT
        return Level.B_T if self.tokens else Level.B_B

    @property
    def proofs(self) -> tuple[Proof, ...]:
        """Nothing before B-LT: a signer's chain may hold more than what leads to a root that one believes."""
        whole = Proof(certificates=self.parts.certificates[1:], lists=self.lists, answers=self.answers)
        return (whole,) if self.lists or self.answers else ()

    def stamped(self) -> Iterator[Stamped]:
        """The timestamps, oldest first; raises ValueError where an index names what is not there."""
        bare, full = cms.write(self.parts), self._index()
        for place, token in enumerate(self.tokens):
            if not place:
                yield Stamped(token=token, digest=_value_digest(bare))
                continue
            alone, index = _split(token)
            if index != _of(full, index, place):
                raise ValueError("An archive timestamp is over other things than those that are there.")
            yield Stamped(token=alone, digest=self._archive_digest(bare, index))

    def next_digest(self) -> bytes:
        """SHA-256 that the next timestamp must be on."""
        bare = cms.write(self.parts)
        return self._archive_digest(bare, self._index()) if self.tokens else _value_digest(bare)

    def with_token(self, token: bytes) -> "Cades":
        return replace(self, tokens=(*self.tokens, _joined(token, self._index()) if self.tokens else token))

    def with_proof(self, proof: Proof) -> "Cades":
        return replace(
            self,
            parts=replace(self.parts, certificates=_together(self.parts.certificates, proof.certificates)),
            lists=_together(self.lists, proof.lists),
            answers=_together(self.answers, proof.answers),
        )

    def write(self) -> bytes:
        """DER SignedData."""
        whole, told = cms.write(self.parts), self._revocations()
        if told:
            version, crls = _VERSIONS[bool(self.answers)], emit(_ADDED, *told)
            whole = changed(whole, _SIGNED_DATA, lambda ones: [version, *ones[1:-1], crls, ones[-1]])
        if self.tokens:
            attributes = emit(_ADDED, *sorted(self._attributes()))
            whole = changed(whole, _SIGNER_INFO, lambda ones: [*ones, attributes])
        return whole

    def _revocations(self) -> list[bytes]:
        """RevocationInfoChoice each, in the order of a DER set."""
        return sorted([*self.lists, *(emit(_ADDED, _OCSP, one) for one in self.answers)])

    def _kinds(self) -> list[bytes]:
        return [_ARCHIVE if place else _FIRST for place in range(len(self.tokens))]

    def _attributes(self) -> Iterator[bytes]:
        return (_attribute(*one) for one in zip(self._kinds(), self.tokens, strict=True))

    def _index(self) -> Index:
        """Of all that is there."""
        return Index(
            certificates=_hashes(sorted(self.parts.certificates)),
            revocations=_hashes(self._revocations()),
            attributes=_hashes(kind + token for kind, token in zip(self._kinds(), self.tokens, strict=True)),
        )

    def _archive_digest(self, bare: bytes, index: Index) -> bytes:
        """Of type and digest of the content, the fields of SignerInfo, and the index (5.5.3)."""
        kind, *_ = children(children(last(bare, _SIGNED_DATA))[2])
        fields = children(last(bare, _SIGNER_INFO))
        return sha256(b"".join((kind, self.parts.digest, *fields, index.write()))).digest()


def read(der: bytes) -> Cades:
    """A signature with its evidence; raises ValueError when one byte is not as `Cades.write` writes it."""
    told = _added(der, _SIGNED_DATA)
    bare = changed(
        _bare(_bare(der, _SIGNER_INFO), _SIGNED_DATA), _SIGNED_DATA, lambda ones: [_VERSIONS[False], *ones[1:]]
    )
    found = Cades(
        parts=cms.read(bare, timed=True),
        lists=tuple(one for one in told if one[:1] != _ADDED_TAG),
        answers=tuple(children(one)[-1] for one in told if one[:1] == _ADDED_TAG),
        tokens=tuple(_tokens(_added(der, _SIGNER_INFO))),
    )
    if found.write() != der or (told and not found.tokens):
        raise ValueError("The evidence is not in the form in which this platform writes it.")
    return found


def _added(der: bytes, depth: int) -> list[bytes]:
    return [each for one in children(last(der, depth)) if one[:1] == _ADDED_TAG for each in children(one)]


def _bare(der: bytes, depth: int) -> bytes:
    return changed(der, depth, lambda ones: [one for one in ones if one[:1] != _ADDED_TAG])


def _tokens(attributes: Iterable[bytes]) -> list[bytes]:
    """Oldest first: a DER set has an order of its own, and an index names as many timestamps as were before."""
    found = [(kind, content(values)) for kind, values in map(children, attributes)]
    first = [token for kind, token in found if kind == _FIRST]
    return first + sorted((token for kind, token in found if kind != _FIRST), key=_earlier)


def _earlier(archive: bytes) -> int:
    return len(_split(archive)[1].attributes)


def _joined(token: bytes, index: Index) -> bytes:
    """The archive timestamp: the index is an unsigned attribute of the token itself."""
    attributes = emit(_ADDED, _attribute(_INDEX, index.write()))
    return changed(token, _SIGNER_INFO, lambda ones: [*ones, attributes])


def _split(archive: bytes) -> tuple[bytes, Index]:
    """The token as its authority gave it, and the index."""
    (attribute,) = _added(archive, _SIGNER_INFO)
    alone, index = _bare(archive, _SIGNER_INFO), Index.read(content(children(attribute)[1]))
    if _joined(alone, index) != archive:
        raise ValueError("An archive timestamp is not in the form in which this platform writes it.")
    return alone, index


def _of(full: Index, index: Index, place: int) -> Index:
    """What the index of the timestamp at this place must be: certificates and lists may have come since."""
    return Index(
        certificates=tuple(one for one in full.certificates if one in index.certificates),
        revocations=tuple(one for one in full.revocations if one in index.revocations),
        attributes=full.attributes[:place],
    )


def _value_digest(bare: bytes) -> bytes:
    """Of the octets of SignerInfo's signature (5.3)."""
    return sha256(content(last(bare, _SIGNER_INFO + 1))).digest()


def _attribute(kind: bytes, value: bytes) -> bytes:
    return emit(SEQUENCE, kind, emit(SET, value))


def _hashes(octets: Iterable[bytes]) -> tuple[bytes, ...]:
    return tuple(sha256(one).digest() for one in octets)


def _together(*groups: Iterable[bytes]) -> tuple[bytes, ...]:
    return tuple(dict.fromkeys(one for group in groups for one in group))
