"""A certification authority for development and demonstration, marked in every certificate as without legal value."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from services.signing import keys
from services.signing.algorithms import PublicKey

MARK = "Khóa phát triển – không có giá trị pháp lý"
ROOT_YEARS, ISSUING_YEARS, TIMESTAMP_YEARS = 20, 10, 5
ROOT_LIST, ISSUING_LIST, RESPONDER = "root.crl", "issuing.crl", "ocsp"  # below the public address of `pki`
LONGEST_COMMON_NAME = 64  # X.520, ub-common-name; counted in bytes, as the strictest readers do


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """What issues certificates: the issuing key and certificate, and the root that relying parties trust.

    `root_list` is what the root has revoked (DER). `published_at` is where lists and answers about revocation are
    found; without it certificates name no such place.
    """

    root: x509.Certificate
    issuing: x509.Certificate
    issuing_key: rsa.RSAPrivateKey = field(repr=False)
    root_list: bytes
    published_at: str | None = None

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
        subject = _subject(_common_name(name), holder, is_seal=is_seal)
        builder = self._below(subject, public_key, (valid_from, valid_until))
        if self.published_at:
            builder = builder.add_extension(_responder(f"{self.published_at}/{RESPONDER}"), critical=False)
        return builder.sign(self.issuing_key, hashes.SHA256()).public_bytes(Encoding.DER)

    def issue_timestamping(
        self, public_key: rsa.RSAPublicKey, *, name: str, valid_from: datetime, valid_until: datetime
    ) -> bytes:
        """A DER certificate for a timestamp authority: good for nothing else (RFC 3161, 2.3)."""
        builder = self._below(_subject(name), public_key, (valid_from, valid_until))
        only = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(only, critical=True)
        return builder.sign(self.issuing_key, hashes.SHA256()).public_bytes(Encoding.DER)

    def _below(
        self, subject: x509.Name, public_key: PublicKey, validity: tuple[datetime, datetime]
    ) -> x509.CertificateBuilder:
        builder = _builder(
            subject=subject,
            public_key=public_key,
            issuer=self.issuing.subject,
            issuer_key=self.issuing_key.public_key(),
            validity=validity,
        )
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(_key_usage(signs_documents=True), critical=True)
        if self.published_at:
            builder = builder.add_extension(_listed(f"{self.published_at}/{ISSUING_LIST}"), critical=False)
        return builder


def establish(*, now: datetime, published_at: str | None = None) -> Authority:
    """A new authority. The root's key signs one issuing certificate and one empty list, and is then forgotten."""
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
    if published_at:
        issuing = issuing.add_extension(_listed(f"{published_at}/{ROOT_LIST}"), critical=False)
    return Authority(
        root=_as_authority(root, path_length=1).sign(root_key, hashes.SHA256()),
        issuing=_as_authority(issuing, path_length=0).sign(root_key, hashes.SHA256()),
        issuing_key=issuing_key,
        root_list=_root_list(root_name, root_key, now),
        published_at=published_at,
    )


def _root_list(name: x509.Name, key: rsa.RSAPrivateKey, now: datetime) -> bytes:
    """An empty list that holds as long as the issuing certificate: nobody is left who could sign another."""
    builder = x509.CertificateRevocationListBuilder().issuer_name(name).last_update(now)
    builder = builder.next_update(now + timedelta(days=365 * ISSUING_YEARS))
    builder = builder.add_extension(x509.CRLNumber(1), critical=False)
    by = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
    return builder.add_extension(by, critical=False).sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def _listed(url: str) -> x509.CRLDistributionPoints:
    place = x509.UniformResourceIdentifier(url)
    return x509.CRLDistributionPoints([x509.DistributionPoint([place], None, None, None)])


def _responder(url: str) -> x509.AuthorityInformationAccess:
    place = x509.UniformResourceIdentifier(url)
    return x509.AuthorityInformationAccess([x509.AccessDescription(AuthorityInformationAccessOID.OCSP, place)])


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
