"""Invented transcripts of the size that schools have, the people who sign them, and what one document costs."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from hashlib import sha256
from uuid import UUID, uuid4, uuid5

import typst
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from services.chassis.ids import new_code
from services.chassis.typesetting import FONTS
from services.contracts.signing.documents import ON_PAPER, SlotRole
from services.contracts.verdicts import Verdict
from services.signing import authority, keys, pdf, xml
from services.signing.appearance import Drawing, qr
from services.signing.keys import Signer
from services.signing.revocation import Answer, Status
from services.signing.summary import Issuer, summary_of
from services.signing.validation import Known, read
from services.transcript.canonical import (
    Corrections,
    Gender,
    Kind,
    Pupil,
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

SCORED = ("VAN", "TOAN", "NN1", "GDCD", "LSDL", "KHTN", "CN", "TIN")
COMMENT = ("GDTC", "NT", "HDTN", "GDDP")
ON_XML = len(SCORED) + len(COMMENT) + 3
SIGNATURES = ON_XML + len(ON_PAPER)
FROZEN_AT = datetime(2026, 5, 30, 2, tzinfo=UTC)
NAMES = {
    SlotRole.SUBJECT_TEACHER: "Trần Văn Mẫu",
    SlotRole.HOMEROOM: "Lê Thị Mẫu",
    SlotRole.PRINCIPAL: "Phạm Văn Mẫu",
    SlotRole.SEAL: "Trường THCS Mẫu",
}
FORM = FORMS / "hoc_ba.typ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Who signs, by role, with a key each; whom to believe; and a renderer, warmed up."""

    signers: Mapping[SlotRole, Signer]
    root: x509.Certificate
    renderer: Renderer

    def check(self, file: bytes) -> None:
        """Judge a file as one does to whom its issuer said that nothing was revoked."""
        reading = read(file, roots=[self.root], issuers={})
        good = Answer(status=Status.GOOD)
        now = datetime.now(UTC)
        answers = {one.public_bytes(Encoding.DER): good for one in reading.certificates(now)}
        report = reading.report(Known(at=now, answers=answers))
        if report.verdict is not Verdict.VALID:
            raise RuntimeError(f"An invented transcript is {report.verdict}: {report.reasons}")

    bare: "Bare"

    def signer(self, slot: str) -> Signer:
        return self.signers[SlotRole(slot.split("-", maxsplit=1)[0])]

    def issue(self, data: TranscriptData) -> tuple[bytes, bytes]:
        """What freezing and signing do to one transcript, without storing it: the PDF and the XML."""
        return self.sign(freeze(self.renderer, data))

    def sign(self, frozen: "Frozen") -> tuple[bytes, bytes]:
        at, paper = datetime.now(UTC), frozen.paper
        for field in ON_PAPER:
            paper = pdf.sign(paper, field, self.signer(field), at=at, drawings=drawings(field, frozen.data))
        slots = [(slot.slot, self.signer(slot.slot)) for slot in frozen.data.slots]
        return paper, xml.sign(frozen.document, slots, at=at)

    def raw(self, given: dict[str, str]) -> None:
        """The limit of `issue`: typst and as many signatures, with nothing of ours around them."""
        self.bare.compile(given)
        self.signers[SlotRole.SUBJECT_TEACHER].sign([sha256(b"%d" % number).digest() for number in range(SIGNATURES)])


@cache
def office() -> Office:
    """One for each process."""
    now, renderer, bare = datetime.now(UTC), Renderer(), Bare()
    above = authority.establish(now=now)
    renderer.render(invent(0))
    bare.compile(inputs_of(invent(0)))
    signers = {role: _signer(above, role, now) for role in NAMES}
    return Office(signers=signers, root=above.root, renderer=renderer, bare=bare)


class Bare:
    """typst with our form and nothing of ours around it."""

    def __init__(self) -> None:
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
        self._compiler = typst.Compiler(input=FORM, root=FORM.parent, font_paths=fonts)

    def compile(self, given: dict[str, str]) -> None:
        self._compiler.compile(format="pdf", pdf_standards=STANDARD, timestamp=FROZEN_AT, sys_inputs=given)


@dataclass(frozen=True, slots=True)
class Frozen:
    """A transcript that waits for its signatures."""

    data: TranscriptData
    document: bytes
    paper: bytes


def freeze(renderer: Renderer, data: TranscriptData) -> Frozen:
    document = write(data)
    rendered = renderer.render(data)
    boxes = [pdf.Box(slot=b.slot, page=b.page, x0=b.x0, y0=b.y0, x1=b.x1, y1=b.y1) for b in rendered.boxes]
    return Frozen(data, document, pdf.prepare(rendered.pdf, boxes))


def drawings(field: str, data: TranscriptData) -> list[Drawing]:
    """What the seal paints; the other fields nothing."""
    if field != ON_PAPER[-1]:
        return []
    summary = summary_of(to_canonical(data), issued_at=data.frozen_at)
    return [qr(f"https://hocba.example.vn/verify/{data.code}"), qr(_issuer().write(summary))]


@cache
def _issuer() -> Issuer:
    return Issuer(private=ec.generate_private_key(ec.SECP256R1()))


def _signer(above: authority.Authority, role: SlotRole, now: datetime) -> Signer:
    key = keys.generate()
    der = above.issue(
        key.public_key(),
        holder=_holder(role),
        name=NAMES[role],
        valid_from=now - timedelta(days=1),
        valid_until=now + timedelta(days=30),
        is_seal=role is SlotRole.SEAL,
    )
    return Signer(key=key, certificate=der, chain=above.chain)


def _holder(role: SlotRole) -> UUID:
    return uuid5(UUID(int=0), role)


def invent(seed: int) -> TranscriptData:
    """An invented pupil's year of the size that schools have."""
    rng = random.Random(seed)  # noqa: S311 - invented marks, not secrets
    teacher = Teacher(person_id=_holder(SlotRole.SUBJECT_TEACHER), name=NAMES[SlotRole.SUBJECT_TEACHER])
    subjects = tuple(_subject(rng, code, teacher) for code in (*SCORED, *COMMENT))
    slots = [_slot(f"GVBM-{one.code}", SlotRole.SUBJECT_TEACHER, one.code) for one in subjects]
    slots += [_slot(role, role) for role in (SlotRole.HOMEROOM, SlotRole.PRINCIPAL, SlotRole.SEAL)]
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
            unit_id=_holder(SlotRole.SEAL),
            code="00000001",
            name=NAMES[SlotRole.SEAL],
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


def _slot(slot: str, role: SlotRole, subject: str | None = None) -> Slot:
    return Slot(slot=slot, role=role, subject=subject, holder=_holder(role), name=NAMES[role])
