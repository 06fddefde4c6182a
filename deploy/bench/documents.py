"""Transcripts rendered and signed, against typst alone and raw RSA-2048 signatures."""

import itertools
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, partial
from hashlib import sha256
from typing import TypeVar
from uuid import UUID, uuid4

import typst
from cryptography.hazmat.primitives.asymmetric import ec

from deploy.bench.figures import Figure
from services.chassis.ids import new_code
from services.chassis.typesetting import FONTS
from services.signing import algorithms, authority, keys, pdf, xml
from services.signing.appearance import Drawing, qr
from services.signing.keys import Signer
from services.signing.summary import Issuer, summary_of
from services.transcript.canonical import (
    Corrections,
    Gender,
    Kind,
    Pupil,
    Role,
    School,
    SchoolClass,
    Slot,
    Subject,
    Teacher,
    Term,
    TranscriptData,
    Year,
    to_canonical,
)
from services.transcript.document_xml import write
from services.transcript.render import FORMS, STANDARD, Renderer, inputs_of

DOCUMENTS = 200
SCORED = ("VAN", "TOAN", "NN1", "GDCD", "LSDL", "KHTN", "CN", "TIN")
COMMENT = ("GDTC", "NT", "HDTN", "GDDP")
SIGNATURES = 15 + len(pdf.ON_PAPER)
FROZEN_AT = datetime(2026, 5, 30, 2, tzinfo=UTC)
DIGEST = sha256(b"signed before").digest()
FORM = FORMS / "hoc_ba.typ"

T = TypeVar("T")


def measure() -> list[Figure]:
    """CPU time of one core; every paper is a new one, as typst remembers what it has laid out before."""
    seeds = itertools.count()
    signer, renderer, bare = _signer(), Renderer(), Bare()
    renderer.render(_invent(next(seeds)))
    bare.compile(inputs_of(_invent(next(seeds))))
    rendered = _rate(renderer.render, _papers(seeds))
    whole = _rate(lambda one: _issue(renderer, one, signer), _papers(seeds))
    typst_alone = _rate(bare.compile, [inputs_of(one) for one in _papers(seeds)])
    raw = _rate(lambda one: _raw(bare, one, signer), [inputs_of(one) for one in _papers(seeds)])
    frozen = [_frozen(renderer, one) for one in _papers(seeds)]
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
            name="rendered, 15 signatures on the XML and 3 on the PDF, one core",
            value=whole,
            unit="documents/s",
            limit=raw,
            limit_name="typst alone and 18 raw RSA-2048",
            aim="0.7 of the limit",
        ),
        Figure(
            name="signatures prepared, accepted and assembled for keys elsewhere, one core",
            value=SIGNATURES * _rate(partial(_elsewhere, signer), frozen),
            unit="signatures/s",
            limit=SIGNATURES * _rate(partial(_accept, signer), frozen),
            limit_name="RSA-2048 verification alone",
            aim="300/s",
        ),
    ]


class Bare:
    """typst with our form and nothing of ours around it."""

    def __init__(self) -> None:
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
        self._compiler = typst.Compiler(input=FORM, root=FORM.parent, font_paths=fonts)

    def compile(self, given: dict[str, str]) -> None:
        self._compiler.compile(format="pdf", pdf_standards=STANDARD, timestamp=FROZEN_AT, sys_inputs=given)


def _papers(seeds: Iterator[int]) -> list[TranscriptData]:
    return [_invent(next(seeds)) for _ in range(DOCUMENTS)]


def _rate(work: Callable[[T], object], items: Sequence[T]) -> float:
    started = time.process_time()
    for item in items:
        work(item)
    return len(items) / (time.process_time() - started)


@dataclass(frozen=True, slots=True)
class Frozen:
    """A transcript that waits for its signatures."""

    data: TranscriptData
    document: bytes
    paper: bytes


def _frozen(renderer: Renderer, data: TranscriptData) -> Frozen:
    document = write(data)
    rendered = renderer.render(data)
    boxes = [pdf.Box(slot=b.slot, page=b.page, x0=b.x0, y0=b.y0, x1=b.x1, y1=b.y1) for b in rendered.boxes]
    return Frozen(data, document, pdf.prepare(rendered.pdf, boxes))


def _issue(renderer: Renderer, data: TranscriptData, signer: Signer) -> tuple[bytes, bytes]:
    """What freezing and signing do to one transcript, without storing it."""
    at, frozen = datetime.now(UTC), _frozen(renderer, data)
    paper = frozen.paper
    for field in pdf.ON_PAPER:
        paper = pdf.sign(paper, field, signer, at=at, drawings=_drawings(field, data))
    return paper, xml.sign(frozen.document, [(slot.slot, signer) for slot in data.slots], at=at)


def _elsewhere(signer: Signer, frozen: Frozen) -> tuple[bytes, bytes]:
    """The same signatures, but for the key's own work: each value is a signature that was made before."""
    at, paper, value = datetime.now(UTC), frozen.paper, _value(signer)
    for field in pdf.ON_PAPER:
        draft = pdf.draft(paper, field, signer.credential, at=at, drawings=_drawings(field, frozen.data))
        draft.digest_to_sign()
        paper = draft.signed(value)
    slots = [(slot.slot, signer.credential) for slot in frozen.data.slots]
    statements = xml.prepare(frozen.document, slots, at=at)
    for statement in statements.values():
        statement.digest_to_sign()
    _accept(signer, frozen)
    return paper, xml.splice(frozen.document, {slot: one.signature(value) for slot, one in statements.items()})


def _accept(signer: Signer, _frozen: Frozen) -> None:
    public = algorithms.public_key(signer.certificate)
    for _ in range(SIGNATURES):
        algorithms.accepted(public, DIGEST, _value(signer))


@cache
def _value(signer: Signer) -> bytes:
    return signer.sign([DIGEST])[0]


def _drawings(field: str, data: TranscriptData) -> list[Drawing]:
    if field != pdf.ON_PAPER[-1]:
        return []
    summary = summary_of(to_canonical(data), issued_at=data.frozen_at)
    return [qr(f"https://hocba.example.vn/verify/{data.code}"), qr(_issuer().write(summary))]


@cache
def _issuer() -> Issuer:
    return Issuer(private=ec.generate_private_key(ec.SECP256R1()))


def _raw(bare: Bare, given: dict[str, str], signer: Signer) -> None:
    bare.compile(given)
    signer.sign([sha256(b"%d" % number).digest() for number in range(SIGNATURES)])


def _signer() -> Signer:
    now, key = datetime.now(UTC), keys.generate()
    made = authority.establish(now=now)
    der = made.issue(
        key.public_key(), holder=uuid4(), name="Nguyễn Thị Mẫu", valid_from=now, valid_until=now + timedelta(days=30)
    )
    return Signer(key=key, certificate=der, chain=made.chain)


def _invent(seed: int) -> TranscriptData:
    """An invented pupil's year of the size that schools have."""
    rng = random.Random(seed)  # noqa: S311 - invented marks, not secrets
    unit, teacher = uuid4(), Teacher(person_id=uuid4(), name="Trần Văn Mẫu")
    subjects = tuple(_subject(rng, code, teacher) for code in (*SCORED, *COMMENT))
    slots = [_slot(f"GVBM-{one.code}", Role.GVBM, one.code, teacher.person_id, teacher.name) for one in subjects]
    slots += [_slot(role, role, None, uuid4(), "Lê Thị Mẫu") for role in (Role.GVCN, Role.CBQL)]
    slots.append(_slot(Role.KY_PHAT_HANH, Role.KY_PHAT_HANH, None, unit, "Trường THCS Mẫu"))
    return TranscriptData(
        code=new_code(),
        version=1,
        origin="BORN_DIGITAL",
        frozen_at=FROZEN_AT,
        stage="THCS",
        grade=6,
        school_year=2025,
        regulation="TT22/2021",
        school=School(
            unit_id=unit,
            code="00000001",
            name="Trường THCS Mẫu",
            commune="Xã Mẫu",
            province="Tỉnh Mẫu",
            department="Sở GDĐT Mẫu",
        ),
        class_=SchoolClass(id=uuid4(), name="6A"),
        pupil=Pupil(
            person_id=uuid4(),
            code=f"{rng.randrange(10**10):010}",
            personal_id=f"000{rng.randrange(10**9):09}",
            name=f"Phạm Minh {rng.choice(('An', 'Bình', 'Châu', 'Dũng', 'Giang'))}",
            born_on=date(2013, rng.randrange(1, 13), rng.randrange(1, 28)),
            gender=Gender.MALE,
            ethnicity="Kinh",
            nationality="Việt Nam",
        ),
        subjects=subjects,
        terms=(
            Term(term=1, level="Khá", conduct="Tốt", absences=1),
            Term(term=2, level="Khá", conduct="Tốt", absences=2),
        ),
        year=Year(
            level="Khá",
            level_after=None,
            conduct_after=None,
            conduct="Tốt",
            absences=3,
            promotion="PROMOTED",
            title=None,
            reasons=("Các môn học xếp mức Khá.",),
        ),
        remark="Chăm ngoan, có tiến bộ.",
        corrections=Corrections(count=0, subjects=()),
        slots=tuple(slots),
    )


def _subject(rng: random.Random, code: str, teacher: Teacher) -> Subject:
    scored = code in SCORED
    marks = [f"{rng.uniform(5, 10):.1f}" if scored else "Đ" for _ in range(3)]
    kind = Kind.SCORED if scored else Kind.COMMENT
    words = "Nắm vững kiến thức, trình bày rõ ràng."
    return Subject(
        code=code,
        name=f"Môn {code}",
        kind=kind,
        term1=marks[0],
        term2=marks[1],
        year=marks[2],
        retest=None,
        comment=words,
        teacher=teacher,
    )


def _slot(slot: str, role: Role, subject: str | None, holder: UUID, name: str) -> Slot:
    return Slot(slot=slot, role=role, subject=subject, holder=holder, name=name)
