"""Keys in tokens, with certificates of an outside authority: registered by proof, found among others, lost half-way."""

import os
import shutil
import signal
from io import BytesIO
from itertools import count

import msgspec
import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID
from pkcs11 import exceptions

from deploy.outside_checks import PROGRAMS, check_pdf, check_xml
from services.chassis.errors import Forbidden, Invalid, NotFound, Refused
from services.chassis.ids import new_id
from services.contracts.identity import Role
from services.contracts.signing.certificates import KeyProvider, RegisterCertificate, UnblockKey
from services.contracts.signing.sessions import SessionState
from services.contracts.verdicts import Verdict
from services.signing.pins import MAX_PIN_FAILURES
from services.signing.providers.pkcs11_child import Opened, Opening, Trouble, serve
from services.signing.providers.pkcs11_driver import Driver
from services.signing.validation import Reason
from tests.integration.signing.class_to_sign import HOMEROOM, PRINCIPAL, SEAL, SUBJECTS, outcome, slots
from tests.integration.signing.outside_authority import TOKEN_PIN, OutsideAuthority, new_key
from tests.unit.signing.verdicts import validate_pdf

PRINCIPALS_NAME = "NGUYỄN HỮU NGHĨA"  # as authorities write names


def registering(place, certificates, *, pin=TOKEN_PIN, provider=KeyProvider.PKCS11, unit_id=None):
    return RegisterCertificate(provider=provider, place=place, certificates=certificates, pin=pin, unit_id=unit_id)


@pytest.fixture(scope="module", params=["P-256", "RSA"])
def on_token(request, school, outside, tokens):
    """The principal signs with a token full of other keys, some of which bear the same id."""
    label = f"Hieu truong {request.param}"
    place, key = tokens.make(label), new_key(request.param)
    certificate = outside.issue(PRINCIPALS_NAME, key.public_key())
    for number in range(4):
        tokens.put(label, new_key(request.param), None, name=bytes([1 + number]))
    tokens.put(label, key, certificate)
    school.forget_key(school.locked.principal)
    school.signing.ask(registering(place, outside.pem(certificate)), school.locked.principal)
    return school


@pytest.fixture
def ready(a_class, on_token):
    a_class.sign_until(SUBJECTS, HOMEROOM)
    return a_class


def try_to_open(a_class, pin=TOKEN_PIN):
    with pytest.raises((Forbidden, Refused)) as refusal:
        a_class.open(PRINCIPAL, pin=pin)
    return refusal.value


def test_a_class_is_sealed_with_signatures_from_a_token(ready, roots, tmp_path):
    session = ready.open(PRINCIPAL, pin=TOKEN_PIN)
    ready.signing.work()
    ready.sign_until(SEAL)

    reports = ready.reports(xml=True) + ready.reports(xml=False)
    assert session.expected == 3
    assert {report.verdict for report in reports} == {Verdict.VALID}
    document = ready.signed()[0]
    for name in ("pdf", "xml"):
        (tmp_path / name).write_bytes(ready.signing.objects.get(getattr(document, name)))
    if not [program for program in PROGRAMS if not shutil.which(program)]:
        assert check_pdf(tmp_path / "pdf", roots) == {"pdfsig": True, "qpdf": True, "openssl": True}
        assert check_xml(tmp_path / "xml", roots)


@pytest.fixture
def list_anew(school):
    """What was fetched of revocations is forgotten, as when its time is over."""
    return lambda: school.signing.sql("DELETE FROM revocation_data")


def test_nobody_signs_with_a_certificate_that_its_authority_has_revoked(ready, outside, list_anew):
    (row,) = ready.signing.sql(
        "SELECT certificate FROM keys WHERE holder = :id AND retired_at IS NULL", id=ready.school.locked.principal
    )
    own = x509.load_der_x509_certificate(bytes(row.certificate))
    outside.revoked.add(own)
    list_anew()
    code = try_to_open(ready).code
    outside.revoked.discard(own)
    list_anew()

    assert code == "signing.certificate_not_good"
    assert ready.open(PRINCIPAL, pin=TOKEN_PIN).expected == 3


def test_a_certificate_that_its_authority_has_revoked_is_not_registered(school, outside, own_token, person, list_anew):
    place, certificate = own_token
    outside.revoked.add(certificate)
    list_anew()

    assert refused(school, registering(place, outside.pem(certificate)), person) == "signing.certificate_not_good"
    outside.revoked.discard(certificate)
    list_anew()


def test_without_the_register_a_certificate_of_others_tells_not_whose_it_is(ready, authority, outside):
    ready.open(PRINCIPAL, pin=TOKEN_PIN)
    ready.signing.work()
    ready.sign_until(SEAL)

    paper = ready.signing.objects.get(ready.signed()[0].pdf)
    report = validate_pdf(paper, trust=[authority.root, outside.root], at=ready.signing.sql("SELECT now()")[0][0])
    assert (report.verdict, report.reasons) == (Verdict.UNDECIDED, (Reason.HOLDER_UNREGISTERED,))


def test_a_wrong_pin_of_the_token_is_counted_here_too(ready):
    assert [try_to_open(ready, "000000").fields["left"] for _ in range(2)] == [4, 3]
    ready.open(PRINCIPAL, pin=TOKEN_PIN)
    ready.signing.work()

    assert try_to_open(ready).code == "signing.nothing_to_sign"


def test_a_token_that_has_locked_its_pin_says_so_and_no_try_is_counted(ready, monkeypatch):
    monkeypatch.setattr(Driver, "ask", lambda *_: Opened(trouble=Trouble.LOCKED))

    assert try_to_open(ready).code == "signing.token_locked"
    assert ready.signing.sql("SELECT max(pin_failures) FROM keys")[0][0] == 0


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (exceptions.PinLocked, Trouble.LOCKED),
        (exceptions.PinLenRange, Trouble.WRONG_PIN),
        (exceptions.DeviceRemoved, Trouble.TOKEN_GONE),
        (exceptions.FunctionFailed, Trouble.REFUSED),
    ],
)
def test_what_a_driver_says_of_a_token_is_told_by_its_process(monkeypatch, error, trouble):
    def fail(*_args):
        raise error

    told = []
    monkeypatch.setattr("services.signing.providers.pkcs11_child._key", fail)
    opening = Opening(label="Hieu truong", serial=None, certificate=b"", pin=TOKEN_PIN)
    serve("module.so", BytesIO(msgspec.json.encode(opening)), told.append)

    assert [msgspec.json.decode(line, type=Opened) for line in told] == [Opened(trouble=trouble, why=error.__name__)]


def test_a_token_that_is_not_plugged_in_is_asked_for_by_name(ready, tokens, tmp_path):
    tokens.pull_out(tmp_path / "pocket")
    refusal = try_to_open(ready)
    tokens.plug_in(tmp_path / "pocket")

    assert refusal.code == "signing.token_gone"
    assert "Hieu truong" in refusal.fields["token"]
    assert ready.signing.sql("SELECT max(pin_failures) FROM keys")[0][0] == 0
    assert ready.open(PRINCIPAL, pin=TOKEN_PIN).expected == 3
    ready.signing.work()


@pytest.fixture
def before_asking(monkeypatch):
    """Has this happen to the driver once, before its question of that number; the first opens the key."""

    def arrange(number, happen):
        asked = count(1)

        def ask(driver, question, answer):
            if next(asked) == number:
                happen(driver)
            return honest(driver, question, answer)

        honest = Driver.ask
        monkeypatch.setattr(Driver, "ask", ask)

    return arrange


def hang(driver):
    """As a driver's call that never returns."""
    os.kill(driver.process.pid, signal.SIGSTOP)
    driver._asked.settimeout(0.2)  # noqa: SLF001 - a test need not wait as long as a person


def reasons(a_class):
    statement = "SELECT DISTINCT reason FROM session_items WHERE class_id = :id AND reason IS NOT NULL"
    return [row.reason for row in a_class.signing.sql(statement, id=a_class.class_id)]


def test_a_token_pulled_out_half_way_leaves_what_was_signed_and_the_rest_waits(ready, tokens, tmp_path, before_asking):
    """After the first paper's two signatures."""
    ready.open(PRINCIPAL, pin=TOKEN_PIN)
    before_asking(4, lambda _driver: tokens.pull_out(tmp_path / "pocket"))
    ready.signing.work()
    half = slots(ready).count("CBQL")
    tokens.plug_in(tmp_path / "pocket")
    again = ready.open(PRINCIPAL, pin=TOKEN_PIN)
    ready.signing.work()

    assert (half, reasons(ready)) == (1, ["token_gone"])
    assert again.expected == 2
    assert slots(ready).count("CBQL") == 3


@pytest.mark.parametrize(
    ("happen", "reason"),
    [(hang, "token_silent"), (lambda driver: driver.process.kill(), "provider_refused")],
    ids=["hangs", "dies"],
)
def test_a_driver_that_hangs_or_dies_holds_nobody_up_and_leaves_what_was_signed(ready, before_asking, happen, reason):
    driven = []
    ready.open(PRINCIPAL, pin=TOKEN_PIN)
    before_asking(4, lambda driver: (driven.append(driver), happen(driver)))
    ready.signing.work()
    half = slots(ready).count("CBQL")
    ready.open(PRINCIPAL, pin=TOKEN_PIN)
    ready.signing.work()

    assert (half, reasons(ready)) == (1, [reason])
    assert driven[0].process.returncode == -signal.SIGKILL
    assert slots(ready).count("CBQL") == 3


def test_a_driver_that_hangs_while_it_logs_in_is_said_and_no_try_is_counted(ready, before_asking):
    before_asking(1, hang)

    assert try_to_open(ready).code == "signing.token_silent"
    assert ready.signing.sql("SELECT max(pin_failures) FROM keys")[0][0] == 0


def test_a_module_that_cannot_be_loaded_is_said(school, outside, own_token, person, monkeypatch):
    monkeypatch.setattr(school.providers[KeyProvider.PKCS11], "_module", "/không/có.so")

    command = registering(own_token[0], outside.pem(own_token[1]))
    assert refused(school, command, person) == "signing.token_refused"


def test_the_tokens_pin_is_kept_encrypted_and_no_longer_than_the_session(ready):
    opened = ready.open(PRINCIPAL, pin=TOKEN_PIN)
    during = ready.signing.sql("SELECT wrapped_secret FROM sessions WHERE id = :id", id=opened.id)[0][0]
    ready.signing.work()

    assert TOKEN_PIN.encode() not in bytes(during)
    assert ready.signing.sql("SELECT wrapped_secret FROM sessions WHERE id = :id", id=opened.id)[0][0] is None


@pytest.fixture
def person(school):
    """Somebody of the school who has no key: the teacher of sports."""
    school.forget_key(school.locked.sport_teacher)
    yield school.locked.sport_teacher
    school.forget_key(school.locked.sport_teacher)
    school.create_key(school.locked.sport_teacher)


@pytest.fixture
def name_of(school):
    return lambda person: school.locked.people[person].name


@pytest.fixture
def own_token(school, outside, tokens, person, name_of):
    """A token with a key and its certificate in the person's name."""
    label = f"Token {new_id()}"[:30]
    place, key = tokens.make(label), new_key("P-256")
    certificate = outside.issue(name_of(person), key.public_key())
    tokens.put(label, key, certificate)
    return place, certificate


def refused(school, command, person, kind=(Refused, Forbidden, Invalid)):
    with pytest.raises(kind) as refusal:
        school.signing.ask(command, person)
    return refusal.value.code


def test_a_certificate_in_anothers_name_is_not_registered(school, outside, own_token, person, name_of):
    place, certificate = own_token

    assert (
        refused(school, registering(place, outside.pem(certificate)), school.locked.homeroom)
        == "signing.certificate_of_another"
    )


def test_a_certificate_without_its_key_is_not_registered(school, outside, own_token, person, name_of):
    place, _ = own_token
    stranger = outside.issue(name_of(person), new_key("P-256").public_key())

    assert refused(school, registering(place, outside.pem(stranger)), person) == "signing.key_gone"


def test_an_authority_that_nobody_trusts_registers_nothing(school, own_token, person, name_of):
    place, certificate = own_token
    unknown = OutsideAuthority.establish("CA Lạ")
    theirs = unknown.issue(name_of(person), certificate.public_key())

    assert refused(school, registering(place, unknown.pem(theirs)), person) == "signing.certificate_unsuitable"


def test_a_certificate_that_is_not_for_documents_is_not_registered(school, outside, own_token, person, name_of):
    place, certificate = own_token
    for_login = outside.issue(name_of(person), certificate.public_key(), signs=False)

    assert refused(school, registering(place, outside.pem(for_login)), person) == "signing.certificate_unsuitable"


@pytest.mark.parametrize("place", ["pkcs11:", "pkcs11:object=x", "smartca/abc", ""])
def test_a_place_that_names_no_token_is_said(school, outside, own_token, person, place):
    assert refused(school, registering(place, outside.pem(own_token[1])), person) == "signing.place_unknown"


def test_what_is_no_certificate_is_said(school, own_token, person):
    assert refused(school, registering(own_token[0], "chứng thư"), person) == "signing.not_a_certificate"


def test_a_wrong_pin_at_registering_is_said(school, outside, own_token, person):
    place, certificate = own_token

    command = registering(place, outside.pem(certificate), pin="000000")
    assert refused(school, command, person) == "signing.device_pin_wrong"


def test_a_kind_that_the_installation_has_not_is_said(school, outside, own_token, person):
    command = registering("smartca/1", outside.pem(own_token[1]), provider=KeyProvider.CSC)

    assert refused(school, command, person) == "signing.provider_missing"


def test_one_certificate_is_registered_once_and_one_holder_has_one(school, outside, own_token, person, name_of):
    place, certificate = own_token
    school.signing.ask(registering(place, outside.pem(certificate)), person)
    other = outside.issue(name_of(person), certificate.public_key())

    assert refused(school, registering(place, outside.pem(certificate)), person) == "signing.certificate_taken"
    assert refused(school, registering(place, outside.pem(other)), person) == "signing.key_exists"


def test_the_seals_certificate_is_registered_by_the_clerk_alone(school, outside, own_token, tokens):
    unit = school.locked.unit_id
    label = "Con dau truong"
    place, key = tokens.make(label), new_key("RSA")
    organisation = x509.NameAttribute(NameOID.ORGANIZATION_NAME, "TRƯỜNG THCS SÔNG MÂY")
    certificate = outside.issue("Con dấu", key.public_key(), extra=[organisation])
    tokens.put(label, key, certificate)
    command = registering(place, outside.pem(certificate), unit_id=unit)

    assert refused(school, command, school.locked.principal) == "forbidden"
    assert refused(school, command, school.clerk) == "signing.key_exists"


@pytest.fixture
def blocked(school):
    """The homeroom teacher, after too many wrong PINs."""
    school.signing.sql(
        "UPDATE keys SET pin_failures = :n WHERE holder = :id", n=MAX_PIN_FAILURES, id=school.locked.homeroom
    )
    return school.locked.homeroom


def test_a_blocked_key_is_replaced_after_an_admin_lifted_it(school, blocked, a_class):
    admin = school.signing.grant(Role.ADMIN, school.locked.unit_id)
    school.signing.grant(Role.STAFF, school.locked.unit_id, blocked)
    with pytest.raises(Refused, match="key_exists"):
        school.create_key(blocked)
    lifted = school.signing.ask(UnblockKey(holder=blocked), admin)
    made = school.create_key(blocked)

    a_class.sign_until(SUBJECTS)
    assert made.serial != lifted.serial
    assert outcome(a_class.sign(HOMEROOM)) == (SessionState.ENDED, 3, 0)
    (old,) = school.signing.sql("SELECT * FROM keys WHERE serial = :s", s=lifted.serial)
    assert (old.retired_by, old.retired_why, old.ciphertext) == (admin, "BLOCKED", None)


def test_who_may_not_lift_a_block(school, blocked):
    stranger = school.signing.grant(Role.ADMIN, new_id())
    for person in (stranger, school.locked.principal, blocked):
        with pytest.raises(NotFound):
            school.signing.ask(UnblockKey(holder=blocked), person)
    school.signing.sql("UPDATE keys SET pin_failures = 0 WHERE holder = :id", id=blocked)


def test_a_key_that_is_not_blocked_stays(school):
    admin = school.signing.grant(Role.ADMIN, school.locked.unit_id)
    school.signing.grant(Role.STAFF, school.locked.unit_id, school.locked.homeroom)

    with pytest.raises(Refused, match="key_not_blocked"):
        school.signing.ask(UnblockKey(holder=school.locked.homeroom), admin)
