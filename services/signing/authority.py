"""A certification authority for development and demonstration, marked in every certificate as without legal value."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from services.signing import keys
from services.signing.algorithms import PublicKey

MARK = "Khóa phát triển – không có giá trị pháp lý"
ROOT_YEARS, ISSUING_YEARS = 20, 10
LONGEST_COMMON_NAME = 64  # X.520, ub-common-name; counted in bytes, as the strictest readers do


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """What issues certificates: the issuing key and certificate, and the root that relying parties trust."""

    root: x509.Certificate
    issuing: x509.Certificate
    issuing_key: rsa.RSAPrivateKey = field(repr=False)

    @property
    def chain(self) -> tuple[bytes, ...]:
        """What a Signer carries beside its own certificate."""
        return (self.issuing.public_bytes(Encoding.DER),)

    def issue(
        self,
        public_key: PublicKey,
        *,
        holder: UUID,
        name: str,
        valid_from: datetime,
        valid_until: datetime,
        is_seal: bool = False,
    ) -> bytes:
        """A DER certificate to sign documents with: CN is the name, cut if too long; `holder_attribute` has the id."""
        builder = _builder(
            subject=_subject(_common_name(name), holder, is_seal=is_seal),
            public_key=public_key,
            issuer=self.issuing.subject,
            issuer_key=self.issuing_key.public_key(),
            validity=(valid_from, valid_until),
        )
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(_key_usage(signs_documents=True), critical=True)
        return builder.sign(self.issuing_key, hashes.SHA256()).public_bytes(Encoding.DER)


def establish(*, now: datetime) -> Authority:
    """A new authority. The root's key signs one issuing certificate and is then forgotten."""
    root_key, issuing_key = keys.generate(), keys.generate()
    root_name, issuing_name = _subject("Học bạ Dev Root CA"), _subject("Học bạ Dev Issuing CA")
    root = _builder(
        subject=root_name,
        public_key=root_key.public_key(),
        issuer=root_name,
        issuer_key=root_key.public_key(),
        validity=(now, now + timedelta(days=365 * ROOT_YEARS)),
    )
    issuing = _builder(
        subject=issuing_name,
        public_key=issuing_key.public_key(),
        issuer=root_name,
        issuer_key=root_key.public_key(),
        validity=(now, now + timedelta(days=365 * ISSUING_YEARS)),
    )
    return Authority(
        root=_as_authority(root, path_length=1).sign(root_key, hashes.SHA256()),
        issuing=_as_authority(issuing, path_length=0).sign(root_key, hashes.SHA256()),
        issuing_key=issuing_key,
    )


def is_ours(certificate: x509.Certificate) -> bool:
    """Whether a development authority issued it or is it: these name holders by our ids, as no other does."""
    return MARK in [part.value for part in certificate.issuer.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)]


def _builder(
    *,
    subject: x509.Name,
    public_key: PublicKey,
    issuer: x509.Name,
    issuer_key: rsa.RSAPublicKey,
    validity: tuple[datetime, datetime],
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(validity[0])
        .not_valid_after(validity[1])
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
    )


def _as_authority(builder: x509.CertificateBuilder, *, path_length: int) -> x509.CertificateBuilder:
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
    return builder.add_extension(_key_usage(signs_documents=False), critical=True)


def _key_usage(*, signs_documents: bool) -> x509.KeyUsage:
    """Certificates sign either documents or certificates, never both."""
    return x509.KeyUsage(
        digital_signature=signs_documents,
        content_commitment=signs_documents,
        key_cert_sign=not signs_documents,
        crl_sign=not signs_documents,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def holder_attribute(*, is_seal: bool) -> x509.ObjectIdentifier:
    """Where a certificate names its holder: a person by serialNumber, a unit by organizationIdentifier (X.520).

    So nobody's personal certificate can stand for a school's seal, whatever a document calls its school.
    """
    return NameOID.ORGANIZATION_IDENTIFIER if is_seal else NameOID.SERIAL_NUMBER


def _subject(common_name: str, holder: UUID | None = None, *, is_seal: bool = False) -> x509.Name:
    parts = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
        x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, MARK),
        x509.NameAttribute(NameOID.COMMON_NAME, common_name),
    ]
    if holder:
        parts.append(x509.NameAttribute(holder_attribute(is_seal=is_seal), str(holder)))
    return x509.Name(parts)


def _common_name(name: str) -> str:
    octets = name.encode()
    if len(octets) <= LONGEST_COMMON_NAME:
        return name
    return octets[: LONGEST_COMMON_NAME - len("…".encode())].decode(errors="ignore") + "…"
