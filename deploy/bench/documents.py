"""Transcripts rendered, signed and checked on one core, against typst alone and raw RSA-2048."""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache, partial
from hashlib import sha256

from deploy.bench.figures import Figure
from deploy.bench.load import core_rate
from deploy.bench.papers import ON_XML, SIGNATURES, Frozen, Office, drawings, freeze, invent, office
from services.contracts.signing.documents import ON_PAPER, SlotRole
from services.signing import algorithms, pdf, xml
from services.signing.keys import Signer
from services.transcript.canonical import TranscriptData
from services.transcript.render import inputs_of

DOCUMENTS = 200
CHECKED = 60
DIGEST = sha256(b"signed before").digest()


def measure() -> list[Figure]:
    """CPU time of one core; every paper is a new one, as typst remembers what it has laid out before."""
    seeds, ours = itertools.count(1), office()
    return [*_making(ours, seeds), _elsewhere(ours, seeds), *_checking(ours, seeds)]


def _making(ours: Office, seeds: Iterator[int]) -> list[Figure]:
    rendered = core_rate(ours.renderer.render, _papers(seeds))
    typst_alone = core_rate(ours.bare.compile, [inputs_of(one) for one in _papers(seeds)])
    whole = core_rate(ours.issue, _papers(seeds))
    raw = core_rate(ours.raw, [inputs_of(one) for one in _papers(seeds)])
    return [
        Figure(
            name="transcripts rendered, one core",
            value=rendered,
            unit="documents/s",
            limit=typst_alone,
            limit_name="typst alone",
            aim="",
        ),
        Figure(
            name=f"rendered, {ON_XML} signatures on the XML and 3 on the PDF, one core",
            value=whole,
            unit="documents/s",
            limit=raw,
            limit_name=f"typst alone and {SIGNATURES} raw RSA-2048",
            aim="0.7 of the limit",
        ),
    ]


def _elsewhere(ours: Office, seeds: Iterator[int]) -> Figure:
    signer, frozen = ours.signers[SlotRole.SUBJECT_TEACHER], [freeze(ours.renderer, one) for one in _papers(seeds)]
    return Figure(
        name="signatures prepared, accepted and assembled for keys elsewhere, one core",
        value=SIGNATURES * core_rate(partial(_assemble, signer), frozen),
        unit="signatures/s",
        limit=SIGNATURES * core_rate(partial(_accept, signer), frozen),
        limit_name="RSA-2048 verification alone",
        aim="300/s",
    )


def _checking(ours: Office, seeds: Iterator[int]) -> list[Figure]:
    """Both files of sealed transcripts: the verdict, against hashing them and the values of their signatures alone."""
    made = [ours.issue(invent(next(seeds))) for _ in range(CHECKED)]
    return [
        Figure(
            name=f"checked: {name} with {count} signatures, one core",
            value=core_rate(ours.check, files),
            unit="files/s",
            limit=core_rate(partial(_check_bare, ours.signers[SlotRole.SUBJECT_TEACHER], count), files),
            limit_name=f"SHA-256 of the file and {count} RSA-2048 verifications alone",
            aim="",
        )
        for name, count, files in zip(("PDF", "XML"), (len(ON_PAPER), ON_XML), zip(*made, strict=True), strict=True)
    ]


def _papers(seeds: Iterator[int]) -> list[TranscriptData]:
    return [invent(next(seeds)) for _ in range(DOCUMENTS)]


def _check_bare(signer: Signer, count: int, file: bytes) -> None:
    sha256(file).digest()
    for _ in range(count):
        _accept_one(signer)


def _assemble(signer: Signer, frozen: Frozen) -> tuple[bytes, bytes]:
    """The same signatures, but for the key's own work: each value is a signature that was made before."""
    at, paper, value = datetime.now(UTC), frozen.paper, _value(signer)
    for field in ON_PAPER:
        draft = pdf.draft(paper, field, signer.credential, at=at, drawings=drawings(field, frozen.data))
        draft.digest_to_sign()
        paper = draft.signed(value)
    slots = [(slot.slot, signer.credential) for slot in frozen.data.slots]
    statements = xml.prepare(frozen.document, slots, at=at)
    for statement in statements.values():
        statement.digest_to_sign()
    _accept(signer, frozen)
    return paper, xml.splice(frozen.document, {slot: one.signature(value) for slot, one in statements.items()})


def _accept(signer: Signer, _frozen: Frozen) -> None:
    for _ in range(SIGNATURES):
        _accept_one(signer)


def _accept_one(signer: Signer) -> None:
    algorithms.accepted(_public(signer), DIGEST, _value(signer))


@cache
def _public(signer: Signer) -> algorithms.PublicKey:
    return algorithms.public_key(signer.certificate)


@cache
def _value(signer: Signer) -> bytes:
    return signer.sign([DIGEST])[0]
