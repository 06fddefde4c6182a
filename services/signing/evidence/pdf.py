"""Proof added to a sealed PDF: what shows that its certificates were good (DSS), and timestamps over the whole file.

Both are revisions after the seal, which allows nothing else (ETSI EN 319 142-1, 5.4; ISO 32000-2, 12.8.4.3, 12.8.5).
"""

import re
from dataclasses import dataclass

from asn1crypto import parser

from services.signing import pdf_fields, pdf_file
from services.signing.evidence.proof import Proof, Stamped
from services.signing.pdf_file import PdfFile, UnsupportedPdf

TOKEN_BYTES = 8_192
"""Kept for a token; those with three certificates take about 6,000."""

_STORE = re.compile(rb"/DSS (\d+) 0 R")
_LISTS = re.compile(rb"<</Type/DSS/Certs\[([\d R]*)\]/CRLs\[([\d R]*)\]/OCSPs\[([\d R]*)\]>>")
_STREAM = re.compile(rb"(\d+) 0 obj\n<</Length (\d{1,8})>>stream\n")
_NUMBER = re.compile(rb"(\d+) 0 R")
_TOKEN = re.compile(rb"/SubFilter/ETSI\.RFC3161/ByteRange\[[\d ]+\] */Contents<([0-9a-f]+)>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A file with a timestamp still to be asked for; the digits of its token go between `head` and `tail`."""

    head: bytes
    tail: bytes

    @property
    def digest(self) -> bytes:
        """SHA-256 of all but the digits: what the token must be on."""
        return pdf_fields.digest(self.head, self.tail)

    def filled(self, token: bytes) -> bytes:
        """The file with its timestamp; UnsupportedPdf for a token longer than is kept for it."""
        if len(token) > TOKEN_BYTES:
            raise UnsupportedPdf(f"The timestamp is longer than {TOKEN_BYTES} bytes.")
        return b"%b<%b>%b" % (self.head, token.hex().encode().ljust(2 * TOKEN_BYTES, b"0"), self.tail)


def add_proof(pdf: bytes, proof: Proof) -> bytes:
    """The file with this proof beside what it has already; raises UnsupportedPdf for a file not of our making."""
    file = pdf_file.read(pdf)
    catalog = file.body(file.last.root)
    found = _STORE.search(catalog)
    store, earlier = (int(found[1]), _earlier(file, int(found[1]))) if found else (file.last.size, (b"", b"", b""))
    number, objects, lists = max(file.last.size, store + 1), dict[int, bytes](), list[bytes]()
    for before, added in zip(earlier, (proof.certificates, proof.lists, proof.answers), strict=True):
        numbers = range(number, number + len(added))
        objects |= {at: _stream(der) for at, der in zip(numbers, added, strict=True)}
        lists.append(b" ".join([*([before] if before else []), *(b"%d 0 R" % at for at in numbers)]))
        number += len(added)
    objects[store] = b"<</Type/DSS/Certs[%b]/CRLs[%b]/OCSPs[%b]>>" % tuple(lists)
    if not found:
        objects[file.last.root] = b"%b/DSS %d 0 R>>" % (catalog[:-2], store)
    return file.append(objects)


def draft_timestamp(pdf: bytes) -> Draft:
    """The file with an empty document timestamp over everything before it (ETSI.RFC3161)."""
    file = pdf_file.read(pdf)
    form, fields = _form(file)
    value, field = file.last.size, file.last.size + 1
    name = b"TS-%d" % (fields[1].count(b"R") + 1)  # its number among the fields, of which none is ever taken away
    body = file.body(form)
    objects = {
        value: b"<</Type/DocTimeStamp/Filter/Adobe.PPKLite/SubFilter/ETSI.RFC3161%b>>"
        % pdf_fields.places(2 * TOKEN_BYTES),
        field: b"<</FT/Sig/T(%b)/V %d 0 R>>" % (name, value),
        form: b"%b %d 0 R%b" % (body[: fields.end(1)], field, body[fields.end(1) :]),
    }
    head, tail = pdf_fields.cut(file.append(objects), start=len(pdf), room=2 * TOKEN_BYTES)
    return Draft(head=head, tail=tail)


def read(file: PdfFile, index: int) -> Proof | Stamped:
    """What a revision after the seal adds: proof, or a timestamp.

    Raises UnsupportedPdf when one byte is not as `add_proof` or `draft_timestamp` writes it.
    """
    before, whole = (file.raw[: file.revisions[each].end] for each in (index - 1, index))
    added = whole[len(before) :]
    found = _TOKEN.search(added)
    try:
        seen, rebuilt = _stamped(before, found[1]) if found else _proven(before, added)
    except ValueError as error:
        raise UnsupportedPdf("Something else than evidence was added.") from error
    if rebuilt != whole:
        raise UnsupportedPdf("The evidence is not in the form in which this platform writes it.")
    return seen


def _stamped(before: bytes, digits: bytes) -> tuple[Stamped, bytes]:
    octets, draft = bytes.fromhex(digits.decode()), draft_timestamp(before)
    token = octets[: parser.peek(octets)]
    return Stamped(token=token, digest=draft.digest), draft.filled(token)


def _proven(before: bytes, added: bytes) -> tuple[Proof, bytes]:
    proof = _added_proof(added)
    return proof, add_proof(before, proof)


def _added_proof(added: bytes) -> Proof:
    """The streams that the store names and this revision holds, by the store's three lists."""
    streams = {found[1]: added[found.end() : found.end() + int(found[2])] for found in _STREAM.finditer(added)}
    if not (lists := _LISTS.search(added)):
        raise UnsupportedPdf("The revision has no store.")
    named = [tuple(streams[number] for number in _NUMBER.findall(each) if number in streams) for each in lists.groups()]
    return Proof(certificates=named[0], lists=named[1], answers=named[2])


def _earlier(file: PdfFile, store: int) -> tuple[bytes, ...]:
    if not (lists := _LISTS.fullmatch(file.body(store))):
        raise UnsupportedPdf("The file keeps proof in another form than ours.")
    return lists.groups()


def _stream(der: bytes) -> bytes:
    """Not packed: DER hardly gets smaller, and another packer's bytes would be another form."""
    return b"<</Length %d>>stream\n%b\nendstream" % (len(der), der)


def _form(file: PdfFile) -> tuple[int, "re.Match[bytes]"]:
    form = pdf_fields.find_form(file)
    if form is None:
        raise UnsupportedPdf("The file has no form of our making.")
    return form
