"""Whom a checker believes: root certificates, lists of revoked certificates, keys of codes on paper, from a folder."""

from base64 import urlsafe_b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from deploy.local.instance import Instance
from deploy.local.platform import AUTHORITY, SUMMARY_KEY, key_path
from services.contracts.signing.checking import Trust
from services.signing.evidence.proof import Proof
from services.signing.summary import Issuer, key_id_of
from services.signing.validation.code import Issuers
from services.signing.validation.lasting import Proofs

TOLD = "trust.json"  # what an installation answers at /v1/trust


@dataclass(frozen=True, slots=True, kw_only=True)
class Believed:
    roots: tuple[x509.Certificate, ...]
    issuers: Issuers
    lists: tuple[bytes, ...] = ()

    def proofs(self, others: list[x509.Certificate]) -> Proofs:
        """The lists, each as signed by a root or by one of the others."""
        return Proofs(Proof(certificates=(), lists=self.lists, answers=()), [*self.roots, *others])


def from_path(path: Path) -> Believed:
    """From a PEM file of roots; or from a folder of them (`*.pem`), of lists (`*.crl`, DER), and a `trust.json`."""
    files = [path] if path.is_file() else sorted(path.iterdir())
    told = [_told(file) for file in files if file.name == TOLD]
    pems = [file.read_bytes() for file in files if file.suffix in (".pem", ".crt") or file == path]
    found = Believed(
        roots=tuple(root for pem in (*(one.roots_pem.encode() for one in told), *pems) for root in _roots(pem)),
        issuers=dict(key for one in told for key in _keys(one)),
        lists=tuple(file.read_bytes() for file in files if file.suffix == ".crl"),
    )
    if not found.roots:
        raise click.ClickException(f"{path} holds no certificate in PEM form.")
    return found


def of_installation(instance: Instance) -> Believed:
    """Its own authority's root; the issuing certificate after it is not believed for itself."""
    authority, summaries = (key_path(instance, name) for name in (AUTHORITY, SUMMARY_KEY))
    if not authority.exists():
        raise click.ClickException("This installation has no authority of its own: name root certificates by --trust.")
    issuers = Issuer.of(summaries.read_text()).public_keys if summaries.exists() else {}
    return Believed(roots=_roots(authority.read_bytes())[:1], issuers=issuers)


def _roots(pem: bytes) -> tuple[x509.Certificate, ...]:
    try:
        return tuple(x509.load_pem_x509_certificates(pem))
    except ValueError:
        return ()


def _told(file: Path) -> Trust:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Trust)
    except msgspec.DecodeError as error:
        raise click.ClickException(f"{file} is not what an installation answers at /v1/trust.") from error


def _keys(told: Trust) -> Iterator[tuple[bytes, ec.EllipticCurvePublicKey]]:
    for one in told.summary_keys:
        x, y = (int.from_bytes(urlsafe_b64decode(f"{each}=")) for each in (one.x, one.y))
        key = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
        yield key_id_of(key), key
