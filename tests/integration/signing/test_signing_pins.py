"""Keys and PINs: one key a person, opened by the own PIN alone, which is kept nowhere."""

import base64
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography import x509

from services.chassis.errors import Forbidden, Invalid, Problem, Refused
from services.chassis.ids import new_id
from services.contracts.identity import Role
from services.contracts.signing.checking import ReadTrust
from services.signing.pins import MAX_PIN_FAILURES
from tests.integration.signing.class_to_sign import HOMEROOM, PIN, PRINCIPAL, SEAL, SUBJECTS

WRONG = "975310 sao đêm"


@pytest.fixture
def teacher(school):
    """The homeroom teacher, whose key is opened again when the test has blocked it."""
    yield school.locked.homeroom
    school.signing.sql("UPDATE keys SET pin_failures = 0 WHERE holder = :id", id=school.locked.homeroom)


def try_pin(a_class, pin):
    """The code of the refusal."""
    with pytest.raises(Problem) as refusal:
        a_class.open(HOMEROOM, pin=pin)
    return refusal.value


def failures(school):
    return school.signing.sql("SELECT pin_failures FROM keys WHERE holder = :id", id=school.locked.homeroom)[0][0]


def test_a_certificate_names_the_person_and_is_vouched_for_by_the_root_that_all_may_read(school):
    row = school.signing.sql("SELECT * FROM keys WHERE holder = :id", id=school.locked.principal)[0]
    certificate, issuing = (x509.load_der_x509_certificate(der) for der in (row.certificate, row.chain[0]))
    root = x509.load_pem_x509_certificate(school.signing.ask(ReadTrust()).roots_pem.encode())

    certificate.verify_directly_issued_by(issuing)
    issuing.verify_directly_issued_by(root)
    assert "Nguyễn Hữu Nghĩa" in certificate.subject.rfc4514_string()
    assert format(certificate.serial_number, "x") == row.serial
    assert row.is_seal is False


def test_the_seals_certificate_names_the_school(school):
    row = school.signing.sql("SELECT * FROM keys WHERE holder = :id", id=school.locked.unit_id)[0]

    assert (row.name, row.is_seal, row.made_by) == ("Trường THCS Sông Mây", True, school.clerk)


def test_nobody_gets_a_second_key(school):
    with pytest.raises(Refused, match="key_exists"):
        school.create_key(school.locked.homeroom)


def test_a_pin_has_at_least_six_characters(school):
    with pytest.raises(Invalid, match="pin_too_short"):
        school.create_key(school.locked.homeroom, pin="24681")


@pytest.mark.parametrize("role", [Role.ADMIN, Role.PRINCIPAL, Role.STAFF])
def test_the_schools_seal_is_made_by_its_clerk_alone(school, role):
    person = school.signing.grant(role, school.locked.unit_id)

    with pytest.raises(Forbidden):
        school.create_key(person, unit_id=school.locked.unit_id)


def test_somebody_whom_identity_does_not_know_gets_no_key(school):
    with pytest.raises(Forbidden):
        school.create_key(new_id())


def test_who_has_no_key_is_told_so(school, a_class):
    school.signing.sql("UPDATE keys SET holder = :other WHERE holder = :id", other=new_id(), id=school.locked.homeroom)
    try:
        assert try_pin(a_class, PIN).code == "signing.no_key"
    finally:
        school.signing.sql(
            "UPDATE keys SET holder = :id WHERE made_by = :id AND NOT is_seal", id=school.locked.homeroom
        )


def test_wrong_pins_are_counted_down_and_block_the_key_even_for_the_right_one(teacher, a_class):
    left = [try_pin(a_class, WRONG).fields["left"] for _ in range(MAX_PIN_FAILURES)]

    assert left == [4, 3, 2, 1, 0]
    assert try_pin(a_class, WRONG).code == "signing.key_blocked"
    assert try_pin(a_class, PIN).code == "signing.key_blocked"


def test_the_right_pin_before_the_last_try_forgets_the_wrong_ones(school, teacher, a_class):
    for _ in range(MAX_PIN_FAILURES - 1):
        try_pin(a_class, WRONG)
    a_class.open(HOMEROOM)

    assert failures(school) == 0


def test_the_right_pin_counts_as_right_even_where_nothing_waits(school, teacher, a_class):
    a_class.sign(HOMEROOM)
    a_class.sign_until(SUBJECTS, HOMEROOM)

    assert try_pin(a_class, PIN).code == "signing.nothing_to_sign"
    assert failures(school) == 0


def test_pins_tried_at_the_same_moment_are_all_counted(school, teacher, a_class):
    with ThreadPoolExecutor(5) as pool:
        codes = list(pool.map(lambda _: try_pin(a_class, WRONG).code, range(8)))

    assert codes.count("signing.pin_wrong") == MAX_PIN_FAILURES
    assert codes.count("signing.key_blocked") == 3


def test_anothers_pin_opens_nothing(school, teacher, a_class):
    with pytest.raises(Forbidden):
        a_class.open(SEAL, school.locked.homeroom)


def test_a_pin_is_kept_nowhere(school, a_class):
    a_class.sign_until(SUBJECTS, HOMEROOM, PRINCIPAL, SEAL)
    try_pin(a_class, WRONG)
    school.signing.sql("UPDATE keys SET pin_failures = 0")

    tables = school.signing.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    kept = "\n".join(
        row[0]
        for table in tables
        for row in school.signing.sql(f"SELECT one::text FROM {table.tablename} one")  # noqa: S608 - names of tables
    )
    assert str(a_class.class_id) in kept
    for pin in (PIN, WRONG):
        for form in (pin, pin.encode().hex(), base64.b64encode(pin.encode()).decode(), ascii(pin)[1:-1]):
            assert form not in kept
