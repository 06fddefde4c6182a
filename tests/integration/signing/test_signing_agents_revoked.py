"""An agent that the school shuts out: out at once, its sessions say so, and another one takes its place."""

import pytest
from cryptography import x509

from services.chassis.errors import Forbidden, NotFound, Refused, Unauthenticated
from services.chassis.ids import new_id
from services.contracts.identity import Role
from services.contracts.signing.agents import (
    CreateAgent,
    FindAgents,
    FindAgentWork,
    GiveSignatures,
    ProveAgent,
    RevokeAgent,
)
from services.contracts.signing.certificates import FindCertificates, KeyProvider
from services.contracts.signing.documents import SlotRole
from services.contracts.signing.sessions import SessionState, StopReason
from services.contracts.verdicts import Verdict
from tests.integration.signing.class_to_sign import HOMEROOM, PRINCIPAL, SUBJECTS, outcome, slots
from tests.integration.signing.office import enrol, open_seal, read
from tests.integration.signing.outside_authority import TOKEN_PIN


@pytest.fixture(scope="module")
def office(school, outside, tokens):
    return enrol(school, outside, tokens, "P-256")


@pytest.fixture
def ready(office, a_class):
    a_class.sign_until(SUBJECTS, HOMEROOM, PRINCIPAL)
    return a_class


@pytest.fixture
def leaders(school):
    """Of the school: its principal, and an admin."""
    school.signing.grant(Role.PRINCIPAL, school.locked.unit_id, school.locked.principal)
    return school.locked.principal, school.signing.grant(Role.ADMIN, school.locked.unit_id)


def agent_of(office):
    """The one whose token the office has."""
    return max(
        office.school.signing.ask(FindAgents(), office.school.clerk).agents, key=lambda one: (one.made_at, one.id)
    )


def let_in_again(office, *, prove=True):
    """Another program with the same token of the school."""
    found = office.school.signing.sql("SELECT certificate FROM agents WHERE id = :id", id=agent_of(office).id)[
        0
    ].certificate
    pem = office.outside.pem(x509.load_der_x509_certificate(bytes(found)))
    made = office.school.signing.ask(
        CreateAgent(certificates=pem, unit_id=office.school.locked.unit_id), office.school.clerk
    )
    office.renew(made.token)
    if prove:
        office.agent.prove(office.agent.find_work(), TOKEN_PIN)
    return made


@pytest.mark.parametrize("leader", [0, 1], ids=["principal", "admin"])
def test_a_revoked_agent_is_out_at_once_and_what_waits_for_it_says_so(office, ready, leaders, leader):
    opened = open_seal(ready)
    (job,) = office.jobs(ready)
    office.give(opened.id, [office.honest(item) for item in job["items"][:2]])
    revoked = ready.signing.ask(RevokeAgent(agent_id=agent_of(office).id), leaders[leader])
    ready.signing.work()

    stopped = read(ready, opened)
    assert (outcome(stopped), stopped.reason) == ((SessionState.STOPPED, 0, 0), StopReason.AGENT_REVOKED)
    for way in (
        FindAgentWork(token=office.token),
        GiveSignatures(token=office.token, session_id=opened.id, signatures=()),
    ):
        with pytest.raises(Unauthenticated, match="agent_revoked"):
            ready.signing.ask(way)
    with pytest.raises(Refused, match="agent_missing"):
        open_seal(ready)
    assert slots(ready).count("KY_PHAT_HANH") == 0
    (row,) = ready.signing.sql("SELECT revoked_at, revoked_by FROM agents WHERE id = :id", id=revoked.id)
    assert (row.revoked_at, row.revoked_by) == (revoked.revoked_at, leaders[leader])
    let_in_again(office)


def test_another_program_is_let_in_with_the_same_token_and_the_class_is_sealed(office, ready, leaders):
    old = agent_of(office)
    before = ready.signing.sql("SELECT count(*) FROM keys")[0][0]
    ready.signing.ask(RevokeAgent(agent_id=old.id), ready.school.clerk)
    let_in_again(office)
    opened = open_seal(ready)
    (job,) = office.jobs(ready)
    office.give(opened.id, [office.honest(item) for item in job["items"]])
    ready.signing.work()

    assert outcome(read(ready, opened)) == (SessionState.ENDED, 3, 0)
    assert {one.verdict for one in ready.reports(xml=True) + ready.reports(xml=False)} == {Verdict.VALID}
    assert ready.signing.sql("SELECT count(*) FROM keys")[0][0] == before
    listed = {one.id: one for one in ready.signing.ask(FindAgents(unit_id=old.holder), leaders[0]).agents}
    assert (listed[old.id].revoked_by, listed[agent_of(office).id].revoked_at) == (ready.school.clerk, None)
    assert listed[old.id].is_seal


def test_who_answers_for_no_agent_neither_revokes_nor_lists_it(office, school, leaders):
    stranger = school.signing.grant(Role.ADMIN, new_id())
    agent = agent_of(office)
    for person in (stranger, school.locked.homeroom):
        with pytest.raises(NotFound):
            school.signing.ask(RevokeAgent(agent_id=agent.id), person)
        with pytest.raises(Forbidden):
            school.signing.ask(FindAgents(unit_id=school.locked.unit_id), person)
        assert school.signing.ask(FindAgents(), person).agents == ()
    with pytest.raises(NotFound):
        school.signing.ask(RevokeAgent(agent_id=new_id()), leaders[1])


def test_an_agent_that_is_revoked_twice_was_so_the_first_time(office, school, leaders):
    agent = agent_of(office)
    first = school.signing.ask(RevokeAgent(agent_id=agent.id), leaders[0])
    second = school.signing.ask(RevokeAgent(agent_id=agent.id), leaders[1])

    assert first == second
    let_in_again(office)


def test_an_agent_that_is_revoked_before_its_proof_proves_nothing(office, school, leaders):
    school.signing.ask(RevokeAgent(agent_id=agent_of(office).id), leaders[0])
    made = let_in_again(office, prove=False)
    school.signing.ask(RevokeAgent(agent_id=made.agent_id), leaders[0])

    with pytest.raises(Unauthenticated, match="agent_revoked"):
        school.signing.ask(ProveAgent(token=made.token, value=""))
    let_in_again(office)


def test_whose_agent_was_revoked_cannot_sign_and_the_register_says_so(office, school, leaders):
    before = sealing(school)
    school.signing.ask(RevokeAgent(agent_id=agent_of(office).id), leaders[0])
    without = sealing(school)
    let_in_again(office)

    assert (before.lacks_agent, without.lacks_agent, sealing(school).lacks_agent) == (False, True, False)


def sealing(school):
    """What the register says of the seal's certificate."""
    (held,) = (
        one
        for one in school.signing.ask(FindCertificates(), school.clerk).certificates
        if one.certificate.holder == school.locked.unit_id
    )
    return held


def test_who_lost_the_agent_may_make_another_key(office, school, leaders, a_class):
    school.signing.ask(RevokeAgent(agent_id=agent_of(office).id), leaders[0])
    made = school.create_key(school.clerk, unit_id=school.locked.unit_id)

    assert made.provider is KeyProvider.SOFTWARE
    a_class.sign_until(*SlotRole)
    assert {one.verdict for one in a_class.reports(xml=False)} == {Verdict.VALID}
