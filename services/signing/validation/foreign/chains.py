"""From a certificate up to one that the caller believes (RFC 5280, 6), by pyhanko-certvalidator; nothing is fetched."""

from collections.abc import Coroutine, Iterable
from datetime import datetime
from typing import Any

from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import ExpiredError, NotYetValidError, PathError, ValidationError

from services.contracts.verdicts import Reason
from services.signing.validation.report import Fault

MOST_AUTHORITIES = 20  # beside the roots; more could be laid out as a maze of paths

Chain = tuple[x509.Certificate, ...]


class OutOfTime(Exception):  # noqa: N818 - a finding about certificates, not a fault of the program
    """There is a path, but one of its certificates is not valid at that time."""


def find(own: x509.Certificate, others: Iterable[bytes], *, roots: Iterable[x509.Certificate], at: datetime) -> Chain:
    """The certificates from `own` to a root, all valid then; raises OutOfTime, or a Fault where there is no path."""
    if not own.not_valid_before_utc <= at <= own.not_valid_after_utc:  # not asked of one that is a root itself
        raise OutOfTime
    context = ValidationContext(
        trust_roots=[_converted(each) for each in roots],
        other_certs=_authorities(others),
        moment=at,
        allow_fetching=False,
    )
    try:
        path = _at_once(CertificateValidator(_converted(own), validation_context=context).async_validate_path())
    except (ExpiredError, NotYetValidError) as error:
        raise OutOfTime from error
    except (PathError, ValidationError) as error:
        raise Fault(Reason.CERTIFICATE_UNTRUSTED) from error
    return tuple(
        x509.load_der_x509_certificate(each.dump()) for each in reversed(list(path.iter_certs(include_root=True)))
    )


def _at_once(task: Coroutine[Any, Any, Any]) -> Any:
    """The result of what never waits: without fetching there is nothing to wait for, and so no loop is needed."""
    try:
        task.send(None)
    except StopIteration as done:
        return done.value
    task.close()
    raise RuntimeError("A path was to be looked for on the network.")


def _authorities(others: Iterable[bytes]) -> list[Certificate]:
    loaded = [Certificate.load(der) for der in dict.fromkeys(others)]
    found = [each for each in loaded if each.ca]
    if len(found) > MOST_AUTHORITIES:
        raise Fault(Reason.CERTIFICATE_UNTRUSTED)
    return found


def _converted(certificate: x509.Certificate) -> Certificate:
    return Certificate.load(certificate.public_bytes(Encoding.DER))
