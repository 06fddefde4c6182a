"""The package for the ministry's hub: what the index says, and that all files and certificates are in it."""

import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from cryptography import x509

from services.chassis.codec import to_json
from services.contracts.identity import VIETNAM, PersonV1
from services.contracts.signing.documents import SlotRole
from services.contracts.transcript.hub import HubWaiting
from services.signing import authority, xml
from services.transcript.class_sheets import Batch, bind
from services.transcript.document_xml import write
from services.transcript.hub_package import Entry, pack, record_of, waits_for
from tests.unit.signing.school_papers import SIGNED_AT, signer_of
from tests.unit.transcript.papers import lower, primary

PDF = b"%PDF-1.7"


@pytest.fixture(scope="module")
def signers():
    trusted = authority.establish(now=SIGNED_AT - timedelta(days=100))
    homeroom = signer_of("GVCN", trusted)
    return {role: signer_of(role, trusted) if role == SlotRole.SEAL else homeroom for role in SlotRole}


def entry(data, signers, *, is_revoked=False, **pupil):
    signed = xml.sign(write(data), [(slot.slot, signers[slot.role]) for slot in data.slots], at=SIGNED_AT)
    return Entry(
        data=data,
        pupil=person(data, **pupil),
        xml=signed,
        pdf=PDF,
        is_revoked=is_revoked,
        updated_at=datetime(2026, 6, 1, tzinfo=UTC),
    )


def person(data, *, personal_id="000314000017", nationality=VIETNAM, passport=None):
    return PersonV1(
        id=data.pupil.person_id,
        code=data.pupil.code,
        name=data.pupil.name,
        born_on=data.pupil.born_on,
        gender=data.pupil.gender,
        ethnicity=None,
        nationality=nationality,
        personal_id=personal_id,
        passport=passport,
    )


def opened(*entries):
    return zipfile.ZipFile(io.BytesIO(pack(entries)))


def test_each_transcript_is_there_as_xml_pdf_and_with_its_signers_certificates(signers):
    one = entry(primary(), signers)
    archive = opened(one)

    (line,) = json.loads(archive.read("index.json"))
    assert archive.read(line["xml"]["ten"]) == one.xml
    assert line["pdf"] == {"ten": f"pdf/{one.data.code}.pdf", "sha256": sha256(PDF).hexdigest()}
    names = {x509.load_der_x509_certificate(archive.read(name)).subject.rfc4514_string() for name in line["cer"]}
    assert {any(who in name for name in names) for who in ("Nguyễn Thị Hoa", "Trường THCS Sông Mây")} == {True}
    assert "hoc_ba.v1.xsd" in archive.namelist()


def test_the_index_speaks_the_words_of_the_national_dictionary(signers):
    one = entry(lower(), signers)

    (line,) = json.loads(opened(one).read("index.json"))

    assert (line["sukien"], line["phienban"], line["is_co_hieu_luc"]) == ("NEW", 1, "1")
    assert (line["macaphoc"], line["nam_bat_dau"], line["mahocsinh"]) == ("03", 2025, "3600000001")
    assert line["nguoivn"] == {"sodinhdanh": "000314000017"}


def test_issue_revocation_and_new_issue_are_growing_versions_of_one_record(signers):
    first, second = lower(), replace(lower(), version=2)
    told = [
        record_of(entry(first, signers)),
        record_of(entry(first, signers, is_revoked=True)),
        record_of(entry(second, signers)),
        record_of(entry(second, signers, is_revoked=True)),
    ]

    assert [(one.change, one.version) for one in told] == [("NEW", 1), ("CANCEL", 2), ("UPDATE", 3), ("CANCEL", 4)]
    assert len({one.record_id for one in told}) == 1


@pytest.mark.parametrize(
    ("pupil", "reason"),
    [
        ({}, None),
        ({"personal_id": None}, HubWaiting.NO_PERSONAL_ID),
        ({"personal_id": None, "nationality": "Hàn Quốc"}, HubWaiting.FOREIGNER_CHECK),
        ({"personal_id": None, "nationality": "Hàn Quốc", "passport": "M00000001"}, None),
        ({"nationality": "Hàn Quốc"}, None),
    ],
)
def test_who_cannot_be_told_apart_in_the_country_waits(pupil, reason):
    assert waits_for(person(lower(), **pupil)) is reason


def test_a_foreigner_is_named_by_passport_and_nationality(signers):
    one = entry(lower(), signers, personal_id=None, nationality="Lào", passport="P0000001")

    (line,) = json.loads(opened(one).read("index.json"))

    assert line["congdannuocngoai"] == {"sohochieu": "P0000001", "quoctich": "Lào"}


def test_the_class_sheets_of_a_transcripts_rows_are_there_and_named(signers):
    (bound,), _ = bind([lower()], Batch(number=1, seed=bytes(32)))
    root = bound.subjects[1].class_sheet.root
    mine, others = (to_json({"signature": "", "statement": {"root": one}}) for one in (root, "0" * 64))
    archive = zipfile.ZipFile(io.BytesIO(pack([entry(bound, signers), entry(lower(), signers)], [mine, others])))

    first, second = json.loads(archive.read("index.json"))
    assert [archive.read(name) for name in first["bang_ky_lop"]] == [mine]
    assert second["bang_ky_lop"] == []
    assert [archive.read(name) for name in archive.namelist() if name.startswith("bang_ky_lop/")] == [mine]


def test_the_same_transcripts_give_the_same_package(signers):
    one = entry(lower(), signers)

    assert pack([one]) == pack([one])
