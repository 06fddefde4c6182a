"""A code on paper is believed as far as its issuer's key reaches: one changed letter, one other key, and it is not."""

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial

import base45
import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from services.signing.summary import PREFIX, Forged, Issuer, NotASummary, Summary, UnknownIssuer, read

KEY = Issuer(private=ec.generate_private_key(ec.SECP256R1()))
ISSUERS = {KEY.key_id: KEY.private.public_key()}
SUMMARY = Summary(
    code="00JXER6SK54BPC4VN13CCWFCSP",
    version=1,
    digest=bytes(range(32)),
    school="Trường THCS Tưởng Tượng",
    school_year=2025,
    class_name="9A",
    pupil="Nguyễn Thị Bình An",
    born_on=date(2011, 3, 2),
    results=("Tốt", "Tốt", "Lên lớp"),
    issued_at=datetime(2026, 6, 1, 8, tzinfo=UTC),
)
read_ours = partial(read, issuers=ISSUERS)


def remade(change):
    """The code with its COSE message changed, as somebody who has no key would."""
    tag = cbor2.loads(base45.b45decode(KEY.write(SUMMARY).removeprefix(PREFIX)))
    change(tag.value)
    return PREFIX + base45.b45encode(cbor2.dumps(tag)).decode()


def test_what_is_written_is_read_back():
    assert read_ours(KEY.write(SUMMARY)) == SUMMARY


def test_the_same_summary_gives_the_same_code():
    assert KEY.write(SUMMARY) == KEY.write(SUMMARY)


def test_a_code_fits_the_alphabet_of_compact_qr_codes():
    assert set(KEY.write(SUMMARY)) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")


def test_a_better_result_put_into_the_code_is_found():
    better = cbor2.loads(base45.b45decode(KEY.write(replace(SUMMARY, results=("Xuất sắc",))).removeprefix(PREFIX)))

    def swap(parts):
        parts[2] = better.value[2]

    with pytest.raises(Forged):
        read_ours(remade(swap))


def test_a_code_by_a_key_that_nobody_published_is_told_so():
    other = Issuer(private=ec.generate_private_key(ec.SECP256R1()))

    with pytest.raises(UnknownIssuer):
        read_ours(other.write(SUMMARY))


def test_a_code_that_only_names_our_key_is_forged():
    other = Issuer(private=ec.generate_private_key(ec.SECP256R1()))
    theirs = cbor2.loads(base45.b45decode(other.write(SUMMARY).removeprefix(PREFIX)))

    def swap(parts):
        parts[2:] = theirs.value[2:]

    with pytest.raises(Forged):
        read_ours(remade(swap))


@pytest.mark.parametrize("algorithm", [-8, -37, 5])  # EdDSA, PS256, HMAC
def test_another_algorithm_than_ours_is_refused(algorithm):
    def swap(parts):
        parts[0] = cbor2.dumps({1: algorithm})

    with pytest.raises((Forged, NotASummary)):
        read_ours(remade(swap))


@given(place=st.integers(0, 10_000), letter=st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"))
def test_no_changed_letter_is_believed(place, letter):
    text = KEY.write(SUMMARY)
    place = len(PREFIX) + place % (len(text) - len(PREFIX))
    changed = text[:place] + letter + text[place + 1 :]

    if changed != text:
        with pytest.raises((Forged, NotASummary, UnknownIssuer)):
            read_ours(changed)


@given(
    text=st.one_of(
        st.text(max_size=60), st.binary(max_size=60).map(lambda raw: PREFIX + base45.b45encode(raw).decode())
    )
)
def test_any_other_text_is_no_summary(text):
    with pytest.raises((NotASummary, UnknownIssuer)):
        read_ours(text)
