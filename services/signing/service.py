"""Signing's entrypoints: which use case serves which message."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from cryptography import x509

from services.chassis import authority
from services.chassis.codec import decode, from_json
from services.chassis.service import Service
from services.chassis.settings import load
from services.contracts import signing as contracts
from services.contracts.gradebook.history import MarkHeadsPublishedV1
from services.contracts.identity import GrantChangedV1, UnitChangedV1
from services.contracts.signing import KeyProvider
from services.contracts.signing import log as log_contracts
from services.contracts.signing import revocation as revocation_contracts
from services.contracts.transcript import TranscriptsFrozenV1
from services.signing import custody, heads, registration
from services.signing.authority import Authority
from services.signing.drafts import Codes
from services.signing.evidence import rounds
from services.signing.log import sequencing
from services.signing.log.answers import PublicLog
from services.signing.log.commitments import Salts
from services.signing.log.keys import signer_of, witnesses_of
from services.signing.log.sequencing import Sequencer
from services.signing.providers import Provider
from services.signing.providers.agent import AgentKeys
from services.signing.providers.csc import CscService, CscServices
from services.signing.providers.pkcs11 import Pkcs11Tokens
from services.signing.providers.software import SoftwareKeys
from services.signing.revocation import Revocations
from services.signing.settings import Settings, published_at
from services.signing.summary import Issuer
from services.signing.timestamps import Authorities
from services.signing.timestamps.authorities import Authority as TimestampAuthority
from services.signing.usecases import agents, batches, boards, certificates, checking, registering, revoking, sessions

EXPIRY_SECONDS = 30.0  # between two looks for sessions whose time is over


def build() -> Service:
    settings = load(Settings, "signing")
    server_key = custody.server_key_of(settings.server_key)
    held = custody.read_authority(Path(settings.authority), published_at=published_at(settings))
    available = _providers(settings, server_key)
    roots = [held.root, *custody.read_roots(settings.trust)]
    length = timedelta(minutes=settings.session_minutes)
    opening = sessions.Sessions(available, server_key=server_key, length=length)
    made = certificates.Certificates(held, server_key=server_key, length=timedelta(days=settings.certificate_days))
    issuer = Issuer.of(settings.summary_key)
    checks = checking.Checking(roots, issuer)
    registered = registering.Registering(available, roots)
    signer = batches.Batches(
        available, server_key=server_key, codes=Codes(public_url=settings.public_url, issuer=issuer)
    )
    service = Service("signing", Path(__file__).parent / "migrations")
    service.command(contracts.CreateKey, made.create_key, before=made.make_key)
    service.command(contracts.RegisterCertificate, registered.register_certificate, before=registered.prove)
    at_schools = agents.Agents(registered)
    service.command(contracts.CreateAgent, at_schools.create_agent, before=at_schools.check)
    service.open(contracts.ProveAgent, agents.prove_agent)
    service.open(contracts.FindAgentWork, agents.find_agent_work)
    service.open(contracts.GiveSignatures, agents.give_signatures)
    service.command(contracts.UnblockKey, registering.unblock_key)
    service.command(contracts.OpenSigningSession, opening.open_session, before=opening.open_key)
    service.query(contracts.ReadSigningSession, sessions.read_session)
    service.query(contracts.CountCertificates, certificates.count_certificates)
    service.query(contracts.FindCertificates, boards.find_certificates)
    service.query(contracts.FindWaiting, boards.find_waiting)
    service.query(contracts.ReadSigningProgress, boards.read_signing_progress)
    service.internal(contracts.ReadSignedDocuments, sessions.read_signed_documents, systems=("transcript",))
    service.open(contracts.CheckFiles, checking.answer_check, before=checks.check)
    service.open(contracts.ReadTrust, checks.read_trust)
    service.task(batches.SignClassTask, batches.keep_batch, before=signer.sign_class)
    service.every(EXPIRY_SECONDS, sessions.end_expired)
    service.consumes(TranscriptsFrozenV1, registration.register_documents, before=registration.prepare_documents)
    service.consumes(MarkHeadsPublishedV1, heads.keep_heads, before=heads.fetch_heads)
    service.consumes(GrantChangedV1, authority.copy_grants)
    service.consumes(UnitChangedV1, authority.copy_units)
    _keep_log(service, settings)
    _revoke(service, held)
    _bring_evidence(service, settings, roots)
    return service


def _providers(settings: Settings, server_key: bytes) -> dict[KeyProvider, Provider]:
    """Those that this installation is set up for."""
    available: dict[KeyProvider, Provider] = {
        KeyProvider.SOFTWARE: SoftwareKeys(server_key=server_key),
        KeyProvider.AGENT: AgentKeys(),
    }
    if settings.pkcs11_module:
        available[KeyProvider.PKCS11] = Pkcs11Tokens(settings.pkcs11_module)
    services = from_json(settings.csc_services.encode())
    if services:
        available[KeyProvider.CSC] = CscServices(decode(dict[str, CscService], services))
    return available


def _keep_log(service: Service, settings: Settings) -> None:
    signer = signer_of(settings.log_key, settings.log_origin)
    salts = Salts(settings.log_secret.encode())
    log = PublicLog(key=signer.verifier, salts=salts, witnesses=witnesses_of(settings.log_witnesses))
    sequencer = Sequencer(signer=signer, salts=salts)
    service.every(sequencing.ROUND_SECONDS, sequencer.publish, before=sequencer.integrate)
    service.open(log_contracts.ReadLogKeys, log.read_keys)
    service.open(log_contracts.ReadCheckpoint, log.read_checkpoint)
    service.open(log_contracts.ReadTile, log.read_tile)
    service.open(log_contracts.ProveDocument, log.prove_document)
    service.open(log_contracts.ProveFile, log.prove_file)
    service.open(log_contracts.ProveEntry, log.prove_entry)
    service.open(log_contracts.ProveConsistency, log.prove_consistency)
    service.open(log_contracts.Cosign, log.cosign)


def _revoke(service: Service, held: Authority) -> None:
    published = revoking.Publications(held)
    service.command(revocation_contracts.RevokeCertificate, revoking.revoke)
    service.query(revocation_contracts.ReadRevocationReach, revoking.read_reach)
    service.open(revocation_contracts.ReadRevocationList, revoking.answer_list, before=published.make_list)
    service.open(revocation_contracts.AnswerOcsp, published.answer_ocsp)


def _bring_evidence(service: Service, settings: Settings, roots: Sequence[x509.Certificate]) -> None:
    if urls := settings.timestamp_urls.split():
        asked = Authorities([TimestampAuthority(url=url) for url in urls], roots=roots)
        made = rounds.Rounds(authorities=asked, revocations=Revocations(), roots=roots)
        service.every(rounds.ROUND_SECONDS, rounds.keep, before=made.take)
