from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from services.signing import authority as authorities
from services.signing import keys
from tests.unit.signing.school_papers import PEOPLE, SIGNED_AT, holder

SERVER_KEY = bytes(range(32))


@pytest.fixture(scope="module")
def key():
    return keys.generate()


@pytest.fixture(scope="module")
def sealed(key):
    return keys.seal(key, pin="246810", server_key=SERVER_KEY, holder=holder("GVCN"))


def test_a_teacher_opens_her_key_with_her_pin(key, sealed):
    opened = keys.load(sealed.open(pin="246810", server_key=SERVER_KEY, holder=holder("GVCN")))

    assert opened.private_numbers() == key.private_numbers()


@pytest.mark.parametrize(
    "wrong",
    [{"pin": "246811"}, {"pin": ""}, {"server_key": bytes(32)}, {"holder": holder("CBQL")}],
    ids=["another pin", "no pin", "another server", "another holder"],
)
def test_a_key_stays_closed_when_one_of_its_conditions_is_missing(sealed, wrong):
    conditions = {"pin": "246810", "server_key": SERVER_KEY, "holder": holder("GVCN")}

    with pytest.raises(keys.WrongPin):
        sealed.open(**{**conditions, **wrong})


def test_the_same_key_is_never_sealed_into_the_same_bytes_twice(key, sealed):
    again = keys.seal(key, pin="246810", server_key=SERVER_KEY, holder=holder("GVCN"))

    assert again.salt != sealed.salt
    assert again.ciphertext != sealed.ciphertext


def test_a_key_is_never_printed(school):
    assert "RSA" not in repr(school.signers["GVCN"])


def test_a_certificate_names_its_holder_and_says_that_it_is_for_development(school):
    certificate = x509.load_der_x509_certificate(school.signers["GVCN"].certificate)

    subject = {part.oid: part.value for part in certificate.subject}
    assert subject[NameOID.COMMON_NAME] == PEOPLE["GVCN"]
    assert subject[NameOID.SERIAL_NUMBER] == str(holder("GVCN"))
    assert subject[NameOID.ORGANIZATIONAL_UNIT_NAME] == authorities.MARK
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature
    assert usage.content_commitment
    assert not usage.key_cert_sign


def test_a_school_whose_name_is_longer_than_certificates_allow_still_gets_one(authority, key):
    name = "Trường Phổ thông Dân tộc Bán trú Tiểu học và Trung học cơ sở Sông Mây"
    validity = {"valid_from": SIGNED_AT, "valid_until": SIGNED_AT + timedelta(days=1)}

    der = authority.issue(key.public_key(), holder=holder("KY_PHAT_HANH"), name=name, **validity)

    (common_name,) = x509.load_der_x509_certificate(der).subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert common_name.value == "Trường Phổ thông Dân tộc Bán trú Tiểu học và …"
