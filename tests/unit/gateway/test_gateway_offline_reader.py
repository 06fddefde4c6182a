"""What the page reads of a printed code in the browser is what was signed, and nothing else is believed."""

import json
import subprocess
import zlib
from base64 import urlsafe_b64encode
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import base45
import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from services.signing.summary import PREFIX, Issuer, Summary

READER = Path("gateway/static/offline/summary.js").resolve()
PROGRAM = f"""
const Summary = require({json.dumps(str(READER))});
const {{ webcrypto: {{ subtle }} }} = require("node:crypto");
const asked = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
(async () => {{
  const answers = [];
  for (const code of asked.codes ?? []) {{
    try {{ answers.push(await Summary.read(code, asked.issuers, subtle)); }}
    catch (error) {{ answers.push(error instanceof Summary.Refused ? error.reason : `bug: ${{error.stack}}`); }}
  }}
  for (const pdf of asked.pdfs ?? []) answers.push(await Summary.digestsInside(Buffer.from(pdf, "hex"), subtle));
  console.log(JSON.stringify(answers));
}})();
"""
KEY = Issuer(private=ec.generate_private_key(ec.SECP256R1()))
SUMMARY = Summary(
    code="00JXER6SK54BPC4VN13CCWFCSP",
    version=1,
    digest=sha256(b"{}").digest(),
    school="Trường THCS Tưởng Tượng",
    school_year=2025,
    class_name="9A",
    pupil="Nguyễn Thị Bình An",
    born_on=date(2011, 3, 2),
    results=("Tốt", "Tốt", "Lên lớp"),
    issued_at=datetime(2026, 6, 1, 8, tzinfo=UTC),
)


def run(**asked):
    done = subprocess.run(["node", "-e", PROGRAM], input=json.dumps(asked), capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def read(*codes, key=KEY):
    point = key.private.public_key().public_numbers()
    x, y = (urlsafe_b64encode(number.to_bytes(32, "big")).decode().rstrip("=") for number in (point.x, point.y))
    return run(codes=codes, issuers={key.key_id.hex(): {"kty": "EC", "crv": "P-256", "x": x, "y": y}})


def cose(code):
    return cbor2.loads(base45.b45decode(code.removeprefix(PREFIX))).value


def coded(parts):
    return PREFIX + base45.b45encode(cbor2.dumps(cbor2.CBORTag(18, parts))).decode()


def test_the_browser_reads_what_was_signed():
    (found,) = read(KEY.write(SUMMARY))

    assert found == {
        "code": SUMMARY.code,
        "version": 1,
        "digest": SUMMARY.digest.hex(),
        "school": SUMMARY.school,
        "schoolYear": 2025,
        "className": "9A",
        "pupil": SUMMARY.pupil,
        "bornOn": "2011-03-02",
        "results": ["Tốt", "Tốt", "Lên lớp"],
        "issuedAt": "2026-06-01T08:00:00.000Z",
    }


def test_a_forged_code_is_never_believed():
    other = Issuer(private=ec.generate_private_key(ec.SECP256R1()))
    ours, theirs = cose(KEY.write(SUMMARY)), cose(other.write(SUMMARY))

    answers = read(
        coded([ours[0], ours[1], ours[2].replace(b"9A", b"9B"), ours[3]]),
        coded([ours[0], ours[1], theirs[2], theirs[3]]),
        coded([cbor2.dumps({1: -8}), ours[1], ours[2], ours[3]]),
        coded([*ours[:3], bytes(64)]),
        other.write(SUMMARY),
    )

    assert answers == ["FORGED", "FORGED", "NOT_A_SUMMARY", "FORGED", "UNKNOWN_ISSUER"]


@pytest.mark.parametrize("step", range(0, 440, 40))
def test_no_changed_letter_is_believed(step):
    code = KEY.write(SUMMARY)
    changed = [
        code[:place] + ("A" if code[place] != "A" else "B") + code[place + 1 :]
        for place in range(len(PREFIX) + step, min(len(code), len(PREFIX) + step + 40))
    ]

    assert set(read(*changed)) <= {"FORGED", "NOT_A_SUMMARY", "UNKNOWN_ISSUER"}


@pytest.mark.parametrize("text", ["", "HB1:", "HB1:A", "HB1:::::", "https://example.vn/verify/x", f"HB1:{'0' * 3_000}"])
def test_any_other_text_is_no_summary(text):
    assert read(text) == ["NOT_A_SUMMARY"]


def test_the_data_inside_a_pdf_is_known_by_its_digest():
    packed = zlib.compress(b"{}")
    head = f"1 0 obj\n<</Type/EmbeddedFile/Filter/FlateDecode/Length {len(packed)}>>\nstream\n".encode()
    pdf = b"%PDF-1.7\n" + head + packed + b"\nendstream\nendobj\n"

    assert run(pdfs=[pdf.hex(), b"%PDF-1.7\nnothing".hex()]) == [[SUMMARY.digest.hex()], []]
