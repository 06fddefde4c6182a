"""Completed documents come up level by level by themselves; what could not be says why and is tried again."""

import io
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto.x509 import Certificate
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.dss import DocumentSecurityStore

from deploy.outside_checks import check_pdf, check_xml
from services.chassis.errors import Unavailable
from services.chassis.objects import Objects
from services.contracts.identity import Role
from services.contracts.signing.checking import CheckFiles
from services.contracts.signing.class_sheets import ReadSheetFiles
from services.contracts.signing.documents import DocumentsSignedV1, SlotRole
from services.contracts.signing.evidence import ReadEvidenceProgress
from services.contracts.signing.revocation import (
    AnswerOcsp,
    Issuer,
    ReadRevocationList,
    RevocationReason,
    RevokeCertificate,
)
from services.contracts.verdicts import Verdict
from services.signing import service as signing_service
from services.signing.authority import Authority, establish
from services.signing.custody import write_authority
from services.signing.evidence import rounds
from services.signing.resting import Resting
from services.signing.revocation import Revocations
from services.signing.timestamps import Authorities
from services.signing.timestamps.authorities import Authority as TimestampAuthority
from tests.integration.acting import Acting, RecordedAnswers
from tests.integration.locked_class import YEAR
from tests.integration.signing.class_to_sign import Class, in_primary_at
from tests.unit.signing.timestamp_servers import Server, honest, serving, timestamp_key

NO_ANSWER = b"out of order"


@pytest.fixture(scope="module")
def publisher():
    """Where the authority's lists and answers are found, as at the gateway."""
    with serving(lambda _request: NO_ANSWER) as server:
        yield server


@pytest.fixture(scope="module")
def authority(publisher) -> Authority:
    return establish(now=datetime.now(UTC) - timedelta(days=1), published_at=f"{publisher.url}pki")


@pytest.fixture(scope="module")
def signing(new_database, authority, publisher, signing_keys, tmp_path_factory) -> Acting:
    folder = tmp_path_factory.mktemp("signing")
    write_authority(folder / "authority.pem", authority)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("HOCBA_SIGNING_SERVER_KEY", "khóa máy chủ thử")
        environment.setenv("HOCBA_SIGNING_AUTHORITY", str(folder / "authority.pem"))
        environment.setenv("HOCBA_SIGNING_PUBLIC_URL", publisher.url.rstrip("/"))
        service = signing_service.build()
    return Acting(service, new_database("signing"), Objects(folder), RecordedAnswers())


@pytest.fixture(scope="module")
def key(authority):
    return timestamp_key(authority)


@dataclass(slots=True)
class Nights:
    """The rounds over one class, with the authorities that they ask; `seconds` is the time by which those rest."""

    of: Class
    rounds: rounds.Rounds
    stamps: Server
    published: Server
    seconds: list[float] = field(default_factory=lambda: [0.0])
    ahead: timedelta = timedelta(minutes=2)

    def make(self, times: int = 1) -> None:
        """So many rounds, each as if all that waits were due, and time had gone ahead by that much since the last."""
        signing = self.of.signing
        for _ in range(times):
            self.seconds[0] += 3600
            signing.sql("UPDATE evidence SET due_at = now(), stamped_at = stamped_at - :ahead", ahead=self.ahead)
            signing.sql("UPDATE revocation_data SET fetched_at = fetched_at - interval '1 hour'")
            steps = self.rounds.take(signing.outside)
            with signing.db.transaction() as tx:
                rounds.keep(tx, steps)

    def rows(self):
        statement = "SELECT evidence.* FROM evidence JOIN documents USING (transcript_id) WHERE class_id = :id"
        return self.of.signing.sql(statement, id=self.of.class_id)

    def levels(self):
        """What the class's files have come to."""
        return {(row.form, row.level) for row in self.rows()}

    def whys(self):
        return {row.why for row in self.rows()}

    def board(self):
        """What an admin of the school is shown."""
        unit_id = self.of.school.locked.unit_id
        admin = self.of.signing.grant(Role.ADMIN, unit_id)
        return self.of.signing.ask(ReadEvidenceProgress(school_year=YEAR, unit_id=unit_id), admin)

    def verdicts(self):
        return {report.verdict for xml in (True, False) for report in self.of.reports(xml=xml)}


def publish(signing: Acting, server: Server):
    def reply(request: bytes) -> bytes:
        if request:
            return signing.ask(AnswerOcsp(request=request)).response
        issuer = Issuer.ROOT if server.path.endswith("root.crl") else Issuer.ISSUING
        return signing.objects.get(signing.ask(ReadRevocationList(issuer=issuer)).file)

    return reply


@pytest.fixture
def nights(sealed, authority, key, publisher):
    """Of a class that was just sealed."""
    publisher.reply = publish(sealed.signing, publisher)
    seconds = [0.0]
    with serving(honest(key)) as stamps:
        asked = [TimestampAuthority(url=stamps.url)]
        made = rounds.Rounds(
            authorities=Authorities(asked, roots=[authority.root], resting=Resting(lambda: seconds[0])),
            revocations=Revocations(resting=Resting(lambda: seconds[0])),
            roots=[authority.root],
        )
        yield Nights(sealed, made, stamps, publisher, seconds)
    sealed.signing.sql("DELETE FROM evidence")
    tables = ("evidence", "class_sheet_signatures", "class_sheets", "signatures", "documents", "revocation_data")
    for table in tables:
        sealed.signing.sql(f"DELETE FROM {table}")  # noqa: S608 - so that the next test begins with its own class


@pytest.fixture
def sheets(nights):
    """A class in primary, of whose two class sheets that of mathematics is signed."""
    a_class = in_primary_at(nights.of.school)
    a_class.sign(SlotRole.SUBJECT_TEACHER)
    return a_class


def sheet_rows(a_class):
    statement = "SELECT e.* FROM evidence e JOIN class_sheets s ON s.id = transcript_id WHERE class_id = :id"
    return a_class.signing.sql(statement, id=a_class.class_id)


def sheet_files(a_class):
    question = ReadSheetFiles(school_year=YEAR, class_id=a_class.class_id)
    return a_class.signing.ask_as("transcript", question).files


def both(level):
    return {("XML", level), ("PDF", level)}


def test_sealed_documents_are_stamped_in_the_first_round(nights):
    nights.make()

    assert nights.levels() == both("B_T")
    assert nights.verdicts() == {Verdict.VALID}
    assert len(nights.stamps.connections) == 1


def test_a_seal_is_followed_by_proof_and_by_a_timestamp_over_the_proof(nights, authority):
    nights.make(2)
    proven = nights.levels()
    nights.make()

    assert (proven, nights.levels()) == (both("B_LT"), both("B_LTA"))
    assert nights.verdicts() == {Verdict.VALID}
    assert nights.whys() == {None}
    assert nights.published.asked.count(b"") == 2  # one list of each issuer, for all documents and both forms


def test_a_lasting_paper_proves_itself_to_a_validator_that_asks_nobody(nights, authority):
    nights.make(3)
    root = Certificate.load(authority.root.public_bytes(Encoding.DER))

    for document in nights.of.signed():
        reader = PdfFileReader(io.BytesIO(nights.of.signing.objects.get(document.pdf)))
        settings = {"trust_roots": [root], "allow_fetching": False, "revocation_mode": "require"}
        context = DocumentSecurityStore.read_dss(reader).as_validation_context(settings)
        assert all(validate_pdf_signature(one, context).bottom_line for one in reader.embedded_regular_signatures)
        assert len(reader.embedded_timestamp_signatures) == 2


def test_other_programs_verify_lasting_files(nights, roots, tmp_path):
    nights.make(3)

    for number, document in enumerate(nights.of.signed()):
        paper, text = tmp_path / f"{number}.pdf", tmp_path / f"{number}.xml"
        paper.write_bytes(nights.of.signing.objects.get(document.pdf))
        text.write_bytes(nights.of.signing.objects.get(document.xml))
        assert check_pdf(paper, roots) == {"pdfsig": True, "qpdf": True, "openssl": True}
        assert check_xml(text, roots)


def test_each_round_announces_the_class_once_and_keeps_the_older_files(nights):
    before = {document.pdf for document in nights.of.signed()}
    nights.of.signing.sql("DELETE FROM outbox")

    nights.make()

    told = nights.of.signing.told(DocumentsSignedV1)
    assert [event["record_id"] for event in told] == [str(nights.of.class_id)]
    assert all(nights.of.signing.objects.get(name) for name in before)
    assert not before & {document.pdf for document in nights.of.signed()}


def test_while_no_authority_answers_documents_wait_and_then_come_up(nights):
    answering, nights.stamps.reply = nights.stamps.reply, lambda _request: NO_ANSWER
    nights.make(2)
    waiting = nights.levels(), nights.whys(), {row.tries for row in nights.rows()}
    asked = len(nights.stamps.asked)
    nights.stamps.reply = answering
    nights.make()

    assert waiting == (both("B_B"), {"signing.timestamp_unreadable"}, {2})
    assert asked == 2  # once a round, and not once a signature
    assert (nights.levels(), nights.whys(), {row.tries for row in nights.rows()}) == (both("B_T"), {None}, {0})


def test_while_nobody_tells_about_revocation_nothing_is_called_proven(nights):
    nights.published.reply = lambda _request: NO_ANSWER
    nights.make(3)

    assert nights.levels() == both("B_T")
    assert nights.whys() <= {"unreadable", "no_answer"}

    nights.published.reply = publish(nights.of.signing, nights.published)
    nights.make()
    assert nights.levels() == both("B_LT")


def test_a_list_older_than_the_timestamp_proves_nothing(nights):
    nights.ahead = -timedelta(minutes=4)
    old = nights.of.signing.ask(ReadRevocationList(issuer=Issuer.ISSUING)).file
    root = nights.of.signing.ask(ReadRevocationList(issuer=Issuer.ROOT)).file

    def reply(request):
        name = root if nights.published.path.endswith("root.crl") else old
        return NO_ANSWER if request else nights.of.signing.objects.get(name)

    nights.published.reply = reply
    nights.make()
    nights.make()

    assert nights.levels() == both("B_T")
    assert nights.whys() <= {"too_early", "no_answer", "unreadable"}


def test_what_a_stolen_key_signed_is_not_brought_up(nights):
    """The principal's key was unsafe already when the class was signed."""
    nights.ahead = timedelta()  # or the timestamp were from before the key
    school, principal = nights.of.school, nights.of.school.locked.principal
    (row,) = school.signing.sql(
        "SELECT serial, valid_from FROM keys WHERE holder = :id AND retired_at IS NULL", id=principal
    )
    command = RevokeCertificate(
        serial=row.serial, reason=RevocationReason.KEY_COMPROMISE, compromised_at=row.valid_from
    )
    school.signing.ask(command, principal)

    nights.make(3)
    school.create_key(principal)

    assert nights.levels() == both("B_T")
    assert "revoked" in nights.whys()
    assert nights.whys() <= {"revoked", "too_early"}  # too early where the list about the timestamp is asked for first


def test_a_file_that_changed_meanwhile_is_left_as_it_is(nights):
    signing = nights.of.signing
    steps = nights.rounds.take(signing.outside)
    signing.sql("UPDATE documents SET pdf = 'another' WHERE class_id = :id", id=nights.of.class_id)

    with signing.db.transaction() as tx:
        rounds.keep(tx, steps)

    assert {document.pdf for document in nights.of.signed()} == {"another"}
    assert nights.levels() == {("XML", "B_T"), ("PDF", "B_B")}


def test_a_timestamp_is_renewed_before_its_certificate_ends(nights, authority):
    nights.make(3)
    (due,) = {row.due_at.date() for row in nights.rows()}
    stamps = len(nights.stamps.asked)
    nights.stamps.reply = honest(timestamp_key(authority, days=(-1, 800)))
    nights.make()
    (next_due,) = {row.due_at.date() for row in nights.rows()}

    assert due <= (datetime.now(UTC) + timedelta(days=1)).date()  # of a certificate that ends in ninety days
    assert next_due > (datetime.now(UTC) + timedelta(days=700)).date()
    assert nights.levels() == both("B_LTA")
    assert len(nights.stamps.asked) > stamps
    assert nights.verdicts() == {Verdict.VALID}


def test_what_would_last_no_longer_is_not_added_and_the_operator_sees_why(nights):
    """The authority has had no new certificate since."""
    nights.make(3)
    before = {document.pdf for document in nights.of.signed()}
    nights.make()

    told = nights.board()

    assert {document.pdf for document in nights.of.signed()} == before
    assert [(one.form, one.level, one.why, one.files) for one in told.files] == [
        ("PDF", "B_LTA", "no_longer_lasting", 3),
        ("XML", "B_LTA", "no_longer_lasting", 3),
    ]
    assert told.pending_since is None


def test_sealing_goes_on_without_timestamps_for_a_bounded_time(nights, new_class):
    answering, nights.stamps.reply = nights.stamps.reply, lambda _request: NO_ANSWER
    nights.make()
    first, second = new_class(), new_class()
    for each in (first, second):
        each.sign_until(SlotRole.SUBJECT_TEACHER, SlotRole.HOMEROOM, SlotRole.PRINCIPAL)
    first.sign_until(SlotRole.SEAL)
    nights.of.signing.sql("UPDATE evidence SET entered_at = now() - interval '4 days'")

    with pytest.raises(Unavailable, match="timestamps_overdue"):
        second.sign_until(SlotRole.SEAL)
    assert nights.board().pending_since is not None

    nights.stamps.reply = answering
    nights.make()
    second.sign_until(SlotRole.SEAL)
    assert all(document.xml for document in (*first.signed(), *second.signed()))


def test_a_class_that_is_not_sealed_yet_waits_for_nothing(new_class, nights):
    half = new_class()
    half.sign_until(SlotRole.SUBJECT_TEACHER)

    nights.make()

    assert (
        nights.of.signing.sql(
            "SELECT 1 FROM evidence JOIN documents USING (transcript_id) WHERE class_id = :id", id=half.class_id
        )
        == []
    )


def test_a_signed_class_sheet_comes_up_with_the_documents(nights, sheets):
    for level in ("B_T", "B_LT", "B_LTA"):
        nights.make()

        assert [(row.form, row.level, row.why) for row in sheet_rows(sheets)] == [("SHEET", level, None)]
        (report,) = nights.of.signing.ask(CheckFiles(files=sheet_files(sheets))).reports
        assert (report.verdict, report.signatures[0].proven_at is None) == (Verdict.VALID, False)
    assert ("SHEET", "B_LTA", None, 1) in [(one.form, one.level, one.why, one.files) for one in nights.board().files]
    assert nights.levels() == both("B_LTA")


def test_every_file_of_a_class_sheet_goes_into_the_public_log(nights, sheets):
    names = {*sheet_files(sheets)}
    for _ in range(2):
        nights.make()
        names |= {*sheet_files(sheets)}

    queued = {row.reference for row in nights.of.signing.sql("SELECT reference FROM log_queue")}
    assert len(names) == 3
    assert names <= queued


def test_a_class_sheet_without_a_timestamp_is_pending_as_documents_are(nights, sheets):
    nights.stamps.reply = lambda _request: NO_ANSWER
    nights.make()
    statement = "UPDATE evidence SET entered_at = now() - interval '5 days' WHERE form = 'SHEET'"
    nights.of.signing.sql(statement)

    told = nights.board()

    assert told.pending_since == min(row.entered_at for row in sheet_rows(sheets))
    assert ("SHEET", "B_B", "signing.timestamp_unreadable") in [(one.form, one.level, one.why) for one in told.files]


def test_a_class_sheet_alone_is_no_news_of_documents(nights):
    nights.make(3)
    later = in_primary_at(nights.of.school)
    later.sign(SlotRole.SUBJECT_TEACHER)
    nights.of.signing.sql("DELETE FROM outbox")

    nights.make()

    assert [row.level for row in sheet_rows(later)] == ["B_T"]
    assert nights.of.signing.told(DocumentsSignedV1) == []
