"""Lines of cases in, lines of answers out, one at a time: line n answers line n, whatever is wrong with it."""

from collections.abc import Iterator
from typing import Any, BinaryIO

import msgspec

from deploy.law import primary, secondary, secondary58
from deploy.law.errors import CaseMalformed, UnknownRegulation, malformed
from deploy.law.shapes import Case, Case22, Case27, Case43
from services.chassis.errors import Problem
from services.gradebook.rules.regulation import IN_CODE

LONGEST_LINE = 1 << 20  # bytes; a case takes some thousands
KNOWN = ", ".join(sorted(regulation.value for regulation in IN_CODE))
decoder = msgspec.json.Decoder(Case, float_hook=str)
encoder = msgspec.json.Encoder()


def answers(source: BinaryIO) -> Iterator[bytes]:
    """The answer to each line of the source, each ended by a newline."""
    while line := source.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            _skip_rest(source)
            line = b""
        yield encoder.encode(answer(line)) + b"\n"


def answer(line: bytes) -> dict[str, Any]:
    """The answer to one case, or the error that keeps it from one."""
    try:
        case = _read(line)
        judged = _judge(case)
    except Problem as error:
        return {"error": _plain(error)}
    return judged if case.id is None else {"id": case.id, **judged}


def _read(line: bytes) -> Case:
    if not line.strip():
        raise CaseMalformed(reason=f"the line is empty, or longer than {LONGEST_LINE} bytes")
    try:
        case: Case = decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        problem = malformed(error)
        if "regulation" in (problem.fields["place"], *problem.fields["reason"].split("`")):
            given = problem.fields["reason"].partition("'")[2].removesuffix("'")
            raise UnknownRegulation(regulation=given or "–", known=KNOWN, place="regulation") from error
        raise problem from error
    return case


def _judge(case: Case) -> dict[str, Any]:
    if isinstance(case, Case22 | Case43):
        return secondary.answer(case)
    return primary.answer(case) if isinstance(case, Case27) else secondary58.answer(case)


def _plain(error: Problem) -> dict[str, Any]:
    return {"code": error.code, "detail": error.en, "vi": error.vi, "place": error.fields.get("place", "")}


def _skip_rest(source: BinaryIO) -> None:
    while (more := source.readline(LONGEST_LINE)) and not more.endswith(b"\n"):
        pass
