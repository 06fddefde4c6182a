"""Asks authorities for timestamps: the first that is not resting, then the next; one that fails or lies must rest."""

import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509

from services.signing.connection import Connection, NoAnswer
from services.signing.resting import Resting
from services.signing.timestamps.errors import TimestampFailed, TimestampSilent
from services.signing.timestamps.token import Asked, Stamp, believe

ANSWER_SECONDS = 10.0
LARGEST_ANSWER = 64 * 2**10
NONCE_BITS = 64
QUERY = "application/timestamp-query"


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Where an authority answers, and the policy (dotted OID) that its tokens must name, where one is required."""

    url: str
    policy: str | None = None


class Authorities:
    """Some authorities in the order in which they are asked; `roots` are believed about their certificates.

    Every signature needs a token of its own: XAdES and PAdES know no token over many, so there is no tree of digests.
    """

    def __init__(
        self,
        authorities: Sequence[Authority],
        *,
        roots: Sequence[x509.Certificate],
        seconds: float = ANSWER_SECONDS,
        resting: Resting | None = None,
    ) -> None:
        self._authorities, self._roots, self._seconds = authorities, roots, seconds
        self._resting = resting or Resting()

    def stamp(self, digests: Sequence[bytes], *, seconds: float) -> list[Stamp | TimestampFailed]:
        """A stamp for each SHA-256 digest, or why there is none.

        One request follows the other over one kept connection for each authority. After `seconds` no more are sent.
        """
        end = time.monotonic() + seconds
        with ExitStack() as open_ones:
            lines = {one.url: open_ones.enter_context(closing(self._connection(one))) for one in self._authorities}
            return list(self._stamps(digests, lines, end))

    def _connection(self, authority: Authority) -> Connection:
        return Connection(authority.url, seconds=self._seconds, most=LARGEST_ANSWER)

    def _stamps(
        self, digests: Sequence[bytes], lines: dict[str, Connection], end: float
    ) -> Iterator[Stamp | TimestampFailed]:
        failed = TimestampFailed()
        for digest in digests:
            outcome: Stamp | TimestampFailed = failed
            for authority in self._authorities if time.monotonic() < end else ():
                if self._resting.rests(authority.url):
                    continue
                outcome = self._ask(authority, digest, lines[authority.url])
                if isinstance(outcome, Stamp):
                    break
                failed = outcome
            yield outcome

    def _ask(self, authority: Authority, digest: bytes, line: Connection) -> Stamp | TimestampFailed:
        asked = Asked(digest=digest, nonce=secrets.randbits(NONCE_BITS), policy=authority.policy)
        try:
            answer = line.post(asked.der(), kind=QUERY)
            stamp = believe(answer, asked, roots=self._roots, now=datetime.now(UTC))
        except NoAnswer as error:
            self._resting.failed(authority.url)
            return TimestampSilent(why=error.en)
        except TimestampFailed as lie:
            self._resting.failed(authority.url)
            return lie
        self._resting.answered(authority.url)
        return stamp
