"""Checking signed transcripts with programs that share no code with the platform: pdfsig, qpdf, openssl and xmlsec1."""

import re
import subprocess
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

PROGRAMS = ("pdfsig", "qpdf", "openssl", "xmlsec1")

_SIGNED = re.compile(rb"/M\(D:(\d{14})Z\)/ByteRange\[0 (\d+) (\d+) (\d+)\] */Contents<([0-9a-f]+)>")
_SIGNING_TIME = re.compile(r"<xades:SigningTime>([^<]+)</xades:SigningTime>")
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----\n", re.DOTALL)
_ELEMENTS_WITH_ID = (
    "DU_LIEU_HOC_BA",
    "THONG_TIN_HOC_BA",
    "DIEM_TONG_KET",
    "http://uri.etsi.org/01903/v1.3.2#:SignedProperties",
)


def check_pdf(path: Path, roots: Path) -> dict[str, bool]:
    """What each program says of a signed PDF; `roots` is a PEM file of trusted certificates.

    pdfsig has no such list: it answers for the signatures and that the last, or a timestamp after it, covers the
    whole file; what a timestamp is worth it does not know. openssl answers for the certificates as well, at the time
    of each signing.
    """
    return {
        "pdfsig": _pdfsig(path),
        "qpdf": _succeeds("qpdf", "--check", str(path)),
        "openssl": _openssl(path.read_bytes(), roots),
    }


def check_xml(path: Path, roots: Path) -> bool:
    """Whether xmlsec1 verifies every signature, with its certificates at the time of signing; and there are some."""
    times = _SIGNING_TIME.findall(path.read_text("utf-8"))
    with TemporaryDirectory() as folder:
        each = list(_each_in_a_file(roots, Path(folder)))
        return bool(times) and all(
            _succeeds(*_xmlsec1(path, each, place=place, at=datetime.fromisoformat(time)))
            for place, time in enumerate(times, start=1)
        )


def _each_in_a_file(roots: Path, folder: Path) -> Iterator[Path]:
    """xmlsec1 reads the first certificate of a file alone."""
    for number, pem in enumerate(_CERTIFICATE.findall(roots.read_text())):
        file = folder / f"{number}.pem"
        file.write_text(pem)
        yield file


def _pdfsig(path: Path) -> bool:
    said = subprocess.run(["pdfsig", str(path)], capture_output=True, text=True, check=False).stdout
    found = said.split("Signature #")[1:]
    signatures = [each for each in found if "Signature Type: ETSI.CAdES.detached" in each]
    return (
        bool(signatures)
        and all("Signature is Valid." in each for each in signatures)
        and "Total document signed" in found[-1]
    )


def _openssl(pdf: bytes, roots: Path) -> bool:
    results = [_openssl_verifies(*each, roots) for each in _detached(pdf)]
    return bool(results) and all(results)


def _detached(pdf: bytes) -> Iterator[tuple[bytes, bytes, datetime]]:
    """Each signature's DER, the bytes it covers, and its time."""
    for found in _SIGNED.finditer(pdf):
        opening, closing, rest = (int(found[group]) for group in (2, 3, 4))
        at = datetime.strptime(found[1].decode(), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        yield bytes.fromhex(found[5].decode()), pdf[:opening] + pdf[closing : closing + rest], at


def _openssl_verifies(der: bytes, covered: bytes, at: datetime, roots: Path) -> bool:
    with TemporaryDirectory() as folder:
        signature, content = Path(folder, "signature.der"), Path(folder, "content")
        signature.write_bytes(der)
        content.write_bytes(covered)
        options = ("-inform", "DER", "-in", str(signature), "-content", str(content), "-binary", "-cades")
        trust = ("-CAfile", str(roots), "-no-CApath", "-no-CAstore", "-attime", str(int(at.timestamp())))
        return _succeeds("openssl", "cms", "-verify", *options, *trust, "-out", "/dev/null")


def _xmlsec1(path: Path, roots: Sequence[Path], *, place: int, at: datetime) -> list[str]:
    command = ["xmlsec1", "--verify", "--enabled-key-data", "x509"]
    for root in roots:
        command += ["--trusted-pem", str(root)]
    command += ["--verification-gmt-time", f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"]
    for element in _ELEMENTS_WITH_ID:
        command += ["--id-attr:Id", element]
    return [*command, "--node-xpath", f"(//*[local-name()='Signature'])[{place}]", str(path)]


def _succeeds(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
