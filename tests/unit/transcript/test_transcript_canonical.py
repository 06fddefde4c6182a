import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
import rfc8785

from services.transcript.canonical import NotCanonicalError, TranscriptData, digest, from_canonical, to_canonical

SHARED = Path(os.environ.get("HOCBA_SHARED", Path(__file__).parents[4] / "shared"))
VECTORS = SHARED / "data" / "interop" / "rfc8785"


@pytest.mark.skipif(not VECTORS.exists(), reason="the published vectors are not here")
@pytest.mark.parametrize("name", ["arrays", "french", "structures", "unicode", "values", "weird"])
def test_json_is_written_as_the_standards_own_vectors_show(name: str) -> None:
    given = json.loads((VECTORS / "input" / f"{name}.json").read_text("utf-8"))

    assert rfc8785.dumps(given) == bytes.fromhex((VECTORS / "outhex" / f"{name}.txt").read_text())


def test_a_transcript_read_back_from_its_bytes_is_the_same(transcript: TranscriptData) -> None:
    assert from_canonical(to_canonical(transcript)) == transcript


def test_the_bytes_carry_the_published_field_names(transcript: TranscriptData) -> None:
    fields = json.loads(to_canonical(transcript))

    assert fields["format"] == "vn.hocba.transcript.v1"
    assert fields["frozen_at"] == "2026-05-30T02:00:00Z"
    assert fields["class"] == {"id": str(transcript.class_.id), "name": "6A"}
    assert fields["pupil"]["born_on"] == "2014-09-01"
    assert fields["pupil"]["gender"] == "Nữ"
    assert fields["subjects"][1]["year"] == "8.3"
    assert fields["year"]["title"] is None


def test_a_name_typed_with_loose_accents_gives_the_same_bytes(transcript: TranscriptData) -> None:
    composed = replace(transcript, remark="Tiến bộ rõ")
    loose = replace(transcript, remark="Tie\u0302\u0301n bo\u0323\u0302 ro\u0303")

    assert to_canonical(loose) == to_canonical(composed)


def test_one_changed_mark_changes_the_digest(transcript: TranscriptData) -> None:
    first, *others = transcript.subjects
    changed = replace(transcript, subjects=(replace(first, year="7.8"), *others))

    assert len(digest(to_canonical(transcript))) == 64
    assert digest(to_canonical(changed)) != digest(to_canonical(transcript))


@pytest.mark.parametrize(
    ("written", "forged"),
    [
        (b'"version":1', b'"version": 1'),
        (b'"version":1', b'"version":1,"version":1'),
        (b'"version":1', b'"version":1,"zeal":1'),
        (b'"version":1', b'"version":"1"'),
        (b',"title":null', b""),
        (b'"format":"vn.hocba.transcript.v1"', b'"format":"vn.hocba.transcript.v2"'),
        (b'"class":', b'"class_":'),
        (b"{", b"["),
    ],
)
def test_bytes_that_are_not_exactly_canonical_are_not_read(
    transcript: TranscriptData, written: bytes, forged: bytes
) -> None:
    raw = to_canonical(transcript)
    assert written in raw

    with pytest.raises(NotCanonicalError):
        from_canonical(raw.replace(written, forged, 1))
