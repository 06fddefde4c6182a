"""PDF files that other programs signed: an honest verdict on each, and on none that somebody doctored a good one."""

import io
import random
import re
import subprocess
from datetime import timedelta

import pikepdf
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, NameObject, StreamObject, pdf_name
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter

from services.signing.evidence.proof import Level
from services.signing.validation import Reason, Verdict
from services.signing.validation.foreign import Anchors, is_foreign
from tests.unit.signing import foreign_files as files
from tests.unit.signing.foreign_files import DAY, NOW, letter, overwritten, sign_pdf, validate_pdf
from tests.unit.signing.school_papers import SIGNED_AT
from tests.unit.signing.verdicts import validate

MUTATIONS = 600
DIGITS = re.compile(rb"/Contents <([0-9a-fA-F]{999,})>")


@pytest.fixture(scope="module")
def binh(town):
    return town.person("Trần Văn Bình")


@pytest.fixture(scope="module")
def signed(town, hoa):
    return sign_pdf(letter(), hoa, town)


@pytest.fixture(scope="module")
def stamped(town, hoa, clock):
    return sign_pdf(letter(), hoa, town, clock=clock)


@pytest.fixture(scope="module")
def lasting(town, hoa, clock):
    return sign_pdf(letter(), hoa, town, clock=clock, context=files.proof_of(town), use_pades_lta=True)


@pytest.fixture
def found(town):
    """The verdict and the reasons, with the town's lists of today unless told otherwise."""

    def find(pdf, **known):
        report = validate_pdf(pdf, town.anchors(**known))
        assert (report.code, report.version, report.data) == (None, None, None)
        return report.verdict, set(report.reasons)

    return find


VALID = (Verdict.VALID, set())


def broken(reason):
    return Verdict.BROKEN, {reason}


def undecided(reason):
    return Verdict.UNDECIDED, {reason}


def test_a_letter_signed_in_another_program_is_valid_and_says_who_signed_it_and_when(signed, town):
    (one,) = validate_pdf(signed, town.anchors()).signatures

    assert (one.slot, one.role, one.holder, one.name) == ("Chữ ký", "", "", "Nguyễn Thị Hoa")
    assert (one.verdict, one.reason, one.proven_at, one.level) == (Verdict.VALID, None, None, Level.B_B)
    assert abs(one.signed_at - NOW) < timedelta(minutes=50)


def test_a_signature_on_a_curve_is_as_good(found, town):
    curved = town.person("Lê Thị Mơ", own_key=ec.generate_private_key(ec.SECP256R1()))

    assert found(sign_pdf(letter(), curved, town)) == VALID


def test_a_timestamp_and_proof_in_the_file_raise_the_level(town, hoa, clock, stamped, lasting):
    proven = sign_pdf(letter(), hoa, town, clock=clock, context=files.proof_of(town))
    levels = {Level.B_T: stamped, Level.B_LT: proven, Level.B_LTA: lasting}

    for level, pdf in levels.items():
        (one,) = validate_pdf(pdf, town.anchors()).signatures
        assert (one.verdict, one.level, one.proven_at) == (Verdict.VALID, level, NOW)


def test_a_file_with_its_proof_needs_no_lists_of_the_callers(found, lasting, stamped):
    assert found(lasting, lists=()) == VALID
    assert found(stamped, lists=()) == undecided(Reason.REVOCATION_UNKNOWN)


def test_two_people_may_sign_one_after_the_other(found, town, hoa, binh):
    both = sign_pdf(sign_pdf(letter(), hoa, town, field="Hoa"), binh, town, field="Bình")

    assert found(both) == VALID
    assert [each.name for each in validate_pdf(both, town.anchors()).signatures] == [
        "Nguyễn Thị Hoa",
        "Trần Văn Bình",
    ]


def test_a_form_is_filled_in_after_signing_only_where_the_signature_says_so(found, town, hoa):
    certified = {
        allowed: sign_pdf(files.form(), hoa, town, certify=True, docmdp_permissions=allowed)
        for allowed in (MDPPerm.FILL_FORMS, MDPPerm.NO_CHANGES)
    }
    for pdf in certified.values():
        assert found(pdf) == VALID

    assert found(files.filled_in(certified[MDPPerm.FILL_FORMS])) == VALID
    assert found(files.filled_in(certified[MDPPerm.NO_CHANGES])) == broken(Reason.CHANGED_AFTER_SIGNING)


def test_what_is_filled_in_after_the_last_signature_is_not_covered(found, town, hoa, binh, clock):
    filled = files.filled_in(sign_pdf(files.form(), hoa, town))

    assert found(filled) == undecided(Reason.COVERS_PART)
    assert found(files.stamp_pdf(filled, clock, files.proof_of(town))) == undecided(Reason.COVERS_PART)
    assert found(sign_pdf(filled, binh, town, field="Bình")) == VALID


def test_a_certified_letter_may_be_signed_again_if_it_says_so(found, town, hoa, binh):
    certified = sign_pdf(letter(), hoa, town, field="Hoa", certify=True, docmdp_permissions=MDPPerm.FILL_FORMS)

    assert found(sign_pdf(certified, binh, town, field="Bình")) == VALID


def test_a_letter_without_a_signature_is_not_signed(found):
    assert found(letter()) == undecided(Reason.NOT_SIGNED)
    assert found(files.form()) == undecided(Reason.NOT_SIGNED)


@pytest.mark.parametrize("victim", ["content", "pages", "catalog"])
def test_a_letter_that_was_saved_with_other_words_is_broken(found, signed, lasting, victim):
    for pdf in (signed, lasting):
        assert found(overwritten(pdf, _doctoring(victim))) == broken(Reason.CHANGED_AFTER_SIGNING)


def test_a_note_laid_over_a_certified_letter_is_a_change(found, town, hoa):
    certified = sign_pdf(letter(), hoa, town, certify=True, docmdp_permissions=MDPPerm.FILL_FORMS)

    assert found(overwritten(certified, _doctoring("note"))) == broken(Reason.CHANGED_AFTER_SIGNING)


def test_a_signature_cannot_be_taken_away_or_hung_elsewhere(found, town, hoa, binh):
    both = sign_pdf(sign_pdf(letter(), hoa, town, field="Hoa"), binh, town, field="Bình")

    assert found(overwritten(both, _doctoring("last field"))) == undecided(Reason.COVERS_PART)  # of the one left
    for victim in ("fields", "values"):
        assert found(overwritten(both, _doctoring(victim))) == broken(Reason.CHANGED_AFTER_SIGNING)


def test_a_signature_over_doctored_words_does_not_heal_the_one_before(found, town, binh, signed):
    doctored = sign_pdf(overwritten(signed, _doctoring("content")), binh, town, field="Bình")

    assert found(doctored) == broken(Reason.CHANGED_AFTER_SIGNING)


def test_a_signature_cannot_be_moved_to_other_words(found, town, hoa, signed):
    other = sign_pdf(letter("Giấy xác nhận của xã Bản Mai"), hoa, town)
    theirs, ours = (DIGITS.search(each)[0] for each in (signed, other))

    assert found(other.replace(ours, theirs)) == broken(Reason.DIGEST_MISMATCH)


def test_a_signature_must_cover_all_but_its_own_digits(found, signed):
    start, opening, closing, rest = map(int, re.search(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\s*\]", signed).groups())
    for stated in (
        (start, opening - 1, closing, rest),
        (start, opening, closing, rest - 9),
        (1, opening, closing, rest),
    ):
        text = b"/ByteRange [%d %d %d %d" % stated
        doctored = re.sub(rb"/ByteRange \[[\d ]+", lambda old, text=text: text.ljust(len(old[0])), signed)

        assert found(doctored)[0] is Verdict.BROKEN


def test_bytes_after_the_end_are_refused(found, signed):
    for added in (b"\n", b"% a remark\n", b"% a remark\n%%EOF\n"):
        assert found(signed + added)[0] is Verdict.BROKEN


def test_zeros_after_a_signature_stay_zeros_of_one_spelling(found, signed):
    start, end = DIGITS.search(signed).span(1)
    letter_at = start + re.search(rb"[a-fA-F]", signed[start:]).start()
    other_case = signed[:letter_at] + signed[letter_at : letter_at + 1].swapcase() + signed[letter_at + 1 :]

    assert found(signed[: end - 1] + b"1" + signed[end:]) == broken(Reason.SIGNATURE_MALFORMED)
    assert found(other_case) == broken(Reason.WRONG_REFERENCE)


def test_a_certificate_of_an_unknown_authority_is_not_trusted(found):
    other = files.town("Bản Khác")

    assert found(sign_pdf(letter(), other.person("Hoa"), other)) == undecided(Reason.CERTIFICATE_UNTRUSTED)


def test_an_authority_that_only_calls_itself_so_is_not_trusted(found, town):
    rogue = files.Town(town.root, files.Person(certificate=town.issuing.certificate, key=files.key("rogue")))

    assert found(sign_pdf(letter(), rogue.person("Hoa"), rogue)) == undecided(Reason.CERTIFICATE_UNTRUSTED)


@pytest.mark.parametrize(
    "how",
    [
        {"uses": ("key_encipherment",)},
        {"uses": ()},
        {"uses": ("digital_signature", "key_cert_sign")},
        {"for_": (ExtendedKeyUsageOID.SERVER_AUTH,)},
        {"for_": (ExtendedKeyUsageOID.TIME_STAMPING,)},
    ],
)
def test_a_certificate_that_is_not_for_signing_documents_is_refused(found, town, how):
    person = town.person("Hoa", **how)
    pdf = sign_pdf(letter(), person, town, signer_key_usage=set())

    assert found(pdf) == broken(Reason.CERTIFICATE_PURPOSE)


def test_a_weak_hash_is_refused(found, town, hoa):
    assert found(sign_pdf(letter(), hoa, town, md_algorithm="sha1")) == broken(Reason.ALGORITHM)


def test_a_kind_of_signature_that_nobody_here_knows_is_refused(found, signed):
    assert found(signed.replace(b"/ETSI.CAdES.detached", b"/ETSI.CAdES.detacheD")) == broken(Reason.ALGORITHM)


def test_an_old_adobe_signature_is_valid_without_a_level(town, hoa):
    pdf = sign_pdf(letter(), hoa, town, subfilter=SigSeedSubFilter.ADOBE_PKCS7_DETACHED)
    (one,) = validate_pdf(pdf, town.anchors()).signatures

    assert (one.verdict, one.level) == (Verdict.VALID, None)


def test_proof_in_adobes_own_place_counts_too(found, town, hoa):
    adobes = {"subfilter": SigSeedSubFilter.ADOBE_PKCS7_DETACHED, "context": files.proof_of(town)}

    assert found(sign_pdf(letter(), hoa, town, **adobes), lists=()) == VALID


def test_a_key_that_is_too_short_is_refused(found, town):
    weak = town.person("Hoa", own_key=files.weak_key())

    assert found(sign_pdf(letter(), weak, town)) == broken(Reason.ALGORITHM)


def test_after_the_certificate_has_ended_only_a_timestamp_helps(found, signed, stamped, lasting, town):
    later = NOW + 200 * DAY

    assert found(signed, at=later) == undecided(Reason.NO_PROOF_OF_TIME)
    assert found(lasting, at=later, lists=()) == VALID
    assert found(stamped, at=later) == undecided(Reason.REVOCATION_UNKNOWN)  # lists leave out what has ended
    assert found(stamped, at=later, lists=town.lists(at=NOW + DAY)) == VALID


def test_a_timestamp_whose_own_certificate_has_ended_proves_nothing(found, town, hoa):
    stamped = sign_pdf(letter(), hoa, town, clock=town.clock(NOW, days=(-300, 150)))

    assert found(stamped, at=NOW + 200 * DAY) == undecided(Reason.NO_PROOF_OF_TIME)


def test_a_timestamp_around_it_keeps_an_ended_one_alive(found, town, hoa):
    """The first clock's certificate ends, but a second one has said before that the first was there."""
    first, second = town.clock(NOW, days=(-300, 150)), town.clock(NOW + DAY, name="Đồng hồ hai")
    proof = files.proof_of(town)
    one = sign_pdf(letter(), hoa, town, clock=first, context=proof)
    both = files.stamp_pdf(one, second, proof)

    assert found(one, at=NOW + 200 * DAY, lists=()) == undecided(Reason.NO_PROOF_OF_TIME)
    assert found(both, at=NOW + 200 * DAY, lists=()) == VALID


def test_a_timestamp_of_a_stranger_proves_nothing(town, hoa):
    pdf = sign_pdf(letter(), hoa, town, clock=files.town("Bản Khác").clock(NOW))
    (one,) = validate_pdf(pdf, town.anchors()).signatures

    assert (one.verdict, one.proven_at, one.level) == (Verdict.UNDECIDED, None, None) or one.level is Level.B_B


def test_a_letter_dated_before_or_after_its_certificate_was_never_good(found, town):
    for days in ((-100, -1), (1, 100)):
        pdf = sign_pdf(letter(), town.person("Hoa", days=days), town)

        assert found(pdf) == broken(Reason.CERTIFICATE_NOT_VALID_THEN)


def test_a_letter_of_tomorrow_is_not_signed_yet(found, signed):
    assert found(signed, at=NOW - DAY) == broken(Reason.SIGNED_IN_FUTURE)


def test_a_revocation_counts_by_what_is_proven_of_the_time(town, hoa, signed, stamped):
    """Revoked before: broken. Revoked later: nothing is proven by what the signer says, all by a timestamp."""
    cases = {
        (signed, -1): (Verdict.BROKEN, (Reason.CERTIFICATE_REVOKED,)),
        (stamped, -1): (Verdict.BROKEN, (Reason.CERTIFICATE_REVOKED,)),
        (signed, 5): (Verdict.UNDECIDED, (Reason.REVOKED_UNPROVEN,)),
        (stamped, 5): (Verdict.VALID, ()),
    }
    for (pdf, days), expected in cases.items():
        since = files.Town(town.root, town.issuing, {hoa.certificate.serial_number: NOW + days * DAY})
        report = validate_pdf(pdf, since.anchors(at=NOW + 20 * DAY))

        assert (report.verdict, report.reasons) == expected


def test_a_revoked_authority_takes_its_people_with_it(found, town, signed):
    since = files.Town(town.root, town.issuing, {town.issuing.certificate.serial_number: NOW - DAY})

    assert found(signed, lists=since.lists()) == broken(Reason.CERTIFICATE_REVOKED)


def test_lists_that_are_stale_or_of_others_tell_nothing(found, town, signed):
    other = files.town("Bản Khác")
    for lists in (town.lists(at=NOW - 20 * DAY), other.lists(), town.lists(at=NOW + DAY), town.lists()[:1]):
        assert found(signed, lists=lists) == undecided(Reason.REVOCATION_UNKNOWN)


def test_nothing_is_ever_fetched(found, signed, monkeypatch):
    def refuse(*_anything, **_more):
        raise AssertionError

    monkeypatch.setattr("socket.socket", refuse)

    assert found(signed, lists=()) == undecided(Reason.REVOCATION_UNKNOWN)


def test_what_is_no_readable_file_is_refused(found, signed):
    for junk in (b"", b"%PDF-1.7\n", b"%PDF-1.7\n" + b"x" * 1000, signed[: len(signed) // 2], signed[9:]):
        assert found(junk) == broken(Reason.UNREADABLE)
    assert found(signed.ljust(5_000_001, b"\n")) == broken(Reason.TOO_LARGE)


def test_an_encrypted_letter_is_refused(found, signed):
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(signed)) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="mật khẩu", user=""))

    assert found(out.getvalue()) == broken(Reason.UNREADABLE)


def test_more_signatures_than_anybody_needs_are_refused(found, town, hoa):
    pdf = letter()
    for number in range(21):
        pdf = sign_pdf(pdf, hoa, town, field=f"Chữ ký {number}")

    assert found(pdf) == broken(Reason.TOO_LARGE)


def test_a_maze_of_authorities_is_not_walked(town, hoa):
    """Many certificates of authorities with one name would give more paths than could ever be tried."""
    crowd = [files.town().issuing.certificate for _ in range(30)]
    pdf = sign_pdf(letter(), hoa, town)
    roots = [town.root.certificate]
    report = validate_pdf(pdf, Anchors(roots=roots, at=files.JUDGED, certificates=crowd, lists=town.lists()))

    assert report.reasons == (Reason.CERTIFICATE_UNTRUSTED,)


def test_no_letter_with_a_changed_byte_is_valid(stamped, lasting, town):
    """Half of the new bytes are such as the file has anyway, so that not all fail at the first look.

    What no signature covers is the signature itself: its digits (one spelling, zeros at the end), certificates (each
    vouched for by another), timestamps (each right in itself), and what CMS writes around them (no choice is left). All
    else is covered by the signature, or by the last timestamp over the whole. pyHanko adds proof about that timestamp
    after it, which nothing covers and the rules allow: a byte changed there may be harmless (the name of the program),
    and what is proven does not rest on it; so it is left out here.
    """
    dice = random.Random(2026)  # noqa: S311 - the same mutations in every run
    anchors = town.anchors()
    covered = lasting.rindex(b"/ByteRange")
    covered += lasting[covered:].index(b"%%EOF")
    for pdf, count, end in ((stamped, MUTATIONS, len(stamped)), (lasting, MUTATIONS // 10, covered)):
        for number in range(count):
            changed = bytearray(pdf)
            place = dice.randrange(end)
            changed[place] = dice.choice(pdf) if number % 2 else dice.randrange(256)
            if changed != pdf:
                assert validate_pdf(bytes(changed), anchors).verdict is not Verdict.VALID


def test_no_changed_paper_of_ours_becomes_valid_as_a_strangers_letter(signed_paper, roots):
    dice = random.Random(2027)  # noqa: S311 - the same mutations in every run
    for number in range(MUTATIONS // 2):  # as many of its XML
        changed = bytearray(signed_paper)
        place = dice.randrange(len(changed))
        changed[place] = dice.choice(signed_paper) if number % 2 else dice.randrange(256)
        if changed != signed_paper:
            assert validate(bytes(changed), trust=roots, at=SIGNED_AT).verdict is not Verdict.VALID


def test_what_bears_a_mark_of_ours_is_never_a_strangers_letter(signed_paper, printed, signed, town, hoa):
    repacked = io.BytesIO()
    with pikepdf.open(io.BytesIO(signed_paper)) as pdf:
        pdf.save(repacked, object_stream_mode=pikepdf.ObjectStreamMode.generate, compress_streams=True)
    packed = repacked.getvalue()

    assert is_foreign(signed)
    assert not is_foreign(signed_paper)
    assert not is_foreign(sign_pdf(printed, hoa, town))
    assert b"transcript.json" not in packed
    assert not is_foreign(packed)
    assert not is_foreign(b"%PDF-1.7\nwhat nobody can read")


def test_a_paper_whose_marks_were_painted_over_is_not_valid_either(signed_paper, roots):
    painted = signed_paper.replace(b"transcript.json", b"transcrypt.json")

    assert validate(painted, trust=roots, at=SIGNED_AT).verdict is Verdict.BROKEN


def test_validate_takes_a_strangers_letter_for_one(signed, town):
    report = validate(signed, trust=[town.root.certificate], at=files.JUDGED)

    assert (report.kind, report.verdict, report.reasons) == ("pdf", Verdict.VALID, ())
    assert report.code is None


def test_pdfsig_sees_the_same_signatures_right_and_wrong(outside_programs, signed, lasting, tmp_path):
    """It has no roots of ours and judges neither time nor revocation; of the mathematics it says the same."""
    wrong = signed.replace(b"Tj", b"TJ", 1)
    for pdf, right in ((signed, True), (lasting, True), (wrong, False)):
        (tmp_path / "letter.pdf").write_bytes(pdf)
        said = subprocess.run(
            ["pdfsig", "-nocert", tmp_path / "letter.pdf"], capture_output=True, text=True, check=False
        )

        assert ("Signature is Valid." in said.stdout) is right


def _doctoring(victim: str):
    """What an attacker changes in a revision of their own: the page, the pages, the catalog, notes, signatures."""

    def change(writer):
        (page,) = writer.root["/Pages"]["/Kids"]
        words = writer.add_object(StreamObject(stream_data=b"BT (Khac) Tj ET"))
        if victim == "content":
            page.get_object()["/Contents"] = words
            writer.mark_update(page)
        elif victim == "pages":
            copy = type(page.get_object())({**page.get_object(), NameObject("/Contents"): words})
            writer.root["/Pages"]["/Kids"][0] = writer.add_object(copy)
            writer.update_container(writer.root["/Pages"])
        elif victim == "note":
            note = writer.add_object(DictionaryObject({pdf_name("/Subtype"): pdf_name("/FreeText")}))
            page.get_object().setdefault(pdf_name("/Annots"), ArrayObject()).append(note)
            writer.mark_update(page)
        elif victim == "catalog":
            writer.root["/Lang"] = pdf_name("/vi")
            writer.update_root()
        else:
            _meddle(writer, writer.root["/AcroForm"]["/Fields"], victim)

    return change


def _meddle(writer, held, victim):
    first, second = held
    if victim == "last field":
        held.remove(second)
    elif victim == "fields":
        held.reverse()
        held.pop()
    else:
        first.get_object()["/V"], second.get_object()["/V"] = (
            each.get_object().raw_get("/V") for each in (second, first)
        )
        writer.mark_update(first)
        writer.mark_update(second)
    writer.update_container(held)
