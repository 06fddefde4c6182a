"""A witness cosigns what only grew, and nothing else; what it cosigned it never forgets."""

from datetime import timedelta

import pytest
from invented_log import MADE_AT, NOW, InventedLog, entries, entry, signer

from deploy.witness import cosigning, watching
from deploy.witness.cosigning import Witness
from services.signing.log import notes
from services.signing.log.faults import LogFault


@pytest.fixture
def log():
    return InventedLog(entries(300))


@pytest.fixture
def witness(log, tmp_path):
    cosigning.make_key(tmp_path / "key", "nhanchung.example/1")
    key = cosigning.read_key(tmp_path / "key")
    return Witness(log=log, log_key=log.verifier, signer=key, state=tmp_path / "state")


def test_a_witness_cosigns_the_first_checkpoint_and_those_that_begin_with_it(log, witness):
    witness.look(NOW)
    log.entries = entries(500)
    seen = witness.look(NOW)

    assert seen.size == 500
    assert [notes.check(note, witness.signer.verifier) for note in log.cosigned] == [int(NOW.timestamp())] * 2
    assert watching.recall(witness.state, log.verifier) == seen


def test_a_state_of_another_log_is_told_from_a_contradiction(log, witness):
    witness.look(NOW)
    log.key = signer()

    with pytest.raises(LogFault, match="does not remember this log"):
        watching.recall(witness.state, log.verifier)


def test_the_same_checkpoint_is_cosigned_again(log, witness):
    witness.look(NOW)
    witness.look(NOW + timedelta(seconds=5))

    assert len(log.cosigned) == 2


@pytest.mark.parametrize(
    ("now", "fault"),
    [
        (entries(299), "rolled back: it had 300 entries at .* and it shows 299 now"),
        ([*entries(299), entry(9999)], "rewritten"),
        ([entry(9999), *entries(400)], "rewritten"),
    ],
)
def test_a_log_that_contradicts_itself_is_not_cosigned_and_the_proof_is_kept(log, witness, now, fault):
    before = witness.look(NOW)
    log.entries = now

    with pytest.raises(LogFault, match=fault):
        witness.look(NOW)

    [kept] = witness.state.parent.glob("state.contradicted-*")
    assert kept.read_text() == str(log.checkpoint())
    assert watching.recall(witness.state, log.verifier) == before
    assert len(log.cosigned) == 1


def test_an_old_checkpoint_is_not_cosigned(log, witness):
    with pytest.raises(LogFault, match="61 s old"):
        witness.look(MADE_AT + timedelta(seconds=61))

    assert (log.cosigned, witness.state.exists()) == ([], False)


def test_a_checkpoint_of_another_key_is_not_cosigned(log, witness):
    log.key = signer()

    with pytest.raises(LogFault, match="bears no signature"):
        witness.look(NOW)


def test_what_was_remembered_binds_though_it_could_not_be_delivered(log, witness, monkeypatch):
    def away(_note):
        raise LogFault("The log does not answer.")

    monkeypatch.setattr(log, "cosign", away)
    with pytest.raises(LogFault, match="does not answer"):
        witness.look(NOW)

    assert watching.recall(witness.state, log.verifier).size == 300


def test_a_key_is_made_once_and_for_its_owner_alone(tmp_path):
    made = cosigning.make_key(tmp_path / "key", "nhanchung.example/1")

    assert cosigning.read_key(tmp_path / "key").verifier == made
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0
    with pytest.raises(LogFault, match="already"):
        cosigning.make_key(tmp_path / "key", "nhanchung.example/1")


@pytest.mark.parametrize("name", ["", "two words", "a+b"])
def test_a_witness_has_a_name_that_a_note_can_bear(tmp_path, name):
    with pytest.raises(LogFault, match="no vkey"):
        cosigning.make_key(tmp_path / "key", name)
    assert not (tmp_path / "key").exists()


def test_a_file_that_is_no_key_is_told(tmp_path):
    (tmp_path / "key").write_text("x")

    with pytest.raises(LogFault, match="holds no witness's key"):
        cosigning.read_key(tmp_path / "key")
