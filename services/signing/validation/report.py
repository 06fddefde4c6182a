"""What a validation answers: a verdict on the document and on each signature, with reasons as stable codes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, StrEnum

from services.signing.evidence.proof import Level
from services.signing.pdf import ON_PAPER

ROLES = ("GVBM", *ON_PAPER)  # in the order of signing
SEAL = ROLES[-1]
PRIMARY = "TH"  # the stage whose form has no place for subject teachers to sign (TT27/2020)


class Verdict(Enum):
    """REVOKED is never given here: callers who know of a revocation put it in place of VALID."""

    VALID = "valid"
    UNDECIDED = "undecided"
    REVOKED = "revoked"
    BROKEN = "broken"


class Reason(StrEnum):
    """Why a verdict is not VALID; programs read these codes, so they never change."""

    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    NOT_CANONICAL = "not_canonical"
    DUPLICATE_ID = "duplicate_id"
    STRUCTURE = "structure"
    DATA_MISSING = "data_missing"
    SLOT_LIST = "slot_list"
    SLOT_EMPTY = "slot_empty"
    UNEXPECTED_SIGNATURE = "unexpected_signature"
    CHANGED_AFTER_SIGNING = "changed_after_signing"
    SIGNATURE_MALFORMED = "signature_malformed"
    WRONG_REFERENCE = "wrong_reference"
    DIGEST_MISMATCH = "digest_mismatch"
    SIGNATURE_MISMATCH = "signature_mismatch"
    WRONG_HOLDER = "wrong_holder"
    OUT_OF_ORDER = "out_of_order"
    SIGNED_IN_FUTURE = "signed_in_future"
    CERTIFICATE_PURPOSE = "certificate_purpose"
    CERTIFICATE_NOT_VALID_THEN = "certificate_not_valid_then"
    CERTIFICATE_UNTRUSTED = "certificate_untrusted"
    HOLDER_UNREGISTERED = "holder_unregistered"
    NOT_SIGNED = "not_signed"
    COVERS_PART = "covers_part"
    ALGORITHM = "algorithm"
    TIMESTAMP_BROKEN = "timestamp_broken"
    CERTIFICATE_REVOKED = "certificate_revoked"
    REVOKED_UNPROVEN = "revoked_unproven"
    REVOCATION_UNKNOWN = "revocation_unknown"
    NO_PROOF_OF_TIME = "no_proof_of_time"

    @property
    def verdict(self) -> Verdict:
        """Nothing is known to be wrong where more may become known, or less is signed than is asked about."""
        return Verdict.UNDECIDED if self in _OPEN else Verdict.BROKEN


_OPEN = frozenset(
    {
        Reason.CERTIFICATE_UNTRUSTED,  # an authority unknown today may be recognised tomorrow
        Reason.HOLDER_UNREGISTERED,  # and a holder found in the register
        Reason.NOT_SIGNED,
        Reason.COVERS_PART,
        Reason.REVOKED_UNPROVEN,
        Reason.REVOCATION_UNKNOWN,
        Reason.NO_PROOF_OF_TIME,
    }
)


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
    """One slot; `certificate` (DER) lets a caller ask for revocations, `signed_at` is what the signer claims.

    `proven_at` is what a trusted timestamp proves, `level` how far the signature has come with its evidence.
    """

    slot: str
    role: str
    holder: str
    name: str
    verdict: Verdict
    reason: Reason | None
    signed_at: datetime | None
    certificate: bytes | None
    proven_at: datetime | None = None
    level: Level | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A document's verdict is the worst of its signatures' and of the whole.

    `code`, `version` and `data` tell which transcript the document claims to be, for comparison with the
    register: `data` is the canonical JSON of a PDF, the canonical DU_LIEU_HOC_BA element of an XML document.
    """

    verdict: Verdict
    reasons: tuple[Reason, ...]
    signatures: tuple[SignatureReport, ...]
    code: str | None
    version: int | None
    data: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """What a readable document says of itself."""

    code: str
    version: int
    data: bytes
    slots: tuple[Slot, ...]


def unreadable(reason: Reason) -> Report:
    """The report on what cannot even be read as a transcript."""
    return Report(verdict=reason.verdict, reasons=(reason,), signatures=(), code=None, version=None, data=None)


def conclude(transcript: Transcript, signatures: Iterable[SignatureReport], whole: Iterable[Reason] = ()) -> Report:
    """The report on a transcript, from what was found in its signatures and in the whole."""
    judged = tuple(_in_turn(sorted(signatures, key=lambda each: ROLES.index(each.role))))
    reasons = tuple(dict.fromkeys((*whole, *(each.reason for each in judged if each.reason))))
    found = {reason.verdict for reason in reasons} or {Verdict.VALID}
    return Report(
        verdict=Verdict.BROKEN if Verdict.BROKEN in found else found.pop(),
        reasons=reasons,
        signatures=judged,
        code=transcript.code,
        version=transcript.version,
        data=transcript.data,
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
