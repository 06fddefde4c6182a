"""Signed files brought from level to level at invented times, without any server."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from deploy.tsa.tokens import TimestampKey, answer
from services.signing import keys, publication
from services.signing.authority import Authority
from services.signing.evidence.proof import Proof
from services.signing.evidence.steps import PdfSigned, SheetSigned, XmlSigned
from services.signing.publication import Revoked, Standing
from services.signing.revocation import ocsp
from services.signing.timestamps.token import Asked
from tests.unit.signing.school_papers import SIGNED_AT

HOUR = timedelta(hours=1)


@dataclass(kw_only=True)
class Notary:
    """A timestamp authority under this authority, and what the latter publishes; `revoked` is on its list.

    Asked for `answers`, it gives one about each certificate in place of the list.
    """

    authority: Authority
    key: TimestampKey
    revoked: list[Revoked] = field(default_factory=list)
    answers: bool = False

    @classmethod
    def of(
        cls, authority: Authority, *, valid_until: datetime = SIGNED_AT + timedelta(days=1800), answers: bool = False
    ) -> "Notary":
        key = keys.generate()
        certificate = authority.issue_timestamping(
            key.public_key(), name="TSA thử", valid_from=SIGNED_AT - timedelta(days=90), valid_until=valid_until
        )
        stamping = TimestampKey(key=key, certificate=certificate, chain=authority.chain)
        return cls(authority=authority, key=stamping, answers=answers)

    def token(self, digest: bytes, at: datetime) -> bytes:
        reply = answer(Asked(digest=digest, nonce=5, policy=None).der(), self.key, at=at, serial=11)
        octets: bytes = tsp.TimeStampResp.load(reply)["time_stamp_token"].dump()
        return octets

    def stamp(self, file: bytes, at: datetime = SIGNED_AT + HOUR) -> bytes:
        signed = _opened(file)
        return signed.stamped([self.token(digest, at) for digest in signed.digests()])

    def prove(self, file: bytes, at: datetime = SIGNED_AT + 2 * HOUR) -> bytes:
        """With the authority's list of that time."""
        signed = _opened(file)
        return signed.proven([self._proof(chains, at) for chains in signed.chains()])

    def keep_for_long(self, file: bytes, at: datetime = SIGNED_AT + 3 * HOUR) -> bytes:
        """From B-B to B-LTA, an hour a step; the last at this time."""
        return self.stamp(self.prove(self.stamp(file, at - 2 * HOUR), at - HOUR), at)

    def renew(self, file: bytes, at: datetime) -> bytes:
        return self.stamp(self.prove(file, at - HOUR), at)

    def _proof(self, chains, at: datetime) -> Proof:
        certificates = tuple(dict.fromkeys(one for chain in chains for one in chain))
        if self.answers:
            told = tuple(self._answer(own, at) for own, *_ in chains)
            return Proof(certificates=certificates, lists=(self.authority.root_list,), answers=told)
        listed = publication.revocation_list(self.authority, self.revoked, now=at)
        return Proof(certificates=certificates, lists=(listed, self.authority.root_list), answers=())

    def _answer(self, der: bytes, at: datetime) -> bytes:
        def find(serial: int) -> Standing:
            return Standing(is_ours=True, revoked=next((one for one in self.revoked if one.serial == serial), None))

        asked = ocsp.ask(x509.load_der_x509_certificate(der), self.authority.issuing).public_bytes(Encoding.DER)
        return publication.answer(self.authority, asked, find, now=at)


def _opened(file: bytes) -> PdfSigned | SheetSigned | XmlSigned:
    if file.startswith(b"{"):
        return SheetSigned(file)
    return PdfSigned(file) if file.startswith(b"%PDF-") else XmlSigned(file)


def own_certificate(signer: keys.Signer) -> x509.Certificate:
    return x509.load_der_x509_certificate(signer.certificate)
