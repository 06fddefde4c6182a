"""The verdicts on "is it genuine?", from good to bad, and the reasons for them, as anybody who checks gives them."""

from collections.abc import Iterable
from enum import StrEnum


class Verdict(StrEnum):
    """From good to bad; undecided is never shown as valid.

    A transcript is REVOKED when the register says so: callers who ask it put that in place of VALID.
    """

    VALID = "VALID"
    UNDECIDED = "UNDECIDED"
    REVOKED = "REVOKED"
    BROKEN = "BROKEN"


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    return max(verdicts, key=list(Verdict).index, default=Verdict.VALID)


class Reason(StrEnum):
    """Why a verdict is not VALID; programs read these codes, so they never change."""

    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    NOT_CANONICAL = "not_canonical"
    DUPLICATE_ID = "duplicate_id"
    STRUCTURE = "structure"
    DATA_MISSING = "data_missing"
    SLOT_LIST = "slot_list"
    SLOT_EMPTY = "slot_empty"
    CLASS_SHEET_MISMATCH = "class_sheet_mismatch"
    UNEXPECTED_SIGNATURE = "unexpected_signature"
    CHANGED_AFTER_SIGNING = "changed_after_signing"
    SIGNATURE_MALFORMED = "signature_malformed"
    WRONG_REFERENCE = "wrong_reference"
    DIGEST_MISMATCH = "digest_mismatch"
    SIGNATURE_MISMATCH = "signature_mismatch"
    WRONG_HOLDER = "wrong_holder"
    OUT_OF_ORDER = "out_of_order"
    SIGNED_IN_FUTURE = "signed_in_future"
    CERTIFICATE_PURPOSE = "certificate_purpose"
    CERTIFICATE_NOT_VALID_THEN = "certificate_not_valid_then"
    CERTIFICATE_UNTRUSTED = "certificate_untrusted"
    CERTIFICATE_REVOKED = "certificate_revoked"
    HOLDER_UNREGISTERED = "holder_unregistered"
    REVOCATION_UNKNOWN = "revocation_unknown"
    REVOKED_UNPROVEN = "revoked_unproven"
    NO_PROOF_OF_TIME = "no_proof_of_time"
    ALGORITHM_EXPIRED = "algorithm_expired"
    TIMESTAMP_UNTRUSTED = "timestamp_untrusted"
    EVIDENCE_MALFORMED = "evidence_malformed"
    TIMESTAMP_BROKEN = "timestamp_broken"
    ALGORITHM = "algorithm"
    NOT_SIGNED = "not_signed"
    COVERS_PART = "covers_part"
    ISSUER_UNKNOWN = "issuer_unknown"
    NO_CODE = "no_code"
    INDEX_MISMATCH = "index_mismatch"
    NOT_REGISTERED = "not_registered"
    REGISTER_SILENT = "register_silent"
    REVOKED = "revoked"

    @property
    def verdict(self) -> Verdict:
        """UNDECIDED for what may yet be known: an authority recognised, a holder found, a revocation or a time told.

        These are what ETSI EN 319 102-1, 5.1.3 calls INDETERMINATE, all others its TOTAL-FAILED.
        """
        if self is Reason.REVOKED:
            return Verdict.REVOKED
        return Verdict.UNDECIDED if self in _MAY_HEAL else Verdict.BROKEN


_MAY_HEAL = frozenset(
    {
        Reason.CERTIFICATE_UNTRUSTED,
        Reason.HOLDER_UNREGISTERED,
        Reason.REVOCATION_UNKNOWN,
        Reason.REVOKED_UNPROVEN,
        Reason.NO_PROOF_OF_TIME,
        Reason.ALGORITHM_EXPIRED,
        Reason.TIMESTAMP_UNTRUSTED,
        Reason.NOT_SIGNED,
        Reason.COVERS_PART,
        Reason.ISSUER_UNKNOWN,
        Reason.NO_CODE,
        Reason.NOT_REGISTERED,
        Reason.REGISTER_SILENT,
    }
)
