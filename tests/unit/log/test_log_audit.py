"""An outsider who audits a log finds every lie that it could tell."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from invented_log import MADE_AT, NOW, InventedLog, entries, entry, file, signer, witness

from deploy.audit.log import Wish, audit_log
from services.contracts.signing.log import LogKind
from services.signing.log.checkpoints import checkpoint_in
from services.signing.log.commitments import commitment
from services.signing.log.faults import LogFault
from services.signing.log.tiles import Tile

SIZE = 600


@pytest.fixture
def log():
    return InventedLog(entries(SIZE))


def faults(log, *, now=NOW, **wish):
    return list(audit_log(log, Wish(key=log.verifier, **wish), now=lambda: now, pause=lambda _: None).faults)


def seen(log):
    """The checkpoint as it was read."""
    return checkpoint_in(log.checkpoint(), log.verifier)


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 512, SIZE])
def test_an_honest_log_has_no_fault(size):
    assert faults(InventedLog(entries(size))) == []


def test_a_log_that_grew_has_no_fault(log):
    before = seen(InventedLog(entries(300), key=log.key))

    assert faults(log, before=before) == []
    assert faults(log, before=seen(log)) == []


@pytest.mark.parametrize("at", [0, 255, 256, SIZE - 1])
def test_a_leaf_that_was_changed_is_found(log, at):
    log.shown = [*log.entries[:at], entry(9999), *log.entries[at + 1 :]]

    assert faults(log) == [f"The {SIZE} entries that the log shows do not give the root that it signed."]


def test_a_tile_that_was_swapped_with_another_is_found(log):
    log.tiles = {"0/000": log.tile(Tile(level=0, index=1)), "0/001": log.tile(Tile(level=0, index=0))}

    assert faults(log) == ["The tile 0/000 is not made of the entries below it."]


def test_a_tile_of_a_higher_level_that_is_wrong_is_found(log):
    log.tiles = {"1/000.p/2": bytes(64)}

    assert faults(log) == ["The tile 1/000.p/2 is not made of the entries below it."]


@pytest.mark.parametrize(
    ("name", "data"),
    [("entries/000", b"\x00"), ("entries/000", b"\x00\x01a" * 256), ("entries/002.p/88", bytes([0, 32]) + bytes(32))],
)
def test_a_bundle_that_is_none_is_found(log, name, data):
    log.tiles = {name: data}

    [fault] = faults(log)

    assert name in fault


def test_a_log_that_forked_is_found_by_whoever_was_there_before(log):
    other = InventedLog([*entries(299), entry(9999)], key=log.key)

    [fault] = faults(log, before=seen(other))

    assert fault.startswith("The log was rewritten: it had 300 entries at 2026-05-30 02:00:07 UTC, and its 600 entries")


def test_two_roots_of_one_size_are_found(log):
    other = InventedLog([*entries(SIZE - 1), entry(9999)], key=log.key)

    [fault] = faults(log, before=seen(other))

    assert "rewritten" in fault


def test_a_log_that_was_rolled_back_is_found(log):
    larger = InventedLog(entries(SIZE + 1), key=log.key)

    [fault] = faults(log, before=seen(larger))

    assert fault == "The log was rolled back: it had 601 entries at 2026-05-30 02:00:07 UTC, and it shows 600 now."


def test_an_old_checkpoint_is_found(log):
    [fault] = faults(log, now=MADE_AT + timedelta(seconds=61))

    assert "61 s old" in fault


def test_a_checkpoint_of_another_key_ends_the_audit(log):
    with pytest.raises(LogFault, match="bears no signature"):
        audit_log(log, Wish(key=signer().verifier), now=lambda: NOW, pause=lambda _: None)


def test_cosignatures_of_all_the_witnesses_named_are_wanted(log):
    first, second = witness(), witness("nhanchung.example/2")
    log.have_cosigned(first)

    [fault] = faults(log, witnesses=[first.verifier, second.verifier])

    assert fault.startswith("The note bears no signature of nhanchung.example/2")


def test_a_cosignature_of_a_false_witness_is_found(log):
    mine = witness()
    log.have_cosigned(mine)
    [line] = log.lines
    log.lines = [replace(line, value=line.value[:-1] + bytes([line.value[-1] ^ 1]))]

    assert faults(log, witnesses=[mine.verifier]) == ["The signature of nhanchung.example/1 on the note is wrong."]


def test_witnesses_are_given_time_to_cosign(log):
    mine, pauses = witness(), []

    def pause(seconds):
        pauses.append(seconds)
        if len(pauses) == 3:
            log.have_cosigned(mine)

    report = audit_log(log, Wish(key=log.verifier, witnesses=[mine.verifier]), now=lambda: NOW, pause=pause)

    assert (report.faults, len(pauses)) == ((), 3)


@pytest.fixture
def paper(tmp_path):
    """A file that was issued as number 7."""
    path = tmp_path / "hocba.pdf"
    path.write_bytes(file(7))
    return path


def test_a_document_that_is_in_the_log_is_found_there(log, paper):
    log.know(7)

    assert faults(log, documents=[str(paper)]) == []


def test_a_document_that_is_not_in_the_log_is_told(log, paper):
    [fault] = faults(log, documents=[str(paper)])

    assert "404" in fault


def test_an_entry_of_another_document_is_told(log, paper):
    digest = sha256(file(7)).hexdigest()
    log.answers[f"files/{digest}"] = (8, log.entries[8], LogKind.FILE)

    assert faults(log, documents=[str(paper)]) == [f"The log's entry for {paper} is of another document."]


def test_an_entry_that_only_the_answer_has_is_told(log, paper):
    """The log answers with what it would have to have, and the tree has something else there."""
    digest = sha256(file(7)).hexdigest()
    log.answers[f"files/{digest}"] = (8, entry(7), LogKind.FILE)

    assert faults(log, documents=[str(paper)]) == [f"The log says that entry 8 is of {paper}, and shows another there."]


def test_two_documents_that_are_said_to_be_one_entry_are_told(log, paper, tmp_path):
    second = tmp_path / "second.pdf"
    second.write_bytes(file(8))
    log.know(7)
    log.answers[f"files/{sha256(file(8)).hexdigest()}"] = (7, entry(8), LogKind.FILE)

    for documents in ([paper, second], [second, paper]):
        assert any("entry 7" in fault for fault in faults(log, documents=map(str, documents)))


@pytest.mark.parametrize("index", [-1, SIZE])
def test_an_entry_that_is_not_in_the_checkpoint_is_told(log, paper, index):
    log.know(7)
    log.prove = lambda what: replace(InventedLog.prove(log, what), index=index)

    [fault] = faults(log, documents=[str(paper)])

    assert "after the checkpoint" in fault


def test_canonical_data_are_looked_up_by_the_code_within(log, tmp_path):
    data = b'{"code":"ABC","version":1}'
    (tmp_path / "data.json").write_bytes(data)
    made = commitment(bytes(range(32)), LogKind.DOCUMENT, sha256(data).digest())
    log.entries[5] = made
    log.answers["documents/ABC"] = (5, made, LogKind.DOCUMENT)

    assert faults(log, documents=[str(tmp_path / "data.json"), "ABC"]) == []
    (tmp_path / "data.json").write_bytes(data.replace(b"1", b"2"))
    assert "of another document" in faults(log, documents=[str(tmp_path / "data.json")])[0]
