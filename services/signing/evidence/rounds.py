"""The round that brings signed files a level up: asked outside any transaction, kept where nothing changed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from lxml.etree import LxmlError
from pyhanko.pdf_utils.misc import PdfError

from services.chassis.database import Tx
from services.chassis.errors import Problem
from services.chassis.service import Outside
from services.signing import algorithms
from services.signing.evidence import ledger
from services.signing.evidence.ledger import Due, Form, Step
from services.signing.evidence.proof import Level
from services.signing.evidence.proving import NotProven, Prover
from services.signing.evidence.steps import PdfSigned, SheetSigned, Signed, XmlSigned
from services.signing.revocation import Revocations
from services.signing.timestamps import Authorities, Stamp, TimestampFailed

ROUND_SECONDS = 60.0
BATCH = 40  # files; an XML document wants a dozen timestamps
STAMP_SECONDS = 60.0  # for all timestamps of a batch
RENEWED_BEFORE = timedelta(days=90)  # before the certificate of the newest timestamp, or its algorithm, ends
NO_LONGER = "no_longer_lasting"  # the authorities' certificates end no later than what is there: nothing is gained
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)
_SIGNED: dict[Form, Callable[[bytes], Signed]] = {Form.XML: XmlSigned, Form.PDF: PdfSigned, Form.SHEET: SheetSigned}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """Whom the round asks, and the roots that it believes."""

    authorities: Authorities
    revocations: Revocations
    roots: Sequence[x509.Certificate]

    def take(self, outside: Outside) -> list[Step]:
        """The next step of every file that is due, tried; nothing of it counts before it is kept."""
        with outside.db.transaction() as tx:
            ledger.enter_completed(tx)
            due, now = ledger.find_due(tx, BATCH), tx.now()
        prover = Prover(db=outside.db, revocations=self.revocations, roots=self.roots)
        proven = [self._proven(one, outside, prover, now) for one in due]
        return [*(one for one in proven if isinstance(one, Step)), *self._stamped(proven, outside, now)]

    def _proven(self, due: Due, outside: Outside, prover: Prover, now: datetime) -> "Step | _Open":
        """A step with proof, a failure, or a file that is open for a timestamp."""
        try:
            file = _SIGNED[due.form](outside.objects.get(due.file))
            if due.level in (Level.B_B, Level.B_LT):
                return _Open(due=due, file=file)
            used_at = due.stamped_at or now
            proofs = [prover.prove(chains, used_at=used_at, now=now) for chains in file.chains()]
            raw = file.proven(proofs)
        except NotProven as found:
            return _failed(due, found.why, now)
        except (ValueError, LxmlError, PdfError, Problem) as error:
            return _failed(due, getattr(error, "code", "unreadable"), now)
        if due.level is Level.B_LTA:
            ends = min(_good_until(chain[0]) for chains in file.chains() for chain in chains)
            return _Open(due=due, file=_SIGNED[due.form](raw), ends=ends)
        return Step(due=due, level=Level.B_LT, file=outside.objects.put(raw), stamped_at=due.stamped_at, due_at=now)

    def _stamped(self, proven: "Sequence[Step | _Open]", outside: Outside, now: datetime) -> list[Step]:
        """One call for the timestamps of all open files."""
        files = [one for one in proven if isinstance(one, _Open)]
        digests = [one.file.digests() for one in files]
        answers = iter(self.authorities.stamp([each for one in digests for each in one], seconds=STAMP_SECONDS))
        return [
            _with_stamps(one, [next(answers) for _ in wanted], outside, now)
            for one, wanted in zip(files, digests, strict=True)
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Open:
    """A file that waits for timestamps; to be renewed, those must outlast its newest, which `ends` then."""

    due: Due
    file: Signed
    ends: datetime | None = None


def keep(tx: Tx, steps: Sequence[Step]) -> bool:
    """Keep what was reached and what failed; whether something was reached, so that there may be more."""
    return bool(ledger.keep(tx, steps))


def _with_stamps(one: _Open, answers: Sequence[Stamp | TimestampFailed], outside: Outside, now: datetime) -> Step:
    stamps = [answer for answer in answers if isinstance(answer, Stamp)]
    for answer in answers:
        if isinstance(answer, TimestampFailed):
            return _failed(one.due, answer.code, now)
    try:
        raw = one.file.stamped([stamp.token for stamp in stamps])
    except ValueError:
        return _failed(one.due, "unreadable", now)
    level = Level.B_T if one.due.level is Level.B_B else Level.B_LTA
    ends = min(_good_until(stamp.certificates[0]) for stamp in stamps)
    if one.ends is not None and ends <= one.ends:
        return _failed(one.due, NO_LONGER, now)
    due_at = now if level is Level.B_T else max(ends - RENEWED_BEFORE, now + LONGEST_WAIT)
    stamped_at = max(stamp.at for stamp in stamps)
    return Step(due=one.due, level=level, file=outside.objects.put(raw), stamped_at=stamped_at, due_at=due_at)


def _good_until(certificate: bytes) -> datetime:
    """Until when a timestamp under this certificate proves something by itself."""
    own = x509.load_der_x509_certificate(certificate)
    return min(own.not_valid_after_utc, algorithms.good_until(own.public_key()))


def _failed(due: Due, why: str, now: datetime) -> Step:
    """The level stays; the next try comes later each time."""
    wait = min(FIRST_WAIT * 2 ** min(due.tries, 16), LONGEST_WAIT)
    return Step(due=due, level=due.level, file=None, stamped_at=due.stamped_at, due_at=now + wait, why=why)
