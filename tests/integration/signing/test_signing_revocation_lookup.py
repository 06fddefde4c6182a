"""What issuers publish about revocation is fetched once, kept until the next is due, and never believed too long."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from cryptography import x509

from services.chassis.database import Database
from services.chassis.ids import new_id
from services.contracts.signing.revocation import RevocationReason
from services.signing import keys, publication
from services.signing.authority import Authority, establish
from services.signing.publication import Revoked, Standing
from services.signing.resting import FIRST_SECONDS, Resting
from services.signing.revocation import Answer, Doubt, Evidence, Kind, Revocations, Status
from services.signing.revocation.lookup import ASKED_AGAIN, Question
from tests.unit.signing.timestamp_servers import Server, serving, speaking

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(slots=True, kw_only=True)
class World:
    """An authority that publishes, two certificates of it, the time, and who asks about them."""

    db: Database
    now: datetime
    authority: Authority
    server: Server
    certificate: x509.Certificate
    other: x509.Certificate
    revoked: list[Revoked] = field(default_factory=list)
    seconds: float = 0.0
    asking: Revocations = field(init=False)

    def __post_init__(self) -> None:
        self.asking = Revocations(list_seconds=0.5, answer_seconds=0.5, resting=Resting(lambda: self.seconds))
        self.server.reply = self.published

    def find(self, certificate: x509.Certificate | None = None, *, made_after: datetime | None = None) -> Answer:
        one = certificate or self.certificate
        question = Question(certificate=one, issuer=self.authority.issuing, moment=self.now, made_after=made_after)
        return self.asking.find(self.db, question, now=self.now)

    def steal(self) -> None:
        self.revoked.append(
            Revoked(
                serial=self.certificate.serial_number,
                revoked_at=self.now,
                compromised_at=self.now,
                reason=RevocationReason.KEY_COMPROMISE,
            )
        )

    def published(self, request: bytes) -> bytes:
        """A question is posted; a list is just fetched."""
        if not request:
            return publication.revocation_list(self.authority, self.revoked, now=self.now)
        return publication.answer(self.authority, request, self.standing, now=self.now)

    def answers_only(self, request: bytes) -> bytes:
        return self.published(request) if request else b"no list"

    def standing(self, serial: int) -> Standing:
        found = [one for one in self.revoked if one.serial == serial]
        return Standing(is_ours=True, revoked=found[0] if found else None)


def issued(authority: Authority, now: datetime) -> x509.Certificate:
    public = keys.generate().public_key()
    der = authority.issue(public, holder=new_id(), name="Lê Thị Mơ", valid_from=now - DAY, valid_until=now + 99 * DAY)
    return x509.load_der_x509_certificate(der)


@pytest.fixture
def world(signing):
    (row,) = signing.sql("SELECT now() AS now")
    with serving(lambda _request: b"") as server:
        authority = establish(now=row.now - 30 * DAY, published_at=server.url.rstrip("/"))
        both = issued(authority, row.now), issued(authority, row.now)
        yield World(db=signing.db, now=row.now, authority=authority, server=server, certificate=both[0], other=both[1])


def test_one_list_answers_for_all_certificates_of_an_issuer_until_the_next_is_due(world):
    first = world.find()
    world.now += publication.LIST_LIFE - HOUR
    again, of_other = world.find(), world.find(world.other)

    assert (first.status, again.status, of_other.status) == (Status.GOOD,) * 3
    assert first.evidence == again.evidence == of_other.evidence
    assert world.server.asked == [b""]

    world.now += HOUR
    assert world.find().status is Status.GOOD
    assert len(world.server.asked) == 2


def test_what_is_kept_is_not_believed_after_its_end_though_nobody_answers(world):
    world.find()
    world.server.reply = lambda _request: b"out of order"
    world.now += publication.LIST_LIFE

    assert world.find() == Answer(status=Status.UNKNOWN, doubt=Doubt.UNREADABLE)


def test_a_theft_is_known_with_the_next_list(world):
    world.find()
    world.steal()
    world.now += publication.LIST_LIFE

    found = world.find()

    assert (found.status, found.evidence.kind) == (Status.REVOKED, Kind.CRL)
    assert world.find(world.other).status is Status.GOOD


def test_a_list_of_before_the_theft_shown_again_is_not_believed(world):
    before = world.published(b"")
    world.now += HOUR
    world.steal()
    asked = world.find()
    world.now += ASKED_AGAIN
    world.server.reply = lambda request: before if not request else b"out of order"

    found = world.find(made_after=world.now - timedelta(seconds=30))

    assert asked.status is Status.REVOKED
    assert found.status is Status.UNKNOWN
    world.server.reply = world.published
    assert world.find().status is Status.REVOKED


def test_who_keeps_proof_asks_for_a_list_made_after_the_signature(world):
    world.find()
    world.now += HOUR
    signed_at = world.now - timedelta(minutes=30)

    assert world.find(made_after=signed_at).evidence.this_update >= signed_at
    assert world.server.asked == [b"", b""]


def test_a_list_that_is_not_new_enough_is_not_fetched_again_for_every_document(world):
    signed_at = world.now + timedelta(seconds=90)

    found = [world.find(one, made_after=signed_at) for one in (world.certificate, world.other) * 10]

    assert {(one.status, one.doubt) for one in found} == {(Status.UNKNOWN, Doubt.TOO_EARLY)}
    assert world.server.asked.count(b"") == 1
    assert len(world.server.asked) == 3  # the list, and an answer about each of the two


def test_a_responder_stands_in_for_a_list_that_cannot_be_had(world):
    world.server.reply = world.answers_only

    good = world.find()
    world.steal()
    kept = world.find()
    world.now += publication.ANSWER_LIFE

    assert (good.status, good.evidence.kind, kept) == (Status.GOOD, Kind.OCSP, good)
    assert world.find().status is Status.REVOKED


def test_a_dead_server_costs_one_time_out_and_is_asked_again_after_its_rest(world):
    calls = []
    with speaking(lambda client: calls.append(client.recv(1))) as silent:
        authority = establish(now=world.now - DAY, published_at=silent.rstrip("/"))
        world.authority, dead = authority, [issued(authority, world.now) for _ in range(3)]
        for one in dead * 2:
            assert world.find(one).doubt is Doubt.NO_ANSWER
        at_first = len(calls)
        world.seconds = FIRST_SECONDS + 1
        world.find(dead[0])

    assert (at_first, len(calls)) == (2, 4)  # the list and the responder, each once


def test_a_certificate_that_names_no_place_is_unknown_and_nobody_is_asked(world):
    nameless = establish(now=world.now - DAY)
    world.authority = nameless

    assert world.find(issued(nameless, world.now)).doubt is Doubt.NO_ADDRESS
    assert world.server.asked == []


@pytest.mark.parametrize("liar", [b"", b"\x30" * (32 * 2**20 + 1)])
def test_empty_and_endless_lists_prove_nothing(world, liar):
    world.server.reply = lambda _request: liar

    assert world.find().status is Status.UNKNOWN


def test_evidence_is_kept_byte_for_byte(world):
    fetched = world.find().evidence

    assert isinstance(fetched, Evidence)
    assert world.find().evidence.der == fetched.der == world.published(b"")
