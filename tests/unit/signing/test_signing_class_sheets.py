"""Class sheets under attack: no row leaves its pupil, no mark changes, no sheet speaks for another teacher or class."""

import json
import random
import subprocess
from base64 import b64decode, b64encode
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric import ec

from services.chassis.merkle import leaf_hash, node_hash
from services.contracts.signing.documents import SlotRole
from services.signing import algorithms, cms
from services.signing.validation import Reason, Verdict
from services.signing.validation.class_rows import check, rows_of
from services.signing.validation.class_sheet import covers, is_class_sheet, statement_of
from services.signing.validation.report import Fault
from services.transcript.canonical import Teacher, to_canonical
from services.transcript.class_sheets import bind, leaf_of
from services.transcript.document_xml import write
from services.transcript.render import Renderer
from tests.unit.signing import school_papers as papers
from tests.unit.signing.school_papers import SIGNED_AT, holder
from tests.unit.signing.sheet_papers import BATCH, MATHS, frozen, mutated, row_of, with_maths
from tests.unit.signing.verdicts import validate_class_sheet, validate_pdf, validate_xml
from tests.unit.transcript.papers import identifier, lower, primary


@pytest.fixture(scope="module")
def a_class():
    transcripts, _ = frozen(lower())
    return transcripts


@pytest.fixture
def judged(roots):
    def judge(file, *, trust=roots, at=SIGNED_AT):
        return validate_class_sheet(file, trust=trust, at=at)

    return judge


def with_place(data, **changed):
    """The transcript with another place of mathematics in the class sheet."""
    subject = data.subjects[MATHS]
    return with_maths(data, class_sheet=replace(subject.class_sheet, **changed))


def is_refused(data):
    """Whether the data are, in both forms in which a validator meets them."""
    found = []
    for form in (to_canonical(data), _data_element(data)):
        try:
            check(rows_of(form))
            found.append(False)
        except Fault as fault:
            found.append(fault.reason is Reason.CLASS_SHEET_MISMATCH)
    assert len(set(found)) == 1
    return found[0]


def _data_element(data):
    """DU_LIEU_HOC_BA as it stands in the XML."""
    xml = write(data)
    return xml[xml.index(b"<DU_LIEU_HOC_BA") : xml.index(b"</DU_LIEU_HOC_BA>") + len(b"</DU_LIEU_HOC_BA>")]


@pytest.mark.parametrize("stage", [lower, primary])
@pytest.mark.parametrize("size", [1, 2, 5, 33])
def test_every_row_as_it_was_frozen_gives_its_root_in_json_and_xml(stage, size):
    for data in frozen(stage(), size)[0]:
        assert not is_refused(data)
        assert rows_of(to_canonical(data)) == rows_of(_data_element(data))


def test_a_transcript_older_than_class_sheets_has_no_rows_to_check():
    assert rows_of(to_canonical(lower())) == rows_of(_data_element(lower())) == []


def test_a_row_that_another_pupils_place_is_put_under_is_refused(a_class):
    first, second = a_class[:2]

    assert is_refused(with_maths(first, class_sheet=second.subjects[MATHS].class_sheet))


def test_a_row_taken_over_whole_from_another_pupil_is_refused(a_class):
    first, second = a_class[:2]

    assert is_refused(replace(first, subjects=second.subjects))
    assert is_refused(replace(first, code=second.code))
    assert is_refused(replace(first, version=2))


def test_a_row_under_another_subjects_place_is_refused(a_class):
    assert is_refused(with_maths(a_class[0], class_sheet=a_class[0].subjects[0].class_sheet))


@pytest.mark.parametrize(
    "changed",
    [
        {"year": "9.9"},
        {"term1": None},
        {"retest": "5.0"},
        {"comment": "Giỏi."},
        {"comment": None},
        {"name": "Toán học"},
        {"is_elective": True},
        {"teacher": Teacher(person_id=identifier(7), name="Ngô Ví Dụ")},
        {"teacher": Teacher(person_id=holder("GVBM-toan"), name="Ngô Ví Dụ")},
    ],
    ids=str,
)
def test_a_row_with_a_changed_result_is_refused(a_class, changed):
    assert is_refused(with_maths(a_class[0], **changed))


@pytest.mark.parametrize("name", ["number", "size", "index"])
@pytest.mark.parametrize("step", [-1, 1, 1000])
def test_a_row_that_states_another_place_is_refused(a_class, name, step):
    for data in a_class:
        stated = getattr(data.subjects[MATHS].class_sheet, name)
        assert is_refused(with_place(data, **{name: stated + step}))


def test_a_row_with_another_root_salt_or_path_is_refused(a_class):
    data = next(one for one in a_class if one.subjects[MATHS].class_sheet.index == 0)
    place, other = data.subjects[MATHS].class_sheet, "0" * 64
    bent = [
        {"root": other},
        {"salt": "0" * 32},
        {"salt": place.salt.upper()},
        {"salt": place.salt[:-2]},
        {"path": ()},
        {"path": place.path[:-1]},
        {"path": place.path[1:]},
        {"path": (*place.path, other)},
        {"path": (other, *place.path)},
        {"path": tuple(reversed(place.path))},
        {"path": (other, *place.path[1:])},
        {"path": (place.path[0].upper(), *place.path[1:])},
        {"path": (place.path[0] + "\n", *place.path[1:])},
    ]

    assert [one for one in bent if not is_refused(with_place(data, **one))] == []


def test_a_node_of_the_tree_is_no_leaf():
    """The second preimage of trees that hash leaves and nodes alike: two leaves side by side, taken for one row."""
    (first, second, *_), _ = frozen(lower(), 4)
    leaves = [leaf_of(data, data.subjects[MATHS], data.subjects[MATHS].class_sheet) for data in (first, second)]

    assert leaf_hash(b"".join(leaves)) != node_hash(*leaves)
    for data in (first, second):
        place = data.subjects[MATHS].class_sheet
        assert is_refused(with_place(data, size=2, index=place.index >> 1, path=place.path[1:]))


def test_a_sheet_whose_last_row_is_counted_twice_is_another_sheet():
    three, four = (frozen(lower(), size)[1][MATHS].root for size in (3, 4))
    transcripts, _ = frozen(lower(), 3)
    last = max(transcripts, key=lambda data: data.code)

    assert bind([*transcripts, last], BATCH)[1][MATHS].root not in (three, four)


@pytest.mark.parametrize("validate", [validate_xml, validate_pdf])
def test_the_validator_calls_a_document_with_a_changed_row_broken(a_class, roots, validate):
    forms = {validate_xml: write, validate_pdf: lambda data: Renderer().render(data).pdf}

    for data, reason in ((a_class[0], Reason.SLOT_EMPTY), (with_maths(a_class[0], year="9.9"), None)):
        report = validate(forms[validate](data), trust=roots, at=SIGNED_AT)
        assert report.verdict is Verdict.BROKEN
        assert set(report.reasons) == {reason or Reason.CLASS_SHEET_MISMATCH}


@pytest.mark.parametrize(
    "bend",
    [
        lambda fields: fields["subjects"][MATHS].update(class_sheet=None),
        lambda fields: fields["subjects"][MATHS]["class_sheet"].pop("salt"),
        lambda fields: fields["subjects"][MATHS]["class_sheet"].update(index=True),
        lambda fields: fields["subjects"][MATHS]["class_sheet"].update(size="5"),
        lambda fields: fields["subjects"][MATHS]["class_sheet"].update(size=2**53 - 1),
        lambda fields: fields["subjects"][MATHS]["class_sheet"].update(path=7),
        lambda fields: fields["subjects"][MATHS].update(class_sheet=[]),
        lambda fields: fields.pop("class"),
    ],
)
def test_what_is_no_place_is_refused(a_class, bend):
    fields = json.loads(to_canonical(a_class[0]))
    bend(fields)

    with pytest.raises(Fault) as found:
        check(rows_of(rfc8785.dumps(fields)))
    assert found.value.reason is Reason.CLASS_SHEET_MISMATCH


@pytest.mark.parametrize(
    ("written", "bent"),
    [
        (b"<DONG>", b"<DONG>0"),
        (b"<SO_DONG>5", b"<SO_DONG> 5"),
        (b"<SO_DONG>5", b"<SO_DONG>" + b"9" * 5000),
        (b"<LAN_CHOT>1</LAN_CHOT>", b""),
        (b"<MON_LUA_CHON>0", b"<MON_LUA_CHON>2"),
        (b"<CA_NAM>", b"<CA_NAM>1</CA_NAM><CA_NAM>"),
        (b"</CA_NAM>", b"</CA_NAM><GHI_CHU></GHI_CHU>"),
    ],
)
def test_a_row_of_the_xml_that_is_not_as_we_write_it_is_refused(a_class, written, bent):
    element = _data_element(a_class[0])
    assert written in element

    with pytest.raises(Fault) as found:
        check(rows_of(element.replace(written, bent, 1)))
    assert found.value.reason is Reason.CLASS_SHEET_MISMATCH


def test_a_signed_sheet_is_valid_and_says_whose_it_is(signed_sheet, judged, maths):
    report = judged(signed_sheet)

    (signature,) = report.signatures
    assert (report.verdict, report.reasons, report.code) == (Verdict.VALID, (), None)
    assert (signature.role, signature.holder, signature.signed_at) == (
        SlotRole.SUBJECT_TEACHER,
        str(holder("GVBM-toan")),
        SIGNED_AT,
    )
    assert is_class_sheet(signed_sheet)
    assert report.data == maths.statement
    assert statement_of(report).root == maths.root


def test_a_valid_sheet_covers_the_rows_of_its_class_in_its_subject_alone(signed_sheet, judged, a_class):
    statement = statement_of(judged(signed_sheet))

    covered = [(data.code, place) for data in a_class for place in range(12) if covers(statement, row_of(data, place))]
    assert covered == [(data.code, MATHS) for data in a_class]
    assert [covers(statement, row) for row in rows_of(_data_element(a_class[0]))].count(True) == 1


def other_class(data):
    return replace(data, class_=replace(data.class_, id=identifier(77)))


def other_school(data):
    return replace(data, school=replace(data.school, unit_id=identifier(78)))


def other_year(data):
    return replace(data, school_year=2024)


@pytest.mark.parametrize("elsewhere", [other_class, other_school, other_year])
def test_a_sheet_of_another_class_school_or_year_covers_no_row(signed_sheet, judged, elsewhere):
    """Though the rows, and so the root, are the same."""
    transcripts, sheets = frozen(elsewhere(lower()))
    statement = statement_of(judged(signed_sheet))

    assert sheets[MATHS].root == statement.root
    assert not any(covers(statement, row_of(data)) for data in transcripts)


def test_a_sheet_of_another_teacher_freezing_or_class_list_covers_no_row(signed_sheet, judged):
    statement = statement_of(judged(signed_sheet))
    others = [
        frozen(lower(), teacher="GVBM-gdtc")[0],
        frozen(lower(), 4)[0],
        bind(frozen(lower())[0], replace(BATCH, number=2))[0],
    ]

    assert not any(covers(statement, row_of(data)) for transcripts in others for data in transcripts)


def test_a_row_that_claims_a_signed_root_without_leading_there_is_not_covered(signed_sheet, judged, a_class):
    statement = statement_of(judged(signed_sheet))

    assert not covers(statement, row_of(with_maths(a_class[0], year="9.9")))


def test_a_statement_changed_after_it_was_signed_is_broken(signed_sheet, judged):
    for name, value in (("root", "0" * 64), ("size", 6), ("number", 2), ("subject", "ngu_van"), ("school_year", 2024)):
        file = json.loads(signed_sheet)
        file["statement"][name] = value
        assert judged(rfc8785.dumps(file)).reasons == (Reason.DIGEST_MISMATCH,)


def test_a_sheet_that_another_teacher_signed_is_broken(sign, maths, school, judged):
    for other in ("GVBM-gdtc", "GVCN", "CBQL", "KY_PHAT_HANH"):
        assert judged(sign(maths, school.signers[other])).reasons == (Reason.WRONG_HOLDER,)


def test_a_sheet_signed_under_an_authority_that_is_not_ours_is_not_valid(sign, maths, rogue_authority, judged):
    report = judged(sign(maths, papers.signer_of("GVBM-toan", rogue_authority)))

    assert report.verdict is Verdict.UNDECIDED
    assert report.reasons == (Reason.CERTIFICATE_UNTRUSTED,)


def test_the_time_of_signing_must_be_in_the_certificates_and_not_ahead(sign, maths, school, judged):
    signer = school.signers["GVBM-toan"]

    assert judged(sign(maths, signer, at=SIGNED_AT - timedelta(days=40))).reasons == (
        Reason.CERTIFICATE_NOT_VALID_THEN,
    )
    assert judged(sign(maths, signer, at=SIGNED_AT + timedelta(hours=1))).reasons == (Reason.SIGNED_IN_FUTURE,)


def test_the_time_is_under_the_signature(signed_sheet, judged):
    file = json.loads(signed_sheet)
    der = b64decode(file["signature"])
    written = f"{SIGNED_AT:%y%m%d%H%M%SZ}".encode()
    assert der.count(written) == 1
    file["signature"] = b64encode(der.replace(written, b"260529020000Z")).decode()

    assert judged(rfc8785.dumps(file)).reasons == (Reason.SIGNATURE_MISMATCH,)


def test_a_signature_made_for_a_paper_is_none_for_a_sheet_and_the_other_way_round(maths, school, judged):
    signer, digest = school.signers["GVBM-toan"], sha256(maths.statement).digest()
    ders = {}
    for at in (None, SIGNED_AT):
        (value,) = signer.sign([cms.digest_to_sign(signer.credential, digest, at=at)])
        ders[at] = cms.detached(signer.credential, digest, value, at=at)

    file = {"signature": b64encode(ders[None]).decode(), "statement": json.loads(maths.statement)}
    assert judged(rfc8785.dumps(file)).reasons == (Reason.SIGNATURE_MALFORMED,)
    with pytest.raises(ValueError, match="not in the form"):
        cms.read(ders[SIGNED_AT])


def test_with_a_key_on_p256_a_sheet_is_valid_too(sign, maths, authority, judged):
    signer = papers.signer_of("GVBM-toan", authority, key=ec.generate_private_key(ec.SECP256R1()))

    for _ in range(20):  # signatures of 70, 71 and 72 bytes among them
        assert judged(sign(maths, signer)).verdict is Verdict.VALID
    assert algorithms.algorithm_of(signer.key.public_key()) is algorithms.Algorithm.ECDSA


def test_no_sheet_with_a_changed_byte_is_valid(signed_sheet, judged):
    dice = random.Random(2026)  # noqa: S311 - the same mutations in every run
    verdicts = {judged(mutated(signed_sheet, dice)).verdict for _ in range(5000)}

    assert Verdict.VALID not in verdicts


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (b"", Reason.UNREADABLE),
        (b"[" * 50_000, Reason.UNREADABLE),
        (b"[]", Reason.UNREADABLE),
        (b'{"signature":"","statement":{}}', Reason.DATA_MISSING),
        (b'{"signature": "","statement":{}}', Reason.NOT_CANONICAL),
        (b'{"signature":"","signature":"","statement":{}}', Reason.NOT_CANONICAL),
        (b"x" * 2_000_001, Reason.TOO_LARGE),
    ],
)
def test_what_is_no_sheet_is_broken_with_a_reason(file, reason, judged):
    report = judged(file)

    assert (report.verdict, report.reasons) == (Verdict.BROKEN, (reason,))


def test_a_field_that_nobody_knows_is_refused(signed_sheet, judged):
    for more in (lambda file: file.update(note="x"), lambda file: file["statement"].update(note="x")):
        file = json.loads(signed_sheet)
        more(file)
        assert judged(rfc8785.dumps(file)).reasons == (Reason.DATA_MISSING,)


def test_openssl_accepts_the_signature_as_cades(signed_sheet, roots_file, outside_programs, tmp_path):
    file = json.loads(signed_sheet)
    (tmp_path / "signature.der").write_bytes(b64decode(file["signature"]))
    (tmp_path / "statement").write_bytes(rfc8785.dumps(file["statement"]))
    command = ["openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", "signature.der"]
    command += ["-content", "statement", "-CAfile", str(roots_file), "-attime", str(int(SIGNED_AT.timestamp()))]

    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    (tmp_path / "statement").write_bytes(rfc8785.dumps({**file["statement"], "size": 6}))
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode != 0
