"""A school's office with the seal in a token, and its agent, by the gateway's way without the gateway."""

from cryptography import x509
from cryptography.x509.oid import NameOID

from deploy.agent import signing as agents
from services.chassis.codec import decode, encode
from services.chassis.errors import Problem
from services.chassis.ids import new_code
from services.contracts.signing.agents import CreateAgent, FindAgentWork, GiveSignatures, ProveAgent
from services.contracts.signing.sessions import OpenSigningSession, ReadSigningSession
from services.signing import algorithms
from tests.integration.locked_class import YEAR
from tests.integration.signing.class_to_sign import SEAL
from tests.integration.signing.outside_authority import TOKEN_PIN, new_key

PATHS = {"work": FindAgentWork, "proof": ProveAgent, "signatures": GiveSignatures}
LABEL = "Con dau van phong"


def enrol(school, outside, tokens, kind) -> "Office":
    """The school's seal in a token at the office, whose agent has been let in."""
    label = f"{LABEL} {kind} {new_code()[-6:]}"  # 32 bytes at most
    place, key = tokens.make(label), new_key(kind)
    organisation = x509.NameAttribute(NameOID.ORGANIZATION_NAME, "TRƯỜNG THCS SÔNG MÂY")
    certificate = outside.issue("Con dấu", key.public_key(), extra=[organisation])
    tokens.put(label, key, certificate)
    school.forget_key(school.locked.unit_id)
    let_in = CreateAgent(certificates=outside.pem(certificate), unit_id=school.locked.unit_id)
    made = school.signing.ask(let_in, school.clerk)
    agent = agents.Agent(post(school), token=made.token, module=tokens.module, place=place)
    agent.prove(agent.find_work(), TOKEN_PIN)
    return Office(school, agent, made.token, key, outside=outside, place=place, module=tokens.module)


class Office:
    def __init__(self, school, agent, token, key, *, outside, place, module) -> None:
        self.school, self.agent, self.token, self.key = school, agent, token, key
        self.outside, self.place, self.module = outside, place, module

    def renew(self, token):
        """Another program takes over."""
        self.token = token
        self.agent = agents.Agent(post(self.school), token=token, module=self.module, place=self.place)

    def jobs(self, a_class):
        return [job for job in self.agent.find_work()["jobs"] if job["class_id"] == str(a_class.class_id)]

    def give(self, session_id, signatures):
        body = {"token": self.token, "session_id": str(session_id), "signatures": signatures}
        return post(self.school)("/v1/signing-agents/signatures", body)

    def honest(self, item):
        return {"digest": item["digest"], "value": algorithms.sign(self.key, bytes.fromhex(item["digest"])).hex()}


def post(school):
    """The gateway's way, without the gateway."""

    def answer(path, body):
        try:
            return encode(school.signing.ask(decode(PATHS[path.rsplit("/", 1)[1]], body)))
        except Problem as problem:
            raise agents.Away(problem.code) from problem

    return answer


def open_seal(a_class):
    command = OpenSigningSession(school_year=YEAR, class_ids=(a_class.class_id,), role=SEAL, pin="")
    opened = a_class.signing.ask(command, a_class.school.clerk)
    a_class.signing.work()
    return opened


def read(a_class, opened):
    return a_class.signing.ask(ReadSigningSession(session_id=opened.id), a_class.school.clerk)
