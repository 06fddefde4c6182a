"""The structure of the PDF files we sign: plain cross-reference tables, one per revision, each appended to the last."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

_ENTRY = 20  # bytes of one line of a cross-reference table
_START = re.compile(rb"startxref\n(\d{1,10})\n%%EOF\n?\Z")
_SECTION = re.compile(rb"(\d{1,7}) (\d{1,7})\n")
_LINE = re.compile(rb"(\d{10}) 00000 n[ \r]\n")
_STREAM = re.compile(rb"<</Length (\d{1,8})[^\n]*>>\nstream\n")
_TRAILER = re.compile(
    rb"trailer\n<</Size (\d{1,7})/Root (\d{1,7}) 0 R/Info (\d{1,7}) 0 R"
    rb"/ID\[(\([\w+/=]+\)\([\w+/=]+\))\](?:/Prev (\d{1,10}))?>>\nstartxref\n(\d{1,10})\n%%EOF\n?"
)


class UnsupportedPdf(ValueError):  # noqa: N818 - a refusal is an answer, not a fault of the program
    """The file is not built the way typst and this service build theirs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One cross-reference table with its trailer; `sections` are (first number, count, offset of the first line)."""

    sections: tuple[tuple[int, int, int], ...]
    size: int
    root: int
    info: int
    identity: bytes
    xref_at: int
    previous_at: int | None
    end: int

    def line_of(self, number: int) -> int | None:
        for first, count, offset in self.sections:
            if first <= number < first + count:
                return offset + _ENTRY * (number - first)
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfFile:
    """A file and its revisions, oldest first, which follow each other without gap or overlap."""

    raw: bytes
    revisions: tuple[Revision, ...]

    @property
    def last(self) -> Revision:
        return self.revisions[-1]

    def until(self, index: int) -> "PdfFile":
        """The file as it was before the revision with this index was added."""
        return PdfFile(raw=self.raw[: self.revisions[index - 1].end], revisions=self.revisions[:index])

    def body(self, number: int) -> bytes:
        """A dictionary object as it stands now, from `<<` to `>>`."""
        return self._body_at(self._place(number), number)

    def stream(self, number: int) -> tuple[bytes, bytes]:
        """A stream object as it stands now: its dictionary, and its bytes as they are kept."""
        start = self._place(number) + len(b"%d 0 obj\n" % number)
        if not (head := _STREAM.match(self.raw, start)):
            raise UnsupportedPdf(f"Object {number} is not a stream that begins with its length.")
        return head[0], self.raw[head.end() : head.end() + int(head[1])]

    def _place(self, number: int) -> int:
        for revision in reversed(self.revisions):
            if (line := revision.line_of(number)) is not None:
                return self._offset(line)
        raise UnsupportedPdf(f"Object {number} is missing.")

    def append(self, objects: Mapping[int, bytes]) -> bytes:
        """The file with one more revision that adds or replaces these objects, by number."""
        parts, offsets, at = [b"\n"], {}, len(self.raw) + 1
        for number, body in objects.items():
            offsets[number] = at
            parts.append(b"%d 0 obj\n%b\nendobj\n" % (number, body))
            at += len(parts[-1])
        last = self.last
        trailer = b"trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[%b]/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (
            max(last.size, *(number + 1 for number in objects)),
            last.root,
            last.info,
            last.identity,
            last.xref_at,
            at,
        )
        return b"".join((self.raw, *parts, _table(offsets), trailer))

    def _offset(self, line: int) -> int:
        if not (entry := _LINE.match(self.raw, line)):
            raise UnsupportedPdf("A line of the cross-reference table is not that of an object in use.")
        return int(entry[1])

    def _body_at(self, offset: int, number: int) -> bytes:
        head = b"%d 0 obj\n" % number
        start = offset + len(head)
        end = self.raw.find(b"\nendobj\n", start)
        body = self.raw[start:end]
        if self.raw[offset:start] != head or end < 0 or not (body.startswith(b"<<") and body.endswith(b">>")):
            raise UnsupportedPdf(f"Object {number} is not a plain dictionary.")
        return body


def read(raw: bytes) -> PdfFile:
    """Raises UnsupportedPdf for cross-reference streams, encryption, gaps, and whatever else we never write."""
    if not raw.startswith(b"%PDF-1.7\n") or not (start := _START.search(raw, max(0, len(raw) - 40))):
        raise UnsupportedPdf("The file does not begin and end like a PDF 1.7 file.")
    revisions = [_revision(raw, int(start[1]))]
    if revisions[0].end != len(raw):
        raise UnsupportedPdf("Something follows the last revision.")
    while (earlier := revisions[-1].previous_at) is not None:
        if earlier >= revisions[-1].xref_at:
            raise UnsupportedPdf("The revisions are not in the order of the file.")
        revisions.append(_revision(raw, earlier))
        if revisions[-1].end > revisions[-2].xref_at:
            raise UnsupportedPdf("The revisions overlap.")
    if not all(_is_whole(raw, revision, start) for revision, start in zip(revisions, _starts(revisions), strict=True)):
        raise UnsupportedPdf("A table lists an object that does not stand in its own revision.")
    return PdfFile(raw=raw, revisions=tuple(reversed(revisions)))


def _starts(revisions: Sequence[Revision]) -> list[int]:
    """Of revisions in the order from the newest to the oldest."""
    return [*(revision.end for revision in revisions[1:]), 0]


def _is_whole(raw: bytes, revision: Revision, start: int) -> bool:
    """Otherwise whoever signs first would sign a place that a later revision fills."""
    lines = (line for _, count, at in revision.sections for line in range(at, at + _ENTRY * count, _ENTRY))
    return all(start <= int(entry[1]) < revision.xref_at for line in lines if (entry := _LINE.match(raw, line)))


def _revision(raw: bytes, xref_at: int) -> Revision:
    if raw[xref_at : xref_at + 5] != b"xref\n":
        raise UnsupportedPdf("There is no plain cross-reference table where one is announced.")
    sections: list[tuple[int, int, int]] = []
    at = xref_at + 5
    while section := _SECTION.match(raw, at):
        first, count = int(section[1]), int(section[2])
        if sections and first < sections[-1][0] + sections[-1][1]:
            raise UnsupportedPdf("The cross-reference table lists an object twice.")
        sections.append((first, count, section.end()))
        at = section.end() + _ENTRY * count
    trailer = _TRAILER.match(raw, at)
    if not trailer or int(trailer[6]) != xref_at:
        raise UnsupportedPdf("The trailer is not one that typst or this service writes.")
    return Revision(
        sections=tuple(sections),
        size=int(trailer[1]),
        root=int(trailer[2]),
        info=int(trailer[3]),
        identity=trailer[4],
        xref_at=xref_at,
        previous_at=int(trailer[5]) if trailer[5] else None,
        end=trailer.end(),
    )


def _table(offsets: Mapping[int, int]) -> bytes:
    """A cross-reference table; neighbouring numbers share a section."""
    lines = [b"xref\n"]
    for _, run in groupby(enumerate(sorted(offsets)), lambda pair: pair[1] - pair[0]):
        numbers = [number for _, number in run]
        lines.append(b"%d %d\n" % (numbers[0], len(numbers)))
        lines.extend(b"%010d 00000 n \n" % offsets[number] for number in numbers)
    return b"".join(lines)
