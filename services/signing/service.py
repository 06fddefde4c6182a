"""Signing's entrypoints: which use case serves which message."""

from datetime import timedelta
from pathlib import Path

from services.chassis import authority
from services.chassis.service import Service
from services.chassis.settings import load
from services.contracts import signing as contracts
from services.contracts.gradebook.history import MarkHeadsPublishedV1
from services.contracts.identity import GrantChangedV1, UnitChangedV1
from services.contracts.transcript import TranscriptsFrozenV1
from services.signing import batches, certificates, custody, heads, registration, revoking, usecases
from services.signing.authority import Authority
from services.signing.evidence import rounds
from services.signing.revocation import Revocations
from services.signing.settings import Settings, published_at
from services.signing.timestamps import Authorities
from services.signing.timestamps.authorities import Authority as TimestampAuthority


def build() -> Service:
    settings = load(Settings, "signing")
    server_key = custody.server_key_of(settings.server_key)
    own = custody.read_authority(Path(settings.authority), published_at=published_at(settings))
    mine = usecases.Signing(
        own,
        server_key=server_key,
        session=timedelta(minutes=settings.session_minutes),
        certificate=timedelta(days=settings.certificate_days),
    )
    signer = batches.Batches(server_key=server_key, public_url=settings.public_url)
    published = revoking.Publications(own)
    service = Service("signing", Path(__file__).parent / "migrations")
    service.command(contracts.CreateKey, mine.create_key, before=mine.make_key)
    service.command(contracts.OpenSigningSession, mine.open_session, before=mine.open_key)
    service.query(contracts.ReadSigningSession, usecases.read_session)
    service.query(contracts.CountCertificates, certificates.count_certificates)
    service.internal(contracts.ReadSignedDocuments, usecases.read_signed_documents, systems=("transcript",))
    service.open(contracts.CheckFiles, usecases.answer_check, before=mine.check)
    service.open(contracts.ReadTrust, mine.read_trust)
    service.command(contracts.RevokeCertificate, revoking.revoke)
    service.query(contracts.ReadRevocationReach, revoking.read_reach)
    service.open(contracts.ReadRevocationList, revoking.answer_list, before=published.make_list)
    service.open(contracts.AnswerOcsp, published.answer_ocsp)
    service.task(batches.SignClassTask, batches.keep_batch, before=signer.sign_class)
    service.consumes(TranscriptsFrozenV1, registration.register_documents, before=registration.prepare_documents)
    service.consumes(MarkHeadsPublishedV1, heads.keep_heads, before=heads.fetch_heads)
    if settings.timestamp_urls:
        service.every(rounds.ROUND_SECONDS, rounds.keep, before=_rounds(settings, own).take)
    service.consumes(GrantChangedV1, authority.copy_grants)
    service.consumes(UnitChangedV1, authority.copy_units)
    return service


def _rounds(settings: Settings, own: Authority) -> rounds.Rounds:
    """The rounds that bring evidence, believing the development authority's root."""
    asked = [TimestampAuthority(url=url) for url in settings.timestamp_urls.split()]
    roots = [own.root]
    return rounds.Rounds(authorities=Authorities(asked, roots=roots), revocations=Revocations(), roots=roots)
