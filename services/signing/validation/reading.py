"""What was read of a document, and the report on it once more is known than the file tells."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Protocol

from cryptography import x509

from services.contracts.verdicts import Reason
from services.signing.evidence.proof import together
from services.signing.validation import report
from services.signing.validation.judging import Known, judge
from services.signing.validation.lasting import Lasting, Proofs, Stamp, read_stamp
from services.signing.validation.report import Fault, Report, Transcript
from services.signing.validation.signature import Found


class Readable(Protocol):
    """What was read of a file: whose certificates the verdict rests on, and the verdict once they are known."""

    def certificates(self, at: datetime) -> dict[x509.Certificate, x509.Certificate]:
        """Those that lead to a trusted root at this time, each with its issuer."""
        ...

    def report(self, known: Known) -> Report: ...


@dataclass(frozen=True, slots=True)
class Told:
    """A report that nothing known of certificates would change."""

    told: Report

    def certificates(self, _at: datetime) -> dict[x509.Certificate, x509.Certificate]:
        return {}

    def report(self, _known: Known) -> Report:
        return self.told


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A transcript's slots as found, and what is wrong with the whole; of what is no transcript only the latter."""

    kind: str
    transcript: Transcript | None = None
    found: tuple[Found, ...] = ()
    whole: tuple[Reason, ...] = ()

    def certificates(self, _at: datetime) -> dict[x509.Certificate, x509.Certificate]:
        paths = [one.path for one in self.found] + [each.path for one in self.found for each in one.lasting.stamps]
        return {certificate: issuer for path in paths for certificate, issuer in pairwise(path)}

    def report(self, known: Known) -> Report:
        if self.transcript is None:
            return report.unreadable(self.kind, self.whole[0])
        return report.conclude(self.kind, self.transcript, [judge(one, known) for one in self.found], self.whole)


def complete(
    kind: str, transcript: Transcript, found: Sequence[Found], roots: Sequence[x509.Certificate], *whole: Reason
) -> Reading:
    """The reading with what shows times and revocations, where all signatures are right so far."""
    if not whole and all(one.is_right for one in found):
        try:
            found = _lasting(found, roots)
        except Fault as fault:
            whole = (fault.reason,)
    return Reading(kind=kind, transcript=transcript, found=tuple(found), whole=whole)


def _lasting(found: Sequence[Found], roots: Sequence[x509.Certificate]) -> list[Found]:
    """Raises a Fault where something among the evidence is not what the platform puts there."""
    brought = {one.slot.slot: one.signed for one in found if one.signed}
    stamps = {each: read_stamp(each, roots) for one in brought.values() for each in one.stamped}
    proof = together(each for one in brought.values() for each in one.proofs)
    proofs = Proofs(proof, [*_along(found, stamps.values()), *roots])
    if not proofs.are_sound():
        raise Fault(Reason.EVIDENCE_MALFORMED)

    def of(one: Found) -> Lasting:
        return Lasting(stamps=tuple(stamps[each] for each in brought[one.slot.slot].stamped), proofs=proofs)

    return [replace(one, lasting=of(one)) for one in found]


def _along(found: Iterable[Found], stamps: Iterable[Stamp]) -> list[x509.Certificate]:
    paths = [*(one.path for one in found), *(one.path for one in stamps)]
    return [certificate for path in paths for certificate in path]
