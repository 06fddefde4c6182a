"""A file of others: read once, which asks nobody, and judged when more is known of its certificates."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice, pairwise

from cryptography import x509

from services.contracts.verdicts import Reason
from services.signing.validation.foreign import judging
from services.signing.validation.foreign.chains import Chain
from services.signing.validation.foreign.found import Anchors, Found
from services.signing.validation.report import Fault, Report, unreadable

MOST_ASKED = 40  # certificates of one letter that issuers are asked about


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Each signature by its slot, or what is wrong with it, and what is wrong with the whole."""

    kind: str
    signatures: tuple[tuple[str, Found | Fault], ...] = ()
    whole: tuple[Reason, ...] = ()

    def certificates(self, anchors: Anchors) -> dict[x509.Certificate, x509.Certificate]:
        """Those that the verdict rests on, each with its issuer; all are on a path to a root, so their addresses count.

        What has ended is left out: lists need not tell of it any more.
        """
        right = [found for _, found in self.signatures if isinstance(found, Found)]
        pairs = (pair for found in right for chain in _chains(found, anchors) for pair in pairwise(chain))
        rests_on = {one: issuer for one, issuer in pairs if anchors.at <= one.not_valid_after_utc}
        return dict(islice(rests_on.items(), MOST_ASKED))

    def report(self, anchors: Anchors) -> Report:
        try:
            judged = [judging.judge(slot, found, anchors) for slot, found in self.signatures]
        except Exception:  # noqa: BLE001 - a hostile file may fail a parser in any way; none of them is a signed document
            return unreadable(self.kind, Reason.UNREADABLE)
        return judging.conclude(self.kind, judged, self.whole)


def taken(slot: str, take: Callable[[], Found]) -> tuple[str, Found | Fault]:
    """A signature taken out of its file; `take` raises a Fault where it is not right."""
    try:
        return slot, take()
    except Fault as fault:
        return slot, fault


def _chains(found: Found, anchors: Anchors) -> Iterator[Chain]:
    try:
        yield from judging.chains_of(found, anchors)
    except Exception:  # noqa: BLE001 - as above: whoever cannot be read, nobody is asked about
        return
