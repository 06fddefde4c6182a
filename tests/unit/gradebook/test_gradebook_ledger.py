"""The mark ledger: one hash stands for a whole history in its order."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from services.chassis.settings import MissingSetting
from services.gradebook.ledger import Entry, chain, genesis, link
from services.gradebook.ledger.examining import SENTENCES, WARNINGS, Fault, Finding, StoredRow, StoredSheet, examine
from services.gradebook.ledger.seals import LedgerKey, Sealed, is_genuine

SHEET = UUID(int=1)
START = genesis(2025, SHEET)


def entry(seq, value="8.0"):
    return Entry(
        seq=seq,
        column_id=UUID(int=2),
        pupil_id=UUID(int=3),
        version=seq,
        state="VALUE",
        value=value,
        account_id=UUID(int=4),
        person_id=UUID(int=5),
        recorded_at=datetime(2026, 1, 5, 1, 2, 3, 456789, tzinfo=UTC),
    )


KEY = LedgerKey(
    Ed25519PrivateKey.from_private_bytes(bytes(32))
    .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    .decode()
)
ENTRIES = [entry(1), entry(2, "8.5"), entry(3, None)]
HASHES = chain(START, ENTRIES)


def stored(entries=tuple(ENTRIES), hashes=None, **changed):
    """A sheet with these entries, all of one save, as it is stored when nobody has touched it."""
    hashes = hashes or chain(START, entries)
    last = entries[-1]
    sealed = Sealed(school_year=2025, sheet_id=SHEET, seq=last.seq, hash=hashes[-1], recorded_at=last.recorded_at)
    whole = StoredSheet(
        school_year=2025,
        sheet_id=SHEET,
        count=len(entries),
        head=hashes[-1],
        rows=[StoredRow(entry=one, hash=kept) for one, kept in zip(entries, hashes, strict=True)],
        seals=[KEY.seal(sealed)],
        cells={(last.column_id, last.pupil_id): (last.state, last.value, last.version)},
        sealing_began=last.recorded_at,
    )
    return replace(whole, **changed)


def found(sheet):
    return [(one.fault, one.first, one.last) for one in examine(sheet, KEY.public_keys())]


def test_an_untouched_history_is_whole():
    assert found(stored()) == []


def test_every_sheet_and_year_begins_differently():
    assert len({START, genesis(2026, SHEET), genesis(2025, UUID(int=2))}) == 3


def test_every_field_of_an_entry_counts():
    other = {
        "seq": 9, "column_id": SHEET, "pupil_id": SHEET, "version": 9, "state": "EXEMPT", "value": "8.1",
        "account_id": SHEET, "person_id": SHEET, "recorded_at": ENTRIES[0].recorded_at + timedelta(microseconds=1),
        "basis": "correction",
    }  # fmt: skip

    hashes = {link(START, replace(ENTRIES[0], **{name: value})) for name, value in other.items()}

    assert other.keys() == {field.name for field in fields(Entry)}
    assert len(hashes | {HASHES[0]}) == len(other) + 1


def test_the_hash_of_an_entry_never_changes_its_form():
    assert HASHES[0] == "9945149cf77dea0e112907e6c4ebefff0fd21a38bc3911c67e83e96e908bc70c"


def test_a_basis_counts_and_its_absence_hashes_as_before_there_was_any():
    assert link(START, replace(ENTRIES[0], basis="correction")) != HASHES[0]
    assert link(START, replace(ENTRIES[0], basis=None)) == HASHES[0]


@pytest.mark.parametrize("seq", [1, 2, 3])
def test_an_altered_entry_is_the_only_one_that_does_not_fit(seq):
    entries = [replace(one, account_id=SHEET) if one.seq == seq else one for one in ENTRIES]

    assert found(stored(entries, HASHES)) == [(Fault.ALTERED, seq, seq)]


@pytest.mark.parametrize("seq", [1, 2])
def test_an_altered_hash_is_found_at_its_own_row(seq):
    hashes = ["other" if number == seq else kept for number, kept in enumerate(HASHES, start=1)]

    assert found(stored(hashes=hashes)) == [(Fault.ALTERED, seq, seq)]


def test_a_history_that_ends_elsewhere_than_the_sheet_says_is_cut_or_uncounted():
    assert found(stored(count=5)) == [(Fault.CUT_OFF, 4, 5)]
    assert found(stored(count=2)) == [(Fault.UNCOUNTED, 3, 3)]
    assert found(stored(head="other")) == [(Fault.ALTERED, 3, 3)]


@pytest.mark.parametrize(("head", "faults"), [(START, []), ("other", [(Fault.ALTERED, 0, 0)])])
def test_a_sheet_without_history_has_the_head_that_it_began_with(head, faults):
    assert found(stored(rows=(), seals=(), cells={}, count=0, head=head)) == faults


def test_a_history_written_anew_is_not_the_one_that_was_sealed():
    forged = [ENTRIES[0], replace(ENTRIES[1], value="10.0"), ENTRIES[2]]

    assert found(stored(forged, seals=stored().seals)) == [(Fault.REWRITTEN, 1, 3)]


def test_without_the_seals_a_history_written_anew_would_pass_for_whole():
    forged = [ENTRIES[0], replace(ENTRIES[1], value="10.0"), ENTRIES[2]]

    assert found(stored(forged, seals=(), sealing_began=None)) == [(Fault.NEVER_SEALED, 1, 3)]
    assert Fault.NEVER_SEALED in WARNINGS


@pytest.mark.parametrize("kept", [(3, "other"), (4, HASHES[2])])
def test_a_head_that_is_kept_elsewhere_must_be_there(kept):
    expected = {3: (Fault.HEAD_DIFFERS, 1, 3), 4: (Fault.ROLLED_BACK, 4, 4)}

    assert found(stored(heads=[kept])) == [expected[kept[0]]]


def test_two_heads_for_one_row_cannot_both_be_there():
    assert found(stored(heads=[(3, HASHES[2]), (3, "f" * 64)])) == [(Fault.HEAD_DIFFERS, 3, 3)]


def test_a_seal_stands_for_one_sheet_and_one_year():
    (seal,) = stored().seals

    for other in (replace(seal.sealed, sheet_id=UUID(int=9)), replace(seal.sealed, school_year=2024)):
        assert not is_genuine(replace(seal, sealed=other), KEY.public_keys())
        assert found(stored(seals=[KEY.seal(other)])) == [(Fault.SEAL_FORGED, 1, 3)]


def test_seals_of_the_key_before_stay_good_while_its_public_key_is_kept():
    (seal,) = stored().seals
    private = Ed25519PrivateKey.from_private_bytes(bytes(31) + b"1")
    new = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    old = KEY.public_keys()[KEY.key_id].public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    assert is_genuine(seal, LedgerKey(new + old).public_keys())
    assert not is_genuine(seal, LedgerKey(new).public_keys())


@pytest.mark.parametrize("pem", ["", "no key"])
def test_a_ledger_without_a_private_key_stops_the_start(pem):
    with pytest.raises(MissingSetting, match="HOCBA_GRADEBOOK_LEDGER_KEY"):
        LedgerKey(pem)


def test_every_fault_has_its_sentence_in_both_languages():
    finding = Finding(fault=Fault.ALTERED, first=2, last=4, column_id=UUID(int=1), pupil_id=UUID(int=2))

    assert SENTENCES.keys() == set(Fault)
    assert finding.sentences()[0].startswith("rows 2 to 4: ")
    assert replace(finding, last=2).sentences()[1].startswith("dòng 2: ")
    assert str(finding.pupil_id) in replace(finding, fault=Fault.CELL_DIFFERS).sentences()[0]
