"""A town's authority that nobody here knows, its people, and the letters that they sign with other programs."""

from base64 import b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO

from asn1crypto import keys as asn1_keys
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from lxml import etree
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, StreamObject, pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore
from signxml.algorithms import CanonicalizationMethod
from signxml.signer import XMLSigner
from signxml.xades import XAdESSigner

from services.signing.validation.foreign import Anchors
from services.signing.validation.foreign.pdf import read_pdf
from services.signing.validation.foreign.xml import read_xml

NOW = datetime.now(UTC).replace(microsecond=0)  # the programs sign at the time of their machine
JUDGED = NOW + timedelta(minutes=50)  # after all that a whole run signs
DAY = timedelta(days=1)
TEXT = "Giấy xác nhận của xã Bản Mây"


def validate_pdf(pdf, anchors: Anchors):
    return read_pdf(pdf, [*anchors.roots, *anchors.certificates]).report(anchors)


def validate_xml(xml, anchors: Anchors):
    return read_xml(xml, [*anchors.roots, *anchors.certificates]).report(anchors)


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def weak_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - weak on purpose


def usage(*names: str) -> x509.KeyUsage:
    all_names = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{each: each in names for each in all_names})


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"), x509.NameAttribute(NameOID.COMMON_NAME, name)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    certificate: x509.Certificate
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def plain(self) -> Certificate:
        return Certificate.load(self.der)

    @property
    def plain_key(self) -> asn1_keys.PrivateKeyInfo:
        octets = self.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return asn1_keys.PrivateKeyInfo.load(octets)


@dataclass(frozen=True, slots=True)
class Town:
    """Root, the authority below it, and what both have revoked: serial and when."""

    root: Person
    issuing: Person
    revoked: dict[int, datetime] = field(default_factory=dict)

    def person(
        self, name: str, *, days=(-100, 100), uses=("digital_signature", "content_commitment"), for_=(), own_key=None
    ):
        own_key = own_key or key(name)
        extensions = [(usage(*uses), True)] if uses else []
        if for_:
            extensions.append((x509.ExtendedKeyUsage(list(for_)), for_ == (ExtendedKeyUsageOID.TIME_STAMPING,)))
        made = certificate(name, own_key, self.issuing, days, extensions)
        return Person(certificate=made, key=own_key)

    def clock(self, at: datetime, *, days=(-300, 300), name="Đồng hồ") -> DummyTimeStamper:
        """A timestamp authority that always says this time."""
        own = self.person(name, days=days, for_=(ExtendedKeyUsageOID.TIME_STAMPING,))
        return DummyTimeStamper(own.plain, own.plain_key, self.store(), fixed_dt=at)

    def store(self) -> SimpleCertificateStore:
        store = SimpleCertificateStore()
        store.register_multiple([self.issuing.plain, self.root.plain])
        return store

    def lists(self, *, at=NOW, days=10) -> tuple[bytes, ...]:
        """What the root and the authority below it have revoked, as told at this time."""
        return tuple(revocation_list(each, self.revoked, at, days) for each in (self.root, self.issuing))

    def answer(self, person: Person, *, at=NOW, days=10) -> bytes:
        """The authority's answer (OCSP) about one person's certificate."""
        since = self.revoked.get(person.certificate.serial_number)
        builder = ocsp.OCSPResponseBuilder().add_response(
            cert=person.certificate,
            issuer=self.issuing.certificate,
            algorithm=hashes.SHA256(),
            cert_status=ocsp.OCSPCertStatus.REVOKED if since else ocsp.OCSPCertStatus.GOOD,
            this_update=at,
            next_update=at + days * DAY,
            revocation_time=since,
            revocation_reason=None,
        )
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, self.issuing.certificate)
        return builder.sign(self.issuing.key, hashes.SHA256()).public_bytes(Encoding.DER)

    def anchors(self, *, at=JUDGED, lists=None) -> Anchors:
        return Anchors(roots=[self.root.certificate], at=at, lists=self.lists(at=at) if lists is None else lists)


def certificate(name, own_key, issuer, days, extensions) -> x509.Certificate:
    above = issuer.certificate.subject if issuer else named(name)
    above_key = issuer.key if issuer else own_key
    builder = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(above)
        .public_key(own_key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW + days[0] * DAY)
        .not_valid_after(NOW + days[1] * DAY)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own_key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(above_key.public_key()), critical=False)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(above_key, hashes.SHA256())


def revocation_list(issuer: Person, revoked: dict[int, datetime], at: datetime, days: int) -> bytes:
    builder = x509.CertificateRevocationListBuilder().issuer_name(issuer.certificate.subject)
    builder = builder.last_update(at).next_update(at + days * DAY)
    for serial, since in revoked.items():
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(since).build()
        builder = builder.add_revoked_certificate(entry)
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)


def town(name: str = "Bản Mây") -> Town:
    above = [(x509.BasicConstraints(ca=True, path_length=None), True), (usage("key_cert_sign", "crl_sign"), True)]
    root_key, issuing_key = key(f"{name} root"), key(f"{name} issuing")
    root = Person(certificate=certificate(f"{name} Root", root_key, None, (-3000, 3000), above), key=root_key)
    issuing = certificate(f"{name} Issuing", issuing_key, root, (-2000, 2000), above)
    return Town(root, Person(certificate=issuing, key=issuing_key))


def letter(text: str = TEXT) -> bytes:
    """A page with some words, as another program writes it."""
    writer = PdfFileWriter(stream_xrefs=False)
    content = writer.add_object(StreamObject(stream_data=f"BT ({len(text)}) Tj ET".encode()))
    writer.insert_page(PageObject(contents=content, media_box=(0, 0, 200, 200)))
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def form() -> bytes:
    """A letter with a place for a word."""

    def add(writer: IncrementalPdfFileWriter) -> None:
        field = writer.add_object(
            DictionaryObject({pdf_name("/FT"): pdf_name("/Tx"), pdf_name("/T"): pdf_string("Lời")})
        )
        writer.root[pdf_name("/AcroForm")] = writer.add_object(
            DictionaryObject({pdf_name("/Fields"): ArrayObject([field])})
        )
        writer.update_root()

    return overwritten(letter(), add)


def filled_in(pdf: bytes) -> bytes:
    def fill(writer: IncrementalPdfFileWriter) -> None:
        field = writer.root["/AcroForm"]["/Fields"][0]
        field[pdf_name("/V")] = pdf_string("Có")
        writer.update_container(field)

    return overwritten(pdf, fill)


def sign_pdf(pdf: bytes, signer: Person, place: Town, *, field="Chữ ký", clock=None, context=None, **how) -> bytes:
    """Signed by pyHanko: PAdES B-B, with a clock B-T, with a context and `use_pades_lta` B-LTA."""
    meta = {"field_name": field, "subfilter": fields.SigSeedSubFilter.PADES, "md_algorithm": "sha256"} | how
    meta = signers.PdfSignatureMetadata(
        **meta, **({"validation_context": context, "embed_validation_info": True} if context else {})
    )
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    simple = signers.SimpleSigner(
        signing_cert=signer.plain, signing_key=signer.plain_key, cert_registry=place.store(), embed_roots=False
    )
    out = signers.sign_pdf(writer, meta, signer=simple, timestamper=clock)
    return out.getvalue()


def stamp_pdf(pdf: bytes, clock: DummyTimeStamper, context: ValidationContext) -> bytes:
    """With one more timestamp over the whole file."""
    stamper = signers.PdfTimeStamper(clock)
    return stamper.timestamp_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), "sha256", context).getvalue()


def proof_of(place: Town, *, at=NOW) -> ValidationContext:
    """What pyHanko may put into a file to show that the certificates were good."""
    return ValidationContext(
        trust_roots=[place.root.plain],
        other_certs=[place.issuing.plain],
        crls=list(place.lists(at=at)),
        allow_fetching=False,
        revocation_mode="require",
    )


def overwritten(pdf: bytes, change) -> bytes:
    """The file with one more revision in which `change` has done something with a writer."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    change(writer)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


XML = "<giay><nguoi Id='nguoi'>Vũ An</nguoi><noi Id='noi'>Bản Mây</noi></giay>"
DS, XADES = "http://www.w3.org/2000/09/xmldsig#", "http://uri.etsi.org/01903/v1.3.2#"
XADES_141 = "http://uri.etsi.org/01903/v1.4.1#"
INCLUSIVE = CanonicalizationMethod.CANONICAL_XML_1_0


def sign_xml(
    xml: str | bytes, signer: Person, place: Town, *, uris=None, advanced=True, c14n=INCLUSIVE, **how
) -> bytes:
    """Signed by signxml: XAdES or plain, in the root, over the whole or over these Ids."""
    made = (XAdESSigner if advanced else XMLSigner)(c14n_algorithm=c14n, **how)
    chain = [signer.certificate, place.issuing.certificate]
    signed = made.sign(etree.fromstring(xml), key=signer.key, cert=chain, reference_uri=uris)
    return etree.tostring(signed)


def stamp_xml(xml: bytes, clock: DummyTimeStamper) -> bytes:
    """With a timestamp on the value of its signature (XAdES-T)."""
    root = etree.fromstring(xml)
    (value,) = root.iter(f"{{{DS}}}SignatureValue")
    return _with_token(root, f"{{{XADES}}}SignatureTimeStamp", clock, _canonical(value))


def prove_xml(
    xml: bytes, certificates: list[bytes], lists: tuple[bytes, ...], answers: tuple[bytes, ...] = ()
) -> bytes:
    """With what shows that its certificates were good (XAdES-LT)."""
    root = etree.fromstring(xml)
    unsigned = _unsigned(root)
    values = etree.SubElement(unsigned, f"{{{XADES}}}CertificateValues")
    for der in certificates:
        etree.SubElement(values, f"{{{XADES}}}EncapsulatedX509Certificate").text = b64encode(der).decode()
    values = etree.SubElement(unsigned, f"{{{XADES}}}RevocationValues")
    for kind, ders in {"CRL": lists, "OCSP": answers}.items():
        group = etree.SubElement(values, f"{{{XADES}}}{kind}Values") if ders else values
        for der in ders:
            etree.SubElement(group, f"{{{XADES}}}Encapsulated{kind}Value").text = b64encode(der).decode()
    return etree.tostring(root)


def archive_xml(xml: bytes, clock: DummyTimeStamper) -> bytes:
    """With a timestamp over all that (XAdES-LTA); each reference of signxml is canonicalised as a whole."""
    root = etree.fromstring(xml)
    (signature,) = root.iter(f"{{{DS}}}Signature")
    bare = etree.fromstring(xml)
    bare.remove(bare.find(f"{{{DS}}}Signature"))
    parts = [bare, signature.find(f".//{{{XADES}}}SignedProperties"), signature.find(f"{{{DS}}}KeyInfo")]
    parts += [signature.find(f"{{{DS}}}{name}") for name in ("SignedInfo", "SignatureValue", "KeyInfo")]
    parts += list(_unsigned(root))
    octets = b"".join(map(_canonical, parts))
    return _with_token(root, f"{{{XADES_141}}}ArchiveTimeStamp", clock, octets)


def _with_token(root: etree._Element, name: str, clock: DummyTimeStamper, octets: bytes) -> bytes:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(octets)
    stamp = etree.SubElement(_unsigned(root), name)
    etree.SubElement(stamp, f"{{{DS}}}CanonicalizationMethod", Algorithm=INCLUSIVE.value)
    _, request = clock.request_cms(digest.finalize(), "sha256")
    token = clock.request_tsa_response(request)["time_stamp_token"].dump()
    etree.SubElement(stamp, f"{{{XADES}}}EncapsulatedTimeStamp").text = b64encode(token).decode()
    return etree.tostring(root)


def _unsigned(root: etree._Element) -> etree._Element:
    (properties,) = root.iter(f"{{{XADES}}}QualifyingProperties")
    found = properties.find(f"{{{XADES}}}UnsignedProperties/{{{XADES}}}UnsignedSignatureProperties")
    if found is None:
        outer = etree.SubElement(properties, f"{{{XADES}}}UnsignedProperties")
        found = etree.SubElement(outer, f"{{{XADES}}}UnsignedSignatureProperties")
    return found


def _canonical(element: etree._Element) -> bytes:
    return etree.tostring(element, method="c14n", with_tail=False)
