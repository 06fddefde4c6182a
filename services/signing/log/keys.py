"""The log's key and its witnesses' keys, from signing's settings."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from services.chassis.settings import MissingSetting
from services.signing.log.faults import LogFault
from services.signing.log.notes import COSIGNATURE, ED25519, NoteSigner, VerifierKey, verifier_key


def signer_of(pem: str, origin: str) -> NoteSigner:
    """The log's signer under its name; MissingSetting where the key is none."""
    try:
        private = load_pem_private_key(pem.encode(), None)
    except ValueError as error:
        raise MissingSetting("HOCBA_SIGNING_LOG_KEY must be a private key in PEM form.") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise MissingSetting("HOCBA_SIGNING_LOG_KEY must be an Ed25519 key.")
    return NoteSigner(name=origin, kind=ED25519, private=private)


def witnesses_of(vkeys: str) -> list[VerifierKey]:
    """The witnesses' keys, in one text with spaces between; MissingSetting where one is none."""
    try:
        keys = [verifier_key(vkey) for vkey in vkeys.split()]
    except LogFault as fault:
        raise MissingSetting(f"HOCBA_SIGNING_LOG_WITNESSES is not as it should be: {fault}") from fault
    if any(key.kind != COSIGNATURE for key in keys):
        raise MissingSetting("HOCBA_SIGNING_LOG_WITNESSES names a key that is not for cosignatures.")
    return keys
