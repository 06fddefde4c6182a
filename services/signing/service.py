"""Signing's entrypoints: which use case serves which message."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from cryptography import x509

from services.chassis import authority
from services.chassis.codec import decode, from_json
from services.chassis.service import Service
from services.chassis.settings import load
from services.contracts.gradebook.history import MarkHeadsPublishedV1
from services.contracts.identity import GrantChangedV1, UnitChangedV1
from services.contracts.signing.agents import (
    CreateAgent,
    FindAgents,
    FindAgentWork,
    GiveSignatures,
    ProveAgent,
    RevokeAgent,
)
from services.contracts.signing.boards import FindWaiting, ReadSigningProgress
from services.contracts.signing.certificates import (
    CountCertificates,
    CreateKey,
    FindCertificates,
    KeyProvider,
    RegisterCertificate,
    UnblockKey,
)
from services.contracts.signing.checking import CheckFiles, ReadTrust
from services.contracts.signing.class_sheets import FindClassSheets, FindRowSheets, ReadClassSheet, ReadSheetFiles
from services.contracts.signing.credentials import MakeCredential
from services.contracts.signing.documents import ReadSignedDocuments
from services.contracts.signing.evidence import ReadEvidenceProgress
from services.contracts.signing.log import (
    Cosign,
    ProveConsistency,
    ProveDocument,
    ProveEntry,
    ProveFile,
    ReadCheckpoint,
    ReadLogKeys,
    ReadTile,
)
from services.contracts.signing.reminders import ReadDuties
from services.contracts.signing.revocation import AnswerOcsp, ReadRevocationList, ReadRevocationReach, RevokeCertificate
from services.contracts.signing.sessions import OpenSigningSession, ReadSigningSession
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
from services.signing.providers import Provider, Providers
from services.signing.providers.agent import AgentKeys
from services.signing.providers.csc import CscServices
from services.signing.providers.csc_client import CscService
from services.signing.providers.pkcs11 import Pkcs11Tokens
from services.signing.providers.software import SoftwareKeys
from services.signing.revocation import Revocations
from services.signing.settings import Settings, published_at
from services.signing.summary import Issuer
from services.signing.timestamps import Authorities
from services.signing.timestamps.authorities import Authority as TimestampAuthority
from services.signing.usecases import (
    agent_register,
    agents,
    batches,
    boards,
    certificates,
    checking,
    class_sheets,
    confirming,
    credentials,
    register,
    registering,
    reminding,
    revoking,
    sessions,
)
from services.signing.usecases.standings import Standings

ASKED_SECONDS = 5.0  # for an issuer while somebody waits; what is not known by then the rounds find out
EXPIRY_SECONDS = 30.0  # between two looks for sessions whose time is over


def build() -> Service:
    settings = load(Settings, "signing")
    service = Service("signing", Path(__file__).parent / "migrations")
    held = custody.read_authority(Path(settings.authority), published_at=published_at(settings))
    roots = [held.root, *custody.read_roots(settings.trust)]
    issuer = Issuer.of(settings.summary_key)
    server_key = custody.server_key_of(settings.server_key)
    available = _providers(settings, server_key)
    _hold_keys(service, certificates.Certificates(held, server_key=server_key, length=_days(settings)))
    standings = Standings(held, roots, Revocations(list_seconds=ASKED_SECONDS, answer_seconds=ASKED_SECONDS))
    _register(service, registering.Registering(available, roots, standings))
    opening = _sessions(settings, available, standings, server_key)
    codes = Codes(public_url=settings.public_url, issuer=issuer)
    _sign(service, opening, batches.Batches(available, server_key=server_key, codes=codes))
    _confirm(service, confirming.Confirmations(available, server_key=server_key, length=_session(settings)))
    checks = checking.Checking(roots, issuer, standings)
    _check(service, checks, credentials.Credentials(checks, issuer, public_url=settings.public_url))
    _keep_log(service, settings)
    _revoke(service, held)
    _bring_evidence(service, settings, roots)
    _remind(service, reminding.Reminding(timedelta(hours=settings.remind_hours)))
    service.consumes(MarkHeadsPublishedV1, heads.keep_heads, before=heads.fetch_heads)
    service.consumes(GrantChangedV1, authority.copy_grants)
    service.consumes(UnitChangedV1, authority.copy_units)
    return service


def _sessions(settings: Settings, available: Providers, standings: Standings, server_key: bytes) -> sessions.Sessions:
    return sessions.Sessions(
        available,
        standings,
        server_key=server_key,
        length=_session(settings),
        confirmation=timedelta(seconds=settings.remote_confirmation_seconds),
        grace=timedelta(hours=settings.timestamp_grace_hours),
    )


def _days(settings: Settings) -> timedelta:
    return timedelta(days=settings.certificate_days)


def _session(settings: Settings) -> timedelta:
    return timedelta(minutes=settings.session_minutes)


def _hold_keys(service: Service, made: certificates.Certificates) -> None:
    service.command(CreateKey, made.create_key, before=made.make_key)
    service.command(UnblockKey, registering.unblock_key)
    service.query(CountCertificates, certificates.count_certificates)
    service.query(FindCertificates, register.find_certificates)


def _register(service: Service, registered: registering.Registering) -> None:
    at_schools = agents.Agents(registered)
    service.command(RegisterCertificate, registered.register_certificate, before=registered.prove)
    service.command(CreateAgent, at_schools.create_agent, before=at_schools.check)
    service.command(RevokeAgent, agent_register.revoke_agent)
    service.query(FindAgents, agent_register.find_agents)
    service.open(ProveAgent, agents.prove_agent)
    service.open(FindAgentWork, agents.find_agent_work)
    service.open(GiveSignatures, agents.give_signatures)


def _sign(service: Service, opening: sessions.Sessions, signer: batches.Batches) -> None:
    service.consumes(TranscriptsFrozenV1, registration.register_documents, before=registration.prepare_documents)
    service.command(OpenSigningSession, opening.open_session, before=opening.open_key)
    service.query(ReadSigningSession, sessions.read_session)
    service.task(batches.SignClassTask, batches.keep_batch, before=signer.sign_class)
    service.every(EXPIRY_SECONDS, sessions.end_expired)
    service.query(FindWaiting, boards.find_waiting)
    service.query(FindClassSheets, class_sheets.find_class_sheets)
    service.query(ReadClassSheet, class_sheets.read_class_sheet)
    service.internal(ReadSheetFiles, class_sheets.read_sheet_files, systems=("transcript",))
    service.internal(
        FindRowSheets, class_sheets.give_row_sheets, before=class_sheets.find_row_sheets, systems=("transfer",)
    )
    service.query(ReadSigningProgress, boards.read_signing_progress)
    service.query(ReadEvidenceProgress, boards.read_evidence_progress)
    service.internal(ReadSignedDocuments, sessions.read_signed_documents, systems=("transcript",))


def _confirm(service: Service, confirmed: confirming.Confirmations) -> None:
    service.task(confirming.ConfirmSessionTask, confirmed.keep, before=confirmed.wait, threads=confirming.AT_ONCE)


def _check(service: Service, checks: checking.Checking, made: credentials.Credentials) -> None:
    service.open(CheckFiles, checking.answer_check, before=checks.check)
    service.every(checking.TAKE_BACK_SECONDS, checking.taken_back, before=checking.take_back)
    service.internal(MakeCredential, credentials.give_credential, before=made.make, systems=("transcript",))
    service.open(ReadTrust, checks.read_trust)


def _providers(settings: Settings, server_key: bytes) -> dict[KeyProvider, Provider]:
    """Those that this installation is set up for."""
    available: dict[KeyProvider, Provider] = {
        KeyProvider.SOFTWARE: SoftwareKeys(server_key=server_key),
        KeyProvider.AGENT: AgentKeys(),
    }
    if settings.pkcs11_module:
        available[KeyProvider.PKCS11] = Pkcs11Tokens(settings.pkcs11_module, seconds=settings.pkcs11_seconds)
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
    service.open(ReadLogKeys, log.read_keys)
    service.open(ReadCheckpoint, log.read_checkpoint)
    service.open(ReadTile, log.read_tile)
    service.open(ProveDocument, log.prove_document)
    service.open(ProveFile, log.prove_file)
    service.open(ProveEntry, log.prove_entry)
    service.open(ProveConsistency, log.prove_consistency)
    service.open(Cosign, log.cosign)


def _revoke(service: Service, held: Authority) -> None:
    published = revoking.Publications(held)
    service.command(RevokeCertificate, revoking.revoke)
    service.query(ReadRevocationReach, revoking.read_reach)
    service.open(ReadRevocationList, revoking.answer_list, before=published.make_list)
    service.open(AnswerOcsp, published.answer_ocsp)


def _remind(service: Service, reminding_all: reminding.Reminding) -> None:
    service.every(reminding.ROUND_SECONDS, reminding_all.remind)
    service.every(reminding.WARN_SECONDS, reminding.warn)
    service.internal(ReadDuties, reminding.read_duties, systems=("notify",))


def _bring_evidence(service: Service, settings: Settings, roots: Sequence[x509.Certificate]) -> None:
    if urls := settings.timestamp_urls.split():
        asked = Authorities([TimestampAuthority(url=url) for url in urls], roots=roots)
        made = rounds.Rounds(authorities=asked, revocations=Revocations(), roots=roots)
        service.every(rounds.ROUND_SECONDS, rounds.keep, before=made.take)
