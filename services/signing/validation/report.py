"""What a validation answers: a verdict on the document and on each signature, with reasons as stable codes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.contracts.signing.documents import SlotRole
from services.contracts.transcript import Origin
from services.contracts.verdicts import Reason, Verdict, worst
from services.signing.evidence.proof import Level
from services.signing.summary import Summary

ROLES = tuple(SlotRole)  # in the order of signing
SEAL = ROLES[-1]
TRANSCRIPT, DIGITISED = "vn.hocba.transcript.v1", "vn.hocba.digitised.v1"  # the formats that are known
ORIGINAL, COPY = Origin.BORN_DIGITAL, Origin.DIGITISED_COPY
ISSUER = "ISSUER"  # of a code on paper, and of credentials: the installation, for the school
PRIMARY = "TH"  # the stage whose form has no place for subject teachers to sign (TT27/2020)


class Fault(Exception):  # noqa: N818 - a finding about a document, not a fault of the program
    """The first thing found wrong with a document or with one signature."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A place for a signature as the document's data declares it; `holder` is the id its certificate must bear."""

    slot: str
    role: str
    holder: str
    name: str

    @property
    def covers(self) -> str:
        """Id of the XML element that the slot's signature must cover."""
        match self.role:
            case "GVBM":
                return self.slot.replace("GVBM-", "dtk-", 1)
            case "GVCN":
                return "thongtinhocba"
            case _:
                return "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureReport:
    """One slot; `signed_at` is what the signer claims, `proven_at` the earliest believed timestamp on the signature.

    `level` is the one that the evidence in the file has reached as far as it is believed, None where nothing is.
    """

    slot: str
    role: str
    holder: str
    name: str
    verdict: Verdict
    reason: Reason | None
    signed_at: datetime | None
    proven_at: datetime | None = None
    level: Level | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RowReport:
    """A subject's row; `sheet` names the signed class sheet that covers it, None where none that came along does."""

    subject: str
    sheet: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A document's verdict is the worst of its signatures' and of the whole.

    `code`, `version` and `data` tell which transcript the document claims to be, for comparison with the
    register: `data` is the canonical JSON of a PDF, the canonical DU_LIEU_HOC_BA element of an XML document. A code on
    paper has its `summary`; several documents together are `members`, each with its `name`. Of a transcript that came
    with class sheets, `rows` are those that have a place in one.
    """

    verdict: Verdict
    kind: str
    reasons: tuple[Reason, ...]
    signatures: tuple[SignatureReport, ...]
    code: str | None
    version: int | None
    data: bytes | None
    summary: Summary | None = None
    name: str | None = None
    members: tuple["Report", ...] = ()
    rows: tuple[RowReport, ...] = ()
    origin: Origin | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """What a readable document says of itself; a class sheet has no code, as many transcripts lead to it."""

    code: str | None
    version: int | None
    data: bytes
    slots: tuple[Slot, ...]
    origin: Origin = ORIGINAL


def unreadable(kind: str, reason: Reason) -> Report:
    """The report on what cannot even be read as a transcript."""
    return Report(
        kind=kind, verdict=reason.verdict, reasons=(reason,), signatures=(), code=None, version=None, data=None
    )


def conclude(
    kind: str, transcript: Transcript, signatures: Iterable[SignatureReport], whole: Iterable[Reason] = ()
) -> Report:
    """The report on a transcript, from what was found in its signatures and in the whole."""
    judged = tuple(_in_turn(sorted(signatures, key=lambda each: ROLES.index(each.role))))
    reasons = tuple(dict.fromkeys((*whole, *(each.reason for each in judged if each.reason))))
    return Report(
        kind=kind,
        verdict=worst(reason.verdict for reason in reasons),
        reasons=reasons,
        signatures=judged,
        code=transcript.code,
        version=transcript.version,
        data=transcript.data,
        origin=transcript.origin,
    )


def of_all(kind: str, members: tuple[Report, ...], whole: tuple[Reason, ...] = ()) -> Report:
    """The report on several documents: as good as the worst of them."""
    reasons = dict.fromkeys((*whole, *(reason for each in members for reason in each.reasons)))
    return Report(
        kind=kind,
        verdict=worst((*(reason.verdict for reason in whole), *(each.verdict for each in members))),
        reasons=tuple(reasons),
        signatures=tuple(one for each in members for one in each.signatures),
        code=None,
        version=None,
        data=None,
        members=members,
    )


def check_slots(
    slots: Sequence[Slot], *, stage: str | None, subjects: Iterable[str | None], school: str | None
) -> None:
    """A Fault unless the slots are those of the stage's form.

    That is one each for GVCN, CBQL and the seal of this very school, and one for each subject's teacher, but in primary
    for none. `school` is the id of the unit that the document says it comes from, `subjects` are its codes.
    """
    teachers = [slot.slot for slot in slots if slot.role == "GVBM"]
    asked = [] if stage == PRIMARY else [f"GVBM-{code}" for code in subjects]
    others = [slot for slot in slots if slot.role != "GVBM"]
    sound = (
        sorted(teachers) == sorted(set(asked))
        and sorted((slot.slot, slot.role) for slot in others) == sorted((role, role) for role in ROLES[1:])
        and [slot.holder for slot in others if slot.role == SEAL] == [school]
    )
    if not sound:
        raise Fault(Reason.SLOT_LIST)


def check_copy(slots: Sequence[Slot], *, origin: str | None, school: str | None) -> None:
    """A Fault unless a digitised copy says that it is one, and its slots are the principal's and the school's seal."""
    if origin != COPY:
        raise Fault(Reason.STRUCTURE)
    told = [(slot.slot, slot.role) for slot in slots]
    if told != [(role, role) for role in ROLES[-2:]] or slots[-1].holder != school:
        raise Fault(Reason.SLOT_LIST)


def _in_turn(signatures: Sequence[SignatureReport]) -> Iterator[SignatureReport]:
    """Nobody signs before all who sign at an earlier turn have signed."""
    for each in signatures:
        turn = ROLES.index(each.role)
        earlier = (other.signed_at for other in signatures if other.signed_at and ROLES.index(other.role) < turn)
        if (
            each.verdict is not Verdict.BROKEN
            and each.signed_at
            and each.signed_at < max(earlier, default=each.signed_at)
        ):
            yield replace(each, verdict=Verdict.BROKEN, reason=Reason.OUT_OF_ORDER)
        else:
            yield each
