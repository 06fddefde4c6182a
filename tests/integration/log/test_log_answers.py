"""Strangers get proofs that hold against the checkpoint, and salts only for what they can name."""

from hashlib import sha256

import pytest

from services.chassis.errors import Forbidden, Invalid, NotFound, Problem, Refused
from services.chassis.merkle import is_consistent, is_included, leaf_hash
from services.contracts.signing.log import (
    Cosign,
    LogKind,
    ProveConsistency,
    ProveDocument,
    ProveEntry,
    ProveFile,
    ReadTile,
)
from services.signing.log import notes
from services.signing.log.checkpoints import checkpoint_in
from services.signing.log.commitments import commitment
from services.signing.log.notes import Note, NoteSigner, note_in
from services.signing.log.rows import Waiting
from tests.integration.log.growing_log import WITNESS, files

DIGEST = sha256(b"data").digest()


@pytest.fixture
def grown(log):
    log.add([*files(0, 299), Waiting(kind=LogKind.DOCUMENT, reference="ABCD1234", digest=DIGEST)])
    log.grow(299, 300)
    return log


def is_proven(log, answer):
    checkpoint = checkpoint_in(note_in(answer.checkpoint.encode()), log.key)
    return is_included(leaf_hash(answer.entry), answer.index, checkpoint.size, answer.proof, checkpoint.root)


def refusal(log, request):
    with pytest.raises(Problem) as refused:
        log.signing.ask(request)
    return refused.value.code


def cosigned(note, witness=WITNESS, text=None):
    line = witness.cosign(text or note.text, second=1_800_000_000)
    return Cosign(note=str(Note(text=text or note.text, signatures=(*note.signatures, line))))


def test_who_has_the_document_remakes_its_entry_and_proves_that_the_log_has_it(grown):
    answer = grown.signing.ask(ProveDocument(code="abcd-l234"))

    assert answer.entry == commitment(answer.salt, LogKind.DOCUMENT, DIGEST)
    assert is_proven(grown, answer)


def test_who_has_a_file_remakes_its_entry_and_proves_that_the_log_has_it(grown):
    [file] = files(7, 8)
    answer = grown.signing.ask(ProveFile(sha256=file.reference))

    assert (answer.index, answer.entry) == (7, commitment(answer.salt, LogKind.FILE, file.digest))
    assert is_proven(grown, answer)


def test_an_entry_alone_is_proven_without_its_salt(grown):
    answer = grown.signing.ask(ProveEntry(entry=grown.entries()[12].hex()))

    assert (answer.index, answer.salt) == (12, None)
    assert is_proven(grown, answer)


@pytest.mark.parametrize(
    "request_", [ProveDocument(code="OTHER"), ProveFile(sha256="ABCD1234"), ProveEntry(entry="00" * 32)]
)
def test_what_is_not_in_the_log_is_not_found(grown, request_):
    assert refusal(grown, request_) == "not_found"


def test_what_waits_is_said_to_come(grown):
    grown.add(files(300, 302))
    [file] = files(300, 301)
    waiting = refusal(grown, ProveFile(sha256=file.reference))
    grown.integrate()
    unsigned = refusal(grown, ProveFile(sha256=file.reference))
    grown.publish()

    assert waiting == unsigned == "signing.not_logged_yet"
    assert is_proven(grown, grown.signing.ask(ProveFile(sha256=file.reference)))


def test_before_its_first_signature_the_log_asks_for_patience(log):
    assert refusal(log, ReadTile(path="0/000.p/1")) == "signing.not_logged_yet"


def test_consistency_is_proven_between_any_two_sizes(log):
    old, new = log.grow(0, 123), log.grow(123, 777)

    proof = log.signing.ask(ProveConsistency(old=123, new=777)).proof

    assert is_consistent(old.size, new.size, proof, old.root, new.root)


@pytest.mark.parametrize(("old", "new"), [(-1, 3), (5, 3), (0, 302)])
def test_sizes_that_the_log_has_not_had_are_refused(grown, old, new):
    with pytest.raises(Invalid):
        grown.signing.ask(ProveConsistency(old=old, new=new))


@pytest.mark.parametrize("path", ["0/002", "0/001", "0/001.p/46", "1/000.p/2", "2/000.p/1", "entries/001", "0/1", "x"])
def test_tiles_beyond_the_checkpoint_are_not_found(grown, path):
    with pytest.raises(NotFound):
        grown.signing.ask(ReadTile(path=path))


def test_what_was_not_signed_yet_is_in_no_tile(grown):
    grown.add(files(301, 310))
    grown.integrate()

    with pytest.raises(NotFound):
        grown.signing.ask(ReadTile(path="entries/001.p/46"))


def test_a_witnesss_cosignature_is_served_with_the_checkpoint_and_kept_once(grown):
    note = grown.note()
    for _ in range(2):
        assert grown.signing.ask(cosigned(note)).cosignatures == 1

    assert notes.check(grown.note(), WITNESS.verifier) == 1_800_000_000
    assert len(grown.note().signatures) == 2


def test_a_stranger_who_cosigns_is_refused(grown):
    stranger = NoteSigner(name="la.example", kind=WITNESS.kind, private=WITNESS.private)

    with pytest.raises(Forbidden, match="witness_unknown"):
        grown.signing.ask(cosigned(grown.note(), stranger))
    assert len(grown.note().signatures) == 1


def test_a_wrong_cosignature_in_a_witnesss_name_is_refused(grown):
    note = grown.note()
    other = note.text.replace("\n301\n", "\n300\n")
    line = WITNESS.cosign(other, second=5)

    with pytest.raises(Invalid, match="is wrong"):
        grown.signing.ask(Cosign(note=str(Note(text=note.text, signatures=(line,)))))


def test_a_checkpoint_that_this_log_did_not_sign_is_not_kept_whoever_cosigned_it(grown):
    note = grown.note()

    with pytest.raises(Refused, match="checkpoint_old"):
        grown.signing.ask(cosigned(note, text=note.text.replace("time 1", "time 2")))


def test_what_is_no_note_is_refused(grown):
    with pytest.raises(Invalid):
        grown.signing.ask(Cosign(note="x"))
