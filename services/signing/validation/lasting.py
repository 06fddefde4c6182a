"""What a file brings along for later: timestamps, and proof that certificates were good; read, not yet believed."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from services.contracts.verdicts import Reason
from services.signing.chains import Path, issued, path
from services.signing.evidence.proof import Proof, Stamped
from services.signing.revocation import Answer, Doubt, Evidence, Status, crl, ocsp
from services.signing.revocation.answer import Doubtful, unknown
from services.signing.timestamps import TimestampFailed, read
from services.signing.timestamps.errors import TimestampUntrusted
from services.signing.validation.report import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A timestamp that is right by itself, with the path from its authority to a trusted root."""

    at: datetime
    path: Path


class Proofs:
    """Lists and answers out of a file, each with the issuer whose signature it bears."""

    def __init__(self, proof: Proof, others: Iterable[x509.Certificate]) -> None:
        self._proof = proof
        self._certificates = list(dict.fromkeys([*_readable(proof.certificates), *others]))
        self._lists = {der: self._issuer_of(der) for der in proof.lists}

    def find(self, certificate: x509.Certificate, issuer: x509.Certificate, *, moment: datetime, after: bool) -> Answer:
        """What the file itself proves about a certificate at that moment; with `after` only what was made since.

        Evidence from before a signature cannot show that the certificate was still good then; for certificates of
        authorities a list in force at that moment will do.
        """
        for evidence, answer in self._answers(certificate, issuer, moment):
            in_force = evidence.this_update <= moment < evidence.next_update
            if answer.status is Status.REVOKED or evidence.this_update >= moment or (in_force and not after):
                return answer
        return unknown(Doubt.NO_ANSWER)

    def are_sound(self) -> bool:
        """Whether every piece is signed by whom it names: nothing else was put among them."""
        chained = (any(issued(issuer, one) for issuer in self._certificates) for one in self._certificates)
        answered = (self._answered(der) for der in self._proof.answers)
        parsed = len(_readable(self._proof.certificates)) == len(self._proof.certificates)
        return parsed and all(self._lists.values()) and all(chained) and all(answered)

    def _answers(
        self, certificate: x509.Certificate, issuer: x509.Certificate, moment: datetime
    ) -> Iterator[tuple[Evidence, Answer]]:
        for found in self._lists.values():
            if found and found[0] == issuer:
                with suppress(Doubtful):
                    yield found[1], crl.judge(found[1], certificate, moment=moment)
        for der in self._proof.answers:
            with suppress(Doubtful):
                evidence = ocsp.read(der, certificate, issuer)
                yield evidence, ocsp.judge(evidence, certificate, issuer, moment=moment)

    def _issuer_of(self, der: bytes) -> tuple[x509.Certificate, Evidence] | None:
        for one in self._certificates:
            with suppress(Doubtful):
                return one, crl.read(der, one)
        return None

    def _answered(self, der: bytes) -> bool:
        for issuer in self._certificates:
            for one in self._certificates:
                with suppress(Doubtful):
                    ocsp.read(der, one, issuer)
                    return True
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lasting:
    """What shows a signature's time, oldest first, and that its certificates were good."""

    stamps: tuple[Stamp, ...]
    proofs: Proofs


def read_stamp(stamped: Stamped, roots: Sequence[x509.Certificate]) -> Stamp:
    """The timestamp; raises a Fault for one that is not right.

    One of an authority that we do not know proves nothing to us, and nothing against the file.
    """
    try:
        found = read(stamped.token, stamped.digest, roots=roots)
    except TimestampUntrusted as error:
        raise Fault(Reason.TIMESTAMP_UNTRUSTED) from error
    except TimestampFailed as error:
        raise Fault(Reason.EVIDENCE_MALFORMED) from error
    own, *others = map(x509.load_der_x509_certificate, found.certificates)
    return Stamp(at=found.at, path=path(own, others, roots=roots, at=found.at))


def _readable(certificates: Iterable[bytes]) -> list[x509.Certificate]:
    found = []
    for der in certificates:
        with suppress(ValueError):
            found.append(x509.load_der_x509_certificate(der))
    return found


NOTHING = Lasting(stamps=(), proofs=Proofs(Proof(certificates=(), lists=(), answers=()), ()))
