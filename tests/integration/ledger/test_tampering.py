"""Whoever rules gradebook's database and changes a history is found, and where: also if all hashes are made anew."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from deploy.audit import checking, reading, run
from deploy.audit.run import audit
from services.chassis.codec import decode
from services.contracts.gradebook.history import MarkHeadsPublishedV1
from services.gradebook.ledger import examining
from services.gradebook.ledger.examining import Fault
from services.gradebook.ledger.seals import LedgerKey, Sealed, ledger_key
from services.gradebook.usecases import heads
from services.signing.log.commitments import Salts
from services.signing.log.notes import ED25519, NoteSigner
from services.signing.log.sequencing import Sequencer
from tests.integration.ledger.tamperings import (
    CLASSES,
    PUPILS,
    ROWS,
    SAVED,
    SEEN_BY_HASHES,
    SEEN_BY_SEALS,
    save,
    tamper,
)
from tests.integration.ledger.written_class import AS_RULER, YEAR, WrittenClass, open_class

EMPTY = {
    "gradebook": "TRUNCATE mark_history, mark_seals, cells, sheets, corrections, head_batches, outbox",
    "signing": "TRUNCATE mark_heads, mark_head_batches, inbox, log_queue, log_entries",
}
CHANGED_BATCH = "UPDATE mark_head_batches SET digest = reverse(digest) WHERE number = 1"
SALTS = Salts(b"of the test")


@pytest.fixture
def ledger(gradebook, signing):
    """Five classes whose sheets were saved several times, their heads kept by signing; nothing else is there."""
    classes = [open_class(gradebook, PUPILS) for _ in range(CLASSES)]
    for number, key in enumerate(SAVED):
        for a_class in classes:
            for sheet in (0, 1):
                marks = [f"{(place + 3 * number + sheet) % 10}.5" for place in range(PUPILS)]
                a_class.write(marks, key=key, sheet=sheet)
        publish(gradebook, signing)
    yield classes
    for one in (gradebook, signing):
        one.sql(f"{AS_RULER}; {EMPTY[one.service.name]}")


@pytest.fixture
def found(gradebook, signing):
    """A function that audits from outside; gives by sheet the fault, first and last row of each finding."""

    def look(keys=None):
        report = audited(gradebook, signing, keys)
        by_sheet = {}
        for one in report.findings:
            of_sheet = by_sheet.setdefault(one.sheet_id, [])
            of_sheet.append((one.finding.fault, one.finding.first, one.finding.last))
        return by_sheet

    return look


def audited(gradebook, signing, keys=None):
    urls = (one.db.url.replace("+psycopg", "") for one in (gradebook, signing))
    return audit(*urls, keys or ledger_key().public_keys(), salts=SALTS)


def publish(gradebook, signing):
    before = len(gradebook.told(MarkHeadsPublishedV1))
    gathered = heads.gather_heads(gradebook.outside)
    with gradebook.db.transaction() as tx:
        heads.publish_heads(tx, gathered)
    for data in gradebook.told(MarkHeadsPublishedV1)[before:]:
        signing.tell(decode(MarkHeadsPublishedV1, data))


def reseal(a_class: WrittenClass, key: LedgerKey) -> None:
    """Sign every seal of the first sheet anew, over the hashes as they are now."""
    for row in a_class.gradebook.sql(
        "SELECT h.seq, h.hash, h.recorded_at FROM mark_seals JOIN mark_history h USING (school_year, sheet_id, seq) "
        "WHERE sheet_id = :sheet",
        sheet=a_class.sheet_id,
    ):
        sealed = Sealed(
            school_year=YEAR, sheet_id=a_class.sheet_id, seq=row.seq, hash=row.hash, recorded_at=row.recorded_at
        )
        a_class.as_ruler(
            "UPDATE mark_seals SET (hash, signature) = (:hash, :signature) WHERE sheet_id = :sheet AND seq = :seq",
            hash=row.hash, signature=key.seal(sealed).signature, seq=row.seq,
        )  # fmt: skip


def in_history(findings):
    """What was found in the rows; that the cells differ from them is another matter."""
    return [one for one in findings if one[0] is not Fault.CELL_DIFFERS]


def test_what_only_the_service_wrote_is_clean(ledger, found):
    assert len(ledger) == CLASSES
    assert found() == {}


def test_a_large_ledger_is_shared_out_among_processes(ledger, found, monkeypatch):
    monkeypatch.setattr(run, "ROWS_PER_PART", 3 * ROWS)
    places = tamper(ledger, SEEN_BY_HASHES["flip"], "shared out")

    assert found().keys() == places.keys()


@pytest.mark.parametrize("name", SEEN_BY_HASHES)
def test_a_change_of_the_history_is_found_where_it_was_made(ledger, found, name):
    places = tamper(ledger, SEEN_BY_HASHES[name], name)

    findings = found()

    assert findings.keys() == places.keys()
    for sheet_id, place in places.items():
        expected = (SEEN_BY_HASHES[name].seen_as, *SEEN_BY_HASHES[name].at(place))
        assert in_history(findings[sheet_id])[0] == expected


@pytest.mark.parametrize("name", SEEN_BY_SEALS)
def test_a_change_is_found_in_its_save_though_all_hashes_and_cells_were_made_anew(ledger, found, name):
    places = tamper(ledger, SEEN_BY_SEALS[name], name)
    for a_class in ledger[:-1]:
        a_class.rewrite()

    findings = found()

    assert findings.keys() == places.keys()
    for sheet_id, place in places.items():
        assert findings[sheet_id][0] == (SEEN_BY_SEALS[name].seen_as, *SEEN_BY_SEALS[name].at(place))


def test_seals_made_with_another_key_are_found_on_each_save_that_bears_one(ledger, found):
    places = tamper(ledger, SEEN_BY_SEALS["flip"], "wrong key")
    private = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for a_class in ledger[:-1]:
        a_class.rewrite()
        reseal(a_class, LedgerKey(private.decode()))

    findings = found()

    saves = [(Fault.SEAL_FORGED, first, first + PUPILS - 1) for first in range(1, ROWS, PUPILS)]
    assert findings == dict.fromkeys(places, saves)


def test_a_split_view_is_found_even_if_the_ledgers_own_key_made_the_seals(ledger, found):
    places = tamper(ledger, SEEN_BY_SEALS["flip"], "split view")
    for a_class in ledger[:-1]:
        a_class.rewrite()
        reseal(a_class, ledger_key())

    findings = found()

    assert findings == {sheet_id: [(Fault.HEAD_DIFFERS, *save(place))] for sheet_id, place in places.items()}


def test_without_seals_and_kept_heads_nobody_would_notice_a_history_written_anew(ledger, found, monkeypatch):
    tamper(ledger, SEEN_BY_SEALS["flip"], "unnoticed")
    for a_class in ledger[:-1]:
        a_class.rewrite()
    assert len(found()) == CLASSES - 1

    for check in ("_are_kept", "_are_sealed", "_is_genuine"):
        monkeypatch.setattr(checking, check, lambda *_: True)

    assert found() == {}


def test_without_the_seals_alone_a_history_that_was_not_yet_published_could_be_written_anew(
    ledger, found, monkeypatch, signing
):
    signing.sql(AS_RULER + "; TRUNCATE mark_heads")
    tamper(ledger, SEEN_BY_SEALS["flip"], "unnoticed")
    for a_class in ledger[:-1]:
        a_class.rewrite()
    assert len(found()) == CLASSES - 1

    monkeypatch.setattr(examining, "_seals", lambda *_: [])

    assert found() == {}


def test_a_cell_that_is_not_what_its_history_made_it_is_named(ledger, gradebook, signing):
    a_class = ledger[0]
    cell = {"column": a_class.columns[a_class.sheet_id, "ck"], "pupil": a_class.pupils[2]}
    a_class.as_ruler("UPDATE cells SET value = '10.0' WHERE (column_id, pupil_id) = (:column, :pupil)", **cell)

    report = audited(gradebook, signing)

    (one,) = report.findings
    assert (one.sheet_id, one.finding.fault, one.finding.first) == (a_class.sheet_id, Fault.CELL_DIFFERS, 13)
    assert (one.finding.column_id, one.finding.pupil_id) == (cell["column"], cell["pupil"])
    assert not report.is_clean


def test_seals_that_are_all_gone_do_not_make_a_year_older_than_the_seals(ledger, found):
    ledger[0].as_ruler("DELETE FROM mark_seals")

    after_the_first_head = (Fault.UNSEALED, PUPILS + 1, ROWS)
    assert all(after_the_first_head in findings for findings in found().values())


def test_a_sheet_whose_heads_are_held_back_is_named(ledger, found, gradebook, signing, monkeypatch):
    held_back = open_class(gradebook, PUPILS)
    held_back.as_ruler("UPDATE sheets SET published_rows = 1000000 WHERE id = :sheet")
    held_back.write(["5.0"] * PUPILS)
    publish(gradebook, signing)
    assert found() == {}

    monkeypatch.setattr(reading, "KEPT_WITHIN", timedelta(0))

    assert len(ledger) == CLASSES
    assert found() == {held_back.sheet_id: [(Fault.NOT_KEPT, 1, PUPILS)]}


@pytest.mark.parametrize("moment", ["infinity", "-infinity", "4713-01-01 BC"])
@pytest.mark.parametrize("table", ["mark_history", "mark_seals"])
def test_a_time_that_cannot_be_does_not_stop_the_audit_from_naming_its_sheet(ledger, found, moment, table):
    dating = "UPDATE {} SET recorded_at = CAST(:moment AS timestamptz) WHERE sheet_id = :sheet AND seq = :row"
    ledger[0].as_ruler(dating.format(table), moment=moment, row=PUPILS)

    assert found().keys() == {ledger[0].sheet_id}


def test_rows_put_into_the_text_of_another_are_missed(ledger, found):
    a_class = ledger[0]
    a_class.as_ruler(
        """
        WITH after AS (DELETE FROM mark_history WHERE sheet_id = :sheet AND seq = 2 RETURNING *)
        UPDATE mark_history before SET value = before.value || '","' || before.account_id || '","' || before.person_id
            || '",' || trunc(date_part('epoch', before.recorded_at) * 1000000)::bigint || ']|' || after.hash || '[2,"'
            || after.column_id || '","' || after.pupil_id || '",' || after.version || ',"VALUE","' || after.value
        FROM after WHERE before.sheet_id = :sheet AND before.seq = 1
        """
    )

    assert in_history(found()[a_class.sheet_id])[0] == (Fault.ALTERED, 1, 1)


def test_a_cell_put_into_the_text_of_another_is_missed(ledger, found):
    a_class = ledger[0]
    a_class.as_ruler(
        """
        WITH gone AS (
            DELETE FROM cells WHERE (sheet_id, column_id, pupil_id) = (:sheet, :column, :second) RETURNING *)
        UPDATE cells SET value = cells.value || '"|"' || gone.column_id || '","' || gone.pupil_id || '",'
                                 || gone.version || ',"VALUE","' || gone.value
        FROM gone WHERE (cells.sheet_id, cells.column_id, cells.pupil_id) = (:sheet, :column, :first)
        """,
        column=a_class.columns[a_class.sheet_id, "ck"], first=a_class.pupils[0], second=a_class.pupils[1],
    )  # fmt: skip

    assert [fault for fault, *_ in found()[a_class.sheet_id]] == [Fault.CELL_DIFFERS, Fault.CELL_DIFFERS]


def test_the_head_of_a_sheet_in_which_nothing_was_written_is_looked_at_too(ledger, found, gradebook):
    empty = open_class(gradebook, PUPILS)
    assert found() == {}

    empty.as_ruler("UPDATE sheets SET chain_head = 'other' WHERE id = :sheet")

    assert len(ledger) == CLASSES
    assert found() == {empty.sheet_id: [(Fault.ALTERED, 0, 0)]}


def test_a_sheet_that_is_gone_altogether_is_missed(ledger, found):
    ledger[0].as_ruler(
        "DELETE FROM mark_history WHERE sheet_id = :sheet",
        "DELETE FROM mark_seals WHERE sheet_id = :sheet",
        "DELETE FROM cells WHERE sheet_id = :sheet",
        "DELETE FROM sheets WHERE id = :sheet",
    )

    assert found() == {ledger[0].sheet_id: [(Fault.SHEET_MISSING, 1, ROWS)]}


def test_a_history_moved_to_another_sheet_is_found_at_its_first_row(ledger, found):
    a_class = ledger[0]
    a_class.as_ruler(
        "UPDATE mark_history SET sheet_id = :other WHERE sheet_id = :sheet",
        "UPDATE mark_seals SET sheet_id = :other WHERE sheet_id = :sheet",
        "UPDATE cells SET sheet_id = :other WHERE sheet_id = :sheet",
        "UPDATE sheets SET id = :other WHERE id = :sheet",
        other=ledger[1].unit_id,
    )

    findings = found()

    assert findings[a_class.sheet_id] == [(Fault.SHEET_MISSING, 1, ROWS)]
    assert findings[ledger[1].unit_id][0][1] == 1


def test_a_gradebook_put_back_to_an_older_backup_no_longer_has_batches_that_signing_keeps(ledger, gradebook, signing):
    gradebook.sql("DELETE FROM head_batches WHERE number = (SELECT max(number) FROM head_batches)")

    report = audited(gradebook, signing)

    assert len(ledger) == CLASSES
    assert (report.is_clean, len(report.batches)) == (False, 1)


def test_a_batch_that_the_transparency_log_has_not_is_named(ledger, gradebook, signing):
    [last] = signing.sql("SELECT id, number FROM mark_head_batches ORDER BY number DESC LIMIT 1")
    signing.sql("DELETE FROM log_queue WHERE reference = :id", id=str(last.id))

    report = audited(gradebook, signing)

    assert len(ledger) == CLASSES
    [fault] = report.batches
    assert fault.startswith(f"Batch {last.number} of heads ({last.id}, ")
    assert fault.endswith("the transparency log has no entry of it.")


def test_the_log_has_each_batch_under_its_own_salt_and_a_changed_digest_shows(ledger, gradebook, signing):
    signer = NoteSigner(name="of.the/test", kind=ED25519, private=Ed25519PrivateKey.generate())
    Sequencer(signer=signer, salts=SALTS).integrate(signing.outside)
    before = audited(gradebook, signing)
    signing.sql(f"{AS_RULER}; {CHANGED_BATCH}")

    after = audited(gradebook, signing)

    assert len(ledger) == CLASSES
    assert before.is_clean
    assert any("the transparency log has no entry of it" in fault for fault in after.batches)
