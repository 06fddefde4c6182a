"""Fetches what issuers publish about revocation, once for each issuer, and keeps it until the next is due."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import AuthorityInformationAccessOID
from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import insert

from services.chassis.database import Database
from services.signing.connection import Connection, NoAnswer
from services.signing.models.keys import revocation_data
from services.signing.resting import Resting
from services.signing.revocation import crl, ocsp
from services.signing.revocation.answer import Answer, Doubt, Doubtful, Evidence, Kind, Status, unknown

LIST_SECONDS, LARGEST_LIST = 30.0, 32 * 2**20
ANSWER_SECONDS, LARGEST_ANSWER = 10.0, 64 * 2**10
ASKED_AGAIN = timedelta(minutes=1)  # how soon one asks again for something newer than what is still in its interval
REQUEST = "application/ocsp-request"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A certificate of this issuer, the moment in question, and from when on the evidence must be, where that counts.

    Evidence made before a signature cannot show that its certificate was still good then; who keeps proof for long
    asks for evidence made after it.
    """

    certificate: x509.Certificate
    issuer: x509.Certificate
    moment: datetime
    made_after: datetime | None = None


class Revocations:
    """Answers from what is kept, or from what is fetched now.

    Only certificates that lead to a trusted root are to be asked about: the addresses are theirs.
    """

    def __init__(
        self,
        *,
        list_seconds: float = LIST_SECONDS,
        answer_seconds: float = ANSWER_SECONDS,
        resting: Resting | None = None,
    ) -> None:
        self._seconds = {Kind.CRL: list_seconds, Kind.OCSP: answer_seconds}
        self._resting = resting or Resting()

    def find(self, db: Database, asked: Question, *, now: datetime) -> Answer:
        """The first known answer, the issuer's list before its responder; else unknown, with the last doubt."""
        answer = unknown(Doubt.NO_ADDRESS)
        for kind, url in places(asked.certificate):
            try:
                answer = self._answer(db, asked, kind, url, now)
            except Doubtful as found:
                answer = unknown(found.doubt)
            if answer.status is not Status.UNKNOWN:
                break
        return answer

    def _answer(self, db: Database, asked: Question, kind: Kind, url: str, now: datetime) -> Answer:
        evidence = self._evidence(db, asked, kind, url, now)
        evidence.check_fresh(now)
        answer = judge(evidence, asked)
        too_early = asked.made_after and evidence.this_update < asked.made_after
        if too_early and answer.status is not Status.REVOKED:  # what is revoked already stays so
            raise Doubtful(Doubt.TOO_EARLY)
        return answer

    def _evidence(self, db: Database, asked: Question, kind: Kind, url: str, now: datetime) -> Evidence:
        key = _key(asked, kind)
        kept = _kept(db, key)
        if kept is not None and _serves(kept, asked, now):
            return _evidence_of(kept, kind)
        fetched = self._fetch(asked, kind, url)
        if kept is not None and fetched.this_update < kept.this_update:
            raise Doubtful(Doubt.REPLAYED)
        _keep(db, key, fetched, now)
        return fetched

    def _fetch(self, asked: Question, kind: Kind, url: str) -> Evidence:
        if self._resting.rests(url):
            raise Doubtful(Doubt.NO_ANSWER)
        try:
            evidence = fetch(asked, kind, url, seconds=self._seconds[kind])
        except (NoAnswer, Doubtful) as error:
            self._resting.failed(url)
            raise error if isinstance(error, Doubtful) else Doubtful(Doubt.NO_ANSWER) from error
        self._resting.answered(url)
        return evidence


def fetch(asked: Question, kind: Kind, url: str, *, seconds: float) -> Evidence:
    """What this address of the issuer says now; raises NoAnswer or Doubtful."""
    most = LARGEST_LIST if kind is Kind.CRL else LARGEST_ANSWER
    with closing(Connection(url, seconds=seconds, most=most)) as line:
        if kind is Kind.CRL:
            return crl.read(line.get(), asked.issuer)
        question = ocsp.ask(asked.certificate, asked.issuer)
        answer = line.post(question.public_bytes(Encoding.DER), kind=REQUEST)
    return ocsp.read(answer, asked.certificate, asked.issuer, asked=question)


def judge(evidence: Evidence, asked: Question) -> Answer:
    if evidence.kind is Kind.CRL:
        return crl.judge(evidence, asked.certificate, moment=asked.moment)
    return ocsp.judge(evidence, asked.certificate, asked.issuer, moment=asked.moment)


def places(certificate: x509.Certificate) -> Iterator[tuple[Kind, str]]:
    """Where the certificate says that its revocation is told."""
    found = certificate.extensions
    for extension in found:
        if isinstance(extension.value, x509.CRLDistributionPoints):
            for point in extension.value:
                yield from ((Kind.CRL, url) for url in _urls(point.full_name or []))
    for extension in found:
        if isinstance(extension.value, x509.AuthorityInformationAccess):
            asked = AuthorityInformationAccessOID.OCSP
            places = [each.access_location for each in extension.value if each.access_method == asked]
            yield from ((Kind.OCSP, url) for url in _urls(places))


def _urls(names: list[x509.GeneralName]) -> list[str]:
    """Those of the Web; directories (ldap) are not asked."""
    urls = [name.value for name in names if isinstance(name, x509.UniformResourceIdentifier)]
    return [url for url in urls if url.startswith(("http://", "https://"))]


def _key(asked: Question, kind: Kind) -> dict[str, str]:
    """A list is kept for its issuer, an answer for its certificate."""
    public = asked.issuer.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    serial = format(asked.certificate.serial_number, "x") if kind is Kind.OCSP else ""
    return {"issuer_key": sha256(asked.issuer.subject.public_bytes() + public).hexdigest(), "serial": serial}


def _serves(kept: Row[Any], asked: Question, now: datetime) -> bool:
    """Whether there is no need to ask: it is in its interval, and new enough or just fetched."""
    new_enough = asked.made_after is None or kept.this_update >= asked.made_after
    return bool(now < kept.next_update and (new_enough or now < kept.fetched_at + ASKED_AGAIN))


def _kept(db: Database, key: dict[str, str]) -> Row[Any] | None:
    with db.transaction() as tx:
        return tx.conn.execute(select(revocation_data).filter_by(**key)).first()


def _evidence_of(kept: Row[Any], kind: Kind) -> Evidence:
    interval = {"this_update": kept.this_update, "next_update": kept.next_update}
    return Evidence(kind=kind, der=bytes(kept.der), **interval)


def _keep(db: Database, key: dict[str, str], evidence: Evidence, now: datetime) -> None:
    """Keep the newest; what another process has fetched meanwhile and is newer stays."""
    values = {
        "der": evidence.der,
        "this_update": evidence.this_update,
        "next_update": evidence.next_update,
        "fetched_at": now,
    }
    new = insert(revocation_data).values(key | values)
    newer = revocation_data.c.this_update <= new.excluded.this_update
    with db.transaction() as tx:
        tx.conn.execute(new.on_conflict_do_update(index_elements=list(key), set_=values, where=newer))
