"""Reading several documents that came together: a package for the hub, a transfer's bundle, any zip of transcripts."""

import io
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any

from cryptography import x509

from services.contracts.verdicts import Reason
from services.signing.validation import class_proofs, report
from services.signing.validation.judging import Known
from services.signing.validation.reading import Readable, Told
from services.signing.validation.report import Fault, Report

KIND = "zip"
SIGNATURE = b"PK\x03\x04"
MOST_MEMBERS = 500  # a class of 45 has 91 documents, and a certificate for each teacher
LARGEST = 100_000_000  # bytes, unpacked
INDEX = "index.json"
_BESIDE = (".cer", ".pem", ".xsd")  # what goes along and says nothing of a pupil


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """Documents under their names; the verdict on all is the worst of them.

    Transcripts among them say which of their rows stand on class sheets among them.
    """

    kind: str
    members: tuple[tuple[str, Readable], ...]
    whole: tuple[Reason, ...] = ()

    def certificates(self, at: datetime) -> dict[x509.Certificate, x509.Certificate]:
        return {one: issuer for _, each in self.members for one, issuer in each.certificates(at).items()}

    def report(self, known: Known) -> Report:
        members = tuple(replace(each.report(known), name=name) for name, each in self.members)
        return report.of_all(self.kind, class_proofs.with_rows(members), self.whole)


def read_package(data: bytes, read: Callable[[bytes], Readable]) -> Readable:
    """Every document of a zip, read by `read`; what belongs to none and is not expected beside them is broken."""
    try:
        files = _unpacked(data)
    except Fault as fault:
        return Told(report.unreadable(KIND, fault.reason))
    documents = {name: one for name, one in files.items() if name != INDEX and not name.endswith(_BESIDE)}
    if not documents:
        return Told(report.unreadable(KIND, Reason.DATA_MISSING))
    whole = (Reason.INDEX_MISMATCH,) if INDEX in files and not _fits(files) else ()
    return Together(kind=KIND, members=tuple((name, read(one)) for name, one in documents.items()), whole=whole)


def _unpacked(data: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > MOST_MEMBERS or sum(one.file_size for one in members) > LARGEST:
                raise Fault(Reason.TOO_LARGE)
            if len({one.filename for one in members}) != len(members):
                raise Fault(Reason.DUPLICATE_ID)
            # A member is never read beyond the size that it states.
            return {one.filename: archive.read(one) for one in members if not one.is_dir()}
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise Fault(Reason.UNREADABLE) from error


def _fits(files: dict[str, bytes]) -> bool:
    """Whether the index names every document, with the digest that it has."""
    try:
        named = dict(_named(json.loads(files[INDEX])))
    except (ValueError, LookupError, TypeError):
        return False
    documents = {name for name in files if name != INDEX and not name.endswith(_BESIDE)}
    return named.keys() == documents and all(sha256(files[name]).hexdigest() == named[name] for name in named)


def _named(index: Any) -> Iterator[tuple[str, str]]:
    """Names and digests, by the index of either kind of package; files of class sheets are named by theirs."""
    return _in_bundle(index) if isinstance(index, dict) else _in_hub_package(index)


def _in_bundle(index: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for file in index["files"]:
        yield from ((f"{file['school_year']}/{file['code']}.{form}", file[form]) for form in ("xml", "pdf"))
    yield from ((f"bang_ky_lop/{sheet}.json", sheet) for sheet in index.get("sheets", ()))


def _in_hub_package(lines: Sequence[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for line in lines:
        yield from ((line[form]["ten"], line[form]["sha256"]) for form in ("xml", "pdf"))
        yield from ((name, PurePosixPath(name).stem) for name in line["bang_ky_lop"])
