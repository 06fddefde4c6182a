"""The agents of schools: which there are, and shutting one out again."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from cryptography import x509
from sqlalchemy import Row

from services.chassis import authority as roles
from services.chassis import logs
from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import NotFound
from services.contracts.identity import Role
from services.contracts.signing.agents import AgentList, AgentV1, FindAgents, RevokeAgent
from services.contracts.signing.sessions import StopReason
from services.signing import agents, keyring, stopping
from services.signing.usecases.certificates import READERS, units_of
from services.signing.usecases.revoking import ANSWERABLE, answers_for

LEADERS = (*ANSWERABLE, Role.PRINCIPAL)


def find_agents(tx: Tx, query: FindAgents, actor: Actor) -> AgentList:
    """The own ones; those of a unit for its leaders, and for officers and inspectors of it or one above it."""
    rows = agents.agents_of(tx, _holders(tx, query.unit_id, actor))
    return AgentList(agents=tuple(_answer(row) for row in rows))


def revoke_agent(tx: Tx, command: RevokeAgent, actor: Actor) -> AgentV1:
    """Its token opens nothing any more, and what waits for it stops; the key waits for another agent."""
    agent = agents.get_agent(tx, command.agent_id)
    if not answers_for(tx, actor, agent.holder, is_seal=agent.unit_id is not None, leaders=LEADERS):
        raise NotFound(agent_id=command.agent_id)
    agents.revoke(tx, agent.id, by=actor.person_id)
    key = keyring.find_key(tx, agent.holder)
    is_its = key is not None and key.place == str(agent.id)
    stopped = stopping.stop_with_key(tx, key.id, StopReason.AGENT_REVOKED) if key and is_its else 0
    logs.get().info("agent_revoked", agent=str(agent.id), by=str(actor.person_id), sessions_stopped=stopped)
    return _answer(agents.get_agent(tx, agent.id))


def _holders(tx: Tx, unit_id: UUID | None, actor: Actor) -> Collection[UUID]:
    if unit_id is None:
        return {actor.person_id, *keyring.units_of(tx, actor.person_id, Role.CLERK)}
    roles.require_cover(tx, actor, READERS, unit_id)
    units = units_of(tx, unit_id)
    return {*units, *keyring.signers_of(tx, units)}


def _answer(row: Row[Any]) -> AgentV1:
    names = ("id", "holder", "name", "made_by", "made_at", "proved_at", "revoked_at", "revoked_by")
    _, serial = keyring.issuer_and_serial(x509.load_der_x509_certificate(bytes(row.certificate)))
    return AgentV1(**{name: getattr(row, name) for name in names}, is_seal=row.unit_id is not None, serial=serial)
