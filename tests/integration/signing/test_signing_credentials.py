"""Credentials: made for transcript alone, of nothing but what a sealed document says, and only while it is sound."""

import json
from base64 import urlsafe_b64decode
from datetime import UTC, datetime

import pytest

from services.chassis.errors import Forbidden, NotFound, Refused
from services.contracts.signing.credentials import MakeCredential
from services.signing.validation import Verdict
from services.signing.validation.clr import validate_clr
from tests.integration.locked_class import YEAR
from tests.integration.signing.class_to_sign import HOMEROOM, PRINCIPAL, SUBJECTS, published_keys


def asking(document):
    return MakeCredential(school_year=YEAR, transcript_id=document.transcript_id, version=document.version)


def made(a_class, document):
    return a_class.signing.objects.get(a_class.signing.ask_as("transcript", asking(document)).file)


def test_a_sealed_document_gives_a_credential_that_is_valid_by_the_published_keys(sealed):
    document = sealed.documents[0]

    report = validate_clr(made(sealed, document), published_keys(sealed.signing), at=datetime.now(UTC))

    assert (report.verdict, report.code, report.version) == (Verdict.VALID, document.code, document.version)
    assert report.signatures[0].name == sealed.school.locked.unit.name


def test_a_credential_says_what_was_signed_and_when_it_was_sealed(sealed):
    document = sealed.documents[0]
    payload = json.loads(urlsafe_b64decode(made(sealed, document).split(b".")[1] + b"=="))

    sealed_at = "SELECT completed_at FROM documents WHERE transcript_id = :id"
    (row,) = sealed.signing.sql(sealed_at, id=document.transcript_id)
    achievements = payload["credentialSubject"]["verifiableCredential"]
    assert payload["transcript"] == {"code": document.code, "version": 1, "sha256": document.canonical}
    assert payload["nbf"] == int(row.completed_at.timestamp())
    assert payload["id"] == f"https://hocba.example.vn/verify/{document.code}"
    assert [one["credentialSubject"]["achievement"]["humanCode"] for one in achievements[1:]] == ["TOAN", "GDTC"]


def test_asked_again_the_credential_is_the_same_file(sealed):
    document = sealed.documents[0]

    assert len({sealed.signing.ask_as("transcript", asking(document)).file for _ in range(2)}) == 1


def test_nobody_but_transcript_has_a_credential_made(sealed):
    with pytest.raises(Forbidden):
        sealed.signing.ask(asking(sealed.documents[0]), sealed.school.locked.principal)
    with pytest.raises(Forbidden):
        sealed.signing.ask_as("transfer", asking(sealed.documents[0]))


def test_before_the_seal_there_is_no_credential(a_class):
    a_class.sign_until(SUBJECTS, HOMEROOM, PRINCIPAL)

    with pytest.raises(NotFound):
        a_class.signing.ask_as("transcript", asking(a_class.documents[0]))


def test_of_a_file_that_was_replaced_after_the_seal_nothing_is_signed(sealed):
    document, other = sealed.documents[:2]
    files = {one.transcript_id: one.pdf for one in sealed.signed()}
    altered = sealed.signing.objects.get(files[document.transcript_id]).replace(b"/Lang", b"/lang", 1)
    put = "UPDATE documents SET pdf = :pdf WHERE transcript_id = :id"

    for pdf in (sealed.signing.objects.put(altered), files[other.transcript_id]):
        sealed.signing.sql(put, pdf=pdf, id=document.transcript_id)
        with pytest.raises(Refused) as refused:
            sealed.signing.ask_as("transcript", asking(document))
        assert refused.value.code == "signing.document_unsound"
