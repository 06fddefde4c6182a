"""Agents at schools: let in by their holders, bound by proof, believed by the certificate alone."""

import secrets
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from itertools import groupby
from typing import Any
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import Row

from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.ids import new_id
from services.chassis.service import Outside
from services.contracts.signing.agents import (
    AgentItem,
    AgentJob,
    AgentTaken,
    AgentWork,
    CreateAgent,
    FindAgentWork,
    GiveSignatures,
    NewAgent,
    ProveAgent,
)
from services.contracts.signing.certificates import CertificateV1, KeyProvider
from services.contracts.signing.documents import SlotRole
from services.signing import agents, algorithms, keyring
from services.signing.errors import AgentRevoked, AgentUnknown, CertificateTaken, PossessionNotProved
from services.signing.providers import Key
from services.signing.usecases.batches import SignClassTask
from services.signing.usecases.certificates import Named, key_row, make_room, require_own
from services.signing.usecases.registering import Registering, Suitable, new_challenge


class Agents:
    """The use cases that need the trusted roots."""

    def __init__(self, registering: Registering) -> None:
        self._registering = registering

    def check(self, command: CreateAgent, outside: Outside) -> Suitable:
        return self._registering.suitable(command.certificates, command.unit_id, outside)

    def create_agent(self, tx: Tx, command: CreateAgent, actor: Actor, found: Suitable) -> NewAgent:
        """Nothing is bound yet: the key has to sign the challenge first."""
        require_own(tx, command.unit_id, actor)
        _require_free(tx, found.certificate, found.named.holder)
        token, agent_id = secrets.token_urlsafe(32), new_id()
        challenge = new_challenge(found.named.holder)
        agents.insert_agent(
            tx,
            {
                "id": agent_id,
                "token_hash": _hash(token),
                "holder": found.named.holder,
                "unit_id": command.unit_id,
                "name": found.named.name,
                "certificate": found.credential.certificate,
                "chain": list(found.credential.chain),
                "challenge": challenge,
                "made_by": actor.person_id,
            },
        )
        return NewAgent(agent_id=agent_id, token=token, challenge=challenge.hex())


def prove_agent(tx: Tx, request: ProveAgent) -> CertificateV1:
    """The certificate counts from now on, under the rights that the one who let the agent in has at this moment."""
    agent = _agent(tx, request.token)
    public = algorithms.public_key(bytes(agent.certificate))
    if not algorithms.accepted(public, bytes(agent.challenge), _octets(request.value)):
        raise PossessionNotProved(place=agent.name, reason="wrong_signature")
    maker = Actor(account_id=agent.made_by, person_id=agent.made_by)
    certificate = x509.load_der_x509_certificate(bytes(agent.certificate))
    _require_free(tx, certificate, agent.holder)
    agents.set_proved(tx, agent.id)
    if key := _orphan(tx, certificate, agent.holder):
        require_own(tx, agent.unit_id, maker)
        return keyring.move(tx, key.id, place=str(agent.id))
    make_room(tx, agent.unit_id, maker, agent.holder)
    chain = tuple(bytes(one) for one in agent.chain)
    row = key_row(Named(holder=agent.holder, name=agent.name), certificate, chain, made_by=agent.made_by)
    kept = {"provider": KeyProvider.AGENT, "place": str(agent.id), "is_seal": agent.unit_id is not None}
    return keyring.insert_key(tx, row | kept)


def find_agent_work(tx: Tx, request: FindAgentWork) -> AgentWork:
    """What waits, job by job; nothing before the key was proved."""
    agent = _agent(tx, request.token)
    rows = agents.open_work(tx, agent.id)
    jobs = groupby(rows, key=lambda row: (row.session_id, row.class_id))
    return AgentWork(
        holder=agent.holder,
        name=agent.name,
        certificate=b64encode(bytes(agent.certificate)).decode(),
        challenge=None if agent.proved_at else bytes(agent.challenge).hex(),
        jobs=tuple(_job(list(of_one)) for _, of_one in jobs),
    )


def give_signatures(tx: Tx, request: GiveSignatures) -> AgentTaken:
    """Take what was asked for and is the certificate's signature; the rest is counted and forgotten."""
    agent = _agent(tx, request.token)
    asked = {bytes(row.digest): row for row in agents.open_work(tx, agent.id) if row.session_id == request.session_id}
    public = algorithms.public_key(bytes(agent.certificate))
    values: dict[bytes, bytes] = {}
    for one in request.signatures:
        digest = _octets(one.digest)
        value = algorithms.accepted(public, digest, _octets(one.value)) if digest in asked else None
        if value is not None and digest not in values:
            values[digest] = value
    years = {row.class_id: row.school_year for row in asked.values()}
    for class_id in agents.set_values(tx, request.session_id, values):
        tx.later(SignClassTask(session_id=request.session_id, school_year=years[class_id], class_id=class_id))
    return AgentTaken(taken=len(values), refused=len(request.signatures) - len(values))


def _agent(tx: Tx, token: str) -> Row[Any]:
    agent = agents.find_agent(tx, _hash(token))
    if agent is None:
        raise AgentUnknown
    if agent.revoked_at:
        raise AgentRevoked(revoked_at=agent.revoked_at)
    return agent


def _require_free(tx: Tx, certificate: x509.Certificate, holder: UUID) -> None:
    """CertificateTaken unless nobody signs with it, or its holder did by an agent that was revoked."""
    if keyring.is_registered(tx, certificate) and not _orphan(tx, certificate, holder):
        raise CertificateTaken


def _orphan(tx: Tx, certificate: x509.Certificate, holder: UUID) -> Key | None:
    """The holder's current key, if this is its certificate and its agent was revoked."""
    key = keyring.find_key(tx, holder)
    is_this = key is not None and key.credential.certificate == certificate.public_bytes(Encoding.DER)
    return key if key is not None and is_this and agents.lacks_agent(tx, key) else None


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()


def _octets(text: str) -> bytes:
    """What is no hex proves nothing."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def _job(rows: Sequence[Row[Any]]) -> AgentJob:
    first = rows[0]
    return AgentJob(
        session_id=first.session_id,
        school_year=first.school_year,
        class_id=first.class_id,
        role=SlotRole(first.role),
        expires_at=first.expires_at,
        items=tuple(
            AgentItem(digest=bytes(row.digest).hex(), code=row.code, slot=row.slot, part=row.part) for row in rows
        ),
    )
