"""The written form of a credential: a compact JWS whose payload is the credential with its JWT claims (ES256).

Open Badges 3.0, 8.2, which CLR 2.0 repeats: the header holds `alg`, `kid`, `typ` and nothing else, and `kid` is an
address at which the public key is found as JWK.
"""

from base64 import urlsafe_b64encode

import rfc8785

from services.signing.clr.credential import Source, credential_of
from services.signing.summary import Issuer

KEYS = "/.well-known/credential-keys"
"""Where below the public address the keys are, each under its id in hexadecimal."""


def write(source: Source, issuer: Issuer) -> bytes:
    """The signed credential; the same source gives the same bytes."""
    credential = credential_of(source)
    header = {"alg": "ES256", "kid": f"{source.public_url}{KEYS}/{issuer.key_id.hex()}", "typ": "JWT"}
    claims = {
        "iss": credential["issuer"]["id"],
        "jti": credential["id"],
        "nbf": int(source.issued_at.timestamp()),
        "sub": credential["credentialSubject"]["id"],
    }
    to_sign = b".".join(encoded(rfc8785.dumps(part)) for part in (header, credential | claims))
    return b".".join((to_sign, encoded(issuer.sign(to_sign))))


def encoded(data: bytes) -> bytes:
    """Base64url without padding (RFC 7515, 2)."""
    return urlsafe_b64encode(data).rstrip(b"=")
