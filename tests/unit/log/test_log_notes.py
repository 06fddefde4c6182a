"""Notes, keys, checkpoints and cosignatures are those of C2SP, and any change to one is seen."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from services.signing.log import notes
from services.signing.log.checkpoints import Checkpoint, checkpoint_in
from services.signing.log.faults import LogFault
from services.signing.log.notes import COSIGNATURE, ED25519, Note, NoteSigner, note_in, verifier_key

ORIGIN = "hocba.example.vn/log"
AT = datetime(2026, 5, 30, 2, 0, 7, tzinfo=UTC)
LOG = NoteSigner(name=ORIGIN, kind=ED25519, private=Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
WITNESS = NoteSigner(name="nhanchung.example/1", kind=COSIGNATURE, private=Ed25519PrivateKey.generate())
CHECKPOINT = Checkpoint(origin=ORIGIN, size=70_000, root=bytes(32), made_at=AT)
# The examples of the specifications of signed notes and of the Go packages that read them.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETERS = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def signed(text=CHECKPOINT.text, *more):
    return Note(text=text, signatures=(LOG.sign(text), *more))


def test_a_note_signed_by_another_program_is_accepted():
    notes.check(note_in(PETERS.encode()), verifier_key(PETER))


def test_a_vkey_tells_name_id_and_key():
    assert str(verifier_key(PETER)) == PETER
    assert verifier_key(str(LOG.verifier)) == LOG.verifier


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "name",
        PETER.replace("c74f", "c74e"),
        PETER[:-4],
        PETER.replace("Peter", "Pe ter"),
        PETER.replace("+A", "+B"),
    ],
)
def test_a_miswritten_vkey_is_refused(vkey):
    with pytest.raises(LogFault):
        verifier_key(vkey)


def test_a_checkpoint_is_read_as_it_was_signed():
    note = note_in(str(signed()).encode())

    assert checkpoint_in(note, LOG.verifier) == CHECKPOINT
    assert note.text == f"{ORIGIN}\n70000\n{'A' * 43}=\ntime 1780106407\n"


@given(at=st.integers(0, 300), bit=st.integers(0, 7))
def test_no_bit_of_a_signed_checkpoint_can_be_changed(at, bit):
    data = bytearray(str(signed()).encode())
    data[at % len(data)] ^= 1 << bit

    with pytest.raises(LogFault):
        checkpoint_in(note_in(bytes(data)), LOG.verifier)


@pytest.mark.parametrize(
    "text",
    [
        f"{ORIGIN}\n1\n", f"another.example/log\n1\n{'A' * 43}=\ntime 1\n", f"{ORIGIN}\n01\n{'A' * 43}=\ntime 1\n",
        f"{ORIGIN}\n1\n{'A' * 42}==\ntime 1\n", f"{ORIGIN}\n1\n{'A' * 43}=\n", f"{ORIGIN}\n-1\n{'A' * 43}=\ntime 1\n",
    ],
)  # fmt: skip
def test_a_signed_text_that_is_no_checkpoint_of_this_log_is_refused(text):
    with pytest.raises(LogFault, match="no checkpoint of that log"):
        checkpoint_in(signed(text), LOG.verifier)


def test_a_checkpoint_of_another_key_is_refused():
    forger = NoteSigner(name=ORIGIN, kind=ED25519, private=Ed25519PrivateKey.generate())

    with pytest.raises(LogFault, match="bears no signature"):
        checkpoint_in(Note(text=CHECKPOINT.text, signatures=(forger.sign(CHECKPOINT.text),)), LOG.verifier)


def test_a_cosignature_tells_its_second_and_covers_it():
    second = int(AT.timestamp()) + 5
    line = WITNESS.cosign(CHECKPOINT.text, second=second)
    whole = note_in(str(signed(CHECKPOINT.text, line)).encode())
    later = Note(text=whole.text, signatures=(WITNESS.cosign(CHECKPOINT.text, second=second + 1),))
    moved = notes.Signature(name=line.name, key_id=line.key_id, value=later.signatures[0].value[:8] + line.value[8:])

    assert notes.check(whole, WITNESS.verifier) == second
    with pytest.raises(LogFault, match="is wrong"):
        notes.check(Note(text=whole.text, signatures=(moved,)), WITNESS.verifier)


def test_a_signature_written_in_another_way_is_refused():
    whole = str(signed())
    last = whole[-3]
    other = chr(ord(last) + 1)  # the same bytes, as its lowest bits are not used

    with pytest.raises(LogFault, match="no line of a signature"):
        note_in(f"{whole[:-3]}{other}=\n".encode())


def test_a_plain_signature_of_a_witness_is_no_cosignature():
    plain = NoteSigner(name=WITNESS.name, kind=ED25519, private=WITNESS.private).sign(CHECKPOINT.text)

    with pytest.raises(LogFault, match="bears no signature"):
        notes.check(signed(CHECKPOINT.text, plain), WITNESS.verifier)


@pytest.mark.parametrize(
    "data",
    [b"", b"text\n", b"text\n\n", b"text\n\nno dash x\n", "text\n\n— name AAAA\n".encode(), b"\xff\n\n",
     "text\a\n\n— name AAAAAAAA\n".encode(), "text\n\n— name AAAAAAAA".encode(), b"x" * 20_000],
)  # fmt: skip
def test_what_is_no_note_is_refused(data):
    with pytest.raises(LogFault):
        note_in(data)


@pytest.mark.parametrize("age", [-60, 0, 60])
def test_a_checkpoint_is_fresh_for_sixty_seconds(age):
    CHECKPOINT.require_fresh(AT + timedelta(seconds=age))


@pytest.mark.parametrize(("age", "fault"), [(61, "61 s old"), (-61, "61 s ahead of this clock")])
def test_beyond_sixty_seconds_a_checkpoint_is_not_believed(age, fault):
    with pytest.raises(LogFault, match=fault):
        CHECKPOINT.require_fresh(AT + timedelta(seconds=age))
