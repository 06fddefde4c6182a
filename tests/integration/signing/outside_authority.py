"""An invented public authority, which names people its own way, and the tokens that it sells, in SoftHSM."""

import shutil
import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pkcs11
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from pkcs11 import Attribute, CertificateType, KeyType, ObjectClass
from pkcs11.util.ec import encode_named_curve_parameters

TOKEN_PIN = "135790"
SO_PIN = "12345678"
NOW = datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class OutsideAuthority:
    """A root that issues to people directly below it; `listed_at` is where its list of revoked ones is found."""

    key: rsa.RSAPrivateKey
    root: x509.Certificate
    listed_at: str
    revoked: set[x509.Certificate] = field(default_factory=set)

    @classmethod
    def establish(cls, name: str = "CA Mẫu Công Cộng", *, listed_at: str = "http://127.0.0.1:1/") -> "OutsideAuthority":
        key = new_key("RSA")
        subject = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"), _cn(name)])
        built = _builder(subject, key.public_key(), subject, key.public_key())
        built = built.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        return cls(key, built.add_extension(_usage(ca=True), critical=True).sign(key, hashes.SHA256()), listed_at)

    def issue(self, name: str, public_key, *, signs=True, extra=(), valid=None) -> x509.Certificate:
        parts = [x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"), x509.NameAttribute(NameOID.USER_ID, "CCCD:000")]
        subject = x509.Name([*parts, _cn(name), *extra])
        built = _builder(subject, public_key, self.root.subject, self.key.public_key(), valid or timedelta(days=365))
        built = built.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        place = x509.DistributionPoint([x509.UniformResourceIdentifier(self.listed_at)], None, None, None)
        built = built.add_extension(x509.CRLDistributionPoints([place]), critical=False)
        return built.add_extension(_usage(ca=False, signs=signs), critical=True).sign(self.key, hashes.SHA256())

    def revocation_list(self) -> bytes:
        """As of now."""
        now = datetime.now(UTC)
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.root.subject)
        builder = builder.last_update(now).next_update(now + timedelta(hours=1))
        for one in self.revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(one.serial_number).revocation_date(now)
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(self.key, hashes.SHA256()).public_bytes(Encoding.DER)

    def pem(self, *certificates: x509.Certificate) -> str:
        return b"".join(one.public_bytes(Encoding.PEM) for one in (*certificates, self.root)).decode()


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens that are plugged in: each a folder of SoftHSM's."""

    module: str
    folder: Path

    def make(self, label: str) -> str:
        """A new token, by its URI."""
        options = ("--init-token", "--free", "--label", label, "--so-pin", SO_PIN, "--pin", TOKEN_PIN)
        subprocess.run(["softhsm2-util", *options], check=True, capture_output=True)
        pkcs11.lib(self.module).reinitialize()
        return f"pkcs11:token={label.replace(' ', '%20')}"

    def put(self, label: str, key, certificate: x509.Certificate | None, *, name: bytes = b"\1") -> None:
        """Import a key, and its certificate where the token is to hold it."""
        token = pkcs11.lib(self.module).get_token(token_label=label)
        with token.open(rw=True, user_pin=TOKEN_PIN) as session:
            session.create_object(_private(key, name))
            if certificate is not None:
                session.create_object(
                    {
                        Attribute.CLASS: ObjectClass.CERTIFICATE,
                        Attribute.CERTIFICATE_TYPE: CertificateType.X_509,
                        Attribute.TOKEN: True,
                        Attribute.ID: name,
                        Attribute.SUBJECT: certificate.subject.public_bytes(),
                        Attribute.VALUE: certificate.public_bytes(Encoding.DER),
                    }
                )

    def pull_out(self, to: Path) -> None:
        """Every token, at once."""
        shutil.move(self.folder, to)
        self.folder.mkdir()

    def plug_in(self, back: Path) -> None:
        self.folder.rmdir()
        shutil.move(back, self.folder)


def new_key(kind: str):
    if kind == "RSA":
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return ec.generate_private_key(ec.SECP256R1())


def _private(key, name: bytes) -> dict:
    kept = {
        Attribute.CLASS: ObjectClass.PRIVATE_KEY,
        Attribute.TOKEN: True,
        Attribute.PRIVATE: True,
        Attribute.SENSITIVE: True,
        Attribute.EXTRACTABLE: False,
        Attribute.SIGN: True,
        Attribute.ID: name,
    }
    numbers = key.private_numbers()
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return kept | {
            Attribute.KEY_TYPE: KeyType.EC,
            Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1"),
            Attribute.VALUE: numbers.private_value.to_bytes(32, "big"),
        }
    public = numbers.public_numbers
    rsa_parts = {
        Attribute.MODULUS: public.n,
        Attribute.PUBLIC_EXPONENT: public.e,
        Attribute.PRIVATE_EXPONENT: numbers.d,
        Attribute.PRIME_1: numbers.p,
        Attribute.PRIME_2: numbers.q,
        Attribute.EXPONENT_1: numbers.dmp1,
        Attribute.EXPONENT_2: numbers.dmq1,
        Attribute.COEFFICIENT: numbers.iqmp,
    }
    octets = {part: value.to_bytes((value.bit_length() + 7) // 8, "big") for part, value in rsa_parts.items()}
    return kept | {Attribute.KEY_TYPE: KeyType.RSA} | octets


def _cn(name: str) -> x509.NameAttribute:
    return x509.NameAttribute(NameOID.COMMON_NAME, name)


def _builder(subject, public_key, issuer, issuer_key, valid=timedelta(days=3650)) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=2))
        .not_valid_after(NOW + valid)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
    )


def _usage(*, ca: bool, signs: bool = True) -> x509.KeyUsage:
    off = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"), False
    )
    return x509.KeyUsage(
        digital_signature=not ca, content_commitment=not ca and signs, key_cert_sign=ca, crl_sign=ca, **off
    )
