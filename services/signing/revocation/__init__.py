"""Whether a certificate was revoked at a moment, with the bytes that prove it: a list (CRL) or an answer (OCSP)."""

from services.signing.revocation.answer import Answer, Doubt, Evidence, Kind, Status
from services.signing.revocation.lookup import Revocations

__all__ = ["Answer", "Doubt", "Evidence", "Kind", "Revocations", "Status"]
