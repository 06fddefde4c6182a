"""Since when a signature is proven to exist: by timestamps (RFC 3161) of authorities that the caller believes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import tsp
from asn1crypto.x509 import Certificate
from cryptography import x509

from services.contracts.verdicts import Reason
from services.signing.evidence.proof import Proof
from services.signing.validation.foreign import chains, signed_data, standing
from services.signing.validation.foreign.chains import Chain, OutOfTime
from services.signing.validation.foreign.found import Anchors, Token
from services.signing.validation.report import Fault

MOST_STAMPS = 20  # around one signature; each is over all that stands before it
PURPOSE = "time_stamping"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """The earliest time that believed timestamps prove, and whether one of them covers the proof in the file.

    `chains` lead from their authorities to a root.
    """

    at: datetime | None = None
    archived: bool = False
    chains: tuple[Chain, ...] = ()


def prove(tokens: Sequence[Token], proof: Proof, anchors: Anchors) -> Proven:
    """Each timestamp is judged at the time that the one around it proves, the outermost now (EN 319 102-1, 5.6).

    What is known of its own revocation counts; where nothing is, it is believed. A Fault for a timestamp that is not
    right in itself, whomever it is from.
    """
    if len(tokens) > MOST_STAMPS:
        raise Fault(Reason.TOO_LARGE)
    proven = Proven()
    for token in reversed(tokens):
        moment = proven.at or anchors.at
        stated, certificates = _read(token, anchors)
        if stated <= moment and (chain := _believed(certificates, proof, anchors, moment)):
            proven = Proven(at=stated, archived=proven.archived or token.archives, chains=(*proven.chains, chain))
    return proven


def _read(token: Token, anchors: Anchors) -> tuple[datetime, tuple[bytes, ...]]:
    """The time and the certificates of a timestamp that is on the right digest and rightly signed."""
    try:
        content = token.message["content"]["encap_content_info"]["content"]
        info: tsp.TSTInfo = content.parsed
        imprint, stated = info["message_imprint"], info["gen_time"].native
        fits = _imprint(token, imprint["hash_algorithm"]["algorithm"].native) == imprint["hashed_message"].native
        certificates = signed_data.check(token.message, signed_data.digest_of(bytes(content)), content="tst_info")
    except Fault as fault:
        raise Fault(Reason.ALGORITHM if fault.reason is Reason.ALGORITHM else Reason.TIMESTAMP_BROKEN) from fault
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Fault(Reason.TIMESTAMP_BROKEN) from error
    if not fits:
        raise Fault(Reason.TIMESTAMP_BROKEN)
    signed_data.check_vouched(certificates, (*anchors.roots, *anchors.certificates))
    return stated, certificates


def _imprint(token: Token, name: str) -> bytes:
    if name not in signed_data.HASHES:
        raise Fault(Reason.ALGORITHM)
    return token.imprint(name)


def _believed(certificates: tuple[bytes, ...], proof: Proof, anchors: Anchors, moment: datetime) -> Chain | None:
    """The authority's path to a root; None where it is not to be believed at this moment."""
    usage = Certificate.load(certificates[0]).extended_key_usage_value
    if usage is None or usage.native != [PURPOSE]:  # for timestamps alone (RFC 3161, 2.3)
        return None
    own, *_ = (x509.load_der_x509_certificate(der) for der in certificates)
    try:
        chain = chains.find(own, (*certificates, *proof.certificates), roots=anchors.roots, at=moment)
    except (OutOfTime, Fault):
        return None
    revoked_at = standing.of(chain, proof, moment=moment, at=anchors.at, told=anchors.answers).revoked_at
    return chain if revoked_at is None or moment < revoked_at else None
